#pragma once

#include "core/data/dataset.h"
#include "core/quantization/quantize.h"

namespace quantscope {

/// Runs the float model on calibration samples for the algorithms that ask for values of tensors.
class CalibrationRunner final : public SampleRunner {
public:
  /// The dataset and the progress must outlive it.
  CalibrationRunner(std::shared_ptr<const Model> model, const Dataset& dataset, Progress& progress)
      : m_model(std::move(model)), m_dataset(dataset), m_progress(progress) {}

  /// Samples that cannot be read are left out. Errors: Cancelled, what preparing or running the model gives.
  Result<void> run(std::span<const TensorIndex> tensors,
                   const std::function<bool(size_t sample, std::span<const TensorView>)>& observe) override;

private:
  std::shared_ptr<const Model> m_model;
  const Dataset& m_dataset;
  Progress& m_progress;
};

}  // namespace quantscope
