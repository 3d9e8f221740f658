#include "core/evaluation/fidelity.h"

#include <algorithm>
#include <cmath>

#include "core/evaluation/error_sums.h"
#include "core/evaluation/ordered_samples.h"
#include "core/evaluation/probabilities.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

constexpr uint64_t kMostAnswerBytes = uint64_t{2} << 30;

Result<std::vector<std::vector<float>>> realOutputs(const PreparedModel& prepared, const Session& session) {
  std::vector<std::vector<float>> outputs;
  const Subgraph& subgraph = prepared.subgraph();
  for (size_t i = 0; i < subgraph.outputs.size(); ++i) {
    const Tensor& tensor = subgraph.tensor(subgraph.outputs[i]);
    QS_ASSIGN(auto real, realValues(session.output(i), tensor.quantization ? &*tensor.quantization : nullptr));
    outputs.push_back(std::move(real));
  }
  return outputs;
}

}  // namespace

double Fidelity::relativeError() const {
  if (noise == 0) return 0;
  return signal > 0 ? std::sqrt(noise / signal) : 1;
}

double Fidelity::cosine() const {
  ErrorSums sums;
  sums.signal = signal, sums.approximation = approximation, sums.product = product;
  return sums.cosine();
}

double Fidelity::quality(QualityMetric metric) const {
  auto share = [](uint64_t part, uint64_t whole) {
    return whole ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
  };
  if (metric == QualityMetric::Top1) return share(right, labelled);
  if (metric == QualityMetric::Agreement) return share(same, ranked);
  return 1 - relativeError();
}

void Fidelity::add(const Fidelity& sample) {
  const double before = static_cast<double>(ranked), more = static_cast<double>(sample.ranked);
  if (before + more > 0) {
    klDivergence = (klDivergence * before + sample.klDivergence * more) / (before + more);
  }
  samples += sample.samples;
  labelled += sample.labelled, right += sample.right;
  ranked += sample.ranked, same += sample.same;
  onlyOriginalRight += sample.onlyOriginalRight, onlyVariantRight += sample.onlyVariantRight;
  signal += sample.signal, noise += sample.noise;
  approximation += sample.approximation, product += sample.product;
}

Result<void> FidelityMeasurement::chooseMetric(const PreparedModel& prepared, QualityMetric metric) {
  auto reader = ScoreReader::create(prepared);
  if (reader) m_reader = *reader;
  m_metric = metric;
  if (metric == QualityMetric::Automatic) {
    m_metric = !reader                 ? QualityMetric::OutputError
               : m_dataset->labelled() ? QualityMetric::Top1
                                       : QualityMetric::Agreement;
  }
  if (m_metric != QualityMetric::OutputError && !reader) return reader.error();
  if (m_metric == QualityMetric::Top1 && !m_dataset->labelled()) {
    return Error{ErrorCode::InvalidArgument, "cannot measure top-1", m_dataset->description(),
                 "the samples have no labels", "give labelled samples, or measure agreement"};
  }
  return {};
}

Result<void> FidelityMeasurement::runOriginal(std::shared_ptr<const PreparedModel> prepared, Progress& progress) {
  struct Slot {
    SampleOutcome outcome;
    Answer answer;
    Fidelity fidelity;
  };
  const size_t count = sampleCount(*m_dataset, m_options);
  const auto inputs = preparedInputs(*prepared);
  WorkerSessions sessions(std::move(prepared), m_options.threads);
  m_skipped = m_dataset->skipped();
  progress.begin("Running the original", count, "samples");
  uint64_t bytes = 0;
  auto one = [&](size_t index, int worker, Slot& slot) -> Result<void> {
    QS_ASSIGN(const Sample sample, m_dataset->load(index));
    Session& session = sessions.of(worker);
    QS_TRY(runSample(session, inputs, sample, progress));
    QS_ASSIGN(slot.answer.outputs, realOutputs(sessions.prepared(), session));
    if (m_reader) {
      slot.answer.top1 = m_reader->rank(session.output(0), sample.label).top1;
      slot.answer.right = sample.label && slot.answer.top1 == *sample.label;
    }
    QS_ASSIGN(slot.fidelity,
              judge(sessions.prepared(), session, slot.answer, sample.label, m_reader ? &*m_reader : nullptr));
    return {};
  };
  const bool finished = forEachInOrder<Slot>(
      count, m_options.threads, progress,
      [&](size_t item, int worker, Slot& slot) {
        const auto done = one(limitedSample(item, m_dataset->size(), m_options.limit), worker, slot);
        slot.outcome.state = done ? SampleOutcome::State::Done : SampleOutcome::State::Skipped;
        if (!done) slot.outcome.why = done.error().message();
        (void)progress.advance();
      },
      [&](size_t item, Slot& slot) {
        const size_t index = limitedSample(item, m_dataset->size(), m_options.limit);
        if (slot.outcome.state != SampleOutcome::State::Done) {
          m_skipped.push_back({m_dataset->name(index), std::move(slot.outcome.why)});
          return;
        }
        for (const auto& output : slot.answer.outputs) bytes += output.size() * sizeof(float);
        if (bytes > kMostAnswerBytes) return;
        m_samples.push_back(index);
        m_answers.push_back(std::move(slot.answer));
        m_original.add(slot.fidelity);
      });
  if (!finished) return Error::cancelled();
  if (bytes > kMostAnswerBytes) {
    return Error{ErrorCode::ResourceLimit, "the original's answers are too large to keep", m_dataset->description(),
                 "they take " + std::to_string(bytes >> 20) + " MB", "use fewer samples (--limit)"};
  }
  if (m_samples.empty()) return nothingReadable(*m_dataset, m_skipped);
  return {};
}

