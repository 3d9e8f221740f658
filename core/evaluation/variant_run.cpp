#include "core/evaluation/variant_run.h"

#include <algorithm>

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

Result<PartialVariant> PartialVariant::create(const SharedReference& reference, const Model& model,
                                              const EvaluationOptions& options) {
  PartialVariant variant;
  variant.changed = changedPart(*reference.model, model);
  const ChangedPart& changed = variant.changed;
  if (changed.part.operators.empty()) return variant;
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  const auto& graphInputs = model.subgraphs[0].inputs;
  for (size_t i = 0; i < changed.sources.size(); ++i) {
    const TensorIndex source = changed.sources[i];
    const auto found = std::find(graphInputs.begin(), graphInputs.end(), changed.part.inputs[i]);
    variant.sampleInputs.push_back(static_cast<size_t>(found - graphInputs.begin()));
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

Result<RunOutputs> PartialVariant::run(const SharedReference& reference, const Sample& sample, int worker,
                                       const Progress& progress) const {
  const Session& shared = reference.sessions->of(worker);
  Session* session = sessions ? &sessions->of(worker) : nullptr;
  if (session) {
    session->resetVariables();
    for (size_t i = 0; i < inputs.size(); ++i) {
      const TensorIndex source = changed.sources[i];
      if (source.valid()) {
        const auto values = shared.tensor(source);
        if (!values) return Error{ErrorCode::Internal, "cannot share a value between variants", "", "", ""};
        QS_TRY(session->setInput(i, *values));
      } else {
        QS_ASSIGN(const auto bound, bindInput(sample.inputs[sampleInputs[i]], inputs[i]));
        QS_TRY(session->setInput(i, bound.view()));
      }
    }
    QS_TRY(session->run(&progress));
  }
  RunOutputs outputs;
  for (const ChangedPart::Output& output : changed.outputs) {
    if (output.changed) {
      const Subgraph& part = sessions->prepared().subgraph();
      QS_TRY(addOutput(session->output(*output.changed), part.tensor(part.outputs[*output.changed]), outputs));
    } else if (const auto values = shared.tensor(output.same)) {
      QS_TRY(addOutput(*values, reference.prepared().subgraph().tensor(output.same), outputs));
    }
  }
  return outputs;
}

}  // namespace quantscope
