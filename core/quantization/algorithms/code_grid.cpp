#include "core/quantization/algorithms/code_grid.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/thread_pool.h"
#include "core/numerics/float16.h"
#include "core/numerics/quantization_parameters.h"

namespace quantscope::quantization {
namespace {

// The values of one slice; contiguous in every granularity.
std::span<const float> sliceValues(std::span<const float> values, const CodeGrid& grid, size_t slice) {
  if (grid.oneScale) return values;
  const auto size = static_cast<size_t>(grid.block);
  return values.subspan(slice * size, size);
}

CodeGrid emptyGrid(int64_t rows, int64_t depth, const GridRules& rules) {
  CodeGrid grid;
  grid.rows = rows;
  grid.depth = depth;
  grid.block = rules.block > 0 && !rules.oneScale ? rules.block : depth;
  grid.oneScale = rules.oneScale;
  const size_t slices = rules.oneScale ? 1 : static_cast<size_t>(rows * (depth / grid.block));
  grid.scale.resize(slices);
  grid.low.assign(slices, -rules.limit());
  grid.high.assign(slices, rules.limit());
  return grid;
}

struct Extremes {
  float low = 0, high = 0;
};

Extremes extremes(std::span<const float> values) {
  Extremes e;
  for (const float v : values) {
    e.low = std::min(e.low, v);
    e.high = std::max(e.high, v);
  }
  return e;
}

// Scale and code range of one slice clipped to a part of its extremes.
void setSlice(CodeGrid& grid, size_t slice, const Extremes& e, double ratio, const GridRules& rules, bool up = true) {
  if (rules.symmetric) {
    const float largest = std::max(-e.low, e.high);
    const float exact = numerics::symmetricScale(static_cast<float>(largest * ratio), rules.limit());
    grid.scale[slice] = storedScale(exact, rules, up);
    return;
  }
  const int codes = 1 << rules.bits;
  const double width = std::max((static_cast<double>(e.high) - static_cast<double>(e.low)) * ratio, 1e-6);
  grid.scale[slice] = storedScale(width / (codes - 1), rules, up);
  const double low = std::round(static_cast<double>(e.low) * ratio / static_cast<double>(grid.scale[slice]));
  grid.low[slice] = static_cast<int32_t>(std::clamp(low, -static_cast<double>(codes - 1), 0.0));
  grid.high[slice] = grid.low[slice] + codes - 1;
}

double squaredError(std::span<const float> values, const CodeGrid& grid, size_t slice) {
  const float scale = grid.scale[slice], inverse = 1.0f / scale;
  const auto low = static_cast<float>(grid.low[slice]), high = static_cast<float>(grid.high[slice]);
  double total = 0;
  constexpr size_t kPart = 256;
  for (size_t begin = 0; begin < values.size(); begin += kPart) {
    float part = 0;
    for (const float v : values.subspan(begin, std::min(kPart, values.size() - begin))) {
      const float error = std::clamp(std::nearbyint(v * inverse), low, high) * scale - v;
      part += error * error;
    }
    total += static_cast<double>(part);
  }
  return total;
}

}  // namespace

int16_t CodeGrid::nearest(double value, size_t s) const {
  const double code = std::round(value / static_cast<double>(scale[s]));
  return static_cast<int16_t>(std::clamp(code, static_cast<double>(low[s]), static_cast<double>(high[s])));
}

std::vector<int16_t> CodeGrid::nearest(std::span<const float> values) const {
  std::vector<int16_t> codes(values.size());
  for (int64_t r = 0, i = 0; r < rows; ++r)
    for (int64_t k = 0; k < depth; ++k, ++i)
      codes[static_cast<size_t>(i)] = nearest(static_cast<double>(values[static_cast<size_t>(i)]), slice(r, k));
  return codes;
}

float storedScale(double scale, const GridRules& rules, bool up) {
  scale = std::clamp(scale, static_cast<double>(std::numeric_limits<float>::min()), 1e30);
  switch (rules.scales) {
    case GridRules::Scales::Half: {
      const float rounded = numerics::fromBFloat16(numerics::toBFloat16(static_cast<float>(scale)));
      const uint16_t bits = std::max<uint16_t>(1, numerics::toFloat16(std::min(rounded, 65504.0f)));
      return numerics::fromFloat16(bits);
    }
    case GridRules::Scales::PowerOfTwo: {
      const double exponent = std::log2(scale);
      return static_cast<float>(std::exp2(up ? std::ceil(exponent - 1e-9) : std::floor(exponent)));
    }
    case GridRules::Scales::Float:
      break;
  }
  return static_cast<float>(scale);
}

CodeGrid minMaxGrid(std::span<const float> values, int64_t rows, int64_t depth, const GridRules& rules) {
  CodeGrid grid = emptyGrid(rows, depth, rules);
  for (size_t s = 0; s < grid.slices(); ++s) setSlice(grid, s, extremes(sliceValues(values, grid, s)), 1.0, rules);
  return grid;
}

CodeGrid leastErrorGrid(std::span<const float> values, int64_t rows, int64_t depth, const GridRules& rules, int threads,
                        const Progress& progress) {
  CodeGrid best = minMaxGrid(values, rows, depth, rules);
  CodeGrid trial = best;
  constexpr int kSteps = 80;
  parallelFor(best.slices(), threads, [&](size_t s, int) {
    const auto slice = sliceValues(values, best, s);
    const Extremes e = extremes(slice);
    double least = squaredError(slice, best, s);
    for (int step = 0; step <= kSteps && progress.goOn(); ++step) {
      setSlice(trial, s, e, 1.0 - 0.8 * step / kSteps, rules, false);
      const double error = squaredError(slice, trial, s);
      if (error >= least) continue;
      least = error;
      best.scale[s] = trial.scale[s];
      best.low[s] = trial.low[s];
      best.high[s] = trial.high[s];
    }
  });
  return best;
}

CodeGrid octavGrid(std::span<const float> values, int64_t rows, int64_t depth, const GridRules& rules, int threads,
                   const Progress& progress) {
  CodeGrid best = minMaxGrid(values, rows, depth, rules);
  if (!rules.symmetric) return best;
  CodeGrid trial = best;
  const double noise = std::exp2(-2.0 * rules.bits) / 3;
  parallelFor(best.slices(), threads, [&](size_t s, int) {
    const auto slice = sliceValues(values, best, s);
    double clip = 0;
    for (const float v : slice) clip += static_cast<double>(std::abs(v));
    clip /= static_cast<double>(slice.size());
    for (int step = 0; step < 50 && clip > 0 && progress.goOn(); ++step) {
      double above = 0, countAbove = 0, countBelow = 0;
      for (const float v : slice) {
        const double magnitude = static_cast<double>(std::abs(v));
        const bool clipped = magnitude > clip;
        above += clipped ? magnitude : 0;
        countAbove += clipped;
        countBelow += !clipped && magnitude > 0;
      }
      const double next = above / (noise * countBelow + countAbove);
      const bool stands = std::abs(next - clip) <= 1e-6 * clip;
      clip = next;
      if (stands) break;
    }
    trial.scale[s] = storedScale(numerics::symmetricScale(static_cast<float>(clip), rules.limit()), rules);
    if (squaredError(slice, trial, s) < squaredError(slice, best, s)) best.scale[s] = trial.scale[s];
  });
  return best;
}

}  // namespace quantscope::quantization
