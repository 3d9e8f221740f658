#include "core/evaluation/sensitivity.h"

#include <algorithm>

#include "core/evaluation/error_sums.h"
#include "core/evaluation/ordered_samples.h"
#include "core/evaluation/sample_runner.h"
#include "core/evaluation/scores.h"
#include "core/evaluation/shared_prefix.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

/// Prepared variants are held together up to this many bytes; more are measured in several passes.
constexpr int64_t kVariantMemory = int64_t{512} << 20;

/// What one variant answered, added up over samples.
struct Answers {
  uint64_t right = 0, labelled = 0;
  double squaredError = 0;
  uint64_t values = 0;

  void add(const Answers& other) {
    right += other.right;
    labelled += other.labelled;
    squaredError += other.squaredError;
    values += other.values;
  }
  double accuracy() const { return labelled ? static_cast<double>(right) / static_cast<double>(labelled) : 0; }
  double error() const { return values ? squaredError / static_cast<double>(values) : 0; }
};

/// A model that is run as a whole, all of its tensors kept for the variants that share them.
struct Reference {
  std::shared_ptr<const Model> model;
  std::shared_ptr<WorkerSessions> sessions;
  std::vector<InputSpec> inputs;

  static Result<Reference> create(std::shared_ptr<const Model> model, const EvaluationOptions& options) {
    InterpreterOptions interpreter;
    interpreter.kernels = options.kernels;
    interpreter.preserveAllTensors = true;
    Reference reference;
    reference.model = model;
    QS_ASSIGN(auto prepared, PreparedModel::prepare(std::move(model), interpreter));
    reference.sessions = std::make_shared<WorkerSessions>(prepared, options.threads);
    reference.inputs = preparedInputs(*prepared);
    return reference;
  }
  const PreparedModel& prepared() const { return sessions->prepared(); }
};

/// The changed part of one variant, ready to run.
struct Variant {
  size_t row = 0;
  bool keepOne = false;
  ChangedPart changed;
  std::shared_ptr<WorkerSessions> sessions;  ///< null: nothing changed
  std::vector<InputSpec> inputs;             ///< of the part
  std::vector<size_t> sampleInputs;          ///< for inputs without source: which input of the sample
};

/// Graph outputs of one run as real values, and the first one raw.
struct Outputs {
  std::vector<std::vector<float>> real;
  std::optional<TensorView> first;
};

struct Slot {
  SampleOutcome outcome;
  Answers original, quantized;
  std::vector<Answers> variants;
};

class SensitivityMeasurement {
public:
  SensitivityMeasurement(const VariantFactory& makeVariant, const std::vector<bool>& quantizable,
                         const Dataset& dataset, const EvaluationOptions& options, Progress& progress)
      : m_makeVariant(makeVariant),
        m_quantizable(quantizable),
        m_dataset(dataset),
        m_options(options),
        m_progress(progress) {
    for (size_t i = 0; i < quantizable.size(); ++i) {
      if (quantizable[i]) m_rows.push_back(i);
    }
  }

  Result<std::shared_ptr<const SensitivityResult>> run(std::shared_ptr<const Model> model, SensitivityMetric metric) {
    if (m_rows.empty()) {
      return Error{ErrorCode::InvalidArgument, "cannot measure sensitivity", "", "no operator would be quantized",
                   "choose a mode that quantizes some"};
    }
    QS_ASSIGN(m_original, Reference::create(model, m_options));
    QS_ASSIGN(auto allQuantized, m_makeVariant(m_quantizable));
    QS_ASSIGN(m_quantized, Reference::create(std::move(allQuantized), m_options));
    QS_TRY(chooseMetric(metric));
    m_quantizeOne.resize(m_rows.size());
    m_keepOne.resize(m_rows.size());
    m_result = std::make_shared<SensitivityResult>();
    for (size_t next = 0; next < 2 * m_rows.size();) {
      QS_ASSIGN(const auto batch, prepareBatch(next));
      QS_TRY(measureBatch(batch, next));
      next += batch.size();
    }
    return finish();
  }

private:
  Result<void> chooseMetric(SensitivityMetric metric) {
    m_top1 = false;
    if (metric == SensitivityMetric::OutputError) return {};
    auto reader = ScoreReader::create(m_original.prepared());
    auto quantizedReader = ScoreReader::create(m_quantized.prepared());
    m_top1 = m_dataset.labelled() && reader && quantizedReader && reader->classes() == quantizedReader->classes();
    if (m_top1) {
      m_reader = *reader;
    } else if (metric == SensitivityMetric::Top1) {
      if (!reader) return reader.error();
      return Error{ErrorCode::InvalidArgument, "cannot measure top-1 sensitivity", m_dataset.description(),
                   "the samples have no labels", "give labelled samples, or measure the output error"};
    }
    return {};
  }

