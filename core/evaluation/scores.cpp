#include "core/evaluation/scores.h"

#include <algorithm>
#include <cmath>

#include "core/base/checked.h"
#include "core/evaluation/probabilities.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

namespace {

/// True where the values come from a SOFTMAX, looking through operators that only re-encode them.
bool comesFromSoftmax(const Model& model, const Subgraph& subgraph, TensorIndex tensor) {
  const auto uses = tensorUses(subgraph);
  for (size_t steps = 0; steps <= subgraph.operators.size(); ++steps) {
    const OperatorIndex producer = uses[tensor.position()].producer;
    if (!producer.valid()) return false;
    const Operator& op = subgraph.operators[producer.position()];
    switch (model.code(op)) {
      case tflite::BuiltinOperator_SOFTMAX:
        return true;
      case tflite::BuiltinOperator_QUANTIZE:
      case tflite::BuiltinOperator_DEQUANTIZE:
      case tflite::BuiltinOperator_RESHAPE:
      case tflite::BuiltinOperator_SQUEEZE:
      case tflite::BuiltinOperator_CAST:
        tensor = op.input(0);
        if (!tensor.valid()) return false;
        break;
      default:
        return false;
    }
  }
  return false;
}

template <typename T>
Ranking rankValues(std::span<const T> scores, std::optional<int32_t> label) {
  auto isNumber = [](T v) { return v == v; };
  Ranking ranking;
  for (size_t i = 0; i < scores.size(); ++i) {
    if (!isNumber(scores[i])) continue;
    if (ranking.top1 < 0 || scores[i] > scores[static_cast<size_t>(ranking.top1)]) {
      ranking.top1 = static_cast<int32_t>(i);
    }
  }
  if (label && *label >= 0 && static_cast<size_t>(*label) < scores.size() &&
      isNumber(scores[static_cast<size_t>(*label)])) {
    const auto position = static_cast<size_t>(*label);
    size_t before = 0;
    for (size_t i = 0; i < scores.size(); ++i) {
      before += scores[i] > scores[position] || (i < position && scores[i] == scores[position]);
    }
    ranking.inTop5 = before < 5;
  }
  return ranking;
}

}  // namespace

Result<ScoreReader> ScoreReader::create(const PreparedModel& prepared, std::optional<bool> softmax) {
  const Subgraph& subgraph = prepared.subgraph();
  const Error notScores{ErrorCode::InvalidArgument, "cannot evaluate the model as a classifier", "", "", ""};
  if (subgraph.outputs.empty()) {
    Error error = notScores;
    error.why = "it has no output";
    return error;
  }
  const TensorIndex output = subgraph.outputs[0];
  const Tensor& tensor = subgraph.tensor(output);
  Error error = notScores;
  error.where = "output '" + tensor.name + "'";
  const auto shape = prepared.shape(output);
  if (!shape) {
    error.why = "the shape of its output depends on the data";
    return error;
  }
  const int64_t count = checkedElementCount(*shape).value_or(0);
  const auto above1 = std::count_if(shape->begin(), shape->end(), [](int32_t d) { return d > 1; });
  if (above1 != 1 || count < 2) {
    error.why = "its first output has the shape " + shapeText(*shape) + ", not one score per class";
    error.remedy = "use a model whose first output is a vector of scores";
    return error;
  }
  switch (tensor.type) {
    case ElementType::Float32:
    case ElementType::Int8:
    case ElementType::UInt8:
    case ElementType::Int16:
    case ElementType::Int32:
      break;
    default:
      error.code = ErrorCode::Unsupported;
      error.why = "scores of type " + std::string(elementTypeName(tensor.type)) + " cannot be ranked";
      return error;
  }
  ScoreReader reader;
  reader.m_softmax = softmax;
  reader.m_classes = static_cast<size_t>(count);
  reader.m_quantization = tensor.quantization;
  reader.m_probabilities = comesFromSoftmax(prepared.model(), subgraph, output);
  return reader;
}

std::vector<float> ScoreReader::real(const TensorView& output) const {
  auto values = realValues(output, m_quantization ? &*m_quantization : nullptr);
  return values ? std::move(*values) : std::vector<float>(m_classes, std::nanf(""));
}

std::vector<double> ScoreReader::probabilities(std::span<const float> scores) const {
  if (m_softmax) return *m_softmax ? softmax(scores) : std::vector<double>(scores.begin(), scores.end());
  double sum = 0;
  bool allPositive = true;
  for (const float score : scores) {
    sum += score;
    allPositive = allPositive && score >= 0;
  }
  if (m_probabilities || (allPositive && std::abs(sum - 1) < 1e-3)) return {scores.begin(), scores.end()};
  return softmax(scores);
}

Ranking ScoreReader::rank(const TensorView& output, std::optional<int32_t> label) const {
  Ranking ranking;
  switch (output.type) {
    case ElementType::Int8:
      ranking = rankValues(output.values<int8_t>(), label);
      break;
    case ElementType::UInt8:
      ranking = rankValues(output.values<uint8_t>(), label);
      break;
    case ElementType::Int16:
      ranking = rankValues(output.values<int16_t>(), label);
      break;
    case ElementType::Int32:
      ranking = rankValues(output.values<int32_t>(), label);
      break;
    default:
      ranking = rankValues(output.values<float>(), label);
      break;
  }
  if (ranking.top1 < 0) return ranking;
  ranking.confidence = static_cast<float>(probabilities(real(output))[static_cast<size_t>(ranking.top1)]);
  return ranking;
}

}  // namespace quantscope
