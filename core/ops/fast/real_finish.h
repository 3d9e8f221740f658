#pragma once

#include "core/numerics/activation_range.h"
#include "core/numerics/dynamic_quantization.h"
#include "core/ops/fast/targets.h"

/// From integer sums to real values in dynamic-range operators (spec/tflite-kernels.md section 14), in the order of the
/// reference kernels' roundings.
namespace quantscope::fast {

enum class RealOrder {
  FactorFirst,  ///< sum * (weightScale * inputScale)
  WeightFirst   ///< (sum * weightScale) * inputScale
};

struct RealFinish {
  LineVector<float> scales, bias;  ///< by channel, 16 more than there are channels
  LineVector<int32_t> weightSums;  ///< the same
  float low = 0, high = 0;
  RealOrder order = RealOrder::FactorFirst;

  /// bias: null: none. weightSums: sums of each channel's weights.
  RealFinish(const std::vector<float>& scales, const float* bias, float withoutBias, std::vector<int32_t> weightSums,
             numerics::ActivationRange<float> range, RealOrder order);
};

/// out[i] = clamp(bias + scaled(sums[i] - added * weightSum)) for the channels [first, first + count). sums may be read
/// up to the next multiple of 16.
using FinishReal = void (*)(const RealFinish& finish, float inputScale, int32_t added, const int32_t* sums,
                            size_t first, size_t count, float* out);
FinishReal finishReal(CpuLevel level);

}  // namespace quantscope::fast
