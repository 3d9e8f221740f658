#pragma once

#include "core/calibration/ranges.h"
#include "core/model/model.h"

namespace quantscope {

/// Ranges of 0 to 1 for every float tensor that is computed, to plan with before anything is calibrated: which
/// operators get which precision, where conversions stand and how large the file will be hardly depends on the figures.
CalibrationResult assumedRanges(const Model& model);

}  // namespace quantscope
