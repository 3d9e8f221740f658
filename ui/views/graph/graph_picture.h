#pragma once

#include <QString>
#include <vector>

#include "core/layout/graph_layout.h"
#include "core/model/model.h"

namespace quantscope::ui {

/// A box of the graph: an operator, or an input or output of the graph.
struct GraphCard {
  enum class Kind { Operator, Input, Output };
  Kind kind = Kind::Operator;
  OperatorIndex op;    ///< of an operator
  TensorIndex tensor;  ///< of an input or output; of an operator: its first result
  QString title;       ///< "CONV_2D"
  QString detail;      ///< "2,320 params"
};

/// A tensor on its way from one card to another.
struct GraphWire {
  int32_t from = 0, to = 0;  ///< cards
  TensorIndex tensor;
  QString label;  ///< "32×32×16"
};

/// What is drawn of a subgraph. Constants are folded into their operators.
struct GraphPicture {
  std::vector<GraphCard> cards;  ///< operators first, in execution order
  std::vector<GraphWire> wires;

  /// Sizes for layoutGraph().
  LayoutInput layoutInput() const;
};

inline constexpr double kCardWidth = 168, kCardHeight = 42, kEndHeight = 28;

/// `operatorParameters` may be empty. Tensors and operators that do not exist are left out, so that a malformed
/// model can still be looked at.
GraphPicture makeGraphPicture(const Model& model, SubgraphIndex subgraph,
                              const std::vector<int64_t>& operatorParameters);

/// The shape without its batch dimension of 1: "32×32×16".
QString shortShape(const std::vector<int32_t>& shape);

}  // namespace quantscope::ui
