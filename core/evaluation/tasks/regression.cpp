#include <cmath>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope {

namespace {

struct Pair {
  std::vector<float> wanted, given;
};

/// All elements of the first output against the sample's values, in their order.
class Regression final : public TaskMeasurement {
public:
  Result<std::any> observe(const std::vector<OutputValues>& outputs, const Sample& sample) const override {
    if (!sample.truth || sample.truth->values.empty()) {
      return Error{ErrorCode::InvalidArgument, "the sample has no target", sample.name, "",
                   "give a column value, or a key values"};
    }
    const auto& wanted = sample.truth->values;
    if (wanted.size() != outputs[0].values.size()) {
      return Error{
          ErrorCode::InvalidArgument, "the target does not fit the output", sample.name,
          "it has " + std::to_string(wanted.size()) + " values, the output " + std::to_string(outputs[0].values.size()),
          ""};
    }
    return std::any(Pair{wanted, outputs[0].values});
  }

  void add(uint32_t sample, std::any observation) override {
    m_pairs.push_back(std::any_cast<Pair>(std::move(observation)));
    m_samples.push_back(sample);
  }

  void finish(TaskResult& result) override {
    const size_t outputs = m_pairs[0].wanted.size();
    std::vector<double> squares;
    for (const Pair& pair : m_pairs) {
      double absolute = 0, square = 0;
      for (size_t i = 0; i < outputs; ++i) {
        const double error = static_cast<double>(pair.given[i]) - static_cast<double>(pair.wanted[i]);
        absolute += std::abs(error) / static_cast<double>(outputs);
        square += error * error / static_cast<double>(outputs);
      }
      result.perSample.push_back(absolute);
      squares.push_back(square);
    }
    result.perSampleName = "absolute error";
    result.sampleIndices = m_samples;
    double absolute = 0, square = 0;
    for (size_t i = 0; i < squares.size(); ++i) absolute += result.perSample[i], square += squares[i];
    const double count = static_cast<double>(squares.size());
    const Interval interval = bootstrapMean(result.perSample), squareInterval = bootstrapMean(squares);
    result.metrics = {
        {"mae", absolute / count, interval.low, interval.high, false},
        {"rmse", std::sqrt(square / count), std::sqrt(squareInterval.low), std::sqrt(squareInterval.high), false}};
    addRows(result, outputs);
  }

private:
  /// By output; R² of several is the mean of theirs, each weighing the same.
  void addRows(TaskResult& result, size_t outputs) const {
    result.columns = {"mae", "rmse", "r2"};
    const double count = static_cast<double>(m_pairs.size());
    double sumR2 = 0;
    for (size_t i = 0; i < outputs; ++i) {
      double mean = 0, absolute = 0, square = 0, variance = 0;
      for (const Pair& pair : m_pairs) mean += static_cast<double>(pair.wanted[i]) / count;
      for (const Pair& pair : m_pairs) {
        const double wanted = static_cast<double>(pair.wanted[i]), error = static_cast<double>(pair.given[i]) - wanted;
        absolute += std::abs(error);
        square += error * error;
        variance += (wanted - mean) * (wanted - mean);
      }
      const double r2 = variance > 0 ? 1 - square / variance : std::nan("");
      sumR2 += r2;
      result.rows.push_back({"output " + std::to_string(i), {absolute / count, std::sqrt(square / count), r2}});
    }
    result.metrics.push_back({"r2", sumR2 / static_cast<double>(outputs)});
    if (outputs == 1) result.rows.clear(), result.columns.clear();
  }

  std::vector<Pair> m_pairs;
  std::vector<uint32_t> m_samples;
};

}  // namespace

Result<std::unique_ptr<TaskMeasurement>> createRegression(const TaskContext&) {
  return std::unique_ptr<TaskMeasurement>(std::make_unique<Regression>());
}

}  // namespace quantscope
