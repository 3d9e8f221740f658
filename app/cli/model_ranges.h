#pragma once

#include <string>

#include "app/cli/arguments.h"

namespace quantscope::cli {

/// Where the ranges of activations come from, for commands that quantize on the way.
struct RangeArguments {
  std::string calibration, ranges;
};
void declareRanges(CLI::App& command, RangeArguments& arguments);
/// From a file, or by calibrating on --calibration, else on the command's own data. Errors: those of loadRanges() and
/// calibrate().
Result<CalibrationResult> rangesFor(const RangeArguments& arguments, const DataArguments& data,
                                    const LoadedModel& loaded, const Dataset& dataset, Console& console);

}  // namespace quantscope::cli
