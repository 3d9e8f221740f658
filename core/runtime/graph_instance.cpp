#include "core/runtime/graph_instance.h"

#include <cstring>

#include "core/runtime/model_check.h"

namespace quantscope::runtime {

namespace {

/// Where tensors without bytes are: kernels never see null but for operands left out.
alignas(AlignedBytes::kAlignment) std::byte g_nothing[AlignedBytes::kAlignment];

}  // namespace

Result<std::byte*> SessionState::allocate(HeapTensor& tensor, std::vector<int32_t> shape,
                                          std::optional<int64_t> bytes) {
  const int64_t limit = environment->options.memoryLimit;
  const auto held = static_cast<int64_t>(tensor.memory.size());
  if (!bytes || *bytes > limit || heapBytes - held + *bytes > limit) {
    return memoryLimitError(*environment, bytes ? std::optional(heapBytes - held + *bytes) : std::nullopt, "");
  }
  if (!tensor.memory || *bytes > held) {
    heapBytes += *bytes - held;
    tensor.memory = AlignedBytes();
    tensor.memory = AlignedBytes::allocate(static_cast<size_t>(*bytes));
    if (!tensor.memory) {
      heapBytes -= *bytes;
      return memoryLimitError(*environment, *bytes, "");
    }
  }
  tensor.shape = std::move(shape);
  tensor.bytes = static_cast<size_t>(*bytes);
  return tensor.memory.data();
}

GraphInstance::GraphInstance(std::shared_ptr<const GraphPlan> plan, SessionState& session, std::byte* arena, int depth)
    : m_plan(std::move(plan)),
      m_session(session),
      m_model(*session.environment->model),
      m_graph(m_model.subgraphs[m_plan->subgraph.position()]),
      m_depth(depth),
      m_arena(arena) {
  if (!m_arena) {
    m_ownArena = AlignedBytes::allocate(static_cast<size_t>(m_plan->arenaBytes));
    m_arena = m_ownArena.data();
  }
  m_variables = AlignedBytes::allocate(static_cast<size_t>(m_plan->ownVariableBytes));
  m_ready = m_arena && m_variables;
  if (!m_ready) return;
  m_data.resize(m_plan->tensors.size(), nullptr);
  bool heap = false;
  for (size_t i = 0; i < m_data.size(); ++i) {
    const TensorPlan& tensor = m_plan->tensors[i];
    switch (tensor.storage) {
      case Storage::Constant:
        // Kernels take constants as inputs only, so nobody writes through this pointer.
        m_data[i] = tensor.constant.empty() ? g_nothing : const_cast<std::byte*>(tensor.constant.data());
        break;
      case Storage::Arena:
        m_data[i] = m_arena + tensor.offset;
        break;
      case Storage::Variable:
        m_data[i] = m_variables.data() + tensor.offset;
        break;
      case Storage::Heap:
        heap = true;
        break;
      case Storage::None:
      case Storage::Bound:
        break;
    }
  }
  if (heap) m_heap.resize(m_data.size());
  m_steps.resize(m_plan->steps.size());
  for (size_t s = 0; s < m_steps.size() && m_ready; ++s) buildStep(s);
  if (m_ready) resetVariables();
}

GraphInstance::~GraphInstance() = default;

void GraphInstance::buildStep(size_t s) {
  Step& step = m_steps[s];
  const StepPlan& plan = m_plan->steps[s];
  const Operator& op = operatorOf(plan);
  step.inputs.resize(op.inputs.size(), nullptr);
  step.outputs.resize(op.outputs.size(), nullptr);
  step.variables.resize(op.inputs.size(), nullptr);
  for (int64_t offset : plan.scratchOffsets) step.scratch.push_back(m_arena + offset);
  step.kernel = plan.kernel.get();
  step.context.tasks = m_session.tasks;
  const auto moves = [&](TensorIndex index) {
    if (!index.valid()) return false;
    const Storage storage = m_plan->tensor(index).storage;
    return storage == Storage::Heap || storage == Storage::Bound;
  };
  bool heapOutput = false;
  for (TensorIndex input : op.inputs) step.moves = step.moves || moves(input);
  for (TensorIndex output : op.outputs) heapOutput = heapOutput || moves(output);
  step.moves = step.moves || heapOutput;
  step.dynamicOutputs = heapOutput && plan.kind == StepKind::Kernel;
  if (heapOutput && (plan.kind == StepKind::Kernel || plan.kind == StepKind::Deferred)) {
    step.context.resizeOutput = [this, s, &op](size_t i, std::vector<int32_t> shape) -> Result<std::byte*> {
      const auto bytes = storageBytes(m_graph.tensor(op.outputs[i]).type, shape);
      QS_ASSIGN(std::byte * data, resize(op.outputs[i], std::move(shape), bytes));
      return m_steps[s].outputs[i] = data;
    };
    step.context.resizeOutputBytes = [this, s, &op](size_t i, std::vector<int32_t> shape,
                                                    size_t bytes) -> Result<std::byte*> {
      QS_ASSIGN(std::byte * data, resize(op.outputs[i], std::move(shape), static_cast<int64_t>(bytes)));
      return m_steps[s].outputs[i] = data;
    };
  }
  resolve(step, plan);
  for (const auto& called : plan.plans) {
    Callee& callee = step.callees.emplace_back();
    if (!called) continue;
    callee.fixed = true;
    callee.instance = std::make_unique<GraphInstance>(called, m_session, m_arena + plan.calleeOffset, m_depth + 1);
    m_ready = m_ready && callee.instance->ready();
  }
}

void GraphInstance::resolve(Step& step, const StepPlan& plan) {
  const Operator& op = operatorOf(plan);
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    if (!op.inputs[i].valid()) continue;
    step.inputs[i] = data(op.inputs[i]);
    if (m_plan->tensor(op.inputs[i]).storage == Storage::Variable) step.variables[i] = data(op.inputs[i]);
  }
  for (size_t i = 0; i < op.outputs.size(); ++i) {
    if (op.outputs[i].valid()) step.outputs[i] = data(op.outputs[i]);
  }
  step.context.inputs = step.inputs;
  step.context.outputs = step.outputs;
  step.context.scratch = step.scratch;
  step.context.variables = step.variables;
}

