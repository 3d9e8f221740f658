#include "core/evaluation/sensitivity.h"

#include <algorithm>

#include "core/evaluation/error_sums.h"
#include "core/evaluation/ordered_samples.h"
#include "core/evaluation/scores.h"
#include "core/evaluation/sensitivity_state.h"
#include "core/evaluation/variant_run.h"

namespace quantscope {

namespace {

/// Prepared variants are held together up to this many bytes; more are measured in several passes.
constexpr int64_t kVariantMemory = int64_t{512} << 20;
constexpr size_t kSamplesPerSave = 256;

using Answers = VariantAnswers;

/// One variant to be measured.
struct Variant {
  size_t row = 0;
  bool keepOne = false;
  PartialVariant part;
};

struct Slot {
  SampleOutcome outcome;
  Answers original, quantized;
  std::vector<Answers> variants;
};

/// What a worker keeps of one sample while the variants run on it.
struct SharedSample {
  Sample sample;
  RunOutputs expected;
  SharedValues original, quantized;
};

class SensitivityMeasurement {
public:
  SensitivityMeasurement(const VariantFactory& makeVariant, const std::vector<bool>& quantizable,
                         const Dataset& dataset, const EvaluationOptions& options, Progress& progress,
                         const SensitivityCheckpoint& checkpoint, SensitivityParts parts)
      : m_makeVariant(makeVariant),
        m_quantizable(quantizable),
        m_dataset(dataset),
        m_options(options),
        m_progress(progress),
        m_checkpoint(checkpoint),
        m_parts(parts) {
    for (size_t i = 0; i < quantizable.size(); ++i) {
      if (quantizable[i]) m_rows.push_back(i);
    }
    for (const bool keepOne : {false, true}) {
      if (parts == (keepOne ? SensitivityParts::QuantizeOne : SensitivityParts::KeepOne)) continue;
      for (size_t row = 0; row < m_rows.size(); ++row) m_wanted.emplace_back(row, keepOne);
    }
  }

