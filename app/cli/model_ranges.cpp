#include "app/cli/model_ranges.h"

namespace quantscope::cli {

void declareRanges(CLI::App& command, RangeArguments& a) {
  command.add_option("--calibration", a.calibration, "Calibrate on this data instead of --data");
  command.add_option("--ranges", a.ranges, "Ranges from quantscope-cli calibrate, instead of calibrating");
}

Result<CalibrationResult> rangesFor(const RangeArguments& a, const DataArguments& data, const LoadedModel& loaded,
                                    const Dataset& dataset, Console& console) {
  if (!a.ranges.empty()) return loadRanges(a.ranges, *loaded.model);
  CalibrationOptions wanted;
  wanted.threads = console.threads();
  std::shared_ptr<const Dataset> other;
  if (!a.calibration.empty()) {
    DataArguments arguments = data;
    arguments.data = a.calibration;
    QS_ASSIGN(other, openData(arguments, *loaded.model));
  }
  QS_ASSIGN(const auto ranges, calibrate(loaded.model, other ? *other : dataset, wanted, console.progress()));
  noteRanges(*ranges, console);
  return *ranges;
}

}  // namespace quantscope::cli
