#include "core/evaluation/layer_error.h"

#include <algorithm>
#include <cmath>

#include "core/evaluation/extract.h"
#include "core/evaluation/operator_matching.h"
#include "core/evaluation/ordered_samples.h"
#include "core/evaluation/sample_runner.h"
#include "core/evaluation/value_comparison.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

/// One result that both models have.
struct Layer {
  OperatorIndex floatOperator, quantizedOperator;
  TensorIndex floatTensor, quantizedTensor;
};

/// A quantized operator as a model of its own, fed with the float model's values.
struct LocalOperator {
  std::shared_ptr<WorkerSessions> sessions;
  std::vector<InputSpec> inputs;
  std::vector<TensorIndex> sources;                ///< tensors of the float model, one per input
  std::vector<std::pair<size_t, size_t>> results;  ///< (layer, output)
};

struct Slot {
  SampleOutcome outcome;
  std::vector<ValueComparison> accumulated, local;
};

const Quantization* quantizationOf(const Tensor& tensor) {
  return tensor.quantization ? &*tensor.quantization : nullptr;
}

class LayerComparison {
public:
  LayerComparison(std::shared_ptr<const PreparedModel> original, std::shared_ptr<const PreparedModel> quantized,
                  const Dataset& dataset, const EvaluationOptions& options, Progress& progress)
      : m_dataset(dataset),
        m_options(options),
        m_progress(progress),
        m_from(original->subgraph()),
        m_to(quantized->subgraph()),
        m_original(original, options.threads),
        m_quantized(quantized, options.threads),
        m_partner(matchOperators(original->model(), quantized->model())) {
    m_originalInputs = preparedInputs(*original);
    m_quantizedInputs = preparedInputs(*quantized);
    findLayers();
  }

  Result<std::shared_ptr<const LayerErrors>> run() {
    if (m_layers.empty()) {
      return Error{ErrorCode::InvalidArgument, "cannot compare the models", "",
                   "no operator of one has a counterpart in the other", "compare a model with its quantized form"};
    }
    QS_TRY(prepareLocals());
    const size_t count = sampleCount(m_dataset, m_options);
    m_progress.begin("Comparing layers", count, "samples");
    std::vector<ValueComparison> accumulated(m_layers.size()), local(m_layers.size());
    auto result = std::make_shared<LayerErrors>();
    result->skipped = m_dataset.skipped();
    const bool finished = forEachInOrder<Slot>(
        count, m_options.threads, m_progress,
        [&](size_t item, int worker, Slot& slot) {
          compareSample(limitedSample(item, m_dataset.size(), m_options.limit), worker, slot);
        },
        [&](size_t item, Slot& slot) {
          if (slot.outcome.state != SampleOutcome::State::Done) {
            const size_t index = limitedSample(item, m_dataset.size(), m_options.limit);
            result->skipped.push_back({m_dataset.name(index), std::move(slot.outcome.why)});
            return;
          }
          ++result->samples;
          for (size_t i = 0; i < m_layers.size(); ++i) {
            accumulated[i].add(slot.accumulated[i]);
            local[i].add(slot.local[i]);
          }
        });
    if (!finished) return Error::cancelled();
    if (result->samples == 0) return nothingReadable(m_dataset, result->skipped);
    for (size_t i = 0; i < m_layers.size(); ++i) {
      result->accumulated.push_back(describe(m_layers[i], accumulated[i]));
      result->local.push_back(describe(m_layers[i], local[i]));
    }
    result->unmatched = unmatched();
    return std::shared_ptr<const LayerErrors>(std::move(result));
  }

private:
  void findLayers() {
    for (size_t j = 0; j < m_partner.size(); ++j) {
      if (!m_partner[j].valid()) continue;
      const Operator& from = m_from.operators[m_partner[j].position()];
      const Operator& to = m_to.operators[j];
      for (size_t k = 0; k < std::min(from.outputs.size(), to.outputs.size()); ++k) {
        if (!from.outputs[k].valid() || !to.outputs[k].valid()) continue;
        if (m_from.tensor(from.outputs[k]).type != ElementType::Float32) continue;
        m_layers.push_back({m_partner[j], OperatorIndex(j), from.outputs[k], to.outputs[k]});
      }
    }
  }