  Result<std::shared_ptr<const SensitivityResult>> run(std::shared_ptr<const Model> model, SensitivityMetric metric) {
    if (m_rows.empty()) {
      return Error{ErrorCode::InvalidArgument, "cannot measure sensitivity", "", "no operator would be quantized",
                   "choose a mode that quantizes some"};
    }
    QS_ASSIGN(m_original, SharedReference::create(model, m_options));
    QS_ASSIGN(auto allQuantized, m_makeVariant(m_quantizable));
    QS_ASSIGN(m_quantized, SharedReference::create(std::move(allQuantized), m_options));
    QS_TRY(chooseMetric(metric));
    m_state = SensitivityState::read(m_checkpoint.resume, m_checkpoint.key, m_rows.size()).value_or(freshState());
    while (m_state.first < m_wanted.size()) {
      QS_ASSIGN(const auto batch, prepareBatch(m_state.first));
      QS_TRY(measureBatch(batch));
      m_state.first += batch.size();
      m_state.batch = m_state.items = 0;
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

  /// The next variants, as many as fit into memory.
  Result<std::vector<Variant>> prepareBatch(size_t first) {
    m_progress.begin("Preparing variants", m_wanted.size() - first, "variants");
    m_original.shared.clear();
    m_quantized.shared.clear();
    std::vector<Variant> batch;
    int64_t bytes = 0;
    for (size_t i = first; i < m_wanted.size() && bytes < kVariantMemory; ++i) {
      QS_ASSIGN(Variant variant, prepareVariant(m_wanted[i].first, m_wanted[i].second));
      bytes += variant.part.bytes(m_options.threads);
      batch.push_back(std::move(variant));
      if (!m_progress.advance()) return Error::cancelled();
    }
    return batch;
  }

  Result<Variant> prepareVariant(size_t row, bool keepOne) {
    std::vector<bool> quantized = keepOne ? m_quantizable : std::vector<bool>(m_quantizable.size());
    quantized[m_rows[row]] = !keepOne;
    QS_ASSIGN(const auto model, m_makeVariant(quantized));
    QS_ASSIGN(auto part, PartialVariant::create(keepOne ? m_quantized : m_original, *model, m_options));
    return Variant{row, keepOne, std::move(part)};
  }

  SensitivityState freshState() const {
    SensitivityState state;
    state.quantizeOne.resize(m_rows.size());
    state.keepOne.resize(m_rows.size());
    return state;
  }

  Answers& answersOf(const Variant& variant) {
    return (variant.keepOne ? m_state.keepOne : m_state.quantizeOne)[variant.row];
  }

  Result<void> measureBatch(const std::vector<Variant>& batch) {
    const size_t count = sampleCount(m_dataset, m_options);
    // Other threads hold other amounts of memory, so that the batch may be another one than when it was stopped.
    if (m_state.items == 0 || m_state.items > count || m_state.batch != batch.size()) {
      m_state.items = m_state.samples = 0;
      m_state.batch = batch.size();
      m_state.skipped = m_dataset.skipped();
      m_state.original = m_state.quantized = Answers();
      for (const Variant& variant : batch) answersOf(variant) = Answers();
    }
    m_progress.begin("Measuring sensitivity", count, "samples");
    if (m_state.items > 0 && !m_progress.advance(m_state.items)) return Error::cancelled();
    const size_t together = samplesTogether(m_original.sharedBytes() + m_quantized.sharedBytes(), m_options.threads);
    std::vector<std::vector<SharedSample>> samples(static_cast<size_t>(std::max(1, m_options.threads)));
    const bool finished = forEachGroupInOrder<Slot>(
        count, together, m_options.threads, m_progress,
        [&](size_t begin, int worker, std::vector<Slot>& slots) {
          measureSamples(begin, worker, batch, samples[static_cast<size_t>(worker)], slots);
        },
        [&](size_t item, Slot& slot) { reduce(item, slot, batch); }, m_state.items);
    save();
    if (!finished) return Error::cancelled();
    if (m_state.samples == 0) return nothingReadable(m_dataset, m_state.skipped);
    return {};
  }

  void reduce(size_t item, Slot& slot, const std::vector<Variant>& batch) {
    ++m_state.items;
    if (slot.outcome.state != SampleOutcome::State::Done) {
      const size_t index = limitedSample(item, m_dataset.size(), m_options.limit);
      m_state.skipped.push_back({m_dataset.name(index), std::move(slot.outcome.why)});
    } else {
      ++m_state.samples;
      m_state.original.add(slot.original);
      m_state.quantized.add(slot.quantized);
      for (size_t i = 0; i < batch.size(); ++i) answersOf(batch[i]).add(slot.variants[i]);
    }
    if (m_state.items % kSamplesPerSave == 0) save();
  }

  void save() const {
    if (m_checkpoint.save) m_checkpoint.save(m_state.text(m_checkpoint.key));
  }

  /// Slots of items begin, begin + 1, ... A sample that fails on the way is skipped with its reason.
  void measureSamples(size_t begin, int worker, const std::vector<Variant>& batch, std::vector<SharedSample>& samples,
                      std::vector<Slot>& slots) {
    samples.resize(std::max(samples.size(), slots.size()));
    auto note = [](Slot& slot, const Result<void>& done) {
      slot.outcome.state = done ? SampleOutcome::State::Done : SampleOutcome::State::Skipped;
      if (!done) slot.outcome.why = done.error().message();
    };
    for (size_t k = 0; k < slots.size(); ++k) {
      if (!m_progress.goOn()) return;
      slots[k].variants.resize(batch.size());
      const size_t index = limitedSample(begin + k, m_dataset.size(), m_options.limit);
      note(slots[k], runReferences(index, worker, samples[k], slots[k]));
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      for (size_t k = 0; k < slots.size(); ++k) {
        if (slots[k].outcome.state != SampleOutcome::State::Done) continue;
        if (!m_progress.goOn()) return;
        note(slots[k], runVariant(batch[i], worker, samples[k], slots[k].variants[i]));
      }
    }
    (void)m_progress.advance(slots.size());
  }

  Result<void> runReferences(size_t index, int worker, SharedSample& shared, Slot& slot) {
    QS_ASSIGN(shared.sample, m_dataset.load(index));
    QS_ASSIGN(shared.expected, m_original.run(shared.sample, worker, m_progress));
    slot.original = judge(shared.expected, shared.expected, shared.sample.label);
    QS_TRY(m_original.keep(worker, shared.original));
    QS_ASSIGN(const RunOutputs allQuantized, m_quantized.run(shared.sample, worker, m_progress));
    slot.quantized = judge(shared.expected, allQuantized, shared.sample.label);
    return m_quantized.keep(worker, shared.quantized);
  }

  Result<void> runVariant(const Variant& variant, int worker, const SharedSample& shared, Answers& answers) {
    const SharedReference& reference = variant.keepOne ? m_quantized : m_original;
    const SharedValues& kept = variant.keepOne ? shared.quantized : shared.original;
    QS_ASSIGN(const RunOutputs outputs, variant.part.run(reference, kept, shared.sample, worker, m_progress));
    answers = judge(shared.expected, outputs, shared.sample.label);
    return {};
  }

  Answers judge(const RunOutputs& expected, const RunOutputs& outputs, std::optional<int32_t> label) const {
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
    auto measured = std::make_shared<SensitivityResult>();
    SensitivityResult& result = *measured;
    result.samples = m_state.samples;
    result.skipped = m_state.skipped;
    result.parts = m_parts;
    result.metric = m_top1 ? "top1" : "output mse";
    result.quantizedError = m_state.quantized.error();
    result.floatMetric = m_top1 ? m_state.original.accuracy() : 0;
    result.quantizedMetric = m_top1 ? m_state.quantized.accuracy() : result.quantizedError;
    const Subgraph& subgraph = m_original.prepared().subgraph();
    for (size_t i = 0; i < m_rows.size(); ++i) {
      OperatorSensitivity row;
      row.index = OperatorIndex(m_rows[i]);
      row.op = operatorName(*m_original.model, subgraph.operators[m_rows[i]]);
      if (m_parts != SensitivityParts::KeepOne) {
        row.quantizeOneError = m_state.quantizeOne[i].error();
        row.quantizeOne = m_top1 ? result.floatMetric - m_state.quantizeOne[i].accuracy() : row.quantizeOneError;
      }
      if (m_parts != SensitivityParts::QuantizeOne) {
        row.keepOneError = m_state.keepOne[i].error();
        row.keepOne =
            m_top1 ? m_state.keepOne[i].accuracy() - result.quantizedMetric : result.quantizedError - row.keepOneError;
      }
      result.operators.push_back(std::move(row));
    }
    return std::shared_ptr<const SensitivityResult>(std::move(measured));
  }

  const VariantFactory& m_makeVariant;
  const std::vector<bool>& m_quantizable;
  const Dataset& m_dataset;
  const EvaluationOptions& m_options;
  Progress& m_progress;
  std::vector<size_t> m_rows;                     ///< operators that are measured
  std::vector<std::pair<size_t, bool>> m_wanted;  ///< row, and whether it alone is kept
  SharedReference m_original, m_quantized;
  bool m_top1 = false;
  std::optional<ScoreReader> m_reader;
  const SensitivityCheckpoint& m_checkpoint;
  SensitivityParts m_parts;
  SensitivityState m_state;
};

}  // namespace

Result<std::shared_ptr<const SensitivityResult>> measureSensitivity(
    std::shared_ptr<const Model> floatModel, const std::vector<bool>& quantizable, const VariantFactory& makeVariant,
    const Dataset& dataset, const EvaluationOptions& options, Progress& progress, SensitivityMetric metric,
    const SensitivityCheckpoint& checkpoint, SensitivityParts parts) {
  return SensitivityMeasurement(makeVariant, quantizable, dataset, options, progress, checkpoint, parts)
      .run(std::move(floatModel), metric);
}

}  // namespace quantscope