void GraphInstance::resetVariables() {
  for (size_t i = 0; i < m_data.size(); ++i) {
    const TensorPlan& plan = m_plan->tensors[i];
    if (plan.storage != Storage::Variable) continue;
    const Tensor& tensor = m_graph.tensors[i];
    // spec/tflite-format.md section 4: zero bytes; int8: every byte is the zero point.
    const bool zeroPoint = plan.type == ElementType::Int8 && tensor.quantized();
    std::memset(m_data[i], zeroPoint ? static_cast<int>(tensor.quantization->zeroPoint[0]) : 0,
                static_cast<size_t>(plan.bytes));
  }
  for (Step& step : m_steps) {
    for (Callee& callee : step.callees) {
      if (callee.fixed) {
        callee.instance->resetVariables();
      } else {
        callee.instance.reset();
      }
    }
  }
}

TensorView GraphInstance::view(TensorIndex index) const {
  const TensorPlan& plan = m_plan->tensor(index);
  const std::byte* bytes = data(index);
  if (plan.storage == Storage::Heap) {
    const HeapTensor& heap = m_heap[index.position()];
    return {plan.type, heap.shape, {bytes, bytes ? heap.bytes : 0}};
  }
  return {plan.type, plan.shape, {bytes, bytes ? static_cast<size_t>(plan.bytes) : 0}};
}

