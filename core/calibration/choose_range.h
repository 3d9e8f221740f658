#pragma once

#include "core/calibration/tensor_observer.h"

namespace quantscope::calibration {

struct ChosenRange {
  float min = 0, max = 0;
};

/// The range that an observer takes from what was seen (see calibrate.h); within the extremes, min <= max.
ChosenRange chooseRange(Observer observer, const ObservedRange& seen);

}  // namespace quantscope::calibration
