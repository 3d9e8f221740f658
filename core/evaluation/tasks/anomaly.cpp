#include <cmath>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/tasks/rank_curve.h"
#include "core/evaluation/tasks/task.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

struct Scored {
  double score = 0;
  bool anomalous = false;
};

/// The score of a sample: the mean squared difference of output and input where they have equally many values (an
/// autoencoder), else the single output value, greater for anomalies.
class Anomaly final : public TaskMeasurement {
public:
  Anomaly(const TaskOptions& options, bool autoencoder) : m_options(options), m_autoencoder(autoencoder) {}

  Result<std::any> observe(const std::vector<OutputValues>& outputs, const Sample& sample) const override {
    if (!sample.label) return Error{ErrorCode::InvalidArgument, "the sample has no label", sample.name, "", ""};
    Scored scored;
    scored.anomalous = *sample.label != m_options.normalLabel;
    const auto& values = outputs[0].values;
    if (!m_autoencoder) {
      scored.score = static_cast<double>(values[0]);
    } else {
      const TensorValue& input = sample.inputs[0];
      QS_ASSIGN(const auto given, realValues(input.view(), nullptr));
      if (given.size() != values.size()) {
        return Error{ErrorCode::InvalidArgument, "input and output cannot be compared", sample.name, "", ""};
      }
      for (size_t i = 0; i < values.size(); ++i) {
        const double error = static_cast<double>(values[i]) - static_cast<double>(given[i]);
        scored.score += error * error / static_cast<double>(values.size());
      }
    }
    if (std::isnan(scored.score))
      return Error{ErrorCode::InvalidArgument, "its score is no number", sample.name, "", ""};
    return std::any(scored);
  }

  void add(uint32_t sample, std::any observation) override {
    const auto scored = std::any_cast<Scored>(observation);
    m_scores.push_back(scored.score);
    m_anomalous.push_back(scored.anomalous);
    m_samples.push_back(sample);
  }

  void finish(TaskResult& result) override {
    // vector<bool> has no contiguous memory.
    const auto flags = std::make_unique<bool[]>(m_anomalous.size());
    std::copy(m_anomalous.begin(), m_anomalous.end(), flags.get());
    const std::span<const bool> all(flags.get(), m_anomalous.size());
    const auto picked = std::make_unique<bool[]>(m_anomalous.size());
    std::vector<double> scores(m_scores.size());
    const Interval interval = bootstrapInterval(
        m_scores.size(),
        [&](std::span<const uint32_t> indices) {
          for (size_t i = 0; i < indices.size(); ++i) {
            scores[i] = m_scores[indices[i]];
            picked[i] = all[indices[i]];
          }
          return areaUnderRoc(scores, {picked.get(), indices.size()});
        },
        kRounds);
    result.metrics = {{"auc", areaUnderRoc(m_scores, all), interval.low, interval.high},
                      {"pauc", partialAreaUnderRoc(m_scores, all, m_options.maxFalsePositiveRate)}};
    result.notes.push_back(m_autoencoder ? "score: mean squared difference of output and input"
                                         : "score: the output itself, greater for anomalies");
    result.notes.push_back("label " + std::to_string(m_options.normalLabel) + " is normal; partial AUC up to " +
                           std::to_string(m_options.maxFalsePositiveRate) + " false positives, 0.5 is chance");
  }

private:
  static constexpr int kRounds = 500;  // each sorts all samples

  TaskOptions m_options;
  bool m_autoencoder;
  std::vector<double> m_scores;
  std::vector<bool> m_anomalous;
  std::vector<uint32_t> m_samples;
};

}  // namespace

Result<std::unique_ptr<TaskMeasurement>> createAnomaly(const TaskContext& context) {
  const Subgraph& graph = context.prepared.subgraph();
  const auto input = graph.inputs.empty() ? std::nullopt : context.prepared.shape(graph.inputs[0]);
  const auto output = graph.outputs.empty() ? std::nullopt : context.prepared.shape(graph.outputs[0]);
  auto count = [](const std::vector<int32_t>& shape) {
    int64_t product = 1;
    for (const int32_t d : shape) product *= d;
    return product;
  };
  const bool autoencoder = input && output && count(*input) == count(*output) && count(*output) > 1;
  if (!autoencoder && (!output || count(*output) != 1)) {
    return Error{ErrorCode::InvalidArgument, "cannot score anomalies with this model", "",
                 "its first output is neither one value nor as large as its input", ""};
  }
  return std::unique_ptr<TaskMeasurement>(std::make_unique<Anomaly>(context.options, autoencoder));
}

}  // namespace quantscope
