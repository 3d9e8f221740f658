#include "core/pipeline/output_error.h"

#include <algorithm>
#include <cmath>

#include "core/calibration/calibrate.h"
#include "core/runtime/interpreter.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {
namespace {

using Outputs = std::vector<std::vector<float>>;

Outputs realOutputs(const Model& model, std::span<const TensorView> outputs) {
  Outputs result;
  const Subgraph& graph = model.subgraphs[0];
  for (size_t o = 0; o < outputs.size(); ++o) {
    const auto& quantization = graph.tensor(graph.outputs[o]).quantization;
    auto values = realValues(outputs[o], quantization ? &*quantization : nullptr);
    result.push_back(values ? std::move(values).value() : std::vector<float>());
  }
  return result;
}

void addErrors(const Outputs& exact, const Outputs& values, std::vector<double>& errors) {
  errors.resize(exact.size(), 0.0);
  for (size_t o = 0; o < exact.size(); ++o) {
    for (size_t i = 0; i < std::min(exact[o].size(), values[o].size()); ++i) {
      const double difference = static_cast<double>(values[o][i]) - static_cast<double>(exact[o][i]);
      errors[o] += difference * difference;
    }
  }
}

}  // namespace

Result<std::vector<double>> outputErrors(const std::shared_ptr<const Model>& exact,
                                         const std::vector<std::shared_ptr<const Model>>& models,
                                         CalibrationRunner& runner, Progress& progress) {
  std::vector<std::shared_ptr<const Model>> all{exact};
  std::vector<size_t> place;  ///< in `models` of all but the first
  for (size_t m = 0; m < models.size(); ++m) {
    // Scales may be too far apart for the kernels' fixed point.
    if (!PreparedModel::prepare(models[m])) continue;
    all.push_back(models[m]);
    place.push_back(m);
  }
  std::vector<std::vector<double>> errors(place.size());
  std::vector<double> squares;
  progress.begin("Comparing with rounding to nearest", runner.samples(), "samples");
  QS_TRY(runner.runTogether(all, [&](size_t, std::span<const std::vector<TensorView>> outputs) {
    const Outputs wanted = realOutputs(*exact, outputs[0]);
    squares.resize(wanted.size(), 0.0);
    for (size_t o = 0; o < wanted.size(); ++o)
      for (const float value : wanted[o]) squares[o] += static_cast<double>(value) * static_cast<double>(value);
    for (size_t m = 0; m < models.size(); ++m) addErrors(wanted, realOutputs(*models[m], outputs[m + 1]), errors[m]);
    return progress.advance();
  }));
  if (!progress.goOn()) return Error::cancelled();
  std::vector<double> totals(models.size(), INFINITY);
  for (size_t m = 0; m < place.size(); ++m) {
    double total = 0;
    for (size_t o = 0; o < errors[m].size(); ++o)
      if (errors[m][o] != 0) total += squares[o] > 0 ? errors[m][o] / squares[o] : INFINITY;
    if (!std::isnan(total)) totals[place[m]] = total;
  }
  return totals;
}

Result<std::shared_ptr<const CalibrationResult>> calibrateMigrated(const std::shared_ptr<const Model>& model,
                                                                   const CalibrationResult& before, const Dataset* data,
                                                                   int threads, Progress& progress) {
  if (!data) {
    return Error{ErrorCode::InvalidArgument, "cannot move scales between layers", "",
                 "ranges change with them, and there are no samples to calibrate again",
                 "give samples (--data) instead of ranges"};
  }
  CalibrationOptions options;
  options.observer = before.observer;
  options.samples = static_cast<size_t>(before.samples);
  options.threads = threads;
  return calibrate(model, *data, options, progress);
}

}  // namespace quantscope
