#include "core/ops/registry.h"

namespace quantscope {

namespace ops {

#define KERNEL(code, prepare, version) Result<std::unique_ptr<Kernel>> prepare(PrepareContext& context);
#define RUNTIME(code, version)
#define CUSTOM(name, prepare) Result<std::unique_ptr<Kernel>> prepare(PrepareContext& context);
#include "core/ops/operators.inc"
#undef KERNEL
#undef RUNTIME
#undef CUSTOM

}  // namespace ops

namespace {

#define KERNEL(code, prepare, version) {tflite::BuiltinOperator_##code, ops::prepare, version, ""},
#define RUNTIME(code, version) {tflite::BuiltinOperator_##code, nullptr, version, ""},
#define CUSTOM(name, prepare) {tflite::BuiltinOperator_CUSTOM, ops::prepare, 1, name},
constexpr KernelRow kRows[] = {
#include "core/ops/operators.inc"
};
#undef KERNEL
#undef RUNTIME
#undef CUSTOM

}  // namespace

std::span<const KernelRow> kernelRows() {
  return kRows;
}

const KernelRow* findKernel(tflite::BuiltinOperator code, std::string_view customCode) {
  for (const KernelRow& row : kRows) {
    if (row.code == code && (code != tflite::BuiltinOperator_CUSTOM || customCode == row.customCode)) return &row;
  }
  return nullptr;
}

std::string_view whyWithoutKernel(tflite::BuiltinOperator code) {
  switch (code) {
    case tflite::BuiltinOperator_MULTINOMIAL:
    case tflite::BuiltinOperator_RANDOM_STANDARD_NORMAL:
    case tflite::BuiltinOperator_RANDOM_UNIFORM:
    case tflite::BuiltinOperator_STABLEHLO_RNG_BIT_GENERATOR:
      return "its results are random, so that no two runs can be compared";
    case tflite::BuiltinOperator_DELEGATE:
      return "it is the product of a delegate and belongs to one device";
    case tflite::BuiltinOperator_CUSTOM:
      return "its code belongs to another program";
    case tflite::BuiltinOperator_PLACEHOLDER_FOR_GREATER_OP_CODES:
      return "it is no operator";
    default:
      return {};
  }
}

}  // namespace quantscope
