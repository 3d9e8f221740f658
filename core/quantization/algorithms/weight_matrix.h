#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/tensor_view.h"
#include "core/quantization/plan/graph_view.h"

namespace quantscope::quantization {

/// An operator's weights as the matrices they multiply by: results of a group = rows x depth matrix times an input
/// patch of `depth` values. CONV_2D has one group (or as many as its filter is narrower than its input),
/// DEPTHWISE_CONV_2D one per channel, FULLY_CONNECTED and BATCH_MATMUL with a constant right operand one.
class WeightMatrix {
public:
  /// In words why an operator has none: no weights of this kind, shapes that do not fit.
  static Result<WeightMatrix> of(const GraphView& view, OperatorIndex op, size_t operand);

  /// Any tensor, one row per slice along an axis (one row where there is none); has no patches.
  static WeightMatrix plain(std::span<const int32_t> shape, std::optional<int32_t> axis);

  int64_t groups() const { return m_groups; }
  int64_t rows() const { return m_rows; }  ///< per group
  int64_t depth() const { return m_depth; }
  int64_t results() const { return m_groups * m_rows; }
  int64_t count() const { return results() * m_depth; }
  TensorIndex input() const { return m_input; }

  /// Position in the weight tensor of element k of row r (over all groups).
  int64_t position(int64_t r, int64_t k) const {
    return r / m_rows * m_groupStride + r % m_rows * m_rowStride + k / m_run * m_depthStride + k % m_run;
  }
  /// The tensor's values by row and depth, and back.
  std::vector<float> gather(std::span<const float> tensor) const;
  template <typename T>
  void scatter(std::span<const T> matrix, std::span<T> tensor) const {
    for (int64_t r = 0; r < results(); ++r)
      for (int64_t k = 0; k < m_depth; ++k)
        tensor[static_cast<size_t>(position(r, k))] = matrix[static_cast<size_t>(r * m_depth + k)];
  }

  /// Number of patches in one input; 0 where its shape does not fit.
  int64_t patches(const TensorView& input) const;
  /// Copies patch p of every group to `to` (groups x depth values). The input must have patches(input) > p.
  void copyPatch(const TensorView& input, int64_t p, float* to) const;

private:
  int64_t m_groups = 1, m_rows = 0, m_depth = 0;
  int64_t m_groupStride = 0, m_rowStride = 0, m_depthStride = 1;
  int64_t m_run = 1;  ///< neighbouring elements of a row that are neighbours in the tensor
  TensorIndex m_input;
  bool m_window = false, m_depthwise = false;
  int32_t m_kernelY = 1, m_kernelX = 1, m_channels = 0, m_multiplier = 1;
  int32_t m_strideY = 1, m_strideX = 1, m_dilationY = 1, m_dilationX = 1;
  tflite::Padding m_padding = tflite::Padding_SAME;
};

}  // namespace quantscope::quantization
