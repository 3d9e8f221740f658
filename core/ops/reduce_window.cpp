#include <algorithm>
#include <memory>

#include "core/base/checked.h"
#include "core/ops/movement.h"

/// REDUCE_WINDOW and STABLEHLO_REDUCE_WINDOW: each result is an initial value combined with the elements of its window.
namespace quantscope::ops {

namespace {

constexpr int64_t kMostTaps = int64_t{1} << 34;

enum class Combine { Add, Multiply, Minimum, Maximum, All, Any };

/// One dimension: windows of `size` taps, `dilation` apart, `stride` apart, over elements `spread` apart behind `low`
/// padded places.
struct Axis {
  int64_t in = 0, out = 0, size = 1, stride = 1, dilation = 1, spread = 1, low = 0;
};

template <typename T>
T combine(Combine how, T a, T b) {
  switch (how) {
    case Combine::Add:
      if constexpr (std::is_floating_point_v<T>)
        return a + b;
      else
        return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    case Combine::Multiply:
      if constexpr (std::is_floating_point_v<T>)
        return a * b;
      else
        return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    case Combine::Minimum:
      return b < a ? b : a;
    case Combine::Maximum:
      return a < b ? b : a;
    case Combine::All:
      return static_cast<T>(a != T{} && b != T{});
    case Combine::Any:
      return static_cast<T>(a != T{} || b != T{});
  }
  return a;
}

/// Steps `index` through a box of `sizes`; false after the last.
bool advance(std::vector<int64_t>& index, const std::vector<Axis>& axes, int64_t Axis::*size) {
  for (size_t d = index.size(); d-- > 0;) {
    if (++index[d] < axes[d].*size) return true;
    index[d] = 0;
  }
  return false;
}

template <typename T>
std::unique_ptr<Kernel> windowKernel(std::vector<Axis> axes, std::vector<int64_t> steps, Combine how, int64_t count) {
  return makeKernel([=, axes = std::move(axes), steps = std::move(steps)](const KernelContext& run) {
    const T *x = run.input<T>(0), initial = *run.input<T>(1);
    T* y = run.output<T>(0);
    if (count == 0) return;
    std::vector<int64_t> place(axes.size(), 0), tap(axes.size(), 0);
    do {
      T result = initial;
      do {
        int64_t offset = 0;
        bool inside = true;
        for (size_t d = 0; inside && d < axes.size(); ++d) {
          const int64_t at = place[d] * axes[d].stride + tap[d] * axes[d].dilation - axes[d].low;
          inside = at >= 0 && at % axes[d].spread == 0 && at / axes[d].spread < axes[d].in;
          offset += at / axes[d].spread * steps[d];
        }
        result = combine(how, result, inside ? x[offset] : initial);
      } while (advance(tap, axes, &Axis::size));
      *y++ = result;
    } while (advance(place, axes, &Axis::out));
  });
}

Result<std::unique_ptr<Kernel>> prepareWindows(PrepareContext& context, std::vector<Axis> axes,
                                               const std::vector<int64_t>& high, Combine how) {
  const Operand &x = context.input(0), &initial = context.input(1);
  QS_TRY(requireSameType(context, x, initial));
  QS_TRY(requireSameType(context, x, context.output(0)));
  if (initial.elementCount() != 1) return context.malformed(describe(context, initial) + " must be one value");
  std::vector<int32_t> shape;
  for (size_t d = 0; d < axes.size(); ++d) {
    Axis& axis = axes[d];
    const auto within = [](int64_t v, int64_t least) { return v >= least && v <= INT32_MAX; };
    if (!within(axis.size, 1) || !within(axis.stride, 1) || !within(axis.dilation, 1) || !within(axis.spread, 1) ||
        !within(axis.low, -INT32_MAX) || !within(high[d], -INT32_MAX)) {
      return context.malformed("its windows are impossible");
    }
    axis.in = x.shape[d];
    const int64_t filled = (axis.in == 0 ? 0 : (axis.in - 1) * axis.spread + 1) + axis.low + high[d];
    const int64_t extent = (axis.size - 1) * axis.dilation + 1;
    axis.out = filled < extent ? 0 : (filled - extent) / axis.stride + 1;
    if (axis.out > INT32_MAX) return context.malformed("its windows are impossible");
    shape.push_back(static_cast<int32_t>(axis.out));
  }
  QS_TRY(context.setOutputShape(0, shape));
  const int64_t count = product(shape, 0, shape.size());
  std::optional<int64_t> work = count;
  for (const Axis& axis : axes) work = work ? checkedMultiply(*work, axis.size) : work;
  if (!work || *work > kMostTaps) return context.unsupported("its windows have too many elements");
  const auto steps = rowMajorSteps(x.shape);
  if (x.type == ElementType::Bool) return windowKernel<uint8_t>(std::move(axes), steps, how, count);
  return dispatchNumber(context, x.type, [&](auto sample) -> Result<std::unique_ptr<Kernel>> {
    return windowKernel<decltype(sample)>(std::move(axes), steps, how, count);
  });
}

/// What the body of a StableHLO reduction computes: a single operator on its two inputs.
Result<Combine> bodyOf(const PrepareContext& context, int32_t subgraph) {
  const auto& graphs = context.model.subgraphs;
  if (subgraph < 0 || static_cast<size_t>(subgraph) >= graphs.size()) {
    return context.malformed("its body, subgraph " + std::to_string(subgraph) + ", does not exist");
  }
  const Subgraph& body = graphs[static_cast<size_t>(subgraph)];
  if (body.operators.size() == 1 && body.operators[0].opcodeIndex < context.model.operatorCodes.size()) {
    switch (context.model.code(body.operators[0])) {
      case tflite::BuiltinOperator_ADD:
      case tflite::BuiltinOperator_STABLEHLO_ADD:
        return Combine::Add;
      case tflite::BuiltinOperator_MUL:
      case tflite::BuiltinOperator_STABLEHLO_MULTIPLY:
        return Combine::Multiply;
      case tflite::BuiltinOperator_MAXIMUM:
      case tflite::BuiltinOperator_STABLEHLO_MAXIMUM:
        return Combine::Maximum;
      case tflite::BuiltinOperator_MINIMUM:
      case tflite::BuiltinOperator_STABLEHLO_MINIMUM:
        return Combine::Minimum;
      case tflite::BuiltinOperator_LOGICAL_AND:
      case tflite::BuiltinOperator_STABLEHLO_AND:
        return Combine::All;
      case tflite::BuiltinOperator_LOGICAL_OR:
      case tflite::BuiltinOperator_STABLEHLO_OR:
        return Combine::Any;
      default:
        break;
    }
  }
  return context.unsupported("its body is more than one addition, product, minimum, maximum, and or or");
}

}  // namespace

/// Inputs: values, initial value, window sizes, strides, dilations (int64).
Result<std::unique_ptr<Kernel>> prepareReduceWindow(PrepareContext& context) {
  QS_TRY(context.requireInputs(5, 5));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({2, 3, 4})) return nullptr;
  const auto* options = context.op.options2.AsReduceWindowOptions();
  if (!options) return context.malformed("it has no ReduceWindowOptions");
  const int rank = context.input(0).rank();
  QS_ASSIGN(const auto sizes, integerValues(context, context.input(2), rank));
  QS_ASSIGN(const auto strides, integerValues(context, context.input(3), rank));
  QS_ASSIGN(const auto dilations, integerValues(context, context.input(4), rank));
  std::vector<Axis> axes;
  for (size_t d = 0; d < sizes.size(); ++d) axes.push_back({0, 0, sizes[d], strides[d], dilations[d], 1, 0});
  constexpr std::pair<tflite::ReduceWindowFunction, Combine> kFunctions[] = {
      {tflite::ReduceWindowFunction_ADD, Combine::Add},
      {tflite::ReduceWindowFunction_MUL, Combine::Multiply},
      {tflite::ReduceWindowFunction_MINIMUM, Combine::Minimum},
      {tflite::ReduceWindowFunction_MAXIMUM, Combine::Maximum},
      {tflite::ReduceWindowFunction_ALL, Combine::All},
      {tflite::ReduceWindowFunction_ANY, Combine::Any}};
  for (const auto& [function, how] : kFunctions) {
    if (options->reduce_function == function) {
      return prepareWindows(context, std::move(axes), std::vector<int64_t>(sizes.size(), 0), how);
    }
  }
  return context.unsupported("its function is unknown");
}