Result<void> GraphInstance::bindInput(size_t k, const TensorView& value) {
  const TensorIndex index = m_graph.inputs[k];
  const Storage storage = m_plan->tensor(index).storage;
  // A bound input is read only; the pointer is writable just because outputs share the table.
  if (storage == Storage::Bound) m_data[index.position()] = const_cast<std::byte*>(value.bytes.data());
  if (storage != Storage::Heap) return {};
  QS_ASSIGN(std::byte * data, resizeInput(k, {value.shape.begin(), value.shape.end()}, value.bytes.size()));
  if (!value.bytes.empty()) std::memcpy(data, value.bytes.data(), value.bytes.size());
  return {};
}

Result<std::byte*> GraphInstance::resizeInput(size_t k, std::vector<int32_t> shape, size_t bytes) {
  return resize(m_graph.inputs[k], std::move(shape), static_cast<int64_t>(bytes));
}

Result<std::byte*> GraphInstance::resize(TensorIndex index, std::vector<int32_t> shape, std::optional<int64_t> bytes) {
  QS_ASSIGN(std::byte * data, m_session.allocate(m_heap[index.position()], std::move(shape), bytes));
  return m_data[index.position()] = data;
}

Result<void> GraphInstance::run(const RunObserver* observer) {
  if (observer && observer->tap) {
    for (TensorIndex input : m_graph.inputs) (*observer->tap)(input, view(input));
  }
  if (m_session.subgraphTap) {
    for (TensorIndex input : m_graph.inputs) m_session.subgraphTap(m_plan->subgraph, input, view(input));
  }
  for (size_t s = 0; s < m_steps.size(); ++s) {
    if (m_session.progress && !m_session.progress->goOn()) return Error::cancelled();
    const StepPlan& plan = m_plan->steps[s];
    const auto start =
        observer && observer->profile ? std::chrono::steady_clock::now() : std::chrono::steady_clock::time_point();
    auto ran = runStep(m_steps[s], plan);
    if (!ran.ok()) return runError(m_model, m_plan->subgraph, plan.index, ran.error());
    if (m_session.subgraphTap) observeInSubgraph(plan);
    if (!observer) continue;
    if (observer->profile) {
      (*observer->profile)[plan.index.position()].nanoseconds =
          std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
    }
    if (observer->tap) observe(plan, *observer);
  }
  return {};
}

void GraphInstance::observe(const StepPlan& plan, const RunObserver& observer) const {
  for (TensorIndex output : operatorOf(plan).outputs) {
    if (output.valid() && data(output)) (*observer.tap)(output, view(output));
  }
}

void GraphInstance::observeInSubgraph(const StepPlan& plan) const {
  const Operator& op = operatorOf(plan);
  for (TensorIndex input : op.inputs) {
    if (input.valid() && m_graph.tensor(input).isVariable && data(input)) {
      m_session.subgraphTap(m_plan->subgraph, input, view(input));
    }
  }
  for (TensorIndex output : op.outputs) {
    if (output.valid() && data(output)) m_session.subgraphTap(m_plan->subgraph, output, view(output));
  }
}

Result<void> GraphInstance::runStep(Step& step, const StepPlan& plan) {
  if (step.dynamicOutputs) {
    for (TensorIndex output : operatorOf(plan).outputs) {
      if (output.valid() && m_plan->tensor(output).storage == Storage::Heap) QS_TRY(resize(output, {0}, 0));
    }
  }
  if (step.moves) resolve(step, plan);
  switch (plan.kind) {
    case StepKind::Kernel:
      return step.kernel->run(step.context);
    case StepKind::Deferred:
      return runDeferred(step, plan);
    case StepKind::If:
    case StepKind::Case:
    case StepKind::Composite:
      return runBranch(step, plan);
    case StepKind::While:
      return runWhile(step, plan);
    case StepKind::CallOnce:
      return runCallOnce(step, plan);
    case StepKind::ReadVariable:
    case StepKind::AssignVariable:
      return runVariable(plan);
    case StepKind::HashtableImport:
    case StepKind::HashtableFind:
    case StepKind::HashtableSize:
      return runTable(plan);
  }
  return {};
}

}  // namespace quantscope::runtime
