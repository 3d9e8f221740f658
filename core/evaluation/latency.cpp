#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/evaluate.h"

namespace quantscope {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// The smallest value that at least nine tenths of the values do not exceed (nearest rank).
double percentile90(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<size_t>(std::ceil(0.9 * static_cast<double>(values.size())));
  return values[std::max<size_t>(rank, 1) - 1];
}

/// Median of every operator over profiled runs, and its share of their sum.
Result<std::vector<OperatorLatency>> profileOperators(Session& session, int runs, const LatencyOptions& options,
                                                      Progress& progress) {
  progress.begin("Measuring each operator", static_cast<uint64_t>(runs), "runs");
  std::vector<OperatorLatency> operators;
  std::vector<std::vector<double>> times;
  const auto start = Clock::now();
  for (int run = 0; run < runs; ++run) {
    if (run >= 3 && options.timeLimitSeconds > 0 && secondsSince(start) > options.timeLimitSeconds) break;
    QS_ASSIGN(const auto profiles, session.runProfiled());
    if (times.size() < profiles.size()) {
      times.resize(profiles.size());
      operators.resize(profiles.size());
    }
    for (size_t i = 0; i < profiles.size(); ++i) {
      operators[i].index = profiles[i].index;
      operators[i].macs = profiles[i].macs;
      times[i].push_back(static_cast<double>(profiles[i].nanoseconds) / 1000.0);
    }
    if (!progress.advance()) return Error::cancelled();
  }
  double sum = 0;
  for (size_t i = 0; i < operators.size(); ++i) {
    operators[i].medianMicroseconds = median(times[i]);
    sum += operators[i].medianMicroseconds;
  }
  for (OperatorLatency& op : operators) op.share = sum > 0 ? op.medianMicroseconds / sum : 0;
  return operators;
}

double quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

/// A model ready to be timed.
struct TimedModel {
  std::shared_ptr<const PreparedModel> prepared;
  std::unique_ptr<Session> session;
  std::vector<double> times;

  static Result<TimedModel> create(std::shared_ptr<const Model> model, const LatencyOptions& options) {
    InterpreterOptions interpreter;
    interpreter.kernels = options.kernels;
    interpreter.threads = options.threads;
    TimedModel timed;
    QS_ASSIGN(timed.prepared, PreparedModel::prepare(std::move(model), interpreter));
    timed.session = std::make_unique<Session>(timed.prepared);
    const auto inputs = randomInputs(*timed.prepared, options.seed);
    for (size_t i = 0; i < inputs.size(); ++i) QS_TRY(timed.session->setInput(i, inputs[i].view()));
    return timed;
  }

  Result<std::shared_ptr<const LatencyResult>> finish(const LatencyOptions& options, Progress& progress) {
    auto result = std::make_shared<LatencyResult>();
    result->medianMicroseconds = median(times);
    result->p90Microseconds = percentile90(times);
    result->minMicroseconds = *std::min_element(times.begin(), times.end());
    result->spreadMicroseconds = quantile(times, 0.75) - quantile(times, 0.25);
    result->runs = static_cast<int>(times.size());
    result->threads = options.threads;
    result->kernels = options.kernels;
    result->arenaBytes = prepared->sessionBytes();
    result->microseconds = std::move(times);
    if (options.perOperator) {
      QS_ASSIGN(result->operators, profileOperators(*session, result->runs, options, progress));
    }
    return std::shared_ptr<const LatencyResult>(std::move(result));
  }
};

}  // namespace

Result<std::vector<std::shared_ptr<const LatencyResult>>> measureLatencies(
    const std::vector<std::shared_ptr<const Model>>& models, const LatencyOptions& options, Progress& progress) {
  std::vector<TimedModel> timed;
  for (const auto& model : models) {
    QS_ASSIGN(auto one, TimedModel::create(model, options));
    timed.push_back(std::move(one));
  }
  const int warmup = std::max(0, options.warmup), runs = std::max(1, options.runs);
  const double limit = options.timeLimitSeconds * static_cast<double>(models.size());
  progress.begin("Measuring latency", static_cast<uint64_t>(warmup + runs), "runs");
  auto outOfTime = [&](Clock::time_point start) { return limit > 0 && secondsSince(start) > limit; };
  const auto warmupStart = Clock::now();
  for (int run = 0; run < warmup; ++run) {
    if (run > 0 && outOfTime(warmupStart)) break;
    for (TimedModel& one : timed) QS_TRY(one.session->run(&progress));
    if (!progress.advance()) return Error::cancelled();
  }
  const auto start = Clock::now();
  for (int run = 0; run < runs; ++run) {
    if (run >= 3 && outOfTime(start)) break;
    for (TimedModel& one : timed) {
      const auto before = Clock::now();
      QS_TRY(one.session->run(&progress));
      one.times.push_back(secondsSince(before) * 1e6);
    }
    if (!progress.advance()) return Error::cancelled();
  }
  std::vector<std::shared_ptr<const LatencyResult>> results;
  for (TimedModel& one : timed) {
    QS_ASSIGN(auto result, one.finish(options, progress));
    results.push_back(std::move(result));
  }
  return results;
}

Result<std::shared_ptr<const LatencyResult>> measureLatency(std::shared_ptr<const Model> model,
                                                            const LatencyOptions& options, Progress& progress) {
  QS_ASSIGN(auto results, measureLatencies({std::move(model)}, options, progress));
  return results[0];
}

LatencyRatio latencyRatio(const LatencyResult& first, const LatencyResult& second) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(first.microseconds.size(), second.microseconds.size()); ++i) {
    if (first.microseconds[i] > 0) ratios.push_back(second.microseconds[i] / first.microseconds[i]);
  }
  if (ratios.empty()) return {};
  const Interval interval = bootstrapInterval(
      ratios.size(),
      [&](std::span<const uint32_t> indices) {
        std::vector<double> drawn;
        for (const uint32_t i : indices) drawn.push_back(ratios[i]);
        return median(std::move(drawn));
      },
      500);
  return {median(ratios), interval.low, interval.high};
}

}  // namespace quantscope
