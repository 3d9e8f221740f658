#pragma once

#include <functional>
#include <memory>

#include "core/ops/fast/code_finish.h"
#include "core/ops/fast/row_gather.h"

/// Integer CONV_2D and FULLY_CONNECTED with packed weights, equal to the plain loops bit for bit. Each returns null
/// where it does not apply (weights or bias known only while running, empty shapes, sums beyond what is proved exact).
namespace quantscope::fast {

/// int8 or uint8 input and output of one operator; its weights as integers [outChannels][taps].
struct IntegerLayer {
  bool isUnsigned = false;
  int32_t zeroX = 0, zeroW = 0;
  const void* weights = nullptr;  ///< int8 or uint8, as isUnsigned; null: not constant
  const int32_t* bias = nullptr;  ///< null: none
};

std::unique_ptr<Kernel> makeConvCodes(PrepareContext& context, const reference::ConvGeometry& geometry,
                                      const IntegerLayer& layer, const reference::Requantization& requantize);
std::unique_ptr<Kernel> makeFullyConnectedCodes(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                                const IntegerLayer& layer,
                                                const reference::DoubleRequantization& requantize);

/// int16 input and output with int8 weights (16x8).
struct WideLayer {
  const int8_t* weights = nullptr;  ///< null: not constant
  std::vector<int64_t> bias;        ///< by channel; zeros: none
  bool narrowSum = false;           ///< sums wrap at 32 bits
};

std::unique_ptr<Kernel> makeConvWide(PrepareContext& context, const reference::ConvGeometry& geometry,
                                     const WideLayer& layer, const reference::Requantization& requantize);
std::unique_ptr<Kernel> makeFullyConnectedWide(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                               const WideLayer& layer,
                                               const reference::DoubleRequantization& requantize);

/// A matrix product as the lowering of a convolution.
ConvLowering lowerDense(size_t rows, size_t units, size_t depth);

}  // namespace quantscope::fast
