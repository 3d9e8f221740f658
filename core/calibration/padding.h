#pragma once

#include <vector>

#include "core/model/model.h"

namespace quantscope::calibration {

/// Magnitude, by tensor, from which on its values come of a constant that stands for "nothing here": the -1e9 that an
/// attention mask adds, the constant that SELECT or PADV2 puts in. Such a value says nothing of the range that is
/// needed. Infinity where a tensor has none.
///
/// A constant counts from 10,000 on (masks use -1e4, -65504, -1e9, the lowest float or -infinity): any for SELECT,
/// PADV2, SUB, MAXIMUM and MINIMUM, a negative one for ADD and MUL, where large positive ones are honest numbers. It is
/// followed through sums, selections and whatever hands on its operand, with half its magnitude as the limit, since the
/// other operand of a sum is far smaller.
std::vector<float> paddingLimits(const Model& model, const Subgraph& graph);

}  // namespace quantscope::calibration
