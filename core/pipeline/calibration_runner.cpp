#include "core/pipeline/calibration_runner.h"

#include "core/evaluation/sample_runner.h"

namespace quantscope {

Result<void> CalibrationRunner::run(std::span<const TensorIndex> tensors,
                                    const std::function<bool(size_t sample, std::span<const TensorView>)>& observe) {
  InterpreterOptions options;
  options.preserveAllTensors = true;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(m_model, options));
  Session session(prepared);
  const auto inputs = preparedInputs(*prepared);
  for (size_t i = 0; i < m_dataset.size(); ++i) {
    if (!m_progress.goOn()) return Error::cancelled();
    const auto sample = m_dataset.load(i);
    if (!sample) continue;
    QS_TRY(runSample(session, inputs, *sample, m_progress));
    std::vector<TensorView> values;
    for (const TensorIndex tensor : tensors) {
      const auto view = session.tensor(tensor);
      if (!view) {
        return Error{ErrorCode::Internal, "cannot observe a tensor", "tensor " + std::to_string(tensor.value),
                     "it holds no values after the run", ""};
      }
      values.push_back(*view);
    }
    if (!observe(i, values)) return {};
  }
  return {};
}

}  // namespace quantscope
