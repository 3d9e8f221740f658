#include "core/pipeline/arena_estimate.h"

#include <algorithm>

#include "core/base/checked.h"
#include "core/runtime/memory_planner.h"

namespace quantscope {

namespace {

// Laying out takes time by the square of their number.
constexpr size_t kMostPlanned = 5000;

/// When each tensor is written first and read last, by position of the operator; inputs of the graph from the
/// beginning, its outputs and variables to the end.
std::vector<runtime::MemoryBlock> lives(const Subgraph& subgraph) {
  const int end = std::max(0, static_cast<int>(subgraph.operators.size()) - 1);
  std::vector<runtime::MemoryBlock> blocks(subgraph.tensors.size(), {0, end + 1, -1, 0});
  auto use = [&](TensorIndex tensor, int step) {
    if (!tensor.valid()) return;
    runtime::MemoryBlock& block = blocks[tensor.position()];
    block.first = std::min(block.first, step);
    block.last = std::max(block.last, step);
  };
  for (const TensorIndex input : subgraph.inputs) use(input, 0);
  for (int step = 0; step <= end && !subgraph.operators.empty(); ++step) {
    const Operator& op = subgraph.operators[static_cast<size_t>(step)];
    for (const auto* list : {&op.inputs, &op.outputs, &op.intermediates}) {
      for (const TensorIndex tensor : *list) use(tensor, step);
    }
  }
  for (const TensorIndex output : subgraph.outputs) use(output, end);
  for (size_t i = 0; i < blocks.size(); ++i) {
    if (subgraph.tensors[i].isVariable) {
      use(TensorIndex(i), 0);
      use(TensorIndex(i), end);
    }
  }
  return blocks;
}

}  // namespace

std::optional<ArenaEstimate> estimateArena(const Subgraph& subgraph, const Model& model) {
  std::vector<runtime::MemoryBlock> blocks = lives(subgraph);
  std::vector<runtime::MemoryBlock> used;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const Tensor& tensor = subgraph.tensors[i];
    if (blocks[i].last < 0 || isConstant(model, tensor) || tensor.externalBuffer != 0) continue;
    const auto count = checkedElementCount(tensor.shape);
    const auto bytes = count ? byteSize(tensor.type, *count) : std::nullopt;
    if (!bytes) return std::nullopt;
    blocks[i].bytes = *bytes;
    used.push_back(blocks[i]);
  }
  // What comes alive at a step, less what was alive last in the step before.
  std::vector<int64_t> change(subgraph.operators.size() + 2);
  for (const runtime::MemoryBlock& block : used) {
    for (const auto& [step, bytes] : {std::pair{block.first, block.bytes}, {block.last + 1, -block.bytes}}) {
      const auto sum = checkedAdd(change[static_cast<size_t>(step)], bytes);
      if (!sum) return std::nullopt;
      change[static_cast<size_t>(step)] = *sum;
    }
  }
  ArenaEstimate estimate;
  int64_t alive = 0;
  for (size_t step = 0; step < change.size(); ++step) {
    const auto sum = checkedAdd(alive, change[step]);
    if (!sum) return std::nullopt;
    alive = *sum;
    if (alive <= estimate.peakBytes) continue;
    estimate.peakBytes = alive;
    if (step < subgraph.operators.size()) estimate.peakOperator = OperatorIndex(step);
  }
  if (used.size() <= kMostPlanned) {
    estimate.plannedBytes = runtime::planMemory(used);
    if (!estimate.plannedBytes) return std::nullopt;
  }
  return estimate;
}

}  // namespace quantscope
