#include "core/quantization/plan/file_size.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>

namespace quantscope::quantization {
namespace {

constexpr int64_t align(int64_t bytes, int64_t to) {
  return (bytes + to - 1) / to * to;
}

// Adds up what a file stores; whatever is stored once counts once.
class SizeCounter {
public:
  int64_t total() const { return m_bytes; }

  // A table with these field sizes in total; the offset to its vtable comes on top.
  void table(int64_t fields) { m_bytes += align(4 + fields, 4); }

  int64_t text(const std::string& value) {
    if (m_seen.insert("s" + value).second) m_bytes += align(4 + static_cast<int64_t>(value.size()) + 1, 4);
    return 4;
  }

  template <typename T>
  int64_t list(const std::vector<T>& values) {
    if (values.empty()) return 0;
    const auto raw = std::as_bytes(std::span(values));
    std::string key(1, static_cast<char>('0' + sizeof(T)));
    key.append(reinterpret_cast<const char*>(raw.data()), raw.size());
    // Lists of 8-byte values begin at multiples of 8, which costs 4 bytes every other time.
    if (m_seen.insert(std::move(key)).second)
      m_bytes += align(4 + static_cast<int64_t>(raw.size()), 4) + (sizeof(T) == 8 ? 2 : 0);
    return 4;
  }

  int64_t indexList(const std::vector<TensorIndex>& indices) {
    std::vector<int32_t> values;
    for (TensorIndex index : indices) values.push_back(index.value);
    return list(values);
  }

  template <typename Union>
  int64_t options(const Union& options) {
    if (options.type == 0) return 0;
    flatbuffers::FlatBufferBuilder builder(256);
    const auto packed = options.Pack(builder);
    if (packed.IsNull()) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(builder.GetCurrentBufferPointer()), builder.GetSize());
    if (m_seen.insert("o" + std::to_string(options.type) + std::string(bytes)).second)
      m_bytes += static_cast<int64_t>(bytes.size());
    return 5;
  }

  void raw(int64_t bytes) { m_bytes += bytes; }
  bool isNew(std::string key) { return m_seen.insert(std::move(key)).second; }

private:
  int64_t m_bytes = 0;
  std::set<std::string> m_seen;
};

// Equal parameters are stored once.
std::string parametersKey(const Quantization& q) {
  std::string key = "q" + std::to_string(q.quantizedDimension);
  auto append = [&](const auto& values) {
    const auto raw = std::as_bytes(std::span(values));
    key += ":" + std::to_string(raw.size()) + ":";
    key.append(reinterpret_cast<const char*>(raw.data()), raw.size());
  };
  append(q.min);
  append(q.max);
  append(q.scale);
  append(q.zeroPoint);
  if (q.details) key += std::to_string(reinterpret_cast<uintptr_t>(q.details.get()));
  return key;
}

void countTensor(SizeCounter& size, const Tensor& tensor) {
  int64_t fields = size.list(tensor.shape) + size.list(tensor.shapeSignature);
  if (tensor.hasName) fields += size.text(tensor.name);
  fields +=
      (tensor.type != ElementType::Float32) + tensor.isVariable + tensor.hasRank + (tensor.buffer.value != 0 ? 4 : 0);
  if (tensor.quantization) {
    const Quantization& q = *tensor.quantization;
    const int64_t inside = size.list(q.min) + size.list(q.max) + size.list(q.scale) + size.list(q.zeroPoint) +
                           (q.quantizedDimension != 0 ? 4 : 0) + (q.details ? 5 + 16 : 0);
    if (size.isNew(parametersKey(q))) size.table(inside);
    fields += 4;
  }
  size.table(fields + 4);
}

void countOperator(SizeCounter& size, const Operator& op) {
  int64_t fields = size.indexList(op.inputs) + size.indexList(op.outputs) + size.indexList(op.intermediates);
  fields += size.options(op.options) + size.options(op.options2) + (op.opcodeIndex != 0 ? 4 : 0);
  if (op.customOptions) {
    fields += 4;
    size.raw(align(4 + static_cast<int64_t>(op.customOptions->bytes.size()), 4));
  }
  size.table(fields + 4);
}

void countSignature(SizeCounter& size, const Signature& signature) {
  for (const auto* mappings : {&signature.inputs, &signature.outputs}) {
    size.raw(4);
    for (const SignatureMapping& mapping : *mappings) size.table(size.text(mapping.name) + 4 + 4);
  }
  size.table(size.text(signature.key) + 8 + (signature.subgraphIndex != 0 ? 4 : 0) + 4);
}

}  // namespace

int64_t predictFileSize(const Model& model) {
  SizeCounter size;
  size.raw(168);  // header, the root and about a dozen kinds of vtables
  for (const OperatorCode& code : model.operatorCodes) {
    size.table((code.deprecatedBuiltinCode != 0) + (code.version != 1 ? 4 : 0) + (code.builtinCode != 0 ? 4 : 0) +
               (code.hasCustomCode ? size.text(code.customCode) : 0) + 4);
  }
  for (const Subgraph& graph : model.subgraphs) {
    for (const Tensor& tensor : graph.tensors) countTensor(size, tensor);
    for (const Operator& op : graph.operators) countOperator(size, op);
    size.table(size.indexList(graph.inputs) + size.indexList(graph.outputs) + 8 +
               (graph.hasName ? size.text(graph.name) : 0));
  }
  std::set<std::tuple<const void*, const std::byte*, size_t>> seen;
  for (const Buffer& buffer : model.buffers) {
    // The same constant of several operators: equal bytes become one buffer.
    if (buffer.owner && !seen.insert({buffer.owner.get(), buffer.bytes.data(), buffer.bytes.size()}).second) continue;
    size.raw(buffer.present ? 12 : 4);
    // Constants begin at multiples of 16; the gaps are partly filled with tables.
    if (buffer.present) size.raw(4 + align(static_cast<int64_t>(buffer.bytes.size()), 16));
  }
  for (const MetadataEntry& entry : model.metadata) size.table(size.text(entry.name) + 4 + 4);
  for (const Signature& signature : model.signatures) countSignature(size, signature);
  if (model.hasDescription) size.text(model.description);
  return align(size.total(), 16) + static_cast<int64_t>(model.trailing.bytes.size());
}

}  // namespace quantscope::quantization
