#include <cstring>
#include <new>

#include "core/base/worker_pool.h"
#include "core/runtime/graph_instance.h"
#include "core/runtime/prepared_model.h"

namespace quantscope {

namespace {

using namespace runtime;

/// Operators on the threads of a pool.
class PoolRunner final : public TaskRunner {
public:
  explicit PoolRunner(int threads) : m_pool(threads) {}
  int threads() const override { return m_pool.threads(); }
  void run(int pieces, const std::function<void(int)>& body) override { m_pool.run(pieces, body); }
  void expectWork(bool expected) { m_pool.expectWork(expected); }

private:
  WorkerPool m_pool;
};

}  // namespace

struct Session::State {
  std::shared_ptr<const PreparedModel> prepared;
  std::unique_ptr<PoolRunner> pool;
  SessionState shared;
  std::unique_ptr<GraphInstance> graph;  ///< null where the system had not enough memory
  Tap tap;

  Result<void> run(const Progress* progress, RunObserver observer);
};

Session::Session(std::shared_ptr<const PreparedModel> prepared) : m_state(std::make_unique<State>()) {
  State& state = *m_state;
  state.prepared = std::move(prepared);
  const PreparedModel::State& model = *state.prepared->m_state;
  state.shared.environment = model.environment;
  if (model.environment->options.threads > 1) {
    state.pool = std::make_unique<PoolRunner>(model.environment->options.threads);
    state.shared.tasks = state.pool.get();
  }
  state.shared.resources.resize(model.environment->resources.size() + model.environment->tables.size());
  state.shared.initialized.resize(model.environment->model->subgraphs.size(), 0);
  state.graph = std::make_unique<GraphInstance>(model.plan, state.shared, nullptr, 0);
  if (!state.graph->ready()) {
    state.graph.reset();
    return;
  }
  for (TensorIndex input : state.graph->graph().inputs) {
    const TensorPlan& plan = model.plan->tensor(input);
    if (plan.storage == Storage::Arena) std::memset(state.graph->data(input), 0, static_cast<size_t>(plan.bytes));
  }
}

Session::~Session() = default;
Session::Session(Session&&) noexcept = default;

size_t Session::inputCount() const {
  return m_state->prepared->subgraph().inputs.size();
}

size_t Session::outputCount() const {
  return m_state->prepared->subgraph().outputs.size();
}

TensorView Session::input(size_t i) const {
  if (!m_state->graph || i >= inputCount()) return {};
  return m_state->graph->view(m_state->graph->graph().inputs[i]);
}

std::span<std::byte> Session::mutableInput(size_t i) {
  const TensorView view = input(i);
  if (view.bytes.empty()) return {};
  return {m_state->graph->data(m_state->graph->graph().inputs[i]), view.bytes.size()};
}

Result<void> Session::setInput(size_t i, const TensorView& values) {
  const auto invalid = [&](std::string why) {
    return Error{ErrorCode::InvalidArgument, "cannot set input " + std::to_string(i), "", std::move(why), ""};
  };
  if (i >= inputCount()) return invalid("the graph has only " + std::to_string(inputCount()) + " inputs");
  if (!m_state->graph) return invalid("the system has not enough memory");
  const TensorIndex index = m_state->graph->graph().inputs[i];
  const TensorPlan& plan = m_state->graph->plan().tensor(index);
  if (values.type != plan.type) {
    return invalid("it is " + std::string(elementTypeName(plan.type)) + ", not " +
                   std::string(elementTypeName(values.type)));
  }
  if (!std::equal(values.shape.begin(), values.shape.end(), plan.shape.begin(), plan.shape.end())) {
    return invalid("its shape is " + shapeText(plan.shape) + ", not " + shapeText(values.shape));
  }
  if (plan.storage == Storage::Heap) return m_state->graph->bindInput(i, values);
  if (values.bytes.size() != static_cast<size_t>(plan.bytes)) {
    return invalid("it takes " + std::to_string(plan.bytes) + " bytes, not " + std::to_string(values.bytes.size()));
  }
  if (!values.bytes.empty()) std::memcpy(m_state->graph->data(index), values.bytes.data(), values.bytes.size());
  return {};
}

TensorView Session::output(size_t i) const {
  if (!m_state->graph || i >= outputCount()) return {};
  return m_state->graph->view(m_state->graph->graph().outputs[i]);
}

std::optional<TensorView> Session::tensor(TensorIndex index) const {
  if (!m_state->graph) return std::nullopt;
  const GraphInstance& graph = *m_state->graph;
  if (!index.valid() || index.position() >= graph.plan().tensors.size()) return std::nullopt;
  const auto among = [&](const std::vector<TensorIndex>& list) {
    return std::find(list.begin(), list.end(), index) != list.end();
  };
  switch (graph.plan().tensor(index).storage) {
    case Storage::None:
      return std::nullopt;
    case Storage::Heap:
      if (!graph.data(index)) return std::nullopt;
      break;
    case Storage::Arena:
      if (!m_state->prepared->options().preserveAllTensors && !among(graph.graph().inputs) &&
          !among(graph.graph().outputs)) {
        return std::nullopt;
      }
      break;
    default:
      break;
  }
  return graph.view(index);
}

Result<void> Session::State::run(const Progress* progress, RunObserver observer) {
  if (!graph) {
    return Error{ErrorCode::ResourceLimit, "cannot run the model", "",
                 "the system has not the " + std::to_string(prepared->sessionBytes()) + " bytes it needs", ""};
  }
  if (tap) observer.tap = &tap;
  shared.progress = progress;
  if (pool) pool->expectWork(true);
  Result<void> result;
  try {
    result = graph->run(observer.tap || observer.profile ? &observer : nullptr);
  } catch (const std::bad_alloc&) {
    result = Error{ErrorCode::ResourceLimit, "cannot run the model", "", "the system has not enough memory", ""};
  }
  if (pool) pool->expectWork(false);
  shared.progress = nullptr;
  return result;
}

Result<void> Session::run(const Progress* progress) {
  return m_state->run(progress, {});
}

void Session::setTap(Tap tap) {
  m_state->tap = std::move(tap);
}

void Session::setSubgraphTap(SubgraphTap tap) {
  m_state->shared.subgraphTap = std::move(tap);
}

Result<std::vector<OperatorProfile>> Session::runProfiled() {
  const auto macs = m_state->prepared->macs();
  std::vector<OperatorProfile> profile(macs.size());
  for (size_t i = 0; i < profile.size(); ++i) profile[i] = {OperatorIndex(i), 0, macs[i]};
  RunObserver observer;
  observer.profile = &profile;
  QS_TRY(m_state->run(nullptr, observer));
  return profile;
}

void Session::resetVariables() {
  if (!m_state->graph) return;
  for (auto& resource : m_state->shared.resources) {
    resource.assigned = false;
    resource.table.clear();
  }
  std::fill(m_state->shared.initialized.begin(), m_state->shared.initialized.end(), uint8_t{0});
  m_state->graph->resetVariables();
}

}  // namespace quantscope
