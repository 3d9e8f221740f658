#include "core/evaluation/variant_run.h"

#include <algorithm>

#include "core/base/checked.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

Result<void> addOutput(const TensorView& values, const Tensor& tensor, RunOutputs& outputs) {
  if (!outputs.first) outputs.first = values;
  QS_ASSIGN(auto real, realValues(values, tensor.quantization ? &*tensor.quantization : nullptr));
  outputs.real.push_back(std::move(real));
  return {};
}

}  // namespace

Result<SharedReference> SharedReference::create(std::shared_ptr<const Model> model, const EvaluationOptions& options) {
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  interpreter.preserveAllTensors = true;
  SharedReference reference;
  reference.model = model;
  QS_ASSIGN(auto prepared, PreparedModel::prepare(std::move(model), interpreter));
  reference.sessions = std::make_shared<WorkerSessions>(prepared, options.threads);
  reference.inputs = preparedInputs(*prepared);
  return reference;
}

Result<RunOutputs> SharedReference::run(const Sample& sample, int worker, const Progress& progress) const {
  Session& session = sessions->of(worker);
  QS_TRY(runSample(session, inputs, sample, progress));
  const Subgraph& subgraph = prepared().subgraph();
  RunOutputs outputs;
  for (size_t i = 0; i < subgraph.outputs.size(); ++i) {
    QS_TRY(addOutput(session.output(i), subgraph.tensor(subgraph.outputs[i]), outputs));
  }
  return outputs;
}

Result<void> SharedReference::keep(int worker, SharedValues& kept) const {
  const Session& session = sessions->of(worker);
  kept.values.resize(shared.size());
  for (size_t i = 0; i < shared.size(); ++i) {
    const auto values = session.tensor(shared[i]);
    if (!values) return Error{ErrorCode::Internal, "cannot share a value between variants", "", "", ""};
    TensorValue& copy = kept.values[i];
    copy.type = values->type;
    copy.shape.assign(values->shape.begin(), values->shape.end());
    copy.bytes.assign(values->bytes.begin(), values->bytes.end());
  }
  return {};
}

int64_t SharedReference::sharedBytes() const {
  int64_t bytes = 0;
  for (const TensorIndex index : shared) {
    const auto shape = prepared().shape(index);
    const auto count = shape ? checkedElementCount(*shape) : std::nullopt;
    bytes += count ? byteSize(prepared().subgraph().tensor(index).type, *count).value_or(0) : 0;
  }
  return bytes;
}

size_t samplesTogether(int64_t bytesPerSample, int threads) {
  constexpr int64_t kBytes = int64_t{64} << 20, kMost = 16;
  return static_cast<size_t>(
      std::clamp(kBytes / std::max(1, threads) / std::max<int64_t>(1, bytesPerSample), int64_t{1}, kMost));
}

Result<PartialVariant> PartialVariant::create(SharedReference& reference, const Model& model,
                                              const EvaluationOptions& options) {
  auto placeOf = [&](TensorIndex tensor) -> size_t {
    auto& shared = reference.shared;
    const auto found = std::find(shared.begin(), shared.end(), tensor);
    if (found != shared.end()) return static_cast<size_t>(found - shared.begin());
    shared.push_back(tensor);
    return shared.size() - 1;
  };
  PartialVariant variant;
  variant.changed = changedPart(*reference.model, model);
  const ChangedPart& changed = variant.changed;
  for (const ChangedPart::Output& output : changed.outputs) {
    variant.sharedOutputs.push_back(output.changed || !output.same.valid() ? 0 : placeOf(output.same));
  }
  if (changed.part.operators.empty()) return variant;
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  const auto& graphInputs = model.subgraphs[0].inputs;
  for (size_t i = 0; i < changed.sources.size(); ++i) {
    const TensorIndex source = changed.sources[i];
    const auto found = std::find(graphInputs.begin(), graphInputs.end(), changed.part.inputs[i]);
    variant.sampleInputs.push_back(static_cast<size_t>(found - graphInputs.begin()));
    variant.sharedInputs.push_back(source.valid() ? placeOf(source) : 0);
    const auto shape = source.valid() ? reference.prepared().shape(source) : std::nullopt;
    interpreter.inputShapes.push_back(shape ? *shape : model.subgraphs[0].tensor(changed.part.inputs[i]).shape);
  }
  QS_ASSIGN(auto prepared, PreparedModel::prepare(changed.part.model, interpreter));
  variant.inputs = preparedInputs(*prepared);
  variant.sessions = std::make_shared<WorkerSessions>(std::move(prepared), options.threads);
  return variant;
}

int64_t PartialVariant::bytes(int threads) const {
  if (!sessions) return 0;
  const PreparedModel& prepared = sessions->prepared();
  return prepared.sharedBytes() + prepared.sessionBytes() * std::max(1, threads);
}

Result<RunOutputs> PartialVariant::run(const SharedReference& reference, const SharedValues& kept, const Sample& sample,
                                       int worker, const Progress& progress) const {
  Session* session = sessions ? &sessions->of(worker) : nullptr;
  if (session) {
    session->resetVariables();
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (changed.sources[i].valid()) {
        QS_TRY(session->setInput(i, kept.values[sharedInputs[i]].view()));
      } else {
        QS_ASSIGN(const auto bound, bindInput(sample.inputs[sampleInputs[i]], inputs[i]));
        QS_TRY(session->setInput(i, bound.view()));
      }
    }
    QS_TRY(session->run(&progress));
  }
  RunOutputs outputs;
  for (size_t i = 0; i < changed.outputs.size(); ++i) {
    const ChangedPart::Output& output = changed.outputs[i];
    if (output.changed) {
      const Subgraph& part = sessions->prepared().subgraph();
      QS_TRY(addOutput(session->output(*output.changed), part.tensor(part.outputs[*output.changed]), outputs));
    } else if (output.same.valid()) {
      const Tensor& same = reference.prepared().subgraph().tensor(output.same);
      QS_TRY(addOutput(kept.values[sharedOutputs[i]].view(), same, outputs));
    }
  }
  return outputs;
}

}  // namespace quantscope
