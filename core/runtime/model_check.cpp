#include "core/runtime/model_check.h"

#include <algorithm>
#include <cmath>

#include "core/base/checked.h"
#include "core/ops/registry.h"

namespace quantscope::runtime {

namespace {

struct GraphCheck {
  const Model& model;
  SubgraphIndex subgraphIndex;
  const Subgraph& graph = model.subgraphs[subgraphIndex.position()];
  std::vector<uint8_t> checked = std::vector<uint8_t>(graph.tensors.size(), 0);
  std::vector<uint8_t> written = std::vector<uint8_t>(graph.tensors.size(), 0);

  Error malformed(std::string where, std::string why) const {
    if (subgraphIndex.value != 0) where += " of subgraph " + std::to_string(subgraphIndex.value);
    return {ErrorCode::Malformed, "cannot run the model", std::move(where), std::move(why), ""};
  }
  std::string tensorPlace(TensorIndex index) const {
    const Tensor& tensor = graph.tensor(index);
    return "tensor " + std::to_string(index.value) + (tensor.name.empty() ? "" : " " + tensor.name);
  }

  Result<void> checkIndex(TensorIndex index, const std::string& user) const {
    if (index.valid() && index.position() < graph.tensors.size()) return {};
    return malformed(user, "it names tensor " + std::to_string(index.value) + ", but there are only " +
                               std::to_string(graph.tensors.size()));
  }
  Result<void> checkTensor(TensorIndex index);
  Result<void> checkTensorAlone(TensorIndex index) const;
  Result<void> checkConstant(TensorIndex index) const;
  Result<void> checkQuantization(TensorIndex index) const;
  Result<void> checkDetails(TensorIndex index) const;
  Result<void> checkRead(TensorIndex index, const std::string& user);
  Result<void> checkWrite(TensorIndex index, const std::string& user);
  Result<void> run();
};

bool knownWithoutData(const Tensor& tensor) {
  return std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
}

Result<void> GraphCheck::checkTensor(TensorIndex index) {
  if (checked[index.position()]) return {};
  checked[index.position()] = 1;
  return checkTensorAlone(index);
}

Result<void> GraphCheck::checkTensorAlone(TensorIndex index) const {
  const Tensor& tensor = graph.tensor(index);
  const std::string place = tensorPlace(index);
  const int type = static_cast<int>(tensor.type);
  if (type < 0 || type >= kElementTypeCount) {
    return malformed(place, "its element type " + std::to_string(type) + " is unknown");
  }
  if (tensor.buffer.value < 0 || (tensor.buffer.position() >= model.buffers.size() && tensor.buffer.value != 0)) {
    return malformed(place, "its buffer " + std::to_string(tensor.buffer.value) + " does not exist");
  }
  for (int32_t dimension : tensor.shape) {
    if (dimension < -1) return malformed(place, "its shape " + shapeText(tensor.shape) + " is impossible");
  }
  if (tensor.externalBuffer != 0) {
    return Error{ErrorCode::Unsupported, "cannot run the model", place, "its values are in another file", ""};
  }
  QS_TRY(checkConstant(index));
  return checkQuantization(index);
}

Result<void> GraphCheck::checkConstant(TensorIndex index) const {
  const Tensor& tensor = graph.tensor(index);
  if (!isConstant(model, tensor)) return {};
  const std::string place = tensorPlace(index);
  if (tensor.isVariable) return malformed(place, "it is a variable, but has constant data");
  const auto count = checkedElementCount(tensor.shape);
  if (!count) return malformed(place, "it is constant, but its shape " + shapeText(tensor.shape) + " is impossible");
  if (tensor.sparsity || bitsPerElement(tensor.type) == 0) return {};
  const auto bytes = byteSize(tensor.type, *count);
  const auto stored = static_cast<int64_t>(constantBytes(model, tensor).size());
  if (!bytes || *bytes > stored) {
    return malformed(place, "its shape " + shapeText(tensor.shape) + " needs " +
                                (bytes ? std::to_string(*bytes) + " bytes" : "more bytes than can be counted") +
                                ", its buffer holds " + std::to_string(stored));
  }
  return {};
}

/// Smallest and largest zero point that the storage type can hold.
std::pair<int64_t, int64_t> zeroPointRange(ElementType type) {
  switch (type) {
    case ElementType::Int8:
      return {-128, 127};
    case ElementType::UInt8:
      return {0, 255};
    case ElementType::Int16:
      return {-32768, 32767};
    case ElementType::UInt16:
      return {0, 65535};
    case ElementType::Int4:
      return {-8, 7};
    case ElementType::UInt4:
      return {0, 15};
    case ElementType::Int2:
      return {-2, 1};
    default:
      return {INT32_MIN, INT32_MAX};
  }
}

Result<void> GraphCheck::checkQuantization(TensorIndex index) const {
  const Tensor& tensor = graph.tensor(index);
  if (!tensor.quantization) return {};
  QS_TRY(checkDetails(index));
  if (!tensor.quantized()) return {};
  const Quantization& quantization = *tensor.quantization;
  const std::string place = tensorPlace(index);
  const size_t count = quantization.scale.size();
  if (quantization.zeroPoint.size() != count) {
    return malformed(place, "it has " + std::to_string(count) + " scales, but " +
                                std::to_string(quantization.zeroPoint.size()) + " zero points");
  }
  for (float scale : quantization.scale) {
    if (!std::isfinite(scale) || scale < 0.0f) return malformed(place, "a scale is not a positive number");
    if (scale == 0.0f && !isConstant(model, tensor)) return malformed(place, "its scale is zero");
  }
  const auto [least, most] = zeroPointRange(tensor.type);
  for (int64_t zeroPoint : quantization.zeroPoint) {
    if (zeroPoint < least || zeroPoint > most) {
      return malformed(
          place, "the zero point " + std::to_string(zeroPoint) + " is no " + std::string(elementTypeName(tensor.type)));
    }
  }
  if (count == 1) return {};
  const int32_t axis = quantization.quantizedDimension;
  if (axis < 0 || static_cast<size_t>(axis) >= tensor.shape.size() ||
      static_cast<size_t>(tensor.shape[static_cast<size_t>(axis)]) != count) {
    return malformed(place, std::to_string(count) + " scales do not fit dimension " + std::to_string(axis) +
                                " of the shape " + shapeText(tensor.shape));
  }
  return {};
}

/// Scales that are tensors of their own: constants of this subgraph.
Result<void> GraphCheck::checkDetails(TensorIndex index) const {
  const auto* blockwise = graph.tensor(index).quantization->blockwise();
  if (!blockwise) return {};
  for (const auto& [position, optional] : {std::pair{blockwise->scales, false}, {blockwise->zero_points, true}}) {
    // Absent zero points are written as -1 or, by older writers, as tensor 0.
    if (optional && position <= 0) continue;
    const TensorIndex other(position);
    QS_TRY(checkIndex(other, tensorPlace(index)));
    if (other == index) return malformed(tensorPlace(index), "it is its own table of scales");
    if (!isConstant(model, graph.tensor(other)) ||
        static_cast<size_t>(graph.tensor(other).buffer.value) >= model.buffers.size()) {
      return malformed(tensorPlace(index), "its block scales are not constant");
    }
    QS_TRY(checkConstant(other));
  }
  return {};
}

Result<void> GraphCheck::checkRead(TensorIndex index, const std::string& user) {
  QS_TRY(checkIndex(index, user));
  QS_TRY(checkTensor(index));
  const Tensor& tensor = graph.tensor(index);
  if (written[index.position()] || tensor.isVariable || isConstant(model, tensor) || knownWithoutData(tensor)) {
    return {};
  }
  return malformed(user, "it reads " + tensorPlace(index) + " before anything has written it");
}

Result<void> GraphCheck::checkWrite(TensorIndex index, const std::string& user) {
  QS_TRY(checkIndex(index, user));
  QS_TRY(checkTensor(index));
  const Tensor& tensor = graph.tensor(index);
  if (isConstant(model, tensor)) return malformed(user, "it writes to the constant " + tensorPlace(index));
  if (tensor.isVariable) return malformed(user, "it writes to the variable " + tensorPlace(index));
  if (written[index.position()]) return malformed(user, "it writes " + tensorPlace(index) + " a second time");
  written[index.position()] = 1;
  return {};
}

Result<void> GraphCheck::run() {
  for (TensorIndex index : graph.inputs) QS_TRY(checkWrite(index, "graph inputs"));
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    const std::string number = "operator " + std::to_string(i);
    if (op.opcodeIndex >= model.operatorCodes.size()) return malformed(number, "its operator code does not exist");
    const std::string place = number + " " + operatorName(model, op);
    for (TensorIndex input : op.inputs) {
      if (input.value != -1) QS_TRY(checkRead(input, place));
    }
    for (TensorIndex intermediate : op.intermediates) {
      if (intermediate.value == -1) continue;
      QS_TRY(checkIndex(intermediate, place));
      QS_TRY(checkTensor(intermediate));
    }
    for (TensorIndex output : op.outputs) {
      if (output.value != -1) QS_TRY(checkWrite(output, place));
    }
  }
  for (TensorIndex index : graph.outputs) QS_TRY(checkRead(index, "graph outputs"));
  return {};
}

}  // namespace

