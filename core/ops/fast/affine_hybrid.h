#pragma once

#include <memory>
#include <vector>

#include "core/numerics/activation_range.h"
#include "core/ops/fast/real_finish.h"
#include "core/ops/fast/row_gather.h"
#include "core/ops/kernel.h"

/// Dynamic-range CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: float inputs quantized while running, integer
/// products, float results; equal to the plain loops bit for bit. Each returns null where it does not apply (weights or
/// bias known only while running, empty shapes).
namespace quantscope::fast {

struct HybridLayer {
  const int8_t* weights = nullptr;  ///< [outChannels][taps]; null: not constant
  const float* bias = nullptr;      ///< null: none
  std::vector<float> scales;        ///< of the weights, by output channel
  bool asymmetric = false;          ///< how the input is quantized
  RealOrder order = RealOrder::FactorFirst;
  numerics::ActivationRange<float> range;
};

/// Every item of the batch has a scale of its own.
std::unique_ptr<Kernel> makeConvHybrid(PrepareContext& context, const reference::ConvGeometry& geometry,
                                       const HybridLayer& layer);
/// Every row has a scale of its own; without bias 0 is added.
std::unique_ptr<Kernel> makeFullyConnectedHybrid(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                                 const HybridLayer& layer);

}  // namespace quantscope::fast
