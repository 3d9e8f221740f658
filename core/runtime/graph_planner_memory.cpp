#include <algorithm>

#include "core/base/checked.h"
#include "core/runtime/graph_planner.h"
#include "core/runtime/memory_planner.h"

namespace quantscope::runtime {

namespace {

constexpr int64_t kLine = static_cast<int64_t>(AlignedBytes::kAlignment);

/// When each tensor is written first and read last, in steps.
struct Lives {
  std::vector<int> first, last, readers;
};

Lives tensorLives(const Subgraph& graph, const GraphPlan& plan) {
  const int end = static_cast<int>(plan.steps.size());
  Lives lives;
  lives.first.assign(graph.tensors.size(), -1);
  lives.last.assign(graph.tensors.size(), -1);
  lives.readers.assign(graph.tensors.size(), 0);
  for (int step = 0; step < end; ++step) {
    const Operator& op = graph.operators[plan.steps[static_cast<size_t>(step)].index.position()];
    for (TensorIndex input : op.inputs) {
      if (!input.valid()) continue;
      lives.last[input.position()] = step;
      ++lives.readers[input.position()];
    }
    for (TensorIndex output : op.outputs) {
      if (output.valid()) lives.first[output.position()] = lives.last[output.position()] = step;
    }
  }
  for (TensorIndex input : graph.inputs) {
    lives.first[input.position()] = -1;
    lives.last[input.position()] = end;  // the caller may run again without setting it anew
  }
  for (TensorIndex output : graph.outputs) lives.last[output.position()] = end;
  return lives;
}

}  // namespace

Result<void> GraphPlanner::planArena() {
  GraphPlan& plan = *m_plan;
  const int end = static_cast<int>(plan.steps.size());
  const bool reuse = !m_environment.options.preserveAllTensors || m_depth > 0;
  Lives lives = tensorLives(m_graph, plan);
  std::vector<MemoryBlock> blocks;
  std::vector<int> blockOf(plan.tensors.size(), -1);
  const auto addBlock = [&](int64_t bytes, int first, int last) {
    blocks.push_back({bytes, reuse ? first : -1, reuse ? last : end, 0});
    return static_cast<int>(blocks.size()) - 1;
  };
  for (TensorIndex input : m_graph.inputs) {
    if (plan.tensor(input).storage == Storage::Arena) {
      blockOf[input.position()] = addBlock(plan.tensor(input).bytes, -1, end);
    }
  }
  std::vector<std::vector<int>> scratchBlocks(plan.steps.size());
  std::vector<int> calleeBlocks(plan.steps.size(), -1);
  for (int s = 0; s < end; ++s) {
    const StepPlan& step = plan.steps[static_cast<size_t>(s)];
    const Operator& op = m_graph.operators[step.index.position()];
    const auto [from, to] = m_inPlace[static_cast<size_t>(s)];
    for (size_t o = 0; o < op.outputs.size(); ++o) {
      const TensorIndex output = op.outputs[o];
      if (!output.valid() || plan.tensor(output).storage != Storage::Arena) continue;
      const int last = lives.last[output.position()];
      const TensorIndex input =
          from >= 0 && static_cast<size_t>(to) == o ? op.input(static_cast<size_t>(from)) : TensorIndex();
      // Over its input only where nobody else needs that, now or later.
      if (reuse && input.valid() && blockOf[input.position()] >= 0 && lives.last[input.position()] == s &&
          std::count(op.inputs.begin(), op.inputs.end(), input) == 1 &&
          plan.tensor(input).bytes == plan.tensor(output).bytes &&
          blocks[static_cast<size_t>(blockOf[input.position()])].last == s) {
        blockOf[output.position()] = blockOf[input.position()];
        blocks[static_cast<size_t>(blockOf[input.position()])].last = last;
      } else {
        blockOf[output.position()] = addBlock(plan.tensor(output).bytes, s, last);
      }
    }
    for (size_t bytes : step.scratchBytes) {
      blocks.push_back({static_cast<int64_t>(bytes), s, s, 0});
      scratchBlocks[static_cast<size_t>(s)].push_back(static_cast<int>(blocks.size()) - 1);
    }
    int64_t callee = 0;
    for (const auto& called : step.plans) callee = std::max(callee, called ? called->arenaBytes : 0);
    if (callee > 0) {
      blocks.push_back({callee, s, s, 0});
      calleeBlocks[static_cast<size_t>(s)] = static_cast<int>(blocks.size()) - 1;
    }
  }
  const auto total = planMemory(blocks);
  if (!total) return memoryLimitError(m_environment, std::nullopt, "");
  plan.arenaBytes = *total;
  for (size_t i = 0; i < plan.tensors.size(); ++i) {
    if (blockOf[i] >= 0) plan.tensors[i].offset = blocks[static_cast<size_t>(blockOf[i])].offset;
  }
  for (size_t s = 0; s < plan.steps.size(); ++s) {
    for (int block : scratchBlocks[s]) {
      plan.steps[s].scratchOffsets.push_back(blocks[static_cast<size_t>(block)].offset);
    }
    if (calleeBlocks[s] >= 0) plan.steps[s].calleeOffset = blocks[static_cast<size_t>(calleeBlocks[s])].offset;
  }
  return {};
}

Result<void> GraphPlanner::sumMemory() {
  GraphPlan& plan = *m_plan;
  plan.ownVariableBytes = 0;
  for (TensorPlan& tensor : plan.tensors) {
    if (tensor.storage != Storage::Variable) continue;
    tensor.offset = plan.ownVariableBytes;
    plan.ownVariableBytes += (std::max<int64_t>(tensor.bytes, 1) + kLine - 1) / kLine * kLine;
    if (plan.ownVariableBytes > m_environment.options.memoryLimit) {
      return memoryLimitError(m_environment, plan.ownVariableBytes, "variables");
    }
  }
  plan.variableBytes = plan.ownVariableBytes;
  int64_t shared = plan.sharedBytes;
  for (const StepPlan& step : plan.steps) {
    for (const auto& called : step.plans) {
      if (!called) continue;
      plan.variableBytes += called->variableBytes;
      shared += called->sharedBytes;
      if (plan.variableBytes > m_environment.options.memoryLimit || shared > m_environment.options.memoryLimit) {
        return memoryLimitError(m_environment, std::max(plan.variableBytes, shared), "");
      }
    }
  }
  const int64_t session = plan.arenaBytes + plan.variableBytes;
  if (std::max(session, shared) <= m_environment.options.memoryLimit) return {};
  return memoryLimitError(m_environment, std::max(session, shared), "");
}

}  // namespace quantscope::runtime
