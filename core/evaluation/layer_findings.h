#pragma once

#include <string>
#include <vector>

#include "core/evaluation/layer_error.h"

namespace quantscope {

/// What the errors of one operator say, in words.
struct LayerFinding {
  size_t layer = 0;          ///< in LayerErrors::accumulated and local
  std::string what, remedy;  ///< "clips 1.2 % of its values"; "calibrate on more samples, or ..."
};

/// Operators that stand out, in execution order:
/// - alone worse than the network: local SQNR below the median by more than 3 of its standard deviations as estimated
///   from the median absolute deviation (Hampel 1974), and by 3 dB at least;
/// - clipping: more than 0.1 % of the float values beyond the range;
/// - more than rounding: local RMSE / scale above twice 0.289, the figure of uniform rounding, without clipping (not of
///   results with 16 bits, whose steps are always far below what 8-bit weights round);
/// - the place where accumulated SQNR drops most although the operator itself is good.
std::vector<LayerFinding> interpretLayers(const LayerErrors& errors);

}  // namespace quantscope
