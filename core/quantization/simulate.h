#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/quantization/quantize.h"

namespace quantscope {

/// Widths that no kernel computes in, for people who design hardware.
struct SimulatedWidths {
  int weightBits = 8;            ///< 2..16
  int activationBits = 0;        ///< 2..16; 0: activations stay float32
  bool symmetricWeights = true;  ///< otherwise all 2^bits codes around a zero point
  bool symmetricActivations = false;
  bool powerOfTwo = false;  ///< all scales are 2^n
  Granularity granularity = Granularity::PerChannel;
  int32_t blockSize = 32;               ///< for Blockwise
  std::vector<std::string> algorithms;  ///< as in Scheme
};

/// The float model with every weight replaced by the nearest value that its code could stand for, and a
/// FAKE_QUANT behind every activation that quantized hardware would store. A float model: any runtime
/// computes it. Biases keep their precision. Algorithms of the graph stage are left to the caller.
/// `ranges` are needed with activationBits only: tensors without one stay float and are named in the remarks.
/// Errors: InvalidArgument (widths, block size, unknown algorithm, no ranges), those of applyPlan().
Result<std::shared_ptr<const Model>> simulateWidths(const std::shared_ptr<const Model>& model,
                                                    const SimulatedWidths& widths, const CalibrationResult* ranges,
                                                    const QuantizeOptions& options, Progress& progress);

}  // namespace quantscope
