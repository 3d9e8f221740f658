#include "core/evaluation/value_comparison.h"

#include <algorithm>
#include <cmath>

namespace quantscope {

namespace {

size_t binOf(double value, const RealRange& range) {
  const double place = (value - range.low) / (range.high - range.low) * static_cast<double>(ValueComparison::kBins);
  if (!(place > 0)) return 0;  // NaN, too
  return std::min(static_cast<size_t>(std::min(place, 1e9)), ValueComparison::kBins - 1);
}

}  // namespace

std::optional<RealRange> RealRange::of(const Tensor& tensor) {
  if (!tensor.quantized() || tensor.quantization->perChannel()) return std::nullopt;
  double least = 0, most = 0;
  switch (tensor.type) {
    case ElementType::Int8:
      least = -128, most = 127;
      break;
    case ElementType::UInt8:
      least = 0, most = 255;
      break;
    case ElementType::Int16:
      least = -32768, most = 32767;
      break;
    default:
      return std::nullopt;
  }
  const double scale = static_cast<double>(tensor.quantization->scale[0]);
  const double zero =
      tensor.quantization->zeroPoint.empty() ? 0 : static_cast<double>(tensor.quantization->zeroPoint[0]);
  if (!(scale > 0)) return std::nullopt;
  return RealRange{(least - zero) * scale, (most - zero) * scale, scale};
}

void ValueComparison::add(const ValueComparison& other) {
  sums.add(other.sums);
  saturated += other.saturated;
  for (size_t i = 0; i < kBins; ++i) {
    reference[i] += other.reference[i];
    approximation[i] += other.approximation[i];
  }
}

double ValueComparison::saturatedShare() const {
  return sums.values ? static_cast<double>(saturated) / static_cast<double>(sums.values) : 0;
}

double ValueComparison::klDivergence() const {
  double counted = 0, divergence = 0;
  for (const uint64_t count : reference) counted += static_cast<double>(count);
  if (counted == 0) return 0;
  const double total = counted + 0.5 * static_cast<double>(kBins);
  for (size_t i = 0; i < kBins; ++i) {
    const double p = (static_cast<double>(reference[i]) + 0.5) / total;
    const double q = (static_cast<double>(approximation[i]) + 0.5) / total;
    divergence += p * std::log(p / q);
  }
  return std::max(0.0, divergence);
}

ValueComparison compareInRange(std::span<const float> reference, std::span<const float> approximation,
                               const std::optional<RealRange>& range) {
  ValueComparison comparison;
  comparison.sums = compareValues(reference, approximation);
  if (!range) return comparison;
  const double low = range->low - range->scale / 2, high = range->high + range->scale / 2;
  for (size_t i = 0; i < reference.size(); ++i) {
    const double value = static_cast<double>(reference[i]);
    comparison.saturated += value < low || value > high;
    ++comparison.reference[binOf(value, *range)];
    ++comparison.approximation[binOf(static_cast<double>(approximation[i]), *range)];
  }
  return comparison;
}

}  // namespace quantscope
