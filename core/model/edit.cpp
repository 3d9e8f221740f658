#include "core/model/edit.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/model/metadata_names.h"

namespace quantscope {

namespace {

// New number of each item, or -1 where it goes.
std::vector<int32_t> renumbering(const std::vector<bool>& used) {
  std::vector<int32_t> numbers(used.size(), -1);
  int32_t next = 0;
  for (size_t i = 0; i < used.size(); ++i) {
    if (used[i]) numbers[i] = next++;
  }
  return numbers;
}

template <typename T>
size_t keepUsed(std::vector<T>& items, const std::vector<bool>& used) {
  const size_t before = items.size();
  size_t kept = 0;
  for (size_t i = 0; i < before; ++i) {
    if (!used[i]) continue;
    if (kept != i) items[kept] = std::move(items[i]);
    ++kept;
  }
  items.resize(kept);
  return before - kept;
}

// The numbers of tensors in quantization details, as pointers so that they can be read and replaced.
std::vector<int32_t*> tensorsInDetails(tflite::QuantizationDetailsUnion& details) {
  if (auto* blockwise = details.AsBlockwiseQuantization()) return {&blockwise->scales, &blockwise->zero_points};
  if (auto* multiAxis = details.AsMultiAxisQuantization()) return {&multiAxis->scales, &multiAxis->zero_points};
  return {};
}

std::vector<int32_t> tensorsInDetails(const Tensor& tensor) {
  if (!tensor.quantization || !tensor.quantization->details) return {};
  auto copy = *tensor.quantization->details;
  std::vector<int32_t> numbers;
  for (const int32_t* number : tensorsInDetails(copy)) numbers.push_back(*number);
  return numbers;
}

std::vector<bool> usedTensors(const Model& model, size_t subgraphIndex) {
  const Subgraph& subgraph = model.subgraphs[subgraphIndex];
  std::vector<bool> used(subgraph.tensors.size(), false);
  std::vector<size_t> found;
  auto use = [&](int64_t index) {
    if (index < 0 || static_cast<size_t>(index) >= used.size() || used[static_cast<size_t>(index)]) return;
    used[static_cast<size_t>(index)] = true;
    found.push_back(static_cast<size_t>(index));
  };
  auto useAll = [&](const std::vector<TensorIndex>& indices) {
    for (const TensorIndex index : indices) use(index.value);
  };
  useAll(subgraph.inputs);
  useAll(subgraph.outputs);
  for (const Operator& op : subgraph.operators) {
    useAll(op.inputs);
    useAll(op.outputs);
    useAll(op.intermediates);
  }
  for (const Signature& signature : model.signatures) {
    if (signature.subgraphIndex != subgraphIndex) continue;
    for (const auto* side : {&signature.inputs, &signature.outputs}) {
      for (const SignatureMapping& mapping : *side) use(mapping.tensor.value);
    }
  }
  while (!found.empty()) {
    const size_t index = found.back();
    found.pop_back();
    for (const int32_t number : tensorsInDetails(subgraph.tensors[index])) use(number);
  }
  return used;
}

size_t pruneTensors(Model& model, size_t subgraphIndex) {
  Subgraph& subgraph = model.subgraphs[subgraphIndex];
  const std::vector<bool> used = usedTensors(model, subgraphIndex);
  const size_t removed = keepUsed(subgraph.tensors, used);
  if (removed == 0) return 0;
  const std::vector<int32_t> numbers = renumbering(used);
  auto renumber = [&](TensorIndex& index) {
    if (index.valid() && index.position() < numbers.size()) index = TensorIndex(numbers[index.position()]);
  };
  auto renumberAll = [&](std::vector<TensorIndex>& indices) { std::ranges::for_each(indices, renumber); };
  renumberAll(subgraph.inputs);
  renumberAll(subgraph.outputs);
  for (Operator& op : subgraph.operators) {
    renumberAll(op.inputs);
    renumberAll(op.outputs);
    renumberAll(op.intermediates);
  }
  for (Signature& signature : model.signatures) {
    if (signature.subgraphIndex != subgraphIndex) continue;
    for (SignatureMapping& mapping : signature.inputs) renumber(mapping.tensor);
    for (SignatureMapping& mapping : signature.outputs) renumber(mapping.tensor);
  }
  for (Tensor& tensor : subgraph.tensors) {
    if (tensorsInDetails(tensor).empty()) continue;
    auto details = std::make_shared<tflite::QuantizationDetailsUnion>(*tensor.quantization->details);
    for (int32_t* number : tensorsInDetails(*details)) {
      if (*number >= 0 && static_cast<size_t>(*number) < numbers.size())
        *number = numbers[static_cast<size_t>(*number)];
    }
    tensor.quantization->details = std::move(details);
  }
  return removed;
}

size_t pruneBuffers(Model& model) {
  std::vector<bool> used(model.buffers.size(), false);
  if (!used.empty()) used[0] = true;
  auto use = [&](BufferIndex index) {
    if (index.valid() && index.position() < used.size()) used[index.position()] = true;
  };
  for (Subgraph& subgraph : model.subgraphs) {
    for (Tensor& tensor : subgraph.tensors) {
      if (!isConstant(model, tensor)) tensor.buffer = BufferIndex(0);
      use(tensor.buffer);
    }
  }
  for (const MetadataEntry& entry : model.metadata) use(entry.buffer);
  for (const int32_t index : model.metadataBuffer) use(BufferIndex(index));

  const std::vector<int32_t> numbers = renumbering(used);
  auto renumber = [&](BufferIndex index) {
    const bool known = index.valid() && index.position() < numbers.size();
    return known ? BufferIndex(numbers[index.position()]) : index;
  };
  for (Subgraph& subgraph : model.subgraphs) {
    for (Tensor& tensor : subgraph.tensors) tensor.buffer = renumber(tensor.buffer);
  }
  for (MetadataEntry& entry : model.metadata) entry.buffer = renumber(entry.buffer);
  for (int32_t& index : model.metadataBuffer) index = renumber(BufferIndex(index)).value;
  return keepUsed(model.buffers, used);
}

size_t pruneOperatorCodes(Model& model) {
  std::vector<bool> used(model.operatorCodes.size(), false);
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) {
      if (op.opcodeIndex < used.size()) used[op.opcodeIndex] = true;
    }
  }
  const std::vector<int32_t> numbers = renumbering(used);
  for (Subgraph& subgraph : model.subgraphs) {
    for (Operator& op : subgraph.operators) {
      if (op.opcodeIndex < numbers.size()) op.opcodeIndex = static_cast<uint32_t>(numbers[op.opcodeIndex]);
    }
  }
  return keepUsed(model.operatorCodes, used);
}

