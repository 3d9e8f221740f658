#pragma once

#include <map>
#include <optional>

#include "core/runtime/graph_plan.h"
#include "core/runtime/operator_preparation.h"

namespace quantscope::runtime {

/// What one planning, called subgraphs included, has seen so far.
struct PlanningState {
  int64_t steps = 0;
  bool whileRunning = false;  ///< planning inside a run: the contents of resource variables are not known
  /// Shapes that were assigned to resource variables; nothing: unknown or more than one.
  std::map<int, std::optional<std::vector<int32_t>>> resourceShapes;
};

/// Builds the plan of one subgraph, operator by operator, in execution order.
class GraphPlanner {
public:
  GraphPlanner(const Environment& environment, SubgraphIndex subgraph, int depth, PlanningState& state);
  Result<std::shared_ptr<const GraphPlan>> plan(const std::vector<GraphInput>& inputs);

private:
  // Tensors (graph_planner.cpp).
  Result<void> seedTensors(const std::vector<GraphInput>& inputs);
  Result<void> seedConstant(size_t index);
  Operand operand(TensorIndex index) const;
  Operand outputOperand(TensorIndex index) const;
  void setConstant(TensorIndex index, std::vector<int32_t> shape, std::span<const std::byte> bytes);
  Result<void> setKnown(TensorIndex index, std::vector<int32_t> shape);
  void setHeap(TensorIndex index);

  // Operators.
  Result<void> planOperator(OperatorIndex index);
  Result<void> planKernel(OperatorIndex index, std::vector<Operand> inputs);
  Result<void> takeValues(OperatorIndex index, PreparedOperator prepared);
  Result<void> fold(OperatorIndex index, const PreparedOperator& prepared, const std::vector<Operand>& inputs,
                    const std::vector<Operand>& outputs);
  Result<void> assumeFileShapes(const Operator& op);
  void defer(OperatorIndex index, StepKind kind);

  // Control flow and resource variables (graph_planner_control.cpp).
  Result<void> planCall(OperatorIndex index, const std::vector<Operand>& inputs);
  Result<void> planBranches(OperatorIndex index, const std::vector<Operand>& inputs, size_t firstArgument);
  Result<void> planWhile(OperatorIndex index, const std::vector<Operand>& inputs);
  Result<void> planCallOnce(OperatorIndex index);
  Result<void> planResource(OperatorIndex index, const std::vector<Operand>& inputs);
  Result<void> planTable(OperatorIndex index, const std::vector<Operand>& inputs);
  Result<void> setHandle(TensorIndex output, int32_t number);
  Result<int32_t> handleOf(OperatorIndex index, const Operand& input) const;
  Result<void> checkCallee(OperatorIndex index, SubgraphIndex callee, size_t firstArgument, bool resultsToo) const;
  Result<std::shared_ptr<const GraphPlan>> planCallee(SubgraphIndex callee, const std::vector<GraphInput>& inputs);
  Error malformed(OperatorIndex index, std::string why) const;

  // Memory (graph_planner_memory.cpp).
  Result<void> planArena();
  Result<void> sumMemory();

  const Environment& m_environment;
  const Model& m_model;
  const SubgraphIndex m_index;
  const Subgraph& m_graph;
  const int m_depth;
  PlanningState& m_state;
  std::shared_ptr<GraphPlan> m_plan;
  std::vector<std::pair<int, int>> m_inPlace;  ///< per step
  std::vector<std::string> m_unsupported;
  std::optional<Error> m_firstUnsupported;
};

}  // namespace quantscope::runtime
