#include "core/ops/movement.h"

namespace quantscope::ops {

/// Removes dimensions of size 1: those of the option, or all (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> prepareSqueeze(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const std::vector<int32_t>& in = context.input(0).shape;
  const auto* options = context.op.options.AsSqueezeOptions();
  std::vector<uint8_t> removed(in.size(), 0);
  if (options && !options->squeeze_dims.empty()) {
    for (int32_t wanted : options->squeeze_dims) {
      QS_ASSIGN(const size_t axis, axisOf(context, wanted, in.size()));
      if (in[axis] != 1) {
        return context.malformed("it removes dimension " + std::to_string(axis) + " of " + shapeText(in) +
                                 ", which is not 1");
      }
      removed[axis] = 1;
    }
  } else {
    for (size_t d = 0; d < in.size(); ++d) removed[d] = in[d] == 1;
  }
  std::vector<int32_t> shape;
  for (size_t d = 0; d < in.size(); ++d) {
    if (!removed[d]) shape.push_back(in[d]);
  }
  return copyKernel(context, std::move(shape));
}

Result<std::unique_ptr<Kernel>> prepareExpandDims(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  std::vector<int32_t> shape = context.input(0).shape;
  QS_ASSIGN(const int64_t wanted, integerScalar(context, context.input(1)));
  QS_ASSIGN(const size_t axis, axisOf(context, wanted, shape.size() + 1));
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), 1);
  return copyKernel(context, std::move(shape));
}

}  // namespace quantscope::ops
