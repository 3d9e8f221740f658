#pragma once

#include <functional>
#include <memory>

#include "core/ops/fast/code_finish.h"
#include "core/ops/fast/row_gather.h"

/// Integer CONV_2D and FULLY_CONNECTED with packed weights, equal to the plain loops bit for bit. Each returns null
/// where it does not apply (weights or bias known only while running, empty shapes).
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

}  // namespace quantscope::fast
