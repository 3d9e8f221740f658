#include "core/calibration/calibrate.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <optional>
#include <set>

#include "core/base/sha256.h"
#include "core/base/thread_pool.h"
#include "core/calibration/choose_range.h"
#include "core/calibration/observer_choice.h"
#include "core/calibration/runnable_part.h"
#include "core/calibration/tensor_observer.h"

namespace quantscope {

namespace {

using namespace calibration;

constexpr int kLeastBins = 16, kMostBins = 32768;

class Calibration {
public:
  /// `warnings` are the first of the result's.
  Calibration(std::shared_ptr<const PreparedModel> prepared, const Dataset& dataset, const CalibrationOptions& options,
              Progress& progress, std::vector<std::string> warnings = {})
      : m_prepared(std::move(prepared)),
        m_dataset(dataset),
        m_options(options),
        m_progress(progress),
        m_warnings(std::move(warnings)),
        m_fixed(fixedResults(m_prepared->model())),
        m_inputs(preparedSpecs(*m_prepared)),
        m_tensors(m_prepared->model()),
        m_collector(m_tensors,
                    std::bit_ceil(static_cast<uint32_t>(std::clamp(options.histogramBins, kLeastBins, kMostBins)))),
        m_count(options.samples == 0 ? dataset.size() : std::min(options.samples, dataset.size())),
        m_skipped(m_count) {
    if (options.hashInputs) m_digests.resize(m_count);
  }

  Result<std::shared_ptr<const CalibrationResult>> run() {
    if (m_tensors.size() == 0) {
      return Error{ErrorCode::InvalidArgument, "cannot calibrate the model", "", "it has no float tensor to observe",
                   "calibrate the float model, not a quantized one"};
    }
    QS_ASSIGN(m_observers, ObserverRules::compile(m_options.observer, m_options.observers));
    const int threads = std::max(1, m_options.threads);
    m_workers.resize(static_cast<size_t>(threads));
    m_progress.begin("Calibrating", m_count, "samples");
    parallelFor(m_count, threads, [&](size_t sample, int worker) { runSample(sample, worker); });
    if (!m_progress.goOn()) return Error::cancelled();
    if (m_failure) return *m_failure;
    return result();
  }

private:
  struct Worker {
    Session session;
    RangeCollector::Worker collector;
    std::set<TensorIndex> tapped;  ///< of the main graph, in any sample so far
  };

  static std::vector<InputSpec> preparedSpecs(const PreparedModel& prepared) {
    auto specs = inputSpecs(prepared.model());
    const auto& inputs = prepared.subgraph().inputs;
    for (size_t i = 0; i < specs.size() && i < inputs.size(); ++i) {
      if (auto shape = prepared.shape(inputs[i])) specs[i].shape = std::move(*shape);
    }
    return specs;
  }

  size_t indexOf(size_t sample) const { return sample * m_dataset.size() / m_count; }

  Worker& workerOf(int worker) {
    auto& slot = m_workers[static_cast<size_t>(worker)];
    if (!slot) {
      slot.reset(new Worker{Session(m_prepared), RangeCollector::Worker(m_collector), {}});
      Worker& made = *slot;
      made.session.setSubgraphTap([this, &made](SubgraphIndex subgraph, TensorIndex tensor, const TensorView& values) {
        const int position = m_tensors.slot(subgraph, tensor);
        if (position >= 0) made.collector.observe(static_cast<size_t>(position), values.values<float>());
        if (subgraph.value == 0) made.tapped.insert(tensor);
      });
    }
    return *slot;
  }

  Result<void> feed(Session& session, const Sample& sample, size_t number) {
    if (sample.inputs.size() != m_inputs.size()) {
      return Error{
          ErrorCode::InvalidArgument, "the sample does not fit the model", sample.name,
          "it has " + std::to_string(sample.inputs.size()) + " inputs, the model " + std::to_string(m_inputs.size()),
          ""};
    }
    session.resetVariables();
    Sha256 hash;
    for (size_t i = 0; i < m_inputs.size(); ++i) {
      QS_ASSIGN(const TensorValue value, bindInput(sample.inputs[i], m_inputs[i]));
      if (m_options.hashInputs) hash.add(value.view().bytes);
      QS_TRY(session.setInput(i, value.view()));
    }
    if (m_options.hashInputs) m_digests[number] = hash.finish();
    return {};
  }

