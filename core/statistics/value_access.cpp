#include <cmath>
#include <limits>

#include "core/statistics/real_values.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

Result<std::vector<float>> realValues(const TensorView& values, const Quantization* quantization) {
  QS_ASSIGN(const TensorReader reader, TensorReader::make(values, quantization));
  std::vector<float> result(static_cast<size_t>(reader.count()));
  reader.read(0, std::span<float>(result));
  return result;
}

double realValueAt(const TensorView& values, const Quantization* quantization, int64_t index) {
  const auto reader = TensorReader::make(values, quantization);
  if (!reader.ok() || index < 0 || index >= reader->count()) return std::numeric_limits<double>::quiet_NaN();
  return reader->at(index);
}

double sqnrDecibel(std::span<const float> reference, std::span<const float> approximation) {
  double signal = 0, noise = 0;
  for (size_t i = 0; i < std::min(reference.size(), approximation.size()); ++i) {
    const double a = static_cast<double>(reference[i]), difference = a - static_cast<double>(approximation[i]);
    signal += a * a;
    noise += difference * difference;
  }
  if (noise == 0) return std::numeric_limits<double>::infinity();
  return 10 * std::log10(signal / noise);
}

}  // namespace quantscope