  /// Float model's tensors behind the non-constant operands of a quantized operator; nothing where one is unknown.
  std::optional<std::vector<TensorIndex>> sourcesOf(OperatorIndex index, const ExtractedModel& part) const {
    const Operator& to = m_to.operators[index.position()];
    const Operator& from = m_from.operators[m_partner[index.position()].position()];
    std::vector<TensorIndex> sources;
    for (const TensorIndex wanted : part.inputs) {
      const auto found = std::find(to.inputs.begin(), to.inputs.end(), wanted);
      if (found == to.inputs.end()) return std::nullopt;
      const TensorIndex source = from.input(static_cast<size_t>(found - to.inputs.begin()));
      if (!source.valid()) return std::nullopt;
      sources.push_back(source);
    }
    return sources;
  }

  /// The operator, and the DEQUANTIZE operators that unpack its constants.
  std::vector<bool> operatorWithConstants(OperatorIndex index, const std::vector<TensorUses>& uses) const {
    std::vector<bool> wanted(m_to.operators.size());
    wanted[index.position()] = true;
    for (const TensorIndex input : m_to.operators[index.position()].inputs) {
      if (!input.valid()) continue;
      const OperatorIndex producer = uses[input.position()].producer;
      if (!producer.valid()) continue;
      const Operator& maker = m_to.operators[producer.position()];
      const Model& model = m_quantized.prepared().model();
      if (model.code(maker) == tflite::BuiltinOperator_DEQUANTIZE && maker.input(0).valid() &&
          isConstant(model, m_to.tensor(maker.input(0)))) {
        wanted[producer.position()] = true;
      }
    }
    return wanted;
  }

  Result<void> prepareLocals() {
    m_progress.begin("Preparing the comparison", m_layers.size(), "operators");
    const auto uses = tensorUses(m_to);
    for (size_t layer = 0; layer < m_layers.size(); ++layer) {
      if (!m_progress.advance()) return Error::cancelled();
      const OperatorIndex index = m_layers[layer].quantizedOperator;
      if (layer > 0 && m_layers[layer - 1].quantizedOperator == index) {
        if (m_lastLocal == layer - 1) addResult(layer);
        continue;
      }
      const ExtractedModel part = extractOperators(m_quantized.prepared().model(), operatorWithConstants(index, uses),
                                                   m_to.operators[index.position()].outputs);
      auto sources = sourcesOf(index, part);
      if (!sources) continue;
      InterpreterOptions options = m_quantized.prepared().options();
      options.preserveAllTensors = false;
      options.inputShapes.clear();
      for (const TensorIndex input : part.inputs) {
        if (const auto shape = m_quantized.prepared().shape(input)) options.inputShapes.push_back(*shape);
      }
      if (options.inputShapes.size() != part.inputs.size()) continue;
      auto prepared = PreparedModel::prepare(part.model, options);
      // What cannot stand alone (an operator of a loop, say) has no local error; the accumulated one remains.
      if (!prepared) continue;
      LocalOperator local;
      local.sessions = std::make_shared<WorkerSessions>(*prepared, m_options.threads);
      local.inputs = preparedInputs(**prepared);
      local.sources = std::move(*sources);
      m_locals.push_back(std::move(local));
      m_localOutputs.push_back(part.outputs);
      addResult(layer);
    }
    return {};
  }

  void addResult(size_t layer) {
    const auto& outputs = m_localOutputs.back();
    const auto found = std::find(outputs.begin(), outputs.end(), m_layers[layer].quantizedTensor);
    if (found == outputs.end()) return;
    m_locals.back().results.emplace_back(layer, static_cast<size_t>(found - outputs.begin()));
    m_lastLocal = layer;
  }

  void compareSample(size_t index, int worker, Slot& slot) {
    slot.accumulated.resize(m_layers.size());
    slot.local.resize(m_layers.size());
    const Result<void> done = tryCompareSample(index, worker, slot);
    if (done) {
      slot.outcome.state = SampleOutcome::State::Done;
    } else {
      slot.outcome = {SampleOutcome::State::Skipped, done.error().message()};
    }
    (void)m_progress.advance();
  }

  Result<void> tryCompareSample(size_t index, int worker, Slot& slot) {
    QS_ASSIGN(const Sample sample, m_dataset.load(index));
    Session& original = m_original.of(worker);
    Session& quantized = m_quantized.of(worker);
    QS_TRY(runSample(original, m_originalInputs, sample, m_progress));
    QS_TRY(runSample(quantized, m_quantizedInputs, sample, m_progress));
    std::vector<std::vector<float>> references(m_layers.size());
    for (size_t i = 0; i < m_layers.size(); ++i) {
      const auto reference = original.tensor(m_layers[i].floatTensor);
      const auto values = quantized.tensor(m_layers[i].quantizedTensor);
      if (!reference || !values) continue;
      QS_ASSIGN(references[i], realValues(*reference, nullptr));
      QS_TRY(compareWith(references[i], *values, m_layers[i], slot.accumulated[i]));
    }
    for (LocalOperator& local : m_locals) QS_TRY(runLocal(local, original, worker, references, slot));
    return {};
  }