std::string_view contentOf(const Buffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.bytes.data()), buffer.bytes.size()};
}

// Buffers whose number must mean one thing only: those of metadata, and constants that a subgraph returns.
std::vector<bool> fixedBuffers(const Model& model) {
  std::vector<bool> fixed(model.buffers.size(), false);
  auto fix = [&](BufferIndex index) {
    if (index.valid() && index.position() < fixed.size()) fixed[index.position()] = true;
  };
  for (const MetadataEntry& entry : model.metadata) fix(entry.buffer);
  for (const int32_t index : model.metadataBuffer) fix(BufferIndex(index));
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const TensorIndex output : subgraph.outputs) fix(subgraph.tensor(output).buffer);
  }
  return fixed;
}

}  // namespace

TensorIndex addTensor(Subgraph& subgraph, Tensor tensor) {
  subgraph.tensors.push_back(std::move(tensor));
  return TensorIndex(subgraph.tensors.size() - 1);
}

BufferIndex addBuffer(Model& model, Buffer buffer) {
  model.buffers.push_back(std::move(buffer));
  return BufferIndex(model.buffers.size() - 1);
}

uint32_t addOperatorCode(Model& model, const OperatorCode& code) {
  const auto equal = [&](const OperatorCode& other) {
    return other.code() == code.code() && other.version == code.version && other.customCode == code.customCode &&
           other.hasCustomCode == code.hasCustomCode;
  };
  auto it = std::ranges::find_if(model.operatorCodes, equal);
  if (it == model.operatorCodes.end()) it = model.operatorCodes.insert(it, code);
  return static_cast<uint32_t>(it - model.operatorCodes.begin());
}

size_t deduplicateBuffers(Model& model) {
  const std::vector<bool> fixed = fixedBuffers(model);
  // Content is looked at only where the length alone does not tell buffers apart.
  std::unordered_map<size_t, size_t> lengths;
  for (const Buffer& buffer : model.buffers) ++lengths[buffer.bytes.size()];
  std::unordered_map<std::string_view, int32_t> first;
  std::vector<int32_t> numbers(model.buffers.size());
  for (size_t i = 0; i < model.buffers.size(); ++i) {
    const auto number = static_cast<int32_t>(i);
    numbers[i] = number;
    const Buffer& buffer = model.buffers[i];
    if (!buffer.present || i == 0 || fixed[i] || lengths[buffer.bytes.size()] < 2) continue;
    numbers[i] = first.emplace(contentOf(buffer), number).first->second;
  }
  size_t changed = 0;
  for (Subgraph& subgraph : model.subgraphs) {
    for (Tensor& tensor : subgraph.tensors) {
      const BufferIndex shared(numbers[tensor.buffer.position()]);
      if (shared == tensor.buffer) continue;
      tensor.buffer = shared;
      ++changed;
    }
  }
  return changed;
}

PruneResult pruneUnused(Model& model) {
  std::erase_if(model.metadata, [](const MetadataEntry& entry) { return entry.name == kOutsideMark; });
  PruneResult result;
  for (size_t i = 0; i < model.subgraphs.size(); ++i) result.tensors += pruneTensors(model, i);
  result.buffers = pruneBuffers(model);
  result.operatorCodes = pruneOperatorCodes(model);
  return result;
}

}  // namespace quantscope