  /// The next variants, as many as fit into memory: all "quantize one" first, then all "keep one".
  Result<std::vector<Variant>> prepareBatch(size_t first) {
    m_progress.begin("Preparing variants", 2 * m_rows.size() - first, "variants");
    std::vector<Variant> batch;
    int64_t bytes = 0;
    for (size_t i = first; i < 2 * m_rows.size() && bytes < kVariantMemory; ++i) {
      QS_ASSIGN(Variant variant, prepareVariant(i % m_rows.size(), i >= m_rows.size()));
      if (variant.sessions) {
        const PreparedModel& prepared = variant.sessions->prepared();
        bytes += prepared.sharedBytes() + prepared.sessionBytes() * std::max(1, m_options.threads);
      }
      batch.push_back(std::move(variant));
      if (!m_progress.advance()) return Error::cancelled();
    }
    return batch;
  }

  Result<Variant> prepareVariant(size_t row, bool keepOne) {
    std::vector<bool> quantized = keepOne ? m_quantizable : std::vector<bool>(m_quantizable.size());
    quantized[m_rows[row]] = !keepOne;
    QS_ASSIGN(const auto model, m_makeVariant(quantized));
    const Reference& reference = keepOne ? m_quantized : m_original;
    Variant variant;
    variant.row = row;
    variant.keepOne = keepOne;
    variant.changed = changedPart(*reference.model, *model);
    const ChangedPart& changed = variant.changed;
    if (changed.part.operators.empty()) return variant;
    InterpreterOptions interpreter;
    interpreter.kernels = m_options.kernels;
    for (size_t i = 0; i < changed.sources.size(); ++i) {
      const TensorIndex source = changed.sources[i];
      const auto& graphInputs = model->subgraphs[0].inputs;
      const auto found = std::find(graphInputs.begin(), graphInputs.end(), changed.part.inputs[i]);
      variant.sampleInputs.push_back(static_cast<size_t>(found - graphInputs.begin()));
      const auto shape = source.valid() ? reference.prepared().shape(source) : std::nullopt;
      interpreter.inputShapes.push_back(shape ? *shape : model->subgraphs[0].tensor(changed.part.inputs[i]).shape);
    }
    QS_ASSIGN(auto prepared, PreparedModel::prepare(changed.part.model, interpreter));
    variant.inputs = preparedInputs(*prepared);
    variant.sessions = std::make_shared<WorkerSessions>(std::move(prepared), m_options.threads);
    return variant;
  }

  Result<void> measureBatch(const std::vector<Variant>& batch, size_t first) {
    const size_t count = sampleCount(m_dataset, m_options);
    m_progress.begin("Measuring sensitivity", count, "samples");
    m_result->samples = 0;
    m_result->skipped = m_dataset.skipped();
    Answers original, quantized;
    const bool finished = forEachInOrder<Slot>(
        count, m_options.threads, m_progress,
        [&](size_t item, int worker, Slot& slot) {
          const size_t index = limitedSample(item, m_dataset.size(), m_options.limit);
          const Result<void> done = measureSample(index, worker, batch, slot);
          slot.outcome.state = done ? SampleOutcome::State::Done : SampleOutcome::State::Skipped;
          if (!done) slot.outcome.why = done.error().message();
          (void)m_progress.advance();
        },
        [&](size_t item, Slot& slot) {
          if (slot.outcome.state != SampleOutcome::State::Done) {
            const size_t index = limitedSample(item, m_dataset.size(), m_options.limit);
            m_result->skipped.push_back({m_dataset.name(index), std::move(slot.outcome.why)});
            return;
          }
          ++m_result->samples;
          original.add(slot.original);
          quantized.add(slot.quantized);
          for (size_t i = 0; i < batch.size(); ++i) {
            (batch[i].keepOne ? m_keepOne : m_quantizeOne)[batch[i].row].add(slot.variants[i]);
          }
        });
    if (!finished) return Error::cancelled();
    if (m_result->samples == 0) return nothingReadable(m_dataset, m_result->skipped);
    if (first == 0) m_originalAnswers = original, m_quantizedAnswers = quantized;
    return {};
  }

  Result<void> measureSample(size_t index, int worker, const std::vector<Variant>& batch, Slot& slot) {
    QS_ASSIGN(const Sample sample, m_dataset.load(index));
    Session& original = m_original.sessions->of(worker);
    Session& quantized = m_quantized.sessions->of(worker);
    QS_TRY(runSample(original, m_original.inputs, sample, m_progress));
    QS_TRY(runSample(quantized, m_quantized.inputs, sample, m_progress));
    QS_ASSIGN(const Outputs expected, outputsOf(m_original, original));
    QS_ASSIGN(const Outputs allQuantized, outputsOf(m_quantized, quantized));
    slot.original = judge(expected, expected, sample.label);
    slot.quantized = judge(expected, allQuantized, sample.label);
    slot.variants.resize(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
      if (!m_progress.goOn()) return Error::cancelled();
      const Reference& reference = batch[i].keepOne ? m_quantized : m_original;
      Session& shared = batch[i].keepOne ? quantized : original;
      QS_ASSIGN(const Outputs outputs, runVariant(batch[i], reference, shared, sample, worker));
      slot.variants[i] = judge(expected, outputs, sample.label);
    }
    return {};
  }

