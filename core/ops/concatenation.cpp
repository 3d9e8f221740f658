#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/checked.h"
#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

constexpr size_t kAny = std::numeric_limits<size_t>::max();

/// One input's way into the output: blocks of `bytes`, `outStep` apart, from `outStart` on.
struct Part {
  size_t input;
  int64_t bytes, outStart;
  bool rescale = false;
  float factor = 1.0f, offset = 0.0f;
};

Result<std::unique_ptr<Kernel>> joinKernel(std::vector<Part> parts, int64_t blocks, int64_t outStep,
                                           int32_t zeroPoint) {
  std::vector<StridedCopy> copies;
  for (const Part& part : parts) {
    copies.emplace_back(std::vector<StridedCopy::Loop>{{blocks, part.bytes, outStep}, {part.bytes, 1, 1}}, 0,
                        part.outStart, 1);
  }
  return makeKernel([=, parts = std::move(parts), copies = std::move(copies)](const KernelContext& run) {
    for (size_t p = 0; p < parts.size(); ++p) {
      const Part& part = parts[p];
      if (!part.rescale) {
        copies[p].run(run.inputs[part.input], run.outputs[0]);
        continue;
      }
      const auto* in = run.input<uint8_t>(part.input);
      for (int64_t b = 0; b < blocks; ++b) {
        uint8_t* out = run.output<uint8_t>(0) + part.outStart + b * outStep;
        for (int64_t i = 0; i < part.bytes; ++i) {
          const float value = std::round(static_cast<float>(in[b * part.bytes + i]) * part.factor + part.offset);
          const float code = std::clamp(value, -1e6f, 1e6f) + static_cast<float>(zeroPoint);
          out[i] = static_cast<uint8_t>(std::clamp(code, 0.0f, 255.0f));
        }
      }
    }
  });
}

/// Integers must share the output's parameters; uint8 alone is converted (spec/tflite-kernels.md section 12).
Result<void> matchScales(const PrepareContext& context, const Operand& input, Part& part) {
  const Operand& output = context.output(0);
  if (!input.quantized() || !output.quantized()) return {};
  const bool same = input.scale() == output.scale() && input.zeroPoint() == output.zeroPoint();
  if (input.type == ElementType::Int8 && !same) return requireSameScale(context, input, output);
  if (input.type == ElementType::Int16) {
    QS_TRY(requireSymmetric(context, input));
    return requireSymmetric(context, output);
  }
  if (input.type != ElementType::UInt8 || same) return {};
  QS_TRY(requireSingleScale(context, input));
  QS_TRY(requireSingleScale(context, output));
  part.rescale = true;
  part.factor = input.scale() * (1.0f / output.scale());
  part.offset = -static_cast<float>(input.zeroPoint()) * part.factor;
  return {};
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareConcatenation(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, kAny));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsConcatenationOptions();
  if (options && options->fused_activation_function != tflite::ActivationFunctionType_NONE) {
    return context.unsupported("it has a fused activation");
  }
  const Operand& first = context.input(0);
  QS_ASSIGN(const size_t axis, axisOf(context, options ? options->axis : 0, first.shape.size()));
  std::vector<int32_t> shape = first.shape;
  int64_t along = 0;
  int bytes = 0;
  for (size_t i = 0; i < context.inputCount(); ++i) {
    const Operand& input = context.input(i);
    if (!input.present()) return context.malformed("input " + std::to_string(i) + " is left out");
    QS_ASSIGN(bytes, requireMovable(context, input, context.output(0)));
    std::vector<int32_t> other = input.shape;
    if (other.size() != shape.size()) return context.malformed("its inputs differ in rank");
    along += other[axis];
    other[axis] = shape[axis];
    if (other != shape) {
      return context.malformed("it cannot join " + shapeText(first.shape) + " and " + shapeText(input.shape) +
                               " along dimension " + std::to_string(axis));
    }
  }
  if (along > INT32_MAX) return context.malformed("its result is too large");
  shape[axis] = static_cast<int32_t>(along);
  const std::vector<int32_t> result = shape;
  QS_TRY(context.setOutputShape(0, std::move(shape)));

  const int64_t inner = product(result, axis + 1, result.size()) * bytes;
  std::vector<Part> parts;
  int64_t start = 0;
  for (size_t i = 0; i < context.inputCount(); ++i) {
    Part part{i, context.input(i).shape[axis] * inner, start};
    start += part.bytes;
    QS_TRY(matchScales(context, context.input(i), part));
    parts.push_back(part);
  }
  return joinKernel(std::move(parts), product(result, 0, axis), along * inner, context.output(0).zeroPoint());
}

/// Joins along a new dimension (spec/tflite-kernels.md section 12.1).
Result<std::unique_ptr<Kernel>> preparePack(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, kAny));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsPackOptions();
  std::vector<int32_t> shape = context.input(0).shape;
  QS_ASSIGN(const size_t axis, axisOf(context, options ? options->axis : 0, shape.size() + 1));
  int bytes = 0;
  for (size_t i = 0; i < context.inputCount(); ++i) {
    if (!context.hasInput(i)) return context.malformed("input " + std::to_string(i) + " is left out");
    QS_ASSIGN(bytes, requireMovable(context, context.input(i), context.output(0)));
    if (context.input(i).shape != shape) return context.malformed("its inputs differ in shape");
  }
  const int64_t inner = product(shape, axis, shape.size()) * bytes;
  const int64_t blocks = product(shape, 0, axis);
  const auto count = static_cast<int64_t>(context.inputCount());
  shape.insert(shape.begin() + static_cast<std::ptrdiff_t>(axis), static_cast<int32_t>(count));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  std::vector<Part> parts;
  for (int64_t i = 0; i < count; ++i) parts.push_back({static_cast<size_t>(i), inner, i * inner});
  return joinKernel(std::move(parts), blocks, count * inner, 0);
}

}  // namespace quantscope::ops
