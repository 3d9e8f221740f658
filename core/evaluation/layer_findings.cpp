#include "core/evaluation/layer_findings.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace quantscope {

namespace {

constexpr double kRounding = 0.289;  // 1 / sqrt(12)
constexpr double kMuchClipping = 0.001;
constexpr double kLeastDrop = 3;    // dB
constexpr double kNormal = 1.4826;  // standard deviation of a normal distribution over its median absolute deviation

std::string number(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

double medianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const size_t half = values.size() / 2;
  return values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
}

/// SQNR that counts as usual in this network; operators without error take no part.
struct Usual {
  double median = 0, deviation = 0;

  explicit Usual(const std::vector<LayerError>& local) {
    std::vector<double> values, distances;
    for (const LayerError& e : local) {
      if (e.values && std::isfinite(e.sqnrDecibel)) values.push_back(e.sqnrDecibel);
    }
    median = medianOf(values);
    for (const double v : values) distances.push_back(std::abs(v - median));
    deviation = kNormal * medianOf(distances);
  }
  bool below(double sqnr) const { return sqnr < median - std::max(kLeastDrop, 3 * deviation); }
};

bool weighted(const std::string& op) {
  return op.find("CONV") != std::string::npos || op.find("FULLY_CONNECTED") != std::string::npos ||
         op.find("MATMUL") != std::string::npos;
}

std::string remedyFor(const LayerError& e) {
  const std::string keep = e.scaleBits > 8 ? "keep it in float" : "keep it in float or int16x8";
  if (!weighted(e.op)) return keep;
  return keep + ", or try per-channel weights, equalization or another weight algorithm";
}

}  // namespace

std::vector<LayerFinding> interpretLayers(const LayerErrors& errors) {
  std::vector<LayerFinding> findings;
  const Usual usual(errors.local);
  double lowest = std::numeric_limits<double>::infinity();
  for (size_t i = 0; i < errors.local.size(); ++i) {
    const LayerError& local = errors.local[i];
    const LayerError& accumulated = errors.accumulated[i];
    if (local.saturated > kMuchClipping) {
      findings.push_back({i, "clips " + number("%.2g", 100 * local.saturated) + " % of its values",
                          "calibrate on more samples, or choose the range by another observer (minmax, mse)"});
    } else if (local.values && local.scaleBits <= 8 && local.rmseOverScale > 2 * kRounding) {
      findings.push_back({i,
                          "errs " + number("%.1f", local.rmseOverScale / kRounding) +
                              " times as much as rounding its result would alone: its weights or inputs are too coarse",
                          remedyFor(local)});
    }
    if (local.values && std::isfinite(local.sqnrDecibel) && usual.below(local.sqnrDecibel)) {
      findings.push_back({i,
                          "alone has " + number("%.1f", local.sqnrDecibel) + " dB, the median of the network is " +
                              number("%.1f", usual.median),
                          remedyFor(local)});
    }
    const bool good = local.values && !usual.below(local.sqnrDecibel);
    if (good && accumulated.values && std::isfinite(lowest) && lowest - accumulated.sqnrDecibel > 2 * kLeastDrop) {
      findings.push_back({i,
                          "amplifies the errors that arrive: " + number("%.1f", lowest) + " dB before it, " +
                              number("%.1f", accumulated.sqnrDecibel) + " after, though it is good by itself",
                          "look for the cause in the operators before it"});
    }
    if (accumulated.values && std::isfinite(accumulated.sqnrDecibel)) {
      lowest = std::min(lowest, accumulated.sqnrDecibel);
    }
  }
  return findings;
}

}  // namespace quantscope
