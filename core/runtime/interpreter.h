#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"
#include "core/model/tensor_view.h"
#include "core/ops/kernel.h"

namespace quantscope {

struct InterpreterOptions {
  KernelSet kernels = KernelSet::Fast;
  std::optional<CpuLevel> cpu;        ///< forced level; otherwise what the processor has
  int threads = 1;                    ///< for one invocation; many samples are better run by many sessions
  bool preserveAllTensors = false;    ///< no memory is reused: every tensor can be read after run()
  int64_t memoryLimit = int64_t{8} << 30;  ///< bytes of one session's arena; more is a ResourceLimit error
  SubgraphIndex subgraph{0};
  /// New shapes of graph inputs, in their order; empty: as in the file (unknown dimensions are 1).
  std::vector<std::vector<int32_t>> inputShapes;
};

/// One operator of a profile.
struct OperatorProfile {
  OperatorIndex index;
  int64_t nanoseconds = 0;  ///< of the last run
  int64_t macs = 0;
};

/// A model checked and made ready to run: shapes resolved, kernels chosen, constants packed and folded, memory
/// planned. Immutable; any number of sessions on any threads share it.
class PreparedModel {
public:
  /// Errors name the operator: Unsupported (no kernel for this type or version), Malformed, ResourceLimit.
  static Result<std::shared_ptr<const PreparedModel>> prepare(std::shared_ptr<const Model> model,
                                                              const InterpreterOptions& options = {});
  ~PreparedModel();

  const Model& model() const;
  const Subgraph& subgraph() const;
  const InterpreterOptions& options() const;
  CpuLevel cpuLevel() const;
  /// Bytes of one session: arena, scratch and variables.
  int64_t sessionBytes() const;
  /// Bytes of packed weights and folded constants.
  int64_t sharedBytes() const;
  /// Resolved shape of a tensor; nothing where it depends on the data.
  std::optional<std::vector<int32_t>> shape(TensorIndex tensor) const;
  /// Multiply-accumulates per operator, in execution order.
  std::vector<int64_t> macs() const;

private:
  friend class Session;
  PreparedModel();
  struct State;
  std::unique_ptr<State> m_state;
};

/// One invocation at a time: the memory of a running model. Not thread-safe; make one per thread.
class Session {
public:
  /// Called after each operator with every tensor it wrote, in execution order, and first of all with the graph inputs.
  using Tap = std::function<void(TensorIndex tensor, const TensorView& values)>;

  /// The same for the graphs that control flow calls too; also, after an operator, with the variables that it updated.
  using SubgraphTap = std::function<void(SubgraphIndex subgraph, TensorIndex tensor, const TensorView& values)>;

  explicit Session(std::shared_ptr<const PreparedModel> prepared);
  ~Session();
  Session(Session&&) noexcept;

  size_t inputCount() const;
  size_t outputCount() const;
  TensorView input(size_t i) const;
  /// Writable bytes of graph input i.
  std::span<std::byte> mutableInput(size_t i);
  /// Copies the bytes in. Errors: InvalidArgument where type, shape or size differ.
  Result<void> setInput(size_t i, const TensorView& values);
  TensorView output(size_t i) const;
  /// Any tensor that still holds its data: constants, inputs, outputs; all with preserveAllTensors.
  std::optional<TensorView> tensor(TensorIndex index) const;

  /// Runs the graph. Errors: data-dependent failures of an operator; Cancelled when progress says stop
  /// (asked between operators).
  Result<void> run(const Progress* progress = nullptr);
  /// Sets the observer of all later runs; empty: none.
  void setTap(Tap tap);
  void setSubgraphTap(SubgraphTap tap);
  /// Runs and measures each operator.
  Result<std::vector<OperatorProfile>> runProfiled();
  /// Variables back to their initial value (zero, or the zero point).
  void resetVariables();

private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace quantscope
