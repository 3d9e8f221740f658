#include <cstring>

#include "core/base/checked.h"
#include "core/ops/kernel.h"

namespace quantscope::ops {

namespace {

/// The wanted shape: input 1 where it is an int32 vector, else the option (spec/tflite-kernels.md section 12.1).
std::vector<int32_t> wantedShape(const PrepareContext& context) {
  if (context.hasInput(1) && context.input(1).type == ElementType::Int32 && context.input(1).rank() == 1) {
    const auto values = context.input(1).constantAs<int32_t>();
    return {values.begin(), values.begin() + context.input(1).elementCount()};
  }
  const auto* options = context.op.options.AsReshapeOptions();
  std::vector<int32_t> shape = options ? options->new_shape : std::vector<int32_t>();
  // Old files write a scalar as the one dimension 0.
  if (shape.size() == 1 && shape[0] == 0 && context.input(0).elementCount() == 1) shape.clear();
  return shape;
}

Result<std::vector<int32_t>> inferDimension(const PrepareContext& context, std::vector<int32_t> shape) {
  const int64_t count = context.input(0).elementCount();
  int unknown = -1;
  int64_t known = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == -1 && unknown < 0) {
      unknown = static_cast<int>(i);
    } else if (shape[i] < 0) {
      return context.malformed("the wanted shape " + shapeText(shape) + " is impossible");
    } else if (const auto product = checkedMultiply<int64_t>(known, shape[i])) {
      known = *product;
    } else {
      return context.malformed("the wanted shape " + shapeText(shape) + " is too large");
    }
  }
  if (unknown >= 0 && known > 0 && count / known <= INT32_MAX) {
    shape[static_cast<size_t>(unknown)] = static_cast<int32_t>(count / known);
    known *= count / known;
  }
  if (known != count || (unknown >= 0 && shape[static_cast<size_t>(unknown)] < 0)) {
    return context.malformed("the shape " + shapeText(context.input(0).shape) + " cannot become " + shapeText(shape));
  }
  return shape;
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareReshape(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& input = context.input(0);
  const auto bytes = byteSize(input.type, input.elementCount());
  if (!bytes || input.type != context.output(0).type) {
    return context.unsupported("it reshapes " + std::string(elementTypeName(input.type)) + " to " +
                               std::string(elementTypeName(context.output(0).type)));
  }
  QS_ASSIGN(auto shape, inferDimension(context, wantedShape(context)));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  context.allowInPlace(0, 0);
  return makeKernel([size = static_cast<size_t>(*bytes)](const KernelContext& run) {
    if (run.outputs[0] != run.inputs[0] && size > 0) std::memcpy(run.outputs[0], run.inputs[0], size);
  });
}

}  // namespace quantscope::ops
