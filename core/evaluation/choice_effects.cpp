#include <limits>

#include "core/evaluation/error_sums.h"
#include "core/evaluation/ordered_samples.h"
#include "core/evaluation/search.h"
#include "core/evaluation/variant_run.h"

namespace quantscope {

namespace {

/// Prepared variants are held together up to this many bytes; more are measured in several passes.
constexpr int64_t kVariantMemory = int64_t{512} << 20;

struct Candidate {
  size_t op = 0, choice = 0;
  PartialVariant part;
};

class ChoiceMeasurement {
public:
  ChoiceMeasurement(const SearchSpace& space, const Dataset& dataset, const EvaluationOptions& options,
                    Progress& progress)
      : m_space(space), m_dataset(dataset), m_options(options), m_progress(progress) {
    const size_t operators = space.allowed.size(), choices = space.choices.size();
    const std::vector<double> notAllowed(choices, std::numeric_limits<double>::infinity());
    m_effects.error.assign(operators, notAllowed);
    m_effects.bytes.assign(operators, std::vector<double>(choices));
    for (size_t op = 0; op < operators; ++op) {
      m_effects.error[op][0] = 0;
      for (size_t choice = 1; choice < choices; ++choice) {
        if (space.allowed[op][choice]) m_wanted.emplace_back(op, choice);
      }
    }
  }

  Result<ChoiceEffects> run() {
    QS_ASSIGN(const auto original, m_space.make(Assignment(m_space.allowed.size())));
    m_originalBytes = original.bytes;
    QS_ASSIGN(m_reference, SharedReference::create(original.model, m_options));
    for (size_t next = 0; next < m_wanted.size();) {
      QS_ASSIGN(const auto batch, prepareBatch(next));
      QS_TRY(measureBatch(batch));
      next += batch.size();
    }
    return std::move(m_effects);
  }

private:
  Result<std::vector<Candidate>> prepareBatch(size_t first) {
    m_progress.begin("Preparing one scheme at a time", m_wanted.size() - first, "variants");
    m_reference.shared.clear();
    std::vector<Candidate> batch;
    int64_t bytes = 0;
    for (size_t i = first; i < m_wanted.size() && bytes < kVariantMemory; ++i) {
      const auto [op, choice] = m_wanted[i];
      Assignment assignment(m_space.allowed.size());
      assignment[op] = static_cast<uint8_t>(choice);
      QS_ASSIGN(const SearchVariant variant, m_space.make(assignment));
      m_effects.bytes[op][choice] = static_cast<double>(variant.bytes - m_originalBytes);
      QS_ASSIGN(auto part, PartialVariant::create(m_reference, *variant.model, m_options));
      bytes += part.bytes(m_options.threads);
      batch.push_back({op, choice, std::move(part)});
      if (!m_progress.advance()) return Error::cancelled();
    }
    return batch;
  }

  struct Slot {
    std::vector<ErrorSums> sums;  ///< empty: the sample could not be used
  };
  /// What a worker keeps of one sample while the candidates run on it.
  struct SharedSample {
    Sample sample;
    RunOutputs expected;
    SharedValues kept;
  };

  Result<void> measureBatch(const std::vector<Candidate>& batch) {
    const size_t count = sampleCount(m_dataset, m_options);
    m_progress.begin("Measuring each operator in each scheme", count, "samples");
    std::vector<ErrorSums> totals(batch.size());
    std::vector<std::vector<SharedSample>> samples(static_cast<size_t>(std::max(1, m_options.threads)));
    const bool finished = forEachGroupInOrder<Slot>(
        count, samplesTogether(m_reference.sharedBytes(), m_options.threads), m_options.threads, m_progress,
        [&](size_t begin, int worker, std::vector<Slot>& slots) {
          measureSamples(begin, worker, batch, samples[static_cast<size_t>(worker)], slots);
        },
        [&](size_t, Slot& slot) {
          for (size_t i = 0; i < slot.sums.size(); ++i) totals[i].add(slot.sums[i]);
        });
    if (!finished) return Error::cancelled();
    for (size_t i = 0; i < batch.size(); ++i) {
      const double signal = totals[i].signal;
      m_effects.error[batch[i].op][batch[i].choice] = totals[i].noise / (signal > 0 ? signal : 1);
    }
    return {};
  }

  void measureSamples(size_t begin, int worker, const std::vector<Candidate>& batch, std::vector<SharedSample>& samples,
                      std::vector<Slot>& slots) {
    samples.resize(std::max(samples.size(), slots.size()));
    for (size_t k = 0; k < slots.size(); ++k) {
      if (!m_progress.goOn()) return;
      const size_t index = limitedSample(begin + k, m_dataset.size(), m_options.limit);
      if (runReference(index, worker, samples[k])) slots[k].sums.resize(batch.size());
    }
    for (size_t i = 0; i < batch.size(); ++i) {
      for (size_t k = 0; k < slots.size(); ++k) {
        if (slots[k].sums.empty()) continue;
        if (!m_progress.goOn()) return;
        if (!runCandidate(batch[i], worker, samples[k], slots[k].sums[i])) slots[k].sums.clear();
      }
    }
    (void)m_progress.advance(slots.size());
  }

  Result<void> runReference(size_t index, int worker, SharedSample& shared) {
    QS_ASSIGN(shared.sample, m_dataset.load(index));
    QS_ASSIGN(shared.expected, m_reference.run(shared.sample, worker, m_progress));
    return m_reference.keep(worker, shared.kept);
  }

  Result<void> runCandidate(const Candidate& candidate, int worker, const SharedSample& shared, ErrorSums& sums) {
    QS_ASSIGN(const RunOutputs outputs,
              candidate.part.run(m_reference, shared.kept, shared.sample, worker, m_progress));
    for (size_t k = 0; k < std::min(shared.expected.real.size(), outputs.real.size()); ++k) {
      if (shared.expected.real[k].size() == outputs.real[k].size()) {
        sums.add(compareValues(shared.expected.real[k], outputs.real[k]));
      }
    }
    return {};
  }

  const SearchSpace& m_space;
  const Dataset& m_dataset;
  const EvaluationOptions& m_options;
  Progress& m_progress;
  std::vector<std::pair<size_t, size_t>> m_wanted;  ///< operator and choice
  int64_t m_originalBytes = 0;
  SharedReference m_reference;
  ChoiceEffects m_effects;
};

}  // namespace

Result<ChoiceEffects> measureChoices(const SearchSpace& space, const Dataset& dataset, const EvaluationOptions& options,
                                     Progress& progress) {
  return ChoiceMeasurement(space, dataset, options, progress).run();
}

}  // namespace quantscope