  void runSample(size_t sample, int workerNumber) {
    if (m_failed.load(std::memory_order_relaxed) || !m_progress.goOn()) return;
    Worker& worker = workerOf(workerNumber);
    const auto loaded = m_dataset.load(indexOf(sample));
    const auto fed = loaded.ok() ? feed(worker.session, *loaded, sample) : Result<void>(loaded.error());
    if (!fed.ok()) {
      m_skipped[sample] = fed.error();
      m_collector.skip(sample);
    } else {
      const auto ran = worker.session.run(&m_progress);
      if (!ran.ok()) return fail(sample, ran.error());
      observeFixed(worker);
      worker.collector.finish(sample);
    }
    (void)m_progress.advance();
  }

  // What was computed from constants before the run, which no operator writes.
  void observeFixed(Worker& worker) {
    for (const TensorIndex tensor : m_fixed) {
      const int position = m_tensors.slot(SubgraphIndex(0), tensor);
      if (position < 0 || worker.tapped.count(tensor) != 0) continue;
      const auto values = worker.session.tensor(tensor);
      if (values) worker.collector.observe(static_cast<size_t>(position), values->values<float>());
    }
  }

  void fail(size_t sample, Error error) {
    error.why += " (with " + m_dataset.name(indexOf(sample)) + ")";
    const std::lock_guard lock(m_failureMutex);
    // Samples begin in order, so the failure of the first one is always among those that are seen.
    if (!m_failure || sample < m_firstFailure) {
      m_failure = std::move(error);
      m_firstFailure = sample;
    }
    m_failed.store(true, std::memory_order_relaxed);
  }

  Result<std::shared_ptr<const CalibrationResult>> result() const {
    auto result = std::make_shared<CalibrationResult>();
    result->observer = m_options.observer;
    result->dataset = m_dataset.description();
    result->warnings = m_warnings;
    const Error* firstReason = nullptr;
    for (size_t sample = 0; sample < m_count; ++sample) {
      if (!m_skipped[sample]) continue;
      const Error& error = *m_skipped[sample];
      if (!firstReason) firstReason = &error;
      result->skipped.push_back(m_dataset.name(indexOf(sample)) + ": " + (error.why.empty() ? error.what : error.why));
    }
    result->samples = m_count - result->skipped.size();
    if (result->samples == 0) return noSample(firstReason);
    if (m_options.hashInputs) result->datasetHash = joinedHash();
    std::vector<Observer> observers;
    for (size_t slot = 0; slot < m_tensors.size(); ++slot) {
      QS_ASSIGN(const Observer observer, m_observers.forTensor(tensorOf(slot).name));
      observers.push_back(observer);
    }
    std::vector<ChosenRange> chosen(m_tensors.size());
    std::vector<ObservedRange> observed(m_tensors.size());
    parallelFor(m_tensors.size(), m_options.threads, [&](size_t slot, int) {
      observed[slot] = m_collector.range(slot);
      if (observed[slot].samples > 0) chosen[slot] = chooseRange(observers[slot], observed[slot]);
    });
    for (size_t slot = 0; slot < m_tensors.size(); ++slot)
      addRange(slot, observed[slot], chosen[slot], observers[slot], *result);
    return std::shared_ptr<const CalibrationResult>(std::move(result));
  }

  Error noSample(const Error* reason) const {
    Error error{ErrorCode::InvalidArgument, "no sample of the dataset could be used", "", "it is empty",
                "choose other data"};
    if (reason) error.why = reason->message();
    if (m_count > 1) error.why += " (and " + std::to_string(m_count - 1) + " more)";
    return error;
  }

