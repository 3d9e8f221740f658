#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "core/runtime/graph_plan.h"
#include "core/runtime/hash_table.h"
#include "core/runtime/operator_preparation.h"

/// A graph with memory: what runs.
namespace quantscope::runtime {

/// Memory of a tensor whose size is known only while running. Grows, never shrinks.
struct HeapTensor {
  AlignedBytes memory;
  std::vector<int32_t> shape;
  size_t bytes = 0;
};

/// What all graphs of one session share.
struct SessionState {
  std::shared_ptr<const Environment> environment;
  TaskRunner* tasks = nullptr;
  const Progress* progress = nullptr;  ///< of the current run
  struct Resource {
    bool assigned = false;
    ElementType type = ElementType::Float32;
    HeapTensor value;
    HashTable table;
  };
  std::vector<Resource> resources;
  std::vector<uint8_t> initialized;  ///< per subgraph: CALL_ONCE has run it
  int64_t heapBytes = 0;
  std::function<void(SubgraphIndex, TensorIndex, const TensorView&)>
      subgraphTap;  ///< watches every graph; may be empty

  /// Makes room for `bytes`; keeps no contents. Errors: ResourceLimit.
  Result<std::byte*> allocate(HeapTensor& tensor, std::vector<int32_t> shape, std::optional<int64_t> bytes);
};

/// Who watches a run of the main graph.
struct RunObserver {
  const std::function<void(TensorIndex, const TensorView&)>* tap = nullptr;
  std::vector<OperatorProfile>* profile = nullptr;  ///< one entry per operator of the subgraph
};

class GraphInstance {
public:
  /// `arena`: plan->arenaBytes bytes that outlive this; null: it allocates its own.
  GraphInstance(std::shared_ptr<const GraphPlan> plan, SessionState& session, std::byte* arena, int depth);
  ~GraphInstance();
  GraphInstance(const GraphInstance&) = delete;

  /// False where the system had not enough memory; then nothing else may be called.
  bool ready() const { return m_ready; }
  const GraphPlan& plan() const { return *m_plan; }
  const Subgraph& graph() const { return m_graph; }

  Result<void> run(const RunObserver* observer = nullptr);
  void resetVariables();

  /// Current bytes of a tensor; its shape as known so far.
  TensorView view(TensorIndex index) const;
  std::byte* data(TensorIndex index) const { return m_data[index.position()]; }
  /// Tells where graph input k is now; a copy is made where its size is not fixed.
  Result<void> bindInput(size_t k, const TensorView& value);
  /// Room for a graph input of unknown size.
  Result<std::byte*> resizeInput(size_t k, std::vector<int32_t> shape, size_t bytes);

private:
  struct Step;
  struct Callee;

  void buildStep(size_t s);
  void resolve(Step& step, const StepPlan& plan);
  const Operator& operatorOf(const StepPlan& plan) const { return m_graph.operators[plan.index.position()]; }
  Result<void> runStep(Step& step, const StepPlan& plan);
  void observe(const StepPlan& plan, const RunObserver& observer) const;
  void observeInSubgraph(const StepPlan& plan) const;
  Result<std::byte*> resize(TensorIndex index, std::vector<int32_t> shape, std::optional<int64_t> bytes);

  // Operators prepared while running (graph_instance_deferred.cpp).
  Result<void> runDeferred(Step& step, const StepPlan& plan);
  Result<void> prepareDeferred(Step& step, const StepPlan& plan);
  Operand currentOperand(TensorIndex index, bool withValue) const;

  // Control flow and variables (graph_instance_control.cpp).
  Result<void> runBranch(Step& step, const StepPlan& plan);
  Result<void> runWhile(Step& step, const StepPlan& plan);
  Result<void> runCallOnce(Step& step, const StepPlan& plan);
  Result<void> runVariable(const StepPlan& plan);
  Result<void> runTable(const StepPlan& plan);
  bool calleeFits(const GraphInstance& callee, const std::vector<TensorIndex>& arguments, size_t first) const;
  Result<GraphInstance*> callee(Step& step, const StepPlan& plan, size_t c, const std::vector<TensorIndex>& arguments,
                                size_t first);
  Result<void> copyTo(TensorIndex own, const TensorView& value);
  Result<size_t> chosenBranch(const StepPlan& plan) const;

  std::shared_ptr<const GraphPlan> m_plan;
  SessionState& m_session;
  const Model& m_model;
  const Subgraph& m_graph;
  const int m_depth;
  bool m_ready = true;
  AlignedBytes m_ownArena, m_variables;
  std::byte* m_arena = nullptr;
  std::vector<std::byte*> m_data;  ///< per tensor
  std::vector<HeapTensor> m_heap;  ///< per tensor; empty where the plan has no heap tensors
  std::vector<Step> m_steps;
};

/// One operator with its pointers.
struct GraphInstance::Step {
  std::vector<const std::byte*> inputs;
  std::vector<std::byte*> outputs, scratch, variables;
  KernelContext context;
  const Kernel* kernel = nullptr;
  bool moves = false;           ///< some operand has no fixed place
  bool dynamicOutputs = false;  ///< the kernel decides the size of some output

  struct Deferred {
    PreparedOperator prepared;
    std::vector<std::vector<int32_t>> shapes;  ///< of the inputs it was prepared for
    std::vector<size_t> awaited;
    std::vector<std::vector<std::byte>> values;  ///< of the awaited inputs
    std::vector<HeapTensor> scratch;
  };
  std::unique_ptr<Deferred> deferred;
  std::vector<Callee> callees;
};

struct GraphInstance::Callee {
  std::unique_ptr<GraphInstance> instance;
  bool fixed = false;  ///< planned before the run: fits every run
};

}  // namespace quantscope::runtime