Result<void> checkGraph(const Model& model, SubgraphIndex subgraph) {
  return GraphCheck{model, subgraph}.run();
}

Result<void> checkTensor(const Model& model, SubgraphIndex subgraph, TensorIndex tensor) {
  const GraphCheck check{model, subgraph, model.subgraphs[subgraph.position()], {}, {}};
  QS_TRY(check.checkIndex(tensor, "tensors"));
  return check.checkTensorAlone(tensor);
}

std::vector<SubgraphIndex> calledSubgraphs(const Model& model, const Operator& op) {
  switch (model.code(op)) {
    case tflite::BuiltinOperator_IF:
      if (const auto* o = op.options.AsIfOptions()) {
        return {SubgraphIndex(o->then_subgraph_index), SubgraphIndex(o->else_subgraph_index)};
      }
      break;
    case tflite::BuiltinOperator_WHILE:
      if (const auto* o = op.options.AsWhileOptions()) {
        return {SubgraphIndex(o->cond_subgraph_index), SubgraphIndex(o->body_subgraph_index)};
      }
      break;
    case tflite::BuiltinOperator_CALL_ONCE:
      if (const auto* o = op.options.AsCallOnceOptions()) return {SubgraphIndex(o->init_subgraph_index)};
      break;
    case tflite::BuiltinOperator_STABLEHLO_COMPOSITE:
      if (const auto* o = op.options2.AsStableHLOCompositeOptions()) {
        return {SubgraphIndex(o->decomposition_subgraph_index)};
      }
      break;
    case tflite::BuiltinOperator_STABLEHLO_CASE:
      if (const auto* o = op.options2.AsStablehloCaseOptions()) {
        std::vector<SubgraphIndex> branches;
        for (int32_t branch : o->branch_subgraph_indices) branches.emplace_back(branch);
        return branches;
      }
      break;
    default:
      break;
  }
  return {};
}

