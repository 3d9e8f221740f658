#include <algorithm>
#include <chrono>
#include <cmath>

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

}  // namespace

Result<std::shared_ptr<const LatencyResult>> measureLatency(std::shared_ptr<const Model> model,
                                                            const LatencyOptions& options, Progress& progress) {
  InterpreterOptions interpreter;
  interpreter.kernels = options.kernels;
  interpreter.threads = options.threads;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(std::move(model), interpreter));
  Session session(prepared);
  const auto inputs = randomInputs(*prepared, options.seed);
  for (size_t i = 0; i < inputs.size(); ++i) QS_TRY(session.setInput(i, inputs[i].view()));

  const int warmup = std::max(0, options.warmup), runs = std::max(1, options.runs);
  progress.begin("Measuring latency", static_cast<uint64_t>(warmup + runs), "runs");
  auto outOfTime = [&](Clock::time_point start) {
    return options.timeLimitSeconds > 0 && secondsSince(start) > options.timeLimitSeconds;
  };
  const auto warmupStart = Clock::now();
  for (int run = 0; run < warmup; ++run) {
    if (run > 0 && outOfTime(warmupStart)) break;
    QS_TRY(session.run(&progress));
    if (!progress.advance()) return Error::cancelled();
  }
  std::vector<double> times;
  const auto start = Clock::now();
  for (int run = 0; run < runs; ++run) {
    if (run >= 3 && outOfTime(start)) break;
    const auto before = Clock::now();
    QS_TRY(session.run(&progress));
    times.push_back(secondsSince(before) * 1e6);
    if (!progress.advance()) return Error::cancelled();
  }

  auto result = std::make_shared<LatencyResult>();
  result->medianMicroseconds = median(times);
  result->p90Microseconds = percentile90(times);
  result->minMicroseconds = *std::min_element(times.begin(), times.end());
  result->runs = static_cast<int>(times.size());
  result->threads = options.threads;
  result->kernels = options.kernels;
  result->arenaBytes = prepared->sessionBytes();
  if (options.perOperator) {
    QS_ASSIGN(result->operators, profileOperators(session, result->runs, options, progress));
  }
  return std::shared_ptr<const LatencyResult>(std::move(result));
}

}  // namespace quantscope
