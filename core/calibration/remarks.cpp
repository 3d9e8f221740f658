#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/calibration/calibrate.h"
#include "core/ops/operator_rules.h"

namespace quantscope {
namespace {

using Kind = CalibrationRemark::Kind;

// Where a remark is worth making. Growth: a tenth more range in the last quarter says that more samples would show
// more. Outliers: with the range ten times as wide as nearly all values, most of 256 codes are never used. Mismatch: a
// tensor at a quarter of the joint scale keeps six of its eight bits.
constexpr double kGrowth = 1.1, kStretch = 10, kClipped = 1e-3, kMismatch = 4;
constexpr uint64_t kFewSamples = 4;
constexpr double kTail = 0.0005;
constexpr float kInactive = 1e-6f;

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3g", value);
  return text.data();
}

double widthWithZero(double min, double max) {
  return std::max(0.0, max) - std::min(0.0, min);
}

std::string describe(const Model& model, std::pair<int32_t, int32_t> key) {
  const Tensor& tensor = model.subgraphs[static_cast<size_t>(key.first)].tensors[static_cast<size_t>(key.second)];
  std::string text = "tensor " + std::to_string(key.second);
  if (!tensor.name.empty()) text += " " + tensor.name;
  if (key.first > 0) text += " of subgraph " + std::to_string(key.first);
  return text;
}

double shareOutside(const Histogram& histogram, double min, double max) {
  uint64_t outside = 0, total = 0;
  const double width = histogram.binWidth();
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    const double low = histogram.low + static_cast<double>(i) * width;
    total += histogram.counts[i];
    if (low + width <= min || low > max) outside += histogram.counts[i];
  }
  return total ? static_cast<double>(outside) / static_cast<double>(total) : 0;
}

class Remarks {
public:
  Remarks(const Model& model, const CalibrationResult& result) : m_model(model), m_result(result) {}

  std::vector<CalibrationRemark> run() {
    for (const auto& [key, range] : m_result.ranges) {
      const bool known =
          key.first >= 0 && static_cast<size_t>(key.first) < m_model.subgraphs.size() && key.second >= 0 &&
          static_cast<size_t>(key.second) < m_model.subgraphs[static_cast<size_t>(key.first)].tensors.size();
      if (known) tensor(key, range);
    }
    for (size_t s = 0; s < m_model.subgraphs.size(); ++s)
      for (size_t i = 0; i < m_model.subgraphs[s].operators.size(); ++i) join(s, i);
    return std::move(m_remarks);
  }

private:
  void add(Kind kind, std::pair<int32_t, int32_t> key, double value, const std::string& text,
           OperatorIndex op = OperatorIndex()) {
    m_remarks.push_back({kind, key.first, TensorIndex(key.second), op, value, describe(m_model, key) + " " + text});
  }

  void tensor(std::pair<int32_t, int32_t> key, const TensorRange& range) {
    if (range.samples > 0 && std::max(-range.observedMin, range.observedMax) < kInactive) {
      add(Kind::Inactive, key, 0, "was zero in every sample");
      return;
    }
    growth(key, range);
    outliers(key, range);
    if (!range.inactiveChannels.empty()) {
      add(Kind::InactiveChannels, key, static_cast<double>(range.inactiveChannels.size()),
          "has " + std::to_string(range.inactiveChannels.size()) + " of " + std::to_string(range.channels) +
              " channels that were zero in every sample");
    }
  }

  void growth(std::pair<int32_t, int32_t> key, const TensorRange& range) {
    if (range.samples < kFewSamples || range.growth.size() < 2) return;
    const auto settled = std::find_if(range.growth.rbegin(), range.growth.rend(), [&](const RangeGrowth& g) {
      return g.samples <= range.samples - range.samples / 4;
    });
    if (settled == range.growth.rend()) return;
    const double before = widthWithZero(settled->min, settled->max),
                 after = widthWithZero(range.observedMin, range.observedMax);
    if (before <= 0 || after / before < kGrowth) return;
    add(Kind::Unsettled, key, after / before,
        "still grew by a factor of " + number(after / before) + " after sample " + std::to_string(settled->samples) +
            "; calibrate on more samples");
  }

  void outliers(std::pair<int32_t, int32_t> key, const TensorRange& range) {
    if (range.histogram.counts.empty()) return;
    const double clipped = shareOutside(range.histogram, range.min, range.max);
    if (clipped > kClipped) {
      add(Kind::Clipped, key, clipped,
          "saturates: " + number(100 * clipped) + " % of its values lie outside the range");
    }
    const double most = widthWithZero(range.histogram.quantile(kTail), range.histogram.quantile(1 - kTail));
    const double width = widthWithZero(range.min, range.max);
    if (most <= 0 || width / most < kStretch) return;
    const bool low = std::abs(range.observedMin) > std::abs(range.observedMax);
    add(Kind::Outliers, key, width / most,
        "is stretched " + number(width / most) + " times beyond 99.9 % of its values by " +
            (low ? range.minSample : range.maxSample) + "; another observer clips that");
  }

  // Operators whose operands share one scale.
  void join(size_t s, size_t i) {
    const Subgraph& graph = m_model.subgraphs[s];
    const Operator& op = graph.operators[i];
    const OperatorRules* rules = findRules(m_model.code(op));
    if (!rules || rules->scale != ScaleRule::Same) return;
    double widest = 0, narrowest = 0;
    TensorIndex narrow;
    int found = 0;
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (rules->role(k) != OperandRole::Activation || !op.inputs[k].valid()) continue;
      const TensorRange* range = m_result.find(SubgraphIndex(s), op.inputs[k]);
      const double width = range ? widthWithZero(range->min, range->max) : 0;
      if (width <= 0) continue;
      widest = std::max(widest, width);
      if (found++ == 0 || width < narrowest) {
        narrowest = width;
        narrow = op.inputs[k];
      }
    }
    if (found < 2 || widest / narrowest < kMismatch) return;
    const double bits = std::log2(widest / narrowest);
    add(Kind::Mismatched, {static_cast<int32_t>(s), narrow.value}, widest / narrowest,
        "is " + number(widest / narrowest) + " times narrower than another operand of operator " + std::to_string(i) +
            " " + operatorName(m_model, op) + ": at the scale they share it loses " + number(bits) + " bits",
        OperatorIndex(i));
  }

  const Model& m_model;
  const CalibrationResult& m_result;
  std::vector<CalibrationRemark> m_remarks;
};

}  // namespace

std::string_view remarkName(CalibrationRemark::Kind kind) {
  switch (kind) {
    case Kind::Unsettled:
      return "unsettled";
    case Kind::Outliers:
      return "outliers";
    case Kind::Clipped:
      return "saturating";
    case Kind::InactiveChannels:
      return "inactive-channels";
    case Kind::Inactive:
      return "inactive";
    case Kind::Mismatched:
      return "mismatched";
  }
  return "";
}

std::vector<CalibrationRemark> calibrationRemarks(const Model& model, const CalibrationResult& result) {
  return Remarks(model, result).run();
}

}  // namespace quantscope
