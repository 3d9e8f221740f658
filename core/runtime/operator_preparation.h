#pragma once

#include "core/runtime/graph_plan.h"

namespace quantscope::runtime {

/// One operator checked for given operands.
struct PreparedOperator {
  std::shared_ptr<const Kernel> kernel;  ///< null where values are awaited
  std::vector<size_t> awaited;           ///< inputs whose values must be known first
  struct Output {
    bool shapeKnown = false;
    std::vector<int32_t> shape;
    int64_t bytes = 0;
    std::optional<std::vector<std::byte>> values;  ///< known without running
  };
  std::vector<Output> outputs;
  std::vector<size_t> scratchBytes;
  std::pair<int, int> inPlace{-1, -1};
  int64_t macs = 0;
  int64_t sharedBytes = 0;
};

/// Runs the operator's prepare function on these operands.
/// Errors: of prepare; Internal where it left an output undecided.
Result<PreparedOperator> prepareOperator(const Environment& environment, SubgraphIndex subgraph, OperatorIndex index,
                                         std::vector<Operand> inputs, std::vector<Operand> outputs);

/// One output of an operator that ran outside a session.
struct FoldedOutput {
  AlignedBytes memory;
  std::vector<int32_t> shape;
  size_t bytes = 0;
};

/// Runs a kernel whose inputs are all constant. Errors: of the kernel; ResourceLimit.
Result<std::vector<FoldedOutput>> foldOperator(const Environment& environment, SubgraphIndex subgraph,
                                               OperatorIndex index, const PreparedOperator& prepared,
                                               const std::vector<Operand>& inputs, const std::vector<Operand>& outputs);

/// The error of a kernel's run with the operator's place in it.
Error runError(const Model& model, SubgraphIndex subgraph, OperatorIndex index, Error error);

}  // namespace quantscope::runtime
