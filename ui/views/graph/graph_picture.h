#pragma once

#include <QString>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/layout/graph_layout.h"
#include "core/model/model.h"
#include "ui/views/graph/graph_scopes.h"

namespace quantscope::ui {

/// A box of the graph: an operator, a collapsed scope, or an input or output of the graph.
struct GraphCard {
  enum class Kind : uint8_t { Operator, Group, Input, Output };
  Kind kind = Kind::Operator;
  OperatorIndex op;        ///< of an operator; of a group its first
  TensorIndex tensor;      ///< of an input or output; of an operator: its first result
  int32_t scope = -1;      ///< of a group: in GraphPicture::scopes
  int64_t parameters = 0;  ///< of a group: of all its operators
  QString title;           ///< "CONV_2D"
  bool isOperator() const { return kind == Kind::Operator; }
};

/// A tensor on its way from one card to another.
struct GraphWire {
  int32_t from = 0, to = 0;  ///< cards
  TensorIndex tensor;
  bool labelled = false;  ///< the first wire of its tensor: the others are not labelled again
};

/// What is drawn of a subgraph. Constants are folded into their operators, collapsed scopes are one card. Texts are
/// made when they are asked for: a large graph shows few of them at a time.
struct GraphPicture {
  std::shared_ptr<const Model> model;
  SubgraphIndex subgraph;
  std::shared_ptr<const GraphScopes> scopes;
  std::vector<GraphCard> cards;  ///< operators and groups in execution order, then inputs and outputs
  std::vector<GraphWire> wires;
  std::vector<int32_t> cardOf;                                      ///< by operator: the card that shows it
  std::unordered_map<int32_t, std::vector<OperatorIndex>> members;  ///< by card of a group

  QString detail(int32_t card) const;     ///< "2,320 params", "same scale in and out"
  QString wireLabel(int32_t wire) const;  ///< "32×32×16", with the type where it is not float32
  QString tensorName(TensorIndex tensor) const;
  /// Operators that a card stands for; none of inputs and outputs.
  std::vector<OperatorIndex> operatorsOf(int32_t card) const;
  /// Sizes for layoutGraph().
  LayoutInput layoutInput() const;

private:
  QString scaleWords(OperatorIndex op) const;
};

inline constexpr double kCardWidth = 168, kCardHeight = 42, kEndHeight = 28;

/// `operatorParameters` may be empty; `collapsed` has one entry per scope, or none. Tensors and operators that do not
/// exist are left out, so that a malformed model can still be looked at. May be called on any thread.
GraphPicture makeGraphPicture(std::shared_ptr<const Model> model, SubgraphIndex subgraph,
                              const std::vector<int64_t>& operatorParameters, std::shared_ptr<const GraphScopes> scopes,
                              const std::vector<char>& collapsed);

/// True for operators whose result is neither float nor quantized: shapes, indices, comparisons. No precision is
/// theirs.
bool computesIntegers(const Subgraph& graph, const Operator& op);

/// The shape without its batch dimension of 1: "32×32×16".
QString shortShape(const std::vector<int32_t>& shape);

}  // namespace quantscope::ui