Result<FidelityMeasurement> FidelityMeasurement::create(std::shared_ptr<const Model> original, const Dataset& dataset,
                                                        const EvaluationOptions& options, QualityMetric metric,
                                                        Progress& progress) {
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  QS_ASSIGN(auto prepared, PreparedModel::prepare(std::move(original), interpreter));
  FidelityMeasurement measurement(dataset, options);
  QS_TRY(measurement.chooseMetric(*prepared, metric));
  QS_TRY(measurement.runOriginal(std::move(prepared), progress));
  return measurement;
}

Result<Fidelity> FidelityMeasurement::judge(const PreparedModel& prepared, const Session& session,
                                            const Answer& original, std::optional<int32_t> label,
                                            const ScoreReader* reader) const {
  Fidelity f;
  f.samples = 1;
  QS_ASSIGN(const auto outputs, realOutputs(prepared, session));
  for (size_t i = 0; i < std::min(outputs.size(), original.outputs.size()); ++i) {
    if (outputs[i].size() != original.outputs[i].size()) {
      return Error{ErrorCode::InvalidArgument, "the outputs cannot be compared", "output " + std::to_string(i),
                   "the variant gives " + std::to_string(outputs[i].size()) + " values, the original " +
                       std::to_string(original.outputs[i].size()),
                   ""};
    }
    const ErrorSums sums = compareValues(original.outputs[i], outputs[i]);
    f.signal += sums.signal;
    f.noise += sums.noise;
    f.approximation += sums.approximation;
    f.product += sums.product;
  }
  if (!reader || reader->classes() != m_reader->classes()) return f;
  const int32_t top1 = reader->rank(session.output(0), label).top1;
  f.ranked = 1;
  f.same = top1 == original.top1;
  f.klDivergence = klDivergence(m_reader->probabilities(original.outputs[0]), reader->probabilities(outputs[0]));
  if (label) {
    const bool right = top1 == *label;
    f.labelled = 1;
    f.right = right;
    f.onlyOriginalRight = original.right && !right;
    f.onlyVariantRight = right && !original.right;
  }
  return f;
}

Result<Fidelity> FidelityMeasurement::measure(std::shared_ptr<const Model> variant, Progress& progress) const {
  struct Slot {
    std::optional<Error> error;
    Fidelity fidelity;
  };
  InterpreterOptions interpreter;
  interpreter.kernels = m_options.kernels;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(std::move(variant), interpreter));
  std::optional<ScoreReader> reader;
  if (m_reader) {
    QS_ASSIGN(reader, ScoreReader::create(*prepared));
  }
  const auto inputs = preparedInputs(*prepared);
  WorkerSessions sessions(prepared, m_options.threads);
  auto one = [&](size_t item, int worker, Slot& slot) -> Result<void> {
    QS_ASSIGN(const Sample sample, m_dataset->load(m_samples[item]));
    Session& session = sessions.of(worker);
    QS_TRY(runSample(session, inputs, sample, progress));
    QS_ASSIGN(slot.fidelity, judge(*prepared, session, m_answers[item], sample.label, reader ? &*reader : nullptr));
    return {};
  };
  Fidelity sum;
  std::optional<Error> firstError;
  const bool finished = forEachInOrder<Slot>(
      m_samples.size(), m_options.threads, progress,
      [&](size_t item, int worker, Slot& slot) {
        const auto done = one(item, worker, slot);
        if (!done) slot.error = done.error();
      },
      [&](size_t, Slot& slot) {
        // The original answered this sample: here an error is the variant's.
        if (slot.error && !firstError) firstError = std::move(slot.error);
        sum.add(slot.fidelity);
      });
  if (!finished) return Error::cancelled();
  if (firstError) return *firstError;
  return sum;
}

}  // namespace quantscope
