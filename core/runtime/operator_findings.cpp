#include "core/runtime/operator_findings.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/base/checked.h"
#include "core/ops/registry.h"
#include "core/runtime/cpu_level.h"
#include "core/runtime/model_check.h"
#include "core/runtime/operator_preparation.h"

namespace quantscope {

namespace {

using namespace runtime;

constexpr size_t kMostFindings = 1000;
// What prepare functions may assume of constants.
constexpr uintptr_t kConstantAlignment = 16;
// Operators that decide shapes by the values of a constant (sizes, axes, paddings) need few of them.
constexpr size_t kLongestKnownValue = size_t{1} << 20;

/// Walks over the operators of one subgraph in the order of the file.
class SubgraphWalk {
public:
  SubgraphWalk(const Environment& environment, SubgraphIndex subgraph, std::vector<Finding>& findings)
      : m_environment(environment),
        m_model(*environment.model),
        m_index(subgraph),
        m_graph(m_model.subgraphs[subgraph.position()]),
        m_findings(findings),
        m_known(m_graph.tensors.size()) {}

  void run() {
    for (size_t i = 0; i < m_graph.operators.size() && m_findings.size() < kMostFindings; ++i) {
      checkOperator(OperatorIndex(i));
    }
  }

private:
  /// What earlier operators told of a tensor.
  struct Known {
    bool shapeDecided = false, shapeUnknown = false;
    std::vector<int32_t> shape;
    std::vector<std::byte> values;
    bool hasValues = false;
  };

  void add(Severity severity, OperatorIndex op, std::string what, std::string why) {
    m_findings.push_back({severity, m_index.value, op, {}, std::move(what), std::move(why)});
  }

  void checkOperator(OperatorIndex index) {
    const Operator& op = m_graph.operators[index.position()];
    const OperatorCode& code = m_model.operatorCode(op);
    const KernelRow* row = findKernel(code.code(), code.customCode);
    if (!row || code.version > row->maxVersion) {
      add(Severity::Warning, index, "cannot be executed by this program",
          row ? "version " + std::to_string(code.version) + " is newer than version " + std::to_string(row->maxVersion)
              : "there is no kernel for it");
      return assumeFileShapes(op);
    }
    std::vector<Operand> inputs, outputs;
    bool ready = row->prepare != nullptr;
    for (const TensorIndex input : op.inputs) {
      auto operand = inputOperand(input);
      ready = ready && operand && (!operand->present() || operand->shapeKnown);
      if (ready) inputs.push_back(std::move(*operand));
    }
    for (const TensorIndex output : op.outputs) {
      ready = ready && (!output.valid() || sound(output));
      if (ready) outputs.push_back(outputOperand(output));
    }
    // Control flow, what depends on data, and what is wrong already.
    if (!ready) return leaveOpen(op);
    auto prepared = prepareOperator(m_environment, m_index, index, std::move(inputs), std::move(outputs));
    if (!prepared.ok()) {
      const Error& error = prepared.error();
      const bool broken = error.code == ErrorCode::Malformed || error.code == ErrorCode::InvalidArgument;
      add(broken ? Severity::Error : Severity::Warning, index,
          broken ? "operands or options do not fit" : "cannot be executed by this program", error.why);
      return assumeFileShapes(op);
    }
    if (!prepared->kernel) return leaveOpen(op);
    take(op, std::move(*prepared));
  }

  void take(const Operator& op, PreparedOperator prepared) {
    for (size_t i = 0; i < op.outputs.size(); ++i) {
      if (!op.outputs[i].valid()) continue;
      Known& known = m_known[op.outputs[i].position()];
      PreparedOperator::Output& output = prepared.outputs[i];
      known.shapeDecided = output.shapeKnown;
      known.shapeUnknown = !output.shapeKnown;
      known.shape = std::move(output.shape);
      if (!output.values || output.values->size() > kLongestKnownValue) continue;
      known.values = std::move(*output.values);
      known.hasValues = true;
    }
  }
  void leaveOpen(const Operator& op) {
    for (const TensorIndex output : op.outputs) {
      if (output.valid()) m_known[output.position()].shapeUnknown = true;
    }
  }
  void assumeFileShapes(const Operator& op) {
    for (const TensorIndex output : op.outputs) {
      if (output.valid()) m_known[output.position()] = {};
    }
  }

  bool sound(TensorIndex index) const { return checkTensor(m_model, m_index, index).ok(); }

  /// Nothing where the tensor itself is broken, which others report.
  std::optional<Operand> inputOperand(TensorIndex index) {
    Operand operand;
    if (!index.valid()) return operand;
    if (!sound(index)) return std::nullopt;
    const Tensor& tensor = m_graph.tensor(index);
    const Known& known = m_known[index.position()];
    operand.index = index;
    operand.tensor = &tensor;
    operand.type = tensor.type;
    operand.shape = known.shapeDecided ? known.shape : tensor.shape;
    operand.shapeKnown = !known.shapeUnknown && checkedElementCount(operand.shape).has_value();
    if (isConstant(m_model, tensor)) {
      if (tensor.sparsity) return std::nullopt;
      auto bytes = constantBytes(m_model, tensor);
      if (const auto needed = storageBytes(tensor.type, tensor.shape))
        bytes = bytes.first(static_cast<size_t>(*needed));
      operand.isConstant = true;
      operand.shapeKnown = true;
      operand.constant = alignedConstant(bytes);
    } else if (known.hasValues && operand.shapeKnown) {
      operand.isConstant = true;
      operand.constant = alignedConstant(known.values);
    }
    return operand;
  }
  Operand outputOperand(TensorIndex index) const {
    Operand operand;
    operand.index = index;
    if (!index.valid()) return operand;
    operand.tensor = &m_graph.tensor(index);
    operand.type = operand.tensor->type;
    operand.shape = operand.tensor->shape;
    operand.shapeKnown = false;
    return operand;
  }
  std::span<const std::byte> alignedConstant(std::span<const std::byte> bytes) {
    if (reinterpret_cast<uintptr_t>(bytes.data()) % kConstantAlignment == 0) return bytes;
    AlignedBytes& copy = m_copies.emplace_back(AlignedBytes::allocate(bytes.size()));
    if (!copy) throw std::bad_alloc();
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    return copy.bytes();
  }

  const Environment& m_environment;
  const Model& m_model;
  const SubgraphIndex m_index;
  const Subgraph& m_graph;
  std::vector<Finding>& m_findings;
  std::vector<Known> m_known;
  std::vector<AlignedBytes> m_copies;
};

}  // namespace

std::vector<Finding> operatorFindings(const std::shared_ptr<const Model>& model) {
  Environment environment;
  environment.model = model;
  environment.options.kernels = KernelSet::Reference;
  environment.kernelOptions.kernels = KernelSet::Reference;
  environment.kernelOptions.cpu = CpuLevel::Baseline;
  std::vector<Finding> findings;
  for (size_t i = 0; i < model->subgraphs.size(); ++i) {
    try {
      SubgraphWalk(environment, SubgraphIndex(i), findings).run();
    } catch (const std::bad_alloc&) {
      findings.push_back(
          {Severity::Warning, static_cast<int>(i), {}, {}, "not checked to the end", "there is not enough memory"});
    }
  }
  return findings;
}

}  // namespace quantscope