Result<std::unique_ptr<Kernel>> prepareStablehloReduceWindow(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options2.AsStablehloReduceWindowOptions();
  if (!options) return context.malformed("it has no StablehloReduceWindowOptions");
  QS_ASSIGN(const Combine how, bodyOf(context, options->body_subgraph_index));
  const size_t rank = context.input(0).shape.size();
  const auto or1 = [&](const std::vector<int64_t>& values, size_t d) { return values.empty() ? 1 : values[d]; };
  for (const auto* values : {&options->window_strides, &options->base_dilations, &options->window_dilations}) {
    if (!values->empty() && values->size() != rank) return context.malformed("its windows do not fit its input");
  }
  if (options->window_dimensions.size() != rank || (!options->padding.empty() && options->padding.size() != 2 * rank)) {
    return context.malformed("its windows do not fit its input");
  }
  std::vector<Axis> axes;
  std::vector<int64_t> high;
  for (size_t d = 0; d < rank; ++d) {
    const bool padded = !options->padding.empty();
    axes.push_back({0, 0, options->window_dimensions[d], or1(options->window_strides, d),
                    or1(options->window_dilations, d), or1(options->base_dilations, d),
                    padded ? options->padding[2 * d] : 0});
    high.push_back(padded ? options->padding[2 * d + 1] : 0);
  }
  return prepareWindows(context, std::move(axes), high, how);
}

}  // namespace quantscope::ops
