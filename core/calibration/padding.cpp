#include "core/calibration/padding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/ops/operator_rules.h"

namespace quantscope::calibration {
namespace {

constexpr float kLeast = 10000.0f;
constexpr float kNone = std::numeric_limits<float>::infinity();

using enum tflite::BuiltinOperator;

bool addsPadding(tflite::BuiltinOperator code) {
  return code == BuiltinOperator_ADD || code == BuiltinOperator_MUL;
}

bool putsPadding(tflite::BuiltinOperator code) {
  return code == BuiltinOperator_SELECT || code == BuiltinOperator_SELECT_V2 || code == BuiltinOperator_PADV2 ||
         code == BuiltinOperator_SUB || code == BuiltinOperator_MAXIMUM || code == BuiltinOperator_MINIMUM ||
         code == BuiltinOperator_CONCATENATION;
}

bool handsOn(tflite::BuiltinOperator code, const OperatorRules* rules) {
  return code == BuiltinOperator_ADD || code == BuiltinOperator_SUB || (rules && rules->scale == ScaleRule::Same);
}

// Least magnitude of the values that count as padding.
float constantLimit(const Model& model, const Tensor& tensor, bool negativeOnly) {
  if (tensor.type != ElementType::Float32 || !isConstant(model, tensor)) return kNone;
  float least = kNone;
  bool found = false;
  for (const float v : constantValues<float>(model, tensor)) {
    if (std::isnan(v) || std::abs(v) < kLeast || (negativeOnly && v > 0)) continue;
    least = std::min(least, std::isinf(v) ? std::numeric_limits<float>::max() : std::abs(v));
    found = true;
  }
  return found ? least / 2 : kNone;
}

}  // namespace

std::vector<float> paddingLimits(const Model& model, const Subgraph& graph) {
  std::vector<float> limits(graph.tensors.size(), kNone);
  for (const Operator& op : graph.operators) {
    const auto code = model.code(op);
    const OperatorRules* rules = findRules(code);
    if (!rules) continue;
    const bool adds = addsPadding(code), puts = putsPadding(code), passes = handsOn(code, rules);
    if (!adds && !puts && !passes) continue;
    float limit = kNone;
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      const TensorIndex input = op.inputs[k];
      if (!input.valid() || input.position() >= graph.tensors.size() || rules->role(k) != OperandRole::Activation)
        continue;
      if (adds || puts) limit = std::min(limit, constantLimit(model, graph.tensor(input), adds));
      if (passes) limit = std::min(limit, limits[input.position()]);
    }
    for (TensorIndex output : op.outputs)
      if (output.valid() && output.position() < graph.tensors.size()) limits[output.position()] = limit;
  }
  return limits;
}

}  // namespace quantscope::calibration
