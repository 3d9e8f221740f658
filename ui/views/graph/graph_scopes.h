#pragma once

#include <QString>
#include <vector>

#include "core/model/model.h"

namespace quantscope::ui {

/// A part of the graph by name: the operators whose results are called "encoder/layer_3/…".
struct GraphScope {
  QString path;         ///< "encoder/layer_3"
  int32_t parent = -1;  ///< scope that holds it; -1: the graph
  int32_t depth = 0;
  int32_t operators = 0;      ///< inner scopes included
  int32_t firstOperator = 0;  ///< in execution order
  int32_t alike = 1;          ///< scopes of the same depth with the same operators in the same order, this one included
  uint64_t content = 0;       ///< the same for those
};

/// The scopes of a subgraph, from the paths of tensor names. Only scopes with at least two operators, and not all of
/// them, are listed: others would have nothing to collapse.
class GraphScopes {
public:
  GraphScopes() = default;
  GraphScopes(const Model& model, SubgraphIndex subgraph);

  const std::vector<GraphScope>& all() const { return m_scopes; }  ///< outer before inner
  /// Innermost scope of an operator; -1: none.
  int32_t of(OperatorIndex op) const;
  /// Outermost collapsed scope of each operator, -1 where it is shown itself. `collapsed` has one entry per scope.
  std::vector<int32_t> hiders(const std::vector<char>& collapsed) const;
  int32_t greatestDepth() const;

private:
  std::vector<GraphScope> m_scopes;
  std::vector<int32_t> m_scopeOf;  ///< by operator
};

}  // namespace quantscope::ui
