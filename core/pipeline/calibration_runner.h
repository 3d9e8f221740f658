#pragma once

#include "core/data/dataset.h"
#include "core/quantization/quantize.h"

namespace quantscope {

/// Runs models on calibration samples for the algorithms that look at data: at most kMostSamples of the dataset, taken
/// evenly. Samples run side by side; memory does not depend on their number.
class CalibrationRunner final : public SampleRunner {
public:
  static constexpr size_t kMostSamples = 512;

  /// The dataset and the progress must outlive it.
  CalibrationRunner(const Dataset& dataset, int threads, Progress& progress)
      : m_dataset(dataset), m_threads(threads), m_progress(progress) {}

  /// Samples that cannot be read are left out.
  Result<void> run(std::shared_ptr<const Model> model,
                   const std::function<bool(size_t sample, std::span<const TensorView> outputs)>& observe) override;

  /// The same for several models at once: `observe` gets the outputs of each on the same sample.
  Result<void> runTogether(
      const std::vector<std::shared_ptr<const Model>>& models,
      const std::function<bool(size_t sample, std::span<const std::vector<TensorView>> outputs)>& observe);
  /// Number of samples that are run.
  size_t samples() const;

private:
  const Dataset& m_dataset;
  const int m_threads;
  Progress& m_progress;
};

}  // namespace quantscope
