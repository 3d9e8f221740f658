#include <algorithm>
#include <cstring>
#include <memory>

#include "core/ops/movement.h"

/// STABLEHLO_PAD and DILATE: elements moved apart, with a value between them, and around them or cut off at the edges.
namespace quantscope::ops {

namespace {

/// Along one dimension: element i goes to low + i * step, where that is inside the result.
struct Spread {
  int64_t low = 0, step = 1, in = 0, out = 0;
};

Result<std::unique_ptr<Kernel>> prepareSpread(PrepareContext& context, size_t valueInput,
                                              const std::vector<Spread>& spreads) {
  const Operand &x = context.input(0), &value = context.input(valueInput), &y = context.output(0);
  QS_ASSIGN(const int bytes, requireMovable(context, x, y));
  QS_TRY(requireSameType(context, x, value));
  if (value.elementCount() != 1) return context.malformed(describe(context, value) + " must be one value");
  std::vector<int32_t> shape;
  for (const Spread& spread : spreads) {
    if (spread.out < 0 || spread.out > INT32_MAX) return context.malformed("its padding is impossible");
    shape.push_back(static_cast<int32_t>(spread.out));
  }
  QS_TRY(context.setOutputShape(0, shape));
  const auto inSteps = rowMajorSteps(x.shape), outSteps = rowMajorSteps(shape);
  std::vector<StridedCopy::Loop> loops;
  int64_t from = 0, to = 0;
  for (size_t d = 0; d < spreads.size(); ++d) {
    const Spread& s = spreads[d];
    // Elements first..last-1 land inside.
    const int64_t first = s.low >= 0 ? 0 : (-s.low + s.step - 1) / s.step;
    const int64_t room = s.out - s.low;
    const int64_t last = room <= 0 ? 0 : std::min(s.in, (room + s.step - 1) / s.step);
    loops.push_back({std::max<int64_t>(0, last - first), inSteps[d], outSteps[d] * s.step});
    if (last > first) {
      from += first * inSteps[d];
      to += (s.low + first * s.step) * outSteps[d];
    }
  }
  const int64_t count = product(shape, 0, shape.size());
  return makeKernel([=, copy = StridedCopy(std::move(loops), 0, 0, bytes)](const KernelContext& run) {
    std::byte* y = run.outputs[0];
    for (int64_t i = 0; i < count; ++i) std::memcpy(y + i * bytes, run.inputs[valueInput], static_cast<size_t>(bytes));
    if (count > 0) copy.run(run.inputs[0] + from * bytes, y + to * bytes);
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareStablehloPad(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options2.AsStablehloPadOptions();
  if (!options) return context.malformed("it has no StablehloPadOptions");
  const Operand& x = context.input(0);
  const size_t rank = x.shape.size();
  if (options->edge_padding_low.size() != rank || options->edge_padding_high.size() != rank ||
      options->interior_padding.size() != rank) {
    return context.malformed("its paddings do not fit the dimensions of " + describe(context, x));
  }
  std::vector<Spread> spreads;
  for (size_t d = 0; d < rank; ++d) {
    const int64_t low = options->edge_padding_low[d], high = options->edge_padding_high[d];
    const int64_t interior = options->interior_padding[d], in = x.shape[d];
    const auto sane = [](int64_t v) { return v > INT32_MIN && v < INT32_MAX; };
    if (!sane(low) || !sane(high) || interior < 0 || !sane(interior)) {
      return context.malformed("its padding is impossible");
    }
    const int64_t spread = in == 0 ? 0 : (in - 1) * (interior + 1) + 1;
    // The runtime then makes every dimension 0, whatever the others hold.
    if (in > 0 && spread + low + high <= 0) return context.unsupported("its padding leaves nothing of a dimension");
    spreads.push_back({low, interior + 1, in, std::max<int64_t>(0, spread + low + high)});
  }
  return prepareSpread(context, 1, spreads);
}

Result<std::unique_ptr<Kernel>> prepareDilate(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand& x = context.input(0);
  QS_ASSIGN(const auto steps, integerValues(context, context.input(1), x.rank()));
  std::vector<Spread> spreads;
  for (size_t d = 0; d < steps.size(); ++d) {
    if (steps[d] < 1 || steps[d] > INT32_MAX) return context.malformed("its dilations must be 1 or more");
    const int64_t in = x.shape[d];
    spreads.push_back({0, steps[d], in, in == 0 ? 0 : (in - 1) * steps[d] + 1});
  }
  return prepareSpread(context, 2, spreads);
}

}  // namespace quantscope::ops
