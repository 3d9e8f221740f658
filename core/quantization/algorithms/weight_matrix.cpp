#include "core/quantization/algorithms/weight_matrix.h"

#include <algorithm>

#include "core/ops/window.h"
#include "core/quantization/constants/weight_codes.h"

namespace quantscope::quantization {

Result<WeightMatrix> WeightMatrix::of(const GraphView& view, OperatorIndex i, size_t operand) {
  const Operator& op = view.op(i);
  auto refuse = [&](std::string why) {
    return Error{ErrorCode::Unsupported, "no weight matrix", view.describe(i), std::move(why), ""};
  };
  WeightMatrix m;
  m.m_input = op.input(0);
  const TensorIndex weights = op.input(operand);
  if (!m.m_input.valid() || !weights.valid() || !view.isActivation(m.m_input) || operand != 1)
    return refuse("its weights are not the second operand of a computed one");
  const auto& w = view.tensor(weights).shape;
  const auto& x = view.tensor(m.m_input).shape;
  auto dim = [&](size_t d) { return static_cast<int64_t>(w[d]); };
  using enum tflite::BuiltinOperator;
  switch (view.model.code(op)) {
    case BuiltinOperator_CONV_2D: {
      const auto* options = op.options.AsConv2DOptions();
      if (!options || w.size() != 4 || x.size() != 4 || w[3] < 1 || x[3] < 1 || x[3] % w[3] != 0)
        return refuse("its shapes do not fit");
      m.m_groups = x[3] / w[3];
      if (w[0] % m.m_groups != 0) return refuse("its shapes do not fit");
      m.m_rows = dim(0) / m.m_groups;
      m.m_depth = dim(1) * dim(2) * dim(3);
      m.m_groupStride = m.m_rows * m.m_depth;
      m.m_rowStride = m.m_depth;
      m.m_window = true;
      m.m_kernelY = w[1], m.m_kernelX = w[2], m.m_channels = w[3];
      m.m_strideY = options->stride_h, m.m_strideX = options->stride_w;
      m.m_dilationY = options->dilation_h_factor, m.m_dilationX = options->dilation_w_factor;
      m.m_padding = options->padding;
      return m;
    }
    case BuiltinOperator_DEPTHWISE_CONV_2D: {
      const auto* options = op.options.AsDepthwiseConv2DOptions();
      if (!options || w.size() != 4 || x.size() != 4 || w[0] != 1 || x[3] < 1 || w[3] % x[3] != 0)
        return refuse("its shapes do not fit");
      m.m_groups = dim(3);
      m.m_rows = 1;
      m.m_depth = dim(1) * dim(2);
      m.m_groupStride = 1;
      m.m_depthStride = dim(3);
      m.m_window = m.m_depthwise = true;
      m.m_kernelY = w[1], m.m_kernelX = w[2], m.m_channels = x[3], m.m_multiplier = w[3] / x[3];
      m.m_strideY = options->stride_h, m.m_strideX = options->stride_w;
      m.m_dilationY = options->dilation_h_factor, m.m_dilationX = options->dilation_w_factor;
      m.m_padding = options->padding;
      return m;
    }
    case BuiltinOperator_FULLY_CONNECTED:
      if (w.size() != 2) return refuse("its weights are no matrix");
      m.m_rows = dim(0), m.m_depth = dim(1), m.m_rowStride = dim(1);
      return m;
    case BuiltinOperator_BATCH_MATMUL: {
      const auto* options = op.options.AsBatchMatMulOptions();
      if (!options || options->adj_x || w.size() != 2) return refuse("its constant operand is no plain matrix");
      m.m_rows = options->adj_y ? dim(0) : dim(1);
      m.m_depth = options->adj_y ? dim(1) : dim(0);
      m.m_rowStride = options->adj_y ? m.m_depth : 1;
      m.m_depthStride = options->adj_y ? 1 : m.m_rows;
      return m;
    }
    default:
      return refuse("this algorithm has no form for " + operatorName(view.model, op));
  }
}

WeightMatrix WeightMatrix::plain(std::span<const int32_t> shape, std::optional<int32_t> axis) {
  const SliceLayout layout = sliceLayout(shape, axis.value_or(-1));
  WeightMatrix m;
  m.m_rows = layout.slices;
  m.m_depth = layout.outer * layout.inner;
  m.m_run = m.m_rowStride = layout.inner;
  m.m_depthStride = layout.slices * layout.inner;
  return m;
}

std::vector<float> WeightMatrix::gather(std::span<const float> tensor) const {
  std::vector<float> values(static_cast<size_t>(count()));
  for (int64_t r = 0; r < results(); ++r)
    for (int64_t k = 0; k < m_depth; ++k)
      values[static_cast<size_t>(r * m_depth + k)] = tensor[static_cast<size_t>(position(r, k))];
  return values;
}

int64_t WeightMatrix::patches(const TensorView& input) const {
  const auto count = static_cast<int64_t>(input.values<float>().size());
  if (!m_input.valid() || input.type != ElementType::Float32 || m_depth == 0) return 0;
  if (!m_window) return count % m_depth == 0 ? count / m_depth : 0;
  const auto& shape = input.shape;
  const int64_t channels = m_depthwise ? m_channels : m_channels * m_groups;
  if (shape.size() != 4 || shape[3] != channels) return 0;
  const auto y = ops::windowOf(shape[1], m_kernelY, m_strideY, m_dilationY, m_padding);
  const auto x = ops::windowOf(shape[2], m_kernelX, m_strideX, m_dilationX, m_padding);
  return y && x ? int64_t{shape[0]} * y->out * x->out : 0;
}

void WeightMatrix::copyPatch(const TensorView& input, int64_t p, float* to) const {
  const auto values = input.values<float>();
  if (!m_window) {
    std::copy_n(values.begin() + p * m_depth, m_depth, to);
    return;
  }
  const int32_t height = input.shape[1], width = input.shape[2], channels = input.shape[3];
  const auto windowY = *ops::windowOf(height, m_kernelY, m_strideY, m_dilationY, m_padding);
  const auto windowX = *ops::windowOf(width, m_kernelX, m_strideX, m_dilationX, m_padding);
  const int64_t outX = p % windowX.out, outY = p / windowX.out % windowY.out, batch = p / windowX.out / windowY.out;
  const int64_t kernel = int64_t{m_kernelY} * m_kernelX;
  for (int32_t ky = 0; ky < m_kernelY; ++ky) {
    const int64_t y = outY * m_strideY - windowY.padBefore + int64_t{ky} * m_dilationY;
    for (int32_t kx = 0; kx < m_kernelX; ++kx) {
      const int64_t x = outX * m_strideX - windowX.padBefore + int64_t{kx} * m_dilationX;
      const int64_t tap = int64_t{ky} * m_kernelX + kx;
      const bool inside = y >= 0 && y < height && x >= 0 && x < width;
      const float* from = inside ? values.data() + ((batch * height + y) * width + x) * channels : nullptr;
      if (m_depthwise) {
        for (int64_t g = 0; g < m_groups; ++g) to[g * kernel + tap] = from ? from[g / m_multiplier] : 0.0f;
      } else {
        for (int64_t g = 0; g < m_groups; ++g) {
          float* place = to + g * m_depth + tap * m_channels;
          if (from) {
            std::copy_n(from + g * m_channels, m_channels, place);
          } else {
            std::fill_n(place, m_channels, 0.0f);
          }
        }
      }
    }
  }
}

}  // namespace quantscope::quantization
