#include "core/ops/fast/nearest_finish.h"

#include <cmath>

namespace quantscope::fast {

namespace {

// Results up to this leave room in 32 bits, and codes are clamped long before.
constexpr double kLargestResult = 1073741824.0;

/// Whether every result of channel c stays below kLargestResult.
bool staysSmall(const CodeFinish& f, const std::vector<int64_t>& largest) {
  if (f.factors.empty()) return f.small;
  for (size_t c = 0; c < largest.size(); ++c) {
    const double result = static_cast<double>(largest[c]) * f.factors[c];
    if (largest[c] >= int64_t{1} << 30 || !(std::abs(result) < kLargestResult)) return false;
  }
  return true;
}

}  // namespace

std::optional<NearestFinish> NearestFinish::make(CodeFinish exact, const std::vector<int64_t>& largest, bool isUnsigned,
                                                 CpuLevel level) {
  if (level < CpuLevel::Avx2 || !staysSmall(exact, largest)) return std::nullopt;
  NearestFinish nearest{{}, {}, {}, {}, {}, {}, {}, std::move(exact), nullptr};
  CodeFinish& f = nearest.exact;
  const bool inDouble = !f.factors.empty();
  nearest.exactRows = finishBytes(level, inDouble);
  for (size_t c = 0; c < f.bias.size(); ++c) {
    const int power = inDouble ? 0 : f.left[c] - f.right[c];
    const double factor = inDouble ? f.factors[c] : std::ldexp(static_cast<double>(f.mantissa[c]), power - 31);
    nearest.factor.push_back(static_cast<float>(factor));
    nearest.nudge.push_back(!inDouble && f.right[c] > 0 ? std::ldexp(1.0f, -f.right[c] - 1) : 0.0f);
  }
  nearest.start = f.bias;
  f.bias.assign(f.bias.size(), 0);
  const int32_t middle = isUnsigned ? 128 : 0;
  nearest.zeroPoint.fill(static_cast<int16_t>(f.zeroPoint - middle));
  nearest.low.fill(static_cast<int8_t>(f.low - middle));
  nearest.high.fill(static_cast<int8_t>(f.high - middle));
  nearest.flip.fill(static_cast<int8_t>(isUnsigned ? -128 : 0));
  return nearest;
}

NearestFinish NearestFinish::arranged(const std::vector<size_t>& source) const {
  NearestFinish result = *this;
  const auto move = [&](const auto& from, auto& to) {
    to.assign(source.size(), 0);
    for (size_t i = 0; i < source.size(); ++i) {
      if (source[i] < from.size()) to[i] = from[source[i]];
    }
  };
  move(start, result.start);
  move(factor, result.factor);
  move(nudge, result.nudge);
  return result;
}

void finishExactly(const NearestCall& call, uint32_t rows, const int32_t* sums, size_t stride) {
  const NearestFinish& f = *call.finish;
  for (size_t row = 0; rows != 0; ++row, rows >>= 1) {
    if ((rows & 1) == 0) continue;
    f.exactRows(f.exact, {sums + row * stride, 0, 1, call.channel, call.count, call.out + row * call.outStride, 0});
  }
}

}  // namespace quantscope::fast
