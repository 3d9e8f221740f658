#include "core/runtime/operator_preparation.h"

#include "core/base/checked.h"
#include "core/ops/registry.h"
#include "core/runtime/model_check.h"

namespace quantscope::runtime {

std::optional<int64_t> storageBytes(ElementType type, std::span<const int32_t> shape) {
  const auto count = checkedElementCount(shape);
  if (!count) return std::nullopt;
  if (type == ElementType::Resource) return checkedMultiply<int64_t>(*count, 4);
  return byteSize(type, *count);
}

Error memoryLimitError(const Environment& environment, std::optional<int64_t> bytes, std::string where) {
  const auto megabytes = [](int64_t n) { return std::to_string(n / (1 << 20)) + " MiB"; };
  return {ErrorCode::ResourceLimit, "cannot run the model", std::move(where),
          "it needs " + (bytes ? megabytes(*bytes) : std::string("more")) + " of memory, the limit is " +
              megabytes(environment.options.memoryLimit),
          "raise the limit or use smaller inputs"};
}

Error runError(const Model& model, SubgraphIndex subgraph, OperatorIndex index, Error error) {
  // Operators inside a called subgraph have been named already.
  if (error.code == ErrorCode::Cancelled || !error.where.empty()) return error;
  error.what = "cannot run the model";
  error.where = operatorPlace(model, subgraph, index);
  return error;
}

Result<PreparedOperator> prepareOperator(const Environment& environment, SubgraphIndex subgraph, OperatorIndex index,
                                         std::vector<Operand> inputs, std::vector<Operand> outputs) {
  const Model& model = *environment.model;
  const Operator& op = model.subgraphs[subgraph.position()].operators[index.position()];
  const KernelRow* row = findKernel(model.code(op), model.operatorCode(op).customCode);
  PrepareContext context(model, op, index, std::move(inputs), std::move(outputs), environment.kernelOptions, subgraph);
  QS_ASSIGN(auto kernel, row->prepare(context));

  PreparedOperator result;
  result.awaited = std::move(context.awaited);
  if (!kernel) {
    if (!result.awaited.empty()) return result;
    return Error{ErrorCode::Internal, "cannot run the model", operatorPlace(model, subgraph, index),
                 "its preparation gave no kernel", ""};
  }
  result.awaited.clear();
  result.kernel = std::move(kernel);
  for (size_t i = 0; i < context.outputCount(); ++i) {
    const Operand& output = context.output(i);
    PreparedOperator::Output& decided = result.outputs.emplace_back();
    if (!output.present()) continue;
    if (!context.outputDecided(i)) {
      return Error{ErrorCode::Internal, "cannot run the model", operatorPlace(model, subgraph, index),
                   "its preparation left the shape of output " + std::to_string(i) + " open", ""};
    }
    if (!output.shapeKnown) continue;
    const auto bytes = storageBytes(output.type, output.shape);
    if (!bytes) {
      return context.malformed("its output would be " + std::string(elementTypeName(output.type)) + " of shape " +
                               shapeText(output.shape));
    }
    if (*bytes > environment.options.memoryLimit) {
      return memoryLimitError(environment, *bytes, operatorPlace(model, subgraph, index));
    }
    decided = {true, output.shape, *bytes, std::nullopt};
    if (const auto* values = context.outputConstant(i)) decided.values = *values;
  }
  result.scratchBytes = std::move(context.scratchBytes);
  for (size_t bytes : result.scratchBytes) {
    if (bytes > static_cast<size_t>(environment.options.memoryLimit)) {
      return memoryLimitError(environment, static_cast<int64_t>(std::min<size_t>(bytes, INT64_MAX)),
                              operatorPlace(model, subgraph, index));
    }
  }
  result.inPlace = context.inPlace;
  result.macs = context.macs;
  result.sharedBytes = context.sharedBytes;
  return result;
}

Result<std::vector<FoldedOutput>> foldOperator(const Environment& environment, SubgraphIndex subgraph,
                                               OperatorIndex index, const PreparedOperator& prepared,
                                               const std::vector<Operand>& inputs,
                                               const std::vector<Operand>& outputs) {
  const auto place = [&] { return operatorPlace(*environment.model, subgraph, index); };
  alignas(AlignedBytes::kAlignment) static const std::byte nothing[AlignedBytes::kAlignment] = {};
  std::vector<const std::byte*> inputPointers;
  for (const Operand& input : inputs) {
    const std::byte* data = input.constant.data();
    inputPointers.push_back(!input.present() ? nullptr : data ? data : nothing);
  }
  std::vector<FoldedOutput> folded(outputs.size());
  std::vector<std::byte*> outputPointers(outputs.size(), nullptr), variables(inputs.size(), nullptr);
  const auto allocate = [&](size_t i, std::vector<int32_t> shape, int64_t bytes) -> Result<std::byte*> {
    if (bytes > environment.options.memoryLimit) return memoryLimitError(environment, bytes, place());
    folded[i] = {AlignedBytes::allocate(static_cast<size_t>(bytes)), std::move(shape), static_cast<size_t>(bytes)};
    if (!folded[i].memory) return memoryLimitError(environment, bytes, place());
    return outputPointers[i] = folded[i].memory.data();
  };
  for (size_t i = 0; i < outputs.size(); ++i) {
    const auto& decided = prepared.outputs[i];
    if (decided.shapeKnown) QS_TRY(allocate(i, decided.shape, decided.bytes));
  }
  std::vector<AlignedBytes> scratch;
  std::vector<std::byte*> scratchPointers;
  for (size_t bytes : prepared.scratchBytes) {
    scratchPointers.push_back(scratch.emplace_back(AlignedBytes::allocate(bytes)).data());
    if (!scratchPointers.back()) return memoryLimitError(environment, static_cast<int64_t>(bytes), place());
  }
  KernelContext context;
  context.inputs = inputPointers;
  context.outputs = outputPointers;
  context.scratch = scratchPointers;
  context.variables = variables;
  context.resizeOutput = [&](size_t i, std::vector<int32_t> shape) -> Result<std::byte*> {
    const auto bytes = storageBytes(outputs[i].type, shape);
    if (!bytes) return memoryLimitError(environment, std::nullopt, place());
    return allocate(i, std::move(shape), *bytes);
  };
  context.resizeOutputBytes = [&](size_t i, std::vector<int32_t> shape, size_t bytes) -> Result<std::byte*> {
    return allocate(i, std::move(shape), static_cast<int64_t>(bytes));
  };
  if (auto ran = prepared.kernel->run(context); !ran.ok()) {
    return runError(*environment.model, subgraph, index, ran.error());
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    if (outputs[i].present() && !folded[i].memory) QS_TRY(allocate(i, {0}, 0));
  }
  return folded;
}

}  // namespace quantscope::runtime
