#include "core/evaluation/sample_runner.h"

#include <algorithm>

namespace quantscope {

size_t limitedSample(size_t i, size_t size, size_t limit) {
  if (limit == 0 || limit >= size) return i;
  return i * size / limit;
}

size_t sampleCount(const Dataset& dataset, const EvaluationOptions& options) {
  return options.limit == 0 ? dataset.size() : std::min(options.limit, dataset.size());
}

std::vector<InputSpec> preparedInputs(const PreparedModel& prepared) {
  const Subgraph& subgraph = prepared.subgraph();
  std::vector<InputSpec> inputs;
  for (const TensorIndex index : subgraph.inputs) {
    const Tensor& tensor = subgraph.tensor(index);
    InputSpec spec;
    spec.name = tensor.name;
    spec.shape = prepared.shape(index).value_or(tensor.shape);
    spec.type = tensor.type;
    spec.quantization = tensor.quantization;
    inputs.push_back(std::move(spec));
  }
  return inputs;
}

Result<void> runSample(Session& session, const std::vector<InputSpec>& inputs, const Sample& sample,
                       const Progress& progress) {
  if (sample.inputs.size() != inputs.size()) {
    return Error{
        ErrorCode::InvalidArgument, "the sample does not fit the model", sample.name,
        "it has " + std::to_string(sample.inputs.size()) + " inputs, the model " + std::to_string(inputs.size()), ""};
  }
  session.resetVariables();
  for (size_t i = 0; i < inputs.size(); ++i) {
    QS_ASSIGN(const TensorValue value, bindInput(sample.inputs[i], inputs[i]));
    QS_TRY(session.setInput(i, value.view()));
  }
  return session.run(&progress);
}

Error nothingReadable(const Dataset& dataset, const std::vector<SkippedItem>& skipped) {
  Error error{ErrorCode::InvalidArgument, "no sample of the dataset could be used", "", "", ""};
  if (skipped.empty()) {
    error.why = "it is empty";
    error.remedy = "choose a folder or file with samples";
  } else {
    error.where = skipped.front().path;
    error.why = skipped.front().why;
    if (dataset.size() > 1) error.why += " (and " + std::to_string(skipped.size() - 1) + " more)";
  }
  return error;
}

}  // namespace quantscope