  const Tensor& tensorOf(size_t slot) const {
    const auto key = m_tensors.tensor(slot);
    return m_prepared->model().subgraphs[static_cast<size_t>(key.first)].tensors[static_cast<size_t>(key.second)];
  }

  // Of the digests of the samples that were run, in their order.
  std::string joinedHash() const {
    Sha256 hash;
    for (size_t sample = 0; sample < m_count; ++sample)
      if (!m_skipped[sample]) hash.add(std::as_bytes(std::span(m_digests[sample])));
    return Sha256::text(hash.finish());
  }

  void addRange(size_t slot, const ObservedRange& seen, const ChosenRange& chosen, Observer observer,
                CalibrationResult& result) const {
    const auto key = m_tensors.tensor(slot);
    const Tensor& tensor = tensorOf(slot);
    if (seen.nan + seen.infinite > 0) {
      result.warnings.push_back("tensor " + std::to_string(key.second) + " " + tensor.name + ": " +
                                std::to_string(seen.nan) + " values were NaN and " + std::to_string(seen.infinite) +
                                " infinite; they took no part");
    }
    // Never produced, or never with a finite value; what holds nothing but padding is known to do so.
    if (seen.samples == 0 && seen.paddingLow + seen.paddingHigh == 0) return;
    TensorRange range;
    range.min = chosen.min;
    range.max = chosen.max;
    range.observedMin = seen.min;
    range.observedMax = seen.max;
    range.observer = observer;
    range.samples = seen.samples;
    if (seen.samples > 0) {
      range.averageMin = static_cast<float>(seen.minSum / static_cast<double>(seen.samples));
      range.averageMax = static_cast<float>(seen.maxSum / static_cast<double>(seen.samples));
      range.minSample = m_dataset.name(indexOf(seen.minSample));
      range.maxSample = m_dataset.name(indexOf(seen.maxSample));
    }
    range.growth = seen.growth;
    range.channels = m_tensors.channels(slot);
    range.inactiveChannels = seen.inactiveChannels;
    range.paddingLow = seen.paddingLow;
    range.paddingHigh = seen.paddingHigh;
    range.values = seen.values;
    range.nan = seen.nan;
    range.infinite = seen.infinite;
    range.histogram = seen.histogram;
    result.ranges.emplace(key, std::move(range));
    result.names.emplace(key, tensor.name);
  }

  std::shared_ptr<const PreparedModel> m_prepared;
  const Dataset& m_dataset;
  const CalibrationOptions& m_options;
  Progress& m_progress;
  std::vector<std::string> m_warnings;
  std::vector<TensorIndex> m_fixed;
  std::vector<InputSpec> m_inputs;
  ObserverRules m_observers;
  ObservedTensors m_tensors;
  RangeCollector m_collector;
  size_t m_count;
  std::vector<std::unique_ptr<Worker>> m_workers;
  std::vector<Sha256::Digest> m_digests;        ///< by sample
  std::vector<std::optional<Error>> m_skipped;  ///< by sample
  std::atomic<bool> m_failed{false};
  std::mutex m_failureMutex;
  std::optional<Error> m_failure;
  size_t m_firstFailure = 0;
};

}  // namespace

Result<std::shared_ptr<const CalibrationResult>> calibrate(std::shared_ptr<const Model> model, const Dataset& dataset,
                                                           const CalibrationOptions& options, Progress& progress) {
  auto prepared = PreparedModel::prepare(model);
  if (prepared.ok()) return Calibration(std::move(*prepared), dataset, options, progress).run();
  if (prepared.error().code != ErrorCode::Unsupported) return prepared.error();
  RunnablePart part = runnablePart(model);
  if (!part.model) return prepared.error();
  auto rest = PreparedModel::prepare(std::move(part.model));
  if (!rest.ok()) return prepared.error();
  for (std::string& left : part.left) left += "; what depends on it was not observed";
  return Calibration(std::move(*rest), dataset, options, progress, std::move(part.left)).run();
}

}  // namespace quantscope