std::string operatorPlace(const Model& model, SubgraphIndex subgraph, OperatorIndex index) {
  const Operator& op = model.subgraphs[subgraph.position()].operators[index.position()];
  std::string place = "operator " + std::to_string(index.value) + " " + operatorName(model, op);
  if (subgraph.value != 0) place += " of subgraph " + std::to_string(subgraph.value);
  return place;
}

Error unsupportedOperators(const std::vector<std::string>& reasons) {
  constexpr size_t kShown = 20;
  std::string why;
  for (size_t i = 0; i < std::min(reasons.size(), kShown); ++i) why += (i ? "; " : "") + reasons[i];
  if (reasons.size() > kShown) why += "; and " + std::to_string(reasons.size() - kShown) + " more";
  return {ErrorCode::Unsupported, "cannot run the model",
          std::to_string(reasons.size()) + (reasons.size() == 1 ? " operator is" : " operators are") + " not supported",
          std::move(why), ""};
}

Result<void> checkOperators(const Model& model, SubgraphIndex first) {
  std::vector<uint8_t> seen(model.subgraphs.size(), 0);
  std::vector<SubgraphIndex> open{first};
  std::vector<std::string> reasons;
  while (!open.empty()) {
    const SubgraphIndex current = open.back();
    open.pop_back();
    if (!current.valid() || current.position() >= model.subgraphs.size() || seen[current.position()]) continue;
    seen[current.position()] = 1;
    const auto& operators = model.subgraphs[current.position()].operators;
    for (size_t i = 0; i < operators.size(); ++i) {
      const Operator& op = operators[i];
      if (op.opcodeIndex >= model.operatorCodes.size()) continue;  // said by checkGraph
      const OperatorCode& code = model.operatorCode(op);
      const KernelRow* row = findKernel(code.code(), code.customCode);
      if (!row || code.version > row->maxVersion) {
        const std::string_view why = row ? std::string_view() : whyWithoutKernel(code.code());
        reasons.push_back(operatorPlace(model, current, OperatorIndex(i)) + " version " + std::to_string(code.version) +
                          (row ? " is newer than version " + std::to_string(row->maxVersion) : " has no kernel") +
                          (why.empty() ? "" : " (" + std::string(why) + ")"));
      }
      for (SubgraphIndex called : calledSubgraphs(model, op)) open.push_back(called);
    }
  }
  if (reasons.empty()) return {};
  return unsupportedOperators(reasons);
}

}  // namespace quantscope::runtime
