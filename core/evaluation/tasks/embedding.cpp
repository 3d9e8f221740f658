#include <algorithm>
#include <cmath>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope {

namespace {

struct Embedded {
  std::vector<float> direction;  ///< of length 1
  int32_t label = -1;
};

/// Each sample looks for its label among all others by cosine similarity.
class Embedding final : public TaskMeasurement {
public:
  explicit Embedding(const TaskOptions& options) : m_options(options) {}

  Result<std::any> observe(const std::vector<OutputValues>& outputs, const Sample& sample) const override {
    if (!sample.label) return Error{ErrorCode::InvalidArgument, "the sample has no label", sample.name, "", ""};
    Embedded embedded{outputs[0].values, *sample.label};
    double length = 0;
    for (const float v : embedded.direction) length += static_cast<double>(v) * static_cast<double>(v);
    if (!(length > 0) || !std::isfinite(length)) {
      return Error{ErrorCode::InvalidArgument, "its vector has no direction", sample.name, "", ""};
    }
    for (float& v : embedded.direction) v = static_cast<float>(static_cast<double>(v) / std::sqrt(length));
    return std::any(std::move(embedded));
  }

  void add(uint32_t sample, std::any observation) override {
    m_items.push_back(std::any_cast<Embedded>(std::move(observation)));
    m_samples.push_back(sample);
  }

  void finish(TaskResult& result) override {
    const size_t count = m_items.size();
    std::vector<std::vector<double>> hits(m_options.recallAt.size());
    double same = 0, other = 0;
    uint64_t samePairs = 0, otherPairs = 0, alone = 0;
    std::vector<std::pair<float, size_t>> ranked(count);
    for (size_t i = 0; i < count; ++i) {
      bool partner = false;
      for (size_t j = 0; j < count; ++j) {
        const float similarity = i == j ? -2.0f : dot(m_items[i].direction, m_items[j].direction);
        ranked[j] = {similarity, j};
        if (i == j) continue;
        const bool equal = m_items[i].label == m_items[j].label;
        partner |= equal;
        (equal ? same : other) += static_cast<double>(similarity);
        ++(equal ? samePairs : otherPairs);
      }
      if (!partner) {
        ++alone;
        continue;
      }
      const size_t deepest = std::min(count, *std::max_element(m_options.recallAt.begin(), m_options.recallAt.end()));
      std::partial_sort(
          ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(deepest), ranked.end(),
          [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
      for (size_t k = 0; k < m_options.recallAt.size(); ++k) {
        const auto end = ranked.begin() + static_cast<std::ptrdiff_t>(std::min(count - 1, m_options.recallAt[k]));
        hits[k].push_back(std::any_of(ranked.begin(), end, [&](const auto& candidate) {
          return m_items[candidate.second].label == m_items[i].label;
        }));
      }
      result.sampleIndices.push_back(m_samples[i]);
    }
    for (size_t k = 0; k < hits.size(); ++k) {
      Proportion share;
      share.total = hits[k].size();
      for (const double hit : hits[k]) share.hits += hit > 0;
      result.metrics.push_back(
          {"recall@" + std::to_string(m_options.recallAt[k]), share.value(), share.low(), share.high()});
    }
    auto mean = [](double sum, uint64_t pairs) { return pairs ? sum / static_cast<double>(pairs) : std::nan(""); };
    result.metrics.push_back({"cosine_same_label", mean(same, samePairs)});
    result.metrics.push_back({"cosine_other_label", mean(other, otherPairs), {}, {}, false});
    if (!hits.empty()) result.perSample = hits[0];
    result.perSampleName = "found";
    result.notes.push_back("each sample is looked for among all others by cosine similarity");
    if (alone > 0) {
      result.notes.push_back(std::to_string(alone) + " samples are alone with their label and were not looked for");
    }
  }

private:
  static float dot(const std::vector<float>& a, const std::vector<float>& b) {
    double sum = 0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return static_cast<float>(sum);
  }

  TaskOptions m_options;
  std::vector<Embedded> m_items;
  std::vector<uint32_t> m_samples;
};

}  // namespace

Result<std::unique_ptr<TaskMeasurement>> createEmbedding(const TaskContext& context) {
  if (context.options.recallAt.empty()) {
    return Error{ErrorCode::InvalidArgument, "cannot measure recall", "", "no k is given", ""};
  }
  return std::unique_ptr<TaskMeasurement>(std::make_unique<Embedding>(context.options));
}

}  // namespace quantscope
