#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/model/tensor_view.h"

namespace quantscope {

/// Reads elements of a tensor of any type as real numbers, anywhere and in any order; keeps no copy of them.
/// Real value: scale x (q - zero point) rounded to float32 once for quantized integers (what DEQUANTIZE gives; int32
/// and wider stay float64), the number itself for all others, 0 or 1 for bool, the magnitude for complex numbers.
/// Blockwise scales are understood for constants of a model. Thread-safe.
class TensorReader {
public:
  /// `quantization` may be null. Errors: Malformed (bytes, shape, scales disagree), Unsupported (strings, resources).
  static Result<TensorReader> make(const TensorView& values, const Quantization* quantization);
  /// A constant of a model, which must outlive the reader. Errors: also InvalidArgument where it holds no constant
  /// data.
  static Result<TensorReader> constant(const Model& model, SubgraphIndex subgraph, TensorIndex tensor);

  int64_t count() const { return m_count; }
  ElementType type() const { return m_type; }
  std::span<const std::byte> bytes() const { return m_bytes; }
  std::span<const int32_t> shape() const { return m_shape; }
  bool scaled() const { return !m_scales.empty(); }
  size_t scaleCount() const { return m_scales.size(); }
  /// Neighbours in memory that share a scale: element i has scale (i / scaleRun()) % scaleCount().
  int64_t scaleRun() const { return m_inner; }
  /// The real value, as read() gives it as a float, of a stored number under the scale of a channel (any where there is
  /// one scale, or none).
  float scaledValue(float stored, size_t channel) const {
    if (m_scales.empty()) return stored;
    const size_t c = m_scales.size() == 1 ? 0 : channel;
    return m_scales[c] * (stored - static_cast<float>(m_zeroPoints[c]));
  }

  /// True where float32 holds every value as defined above; otherwise read doubles.
  bool fitsFloat() const;
  /// Elements [begin, begin + values.size()), row-major.
  void read(int64_t begin, std::span<float> values) const;
  void read(int64_t begin, std::span<double> values) const;
  double at(int64_t index) const;

private:
  TensorReader() = default;
  Result<void> setBytes(const TensorView& values);
  Result<void> setScales(const Quantization& quantization);
  Result<void> setBlockScales(const Model& model, const Subgraph& subgraph,
                              const tflite::BlockwiseQuantizationT& blockwise);
  template <typename Stored, typename Real>
  void readNumbers(int64_t begin, std::span<Real> values) const;
  template <typename Real>
  void readBits(int64_t begin, std::span<Real> values) const;
  template <typename Real, typename Convert>
  void readHalves(int64_t begin, std::span<Real> values, Convert convert) const;
  template <typename Real>
  void readAny(int64_t begin, std::span<Real> values) const;
  template <typename Real>
  void applyScales(int64_t begin, std::span<Real> values) const;

  ElementType m_type = ElementType::Float32;
  std::vector<int32_t> m_shape;
  std::span<const std::byte> m_bytes;
  int64_t m_count = 0;
  // Element i has scale (i / m_inner) % scales. Empty: not scaled.
  std::vector<float> m_scales;
  std::vector<double> m_zeroPoints;
  int64_t m_inner = 1;
};

}  // namespace quantscope
