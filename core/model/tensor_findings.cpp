// Findings about single tensors (specification tflite-format, sections 4, 4.1 and 6).
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/base/checked.h"
#include "core/model/finding_list.h"

namespace quantscope {

namespace {

using Place = FindingList::Place;

std::string count(int64_t number, const char* what) {
  return std::to_string(number) + " " + what;
}

void findInShape(const Tensor& tensor, const Place& place, FindingList& findings) {
  if (bitsPerElement(tensor.type) == 0 && elementTypeName(tensor.type) == "unknown") {
    findings.error(place, "unknown element type", "type number " + std::to_string(static_cast<int>(tensor.type)));
  }
  if (!checkedElementCount(tensor.shape)) {
    findings.error(place, "impossible shape", "its shape is " + shapeText(tensor.shape));
  }
  const auto& signature = tensor.shapeSignature;
  if (signature.empty()) return;
  bool fits = signature.size() == tensor.shape.size();
  for (size_t i = 0; fits && i < signature.size(); ++i) fits = signature[i] == -1 || signature[i] == tensor.shape[i];
  if (!fits) {
    findings.warning(place, "shape and signature differ",
                     "shape " + shapeText(tensor.shape) + ", signature " + shapeText(signature));
  }
}

// n strings: their number, n + 1 offsets, then the characters.
std::string whyNotStrings(std::span<const std::byte> bytes, int64_t expected) {
  auto word = [&](uint64_t index) {
    int32_t value = 0;
    std::memcpy(&value, bytes.data() + index * sizeof(value), sizeof(value));
    return value;
  };
  if (bytes.size() < sizeof(int32_t)) return "it has no count of strings";
  const int64_t strings = word(0);
  if (strings != expected)
    return "it has " + count(strings, "strings") + ", the shape asks for " + std::to_string(expected);
  const auto header = (static_cast<uint64_t>(strings) + 2) * sizeof(int32_t);
  if (header > bytes.size()) return "its offsets lie outside its " + std::to_string(bytes.size()) + " bytes";
  int64_t last = static_cast<int64_t>(header);
  for (uint64_t i = 1; i <= static_cast<uint64_t>(strings) + 1; ++i) {
    if (word(i) < last || static_cast<uint64_t>(word(i)) > bytes.size())
      return "the offset of string " + std::to_string(i - 1) + " is wrong";
    last = word(i);
  }
  return "";
}

void findInConstant(const Model& model, const Tensor& tensor, const Place& place, FindingList& findings) {
  if (!isConstant(model, tensor) || tensor.sparsity) return;
  const auto bytes = constantBytes(model, tensor);
  const auto elements = checkedElementCount(tensor.shape);
  if (!elements) return;
  if (tensor.type == ElementType::String) {
    const std::string why = whyNotStrings(bytes, *elements);
    if (!why.empty()) findings.error(place, "damaged strings", why);
    return;
  }
  const auto needed = byteSize(tensor.type, *elements);
  if (!needed || static_cast<uint64_t>(*needed) == bytes.size()) return;
  const std::string why = std::string(elementTypeName(tensor.type)) + " " + shapeText(tensor.shape) + " needs " +
                          count(*needed, "bytes") + ", its buffer has " + std::to_string(bytes.size());
  if (static_cast<uint64_t>(*needed) > bytes.size()) {
    findings.error(place, "constant too small", why);
  } else {
    findings.warning(place, "constant too large", why);
  }
}

void findInStorage(const Model& model, const Tensor& tensor, const Place& place, FindingList& findings) {
  const bool constant = isConstant(model, tensor);
  if (tensor.isVariable && (constant || tensor.externalBuffer != 0)) {
    findings.error(place, "variable with constant data", "a variable begins as zeros and cannot have data in the file");
  }
  if (tensor.isVariable && tensor.type == ElementType::String) {
    findings.error(place, "variable of strings", "the runtime has no such variables");
  }
  if (tensor.externalBuffer == 0) return;
  if (constant) findings.error(place, "two constants", "it has data in the file and names an external buffer");
  const auto known = [&](const tflite::ExternalBufferT& buffer) { return buffer.id == tensor.externalBuffer; };
  if (std::ranges::none_of(model.externalBuffers, known)) {
    findings.error(
        place, "missing external buffer",
        "it names external buffer " + std::to_string(tensor.externalBuffer) + ", which the model does not list");
  }
}

struct Range {
  int64_t lowest, highest;
};

std::optional<Range> integerRange(ElementType type) {
  switch (type) {
    case ElementType::Int2:
      return Range{-2, 1};
    case ElementType::Int4:
      return Range{-8, 7};
    case ElementType::UInt4:
      return Range{0, 15};
    case ElementType::Int8:
      return Range{-128, 127};
    case ElementType::UInt8:
      return Range{0, 255};
    case ElementType::Int16:
      return Range{-32768, 32767};
    case ElementType::UInt16:
      return Range{0, 65535};
    case ElementType::Int32:
    case ElementType::Int64:
      return Range{std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max()};
    default:
      return std::nullopt;
  }
}

void findInScales(const Tensor& tensor, const Quantization& quantization, const Place& place, FindingList& findings) {
  const auto bad = std::ranges::find_if(quantization.scale, [](float s) { return !std::isfinite(s) || s <= 0; });
  if (bad != quantization.scale.end()) {
    findings.error(place, "impossible scale",
                   "scale " + std::to_string(bad - quantization.scale.begin()) + " is " + std::to_string(*bad) +
                       "; a scale is a positive number");
  }
  const auto range = integerRange(tensor.type);
  if (!range) {
    findings.warning(
        place, "scale without integers",
        "its type is " + std::string(elementTypeName(tensor.type)) + ", which scale and zero point do not apply to");
    return;
  }
  for (const int64_t zero : quantization.zeroPoint) {
    if (zero >= range->lowest && zero <= range->highest) continue;
    return findings.error(place, "zero point out of range",
                          "zero point " + std::to_string(zero) + " is no " + std::string(elementTypeName(tensor.type)));
  }
}

void findInChannels(const Tensor& tensor, const Quantization& quantization, const Place& place, FindingList& findings) {
  const auto rank = static_cast<int64_t>(tensor.shape.size());
  const int64_t dimension = quantization.quantizedDimension;
  if (rank > 0 && (dimension < 0 || dimension >= rank)) {
    return findings.error(place, "quantized dimension out of range",
                          "it is " + std::to_string(dimension) + ", the tensor has " + count(rank, "dimensions"));
  }
  if (!quantization.perChannel()) return;
  const int64_t channels = rank == 0 ? 1 : tensor.shape[static_cast<size_t>(dimension)];
  if (static_cast<size_t>(channels) != quantization.scale.size()) {
    findings.error(place, "wrong number of scales",
                   count(static_cast<int64_t>(quantization.scale.size()), "scales for ") +
                       count(channels, "slices of dimension ") + std::to_string(dimension));
  }
}

void findTensorNumber(int32_t number, bool optional, size_t tensors, const char* what, const Place& place,
                      FindingList& findings) {
  if (optional && number == -1) return;
  if (number >= 0 && static_cast<size_t>(number) < tensors) return;
  findings.error(place, std::string("missing tensor of ") + what,
                 "it names tensor " + std::to_string(number) + ", the subgraph has " + std::to_string(tensors));
}

void findInDetails(const Tensor& tensor, const tflite::QuantizationDetailsUnion& details, size_t tensors,
                   const Place& place, FindingList& findings) {
  if (const auto* blockwise = details.AsBlockwiseQuantization()) {
    findTensorNumber(blockwise->scales, false, tensors, "block scales", place, findings);
    findTensorNumber(blockwise->zero_points, true, tensors, "block zero points", place, findings);
    if (blockwise->block_size <= 0 && blockwise->block_shape.empty()) {
      findings.error(place, "impossible block size", "it is " + std::to_string(blockwise->block_size));
    }
  } else if (const auto* multiAxis = details.AsMultiAxisQuantization()) {
    findTensorNumber(multiAxis->scales, false, tensors, "scales", place, findings);
    findTensorNumber(multiAxis->zero_points, true, tensors, "zero points", place, findings);
    const auto rank = static_cast<int64_t>(tensor.shape.size());
    const auto inside = [rank](int32_t dimension) { return dimension >= 0 && dimension < rank; };
    if (multiAxis->quantized_dimensions.empty() || !std::ranges::all_of(multiAxis->quantized_dimensions, inside)) {
      findings.error(place, "quantized dimensions out of range", "the tensor has " + count(rank, "dimensions"));
    }
    if (multiAxis->block_size < 0)
      findings.error(place, "impossible block size", "it is " + std::to_string(multiAxis->block_size));
  }
}

void findInQuantization(const Tensor& tensor, size_t tensors, const Place& place, FindingList& findings) {
  if (!tensor.quantization) return;
  const Quantization& quantization = *tensor.quantization;
  if (quantization.details) findInDetails(tensor, *quantization.details, tensors, place, findings);
  if (!quantization.quantized()) return;
  if (quantization.zeroPoint.size() != quantization.scale.size()) {
    findings.error(place, "wrong number of zero points",
                   count(static_cast<int64_t>(quantization.scale.size()), "scales and ") +
                       count(static_cast<int64_t>(quantization.zeroPoint.size()), "zero points"));
  }
  findInScales(tensor, quantization, place, findings);
  findInChannels(tensor, quantization, place, findings);
}

}  // namespace

void findInTensor(const Model& model, int subgraph, TensorIndex index, FindingList& findings) {
  const Subgraph& graph = model.subgraphs[static_cast<size_t>(subgraph)];
  const Tensor& tensor = graph.tensor(index);
  const Place place{subgraph, {}, index};
  findInShape(tensor, place, findings);
  findInStorage(model, tensor, place, findings);
  findInConstant(model, tensor, place, findings);
  findInQuantization(tensor, graph.tensors.size(), place, findings);
  if (!tensor.sparsity) return;
  if (!isConstant(model, tensor)) findings.error(place, "sparse without data", "only constants may be stored sparsely");
  findInSparsity(tensor, place, findings);
}

}  // namespace quantscope
