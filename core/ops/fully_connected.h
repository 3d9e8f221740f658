#pragma once

#include "core/ops/affine.h"

namespace quantscope::ops {

/// A FULLY_CONNECTED operator: y[rows, units] = activation(x[rows, depth] * w[units, depth]^T + bias).
struct FullyConnected {
  size_t rows = 0, units = 0, depth = 0;
  tflite::ActivationFunctionType activation = tflite::ActivationFunctionType_NONE;
  Bias bias;
  bool narrowSum = true;          ///< integer sums in 32 bits
  bool asymmetricInputs = false;  ///< hybrid: the option asymmetric_quantize_inputs
};

/// The activations of float results, TANH and SIGN_BIT included.
float applyActivation(tflite::ActivationFunctionType activation, float value);

/// Float input with int8, int4 or int2 weights, per tensor, per channel or blockwise.
Result<std::unique_ptr<Kernel>> prepareHybridFullyConnected(PrepareContext& context, const FullyConnected& layer);

}  // namespace quantscope::ops