  Result<Outputs> outputsOf(const Reference& reference, const Session& session) const {
    const Subgraph& subgraph = reference.prepared().subgraph();
    Outputs outputs;
    for (size_t i = 0; i < subgraph.outputs.size(); ++i) {
      QS_TRY(addOutput(session.output(i), subgraph.tensor(subgraph.outputs[i]), outputs));
    }
    return outputs;
  }

  static Result<void> addOutput(const TensorView& values, const Tensor& tensor, Outputs& outputs) {
    if (!outputs.first) outputs.first = values;
    QS_ASSIGN(auto real, realValues(values, tensor.quantization ? &*tensor.quantization : nullptr));
    outputs.real.push_back(std::move(real));
    return {};
  }

  Result<Outputs> runVariant(const Variant& variant, const Reference& reference, const Session& shared,
                             const Sample& sample, int worker) const {
    Session* session = variant.sessions ? &variant.sessions->of(worker) : nullptr;
    if (session) {
      session->resetVariables();
      for (size_t i = 0; i < variant.inputs.size(); ++i) {
        const TensorIndex source = variant.changed.sources[i];
        if (source.valid()) {
          const auto values = shared.tensor(source);
          if (!values) return Error{ErrorCode::Internal, "cannot share a value between variants", "", "", ""};
          QS_TRY(session->setInput(i, *values));
        } else {
          QS_ASSIGN(const auto bound, bindInput(sample.inputs[variant.sampleInputs[i]], variant.inputs[i]));
          QS_TRY(session->setInput(i, bound.view()));
        }
      }
      QS_TRY(session->run(&m_progress));
    }
    Outputs outputs;
    for (const ChangedPart::Output& output : variant.changed.outputs) {
      if (output.changed) {
        const Subgraph& part = variant.sessions->prepared().subgraph();
        QS_TRY(addOutput(session->output(*output.changed), part.tensor(part.outputs[*output.changed]), outputs));
      } else if (const auto values = shared.tensor(output.same)) {
        QS_TRY(addOutput(*values, reference.prepared().subgraph().tensor(output.same), outputs));
      }
    }
    return outputs;
  }

  Answers judge(const Outputs& expected, const Outputs& outputs, std::optional<int32_t> label) const {
    Answers answers;
    for (size_t i = 0; i < std::min(expected.real.size(), outputs.real.size()); ++i) {
      if (expected.real[i].size() != outputs.real[i].size()) continue;
      const ErrorSums sums = compareValues(expected.real[i], outputs.real[i]);
      answers.squaredError += sums.noise;
      answers.values += sums.values;
    }
    if (m_top1 && label && outputs.first) {
      answers.labelled = 1;
      answers.right = m_reader->rank(*outputs.first, label).top1 == *label;
    }
    return answers;
  }

  Result<std::shared_ptr<const SensitivityResult>> finish() {
    SensitivityResult& result = *m_result;
    result.metric = m_top1 ? "top1" : "output mse";
    result.quantizedError = m_quantizedAnswers.error();
    result.floatMetric = m_top1 ? m_originalAnswers.accuracy() : 0;
    result.quantizedMetric = m_top1 ? m_quantizedAnswers.accuracy() : result.quantizedError;
    const Subgraph& subgraph = m_original.prepared().subgraph();
    for (size_t i = 0; i < m_rows.size(); ++i) {
      OperatorSensitivity row;
      row.index = OperatorIndex(m_rows[i]);
      row.op = operatorName(*m_original.model, subgraph.operators[m_rows[i]]);
      row.quantizeOneError = m_quantizeOne[i].error();
      row.keepOneError = m_keepOne[i].error();
      row.quantizeOne = m_top1 ? result.floatMetric - m_quantizeOne[i].accuracy() : row.quantizeOneError;
      row.keepOne =
          m_top1 ? m_keepOne[i].accuracy() - result.quantizedMetric : result.quantizedError - row.keepOneError;
      result.operators.push_back(std::move(row));
    }
    return std::shared_ptr<const SensitivityResult>(std::move(m_result));
  }

  const VariantFactory& m_makeVariant;
  const std::vector<bool>& m_quantizable;
  const Dataset& m_dataset;
  const EvaluationOptions& m_options;
  Progress& m_progress;
  std::vector<size_t> m_rows;  ///< operators that are measured
  Reference m_original, m_quantized;
  bool m_top1 = false;
  std::optional<ScoreReader> m_reader;
  Answers m_originalAnswers, m_quantizedAnswers;
  std::vector<Answers> m_quantizeOne, m_keepOne;
  std::shared_ptr<SensitivityResult> m_result;
};

}  // namespace

Result<std::shared_ptr<const SensitivityResult>> measureSensitivity(
    std::shared_ptr<const Model> floatModel, const std::vector<bool>& quantizable, const VariantFactory& makeVariant,
    const Dataset& dataset, const EvaluationOptions& options, Progress& progress, SensitivityMetric metric) {
  return SensitivityMeasurement(makeVariant, quantizable, dataset, options, progress)
      .run(std::move(floatModel), metric);
}

}  // namespace quantscope
