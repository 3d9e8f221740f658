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

}  // namespace quantscope