  Result<void> runLocal(LocalOperator& local, Session& original, int worker,
                        const std::vector<std::vector<float>>& references, Slot& slot) {
    if (!m_progress.goOn()) return Error::cancelled();
    Session& session = local.sessions->of(worker);
    session.resetVariables();
    for (size_t i = 0; i < local.inputs.size(); ++i) {
      const auto source = original.tensor(local.sources[i]);
      if (!source) return {};
      const TensorValue value{
          source->type, {source->shape.begin(), source->shape.end()}, {source->bytes.begin(), source->bytes.end()}};
      QS_ASSIGN(const TensorValue bound, bindInput(value, local.inputs[i]));
      QS_TRY(session.setInput(i, bound.view()));
    }
    QS_TRY(session.run(&m_progress));
    for (const auto& [layer, output] : local.results) {
      QS_TRY(compareWith(references[layer], session.output(output), m_layers[layer], slot.local[layer]));
    }
    return {};
  }

  Result<void> compareWith(const std::vector<float>& reference, const TensorView& values, const Layer& layer,
                           ValueComparison& comparison) const {
    QS_ASSIGN(const auto real, realValues(values, quantizationOf(m_to.tensor(layer.quantizedTensor))));
    if (real.size() != reference.size()) return {};
    comparison = compareInRange(reference, real, RealRange::of(m_to.tensor(layer.quantizedTensor)));
    return {};
  }

  LayerError describe(const Layer& layer, const ValueComparison& comparison) const {
    const ErrorSums& sums = comparison.sums;
    const Tensor& tensor = m_to.tensor(layer.quantizedTensor);
    LayerError error;
    error.floatOperator = layer.floatOperator;
    error.quantizedOperator = layer.quantizedOperator;
    error.floatTensor = layer.floatTensor;
    error.quantizedTensor = layer.quantizedTensor;
    error.name = m_from.tensor(layer.floatTensor).name;
    error.op = operatorName(m_quantized.prepared().model(), m_to.operators[layer.quantizedOperator.position()]);
    error.values = sums.values;
    error.sqnrDecibel = sums.sqnrDecibel();
    error.meanSquaredError = sums.meanSquaredError();
    error.cosine = sums.cosine();
    error.maxAbsolute = sums.maxAbsolute;
    error.klDivergence = comparison.klDivergence();
    error.saturated = comparison.saturatedShare();
    if (tensor.quantized() && !tensor.quantization->perChannel() && tensor.quantization->scale[0] > 0) {
      error.scaleBits = bitsPerElement(tensor.type);
      error.rmseOverScale = std::sqrt(error.meanSquaredError) / static_cast<double>(tensor.quantization->scale[0]);
    }
    return error;
  }

  std::vector<std::string> unmatched() const {
    std::vector<std::string> names;
    for (size_t j = 0; j < m_partner.size(); ++j) {
      const std::string name = operatorName(m_quantized.prepared().model(), m_to.operators[j]);
      if (m_partner[j].valid() || name == "QUANTIZE" || name == "DEQUANTIZE") continue;
      names.push_back("operator " + std::to_string(j) + " " + name);
    }
    return names;
  }

  const Dataset& m_dataset;
  const EvaluationOptions& m_options;
  Progress& m_progress;
  const Subgraph& m_from;
  const Subgraph& m_to;
  WorkerSessions m_original, m_quantized;
  std::vector<InputSpec> m_originalInputs, m_quantizedInputs;
  std::vector<OperatorIndex> m_partner;
  std::vector<Layer> m_layers;
  std::vector<LocalOperator> m_locals;
  std::vector<std::vector<TensorIndex>> m_localOutputs;
  size_t m_lastLocal = static_cast<size_t>(-1);
};

}  // namespace

Result<std::shared_ptr<const LayerErrors>> compareLayers(std::shared_ptr<const Model> floatModel,
                                                         std::shared_ptr<const Model> quantizedModel,
                                                         const Dataset& dataset, const EvaluationOptions& options,
                                                         Progress& progress) {
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  interpreter.preserveAllTensors = true;
  QS_ASSIGN(auto original, PreparedModel::prepare(std::move(floatModel), interpreter));
  QS_ASSIGN(auto quantized, PreparedModel::prepare(std::move(quantizedModel), interpreter));
  return LayerComparison(std::move(original), std::move(quantized), dataset, options, progress).run();
}

}  // namespace quantscope
