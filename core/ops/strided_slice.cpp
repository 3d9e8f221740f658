#include <algorithm>

#include "core/ops/movement.h"

namespace quantscope::ops {

namespace {

/// One dimension of the input after ellipsis and missing entries are expanded; `newAxis`: a 1 of the output only.
struct Range {
  int entry = -1;  ///< position in begin, end and strides; -1: the whole dimension
  bool newAxis = false, beginMasked = true, endMasked = true, shrink = false;
};

struct Layout {
  std::vector<Range> ranges;
  bool offset = false;
};

bool bit(int32_t mask, int i) {
  return i < 31 && ((mask >> i) & 1) != 0;
}

/// Spec/tflite-kernels.md sections 12 and 12.1.
Result<Layout> layoutOf(const PrepareContext& context, int entries) {
  const auto* options = context.op.options.AsStridedSliceOptions();
  const tflite::StridedSliceOptionsT none;
  const tflite::StridedSliceOptionsT& o = options ? *options : none;
  if (entries > 31) return context.malformed("it has " + std::to_string(entries) + " slices, supported are 31");
  int ellipsis = -1, newAxes = 0;
  for (int i = 0; i < entries; ++i) {
    if (bit(o.ellipsis_mask, i)) {
      if (ellipsis >= 0) return context.malformed("it has more than one ellipsis");
      ellipsis = i;
    } else if (bit(o.new_axis_mask, i)) {
      ++newAxes;
    }
  }
  const int used = entries - newAxes - (ellipsis >= 0 ? 1 : 0);
  const int rest = context.input(0).rank() - used;
  if (rest < 0) {
    return context.malformed("it slices " + std::to_string(used) + " dimensions of " +
                             shapeText(context.input(0).shape));
  }
  Layout layout;
  layout.offset = o.offset;
  for (int i = 0; i < entries; ++i) {
    if (i == ellipsis) {
      layout.ranges.insert(layout.ranges.end(), static_cast<size_t>(rest), Range());
    } else if (bit(o.new_axis_mask, i)) {
      layout.ranges.push_back({-1, true, true, true, false});
    } else {
      layout.ranges.push_back({i, false, bit(o.begin_mask, i), bit(o.end_mask, i), bit(o.shrink_axis_mask, i)});
    }
  }
  if (ellipsis < 0) layout.ranges.insert(layout.ranges.end(), static_cast<size_t>(rest), Range());
  return layout;
}

struct Span {
  int64_t start = 0, length = 0, stride = 1;
};

/// Positions of one dimension of size n. `begin` and `end` as given.
Span spanOf(const Range& range, int64_t n, int64_t begin, int64_t end, int64_t stride, bool offset) {
  const int64_t least = stride > 0 ? 0 : -1, most = stride > 0 ? n : n - 1;
  int64_t from = begin < 0 ? begin + n : begin;
  from = std::clamp(from, least, std::max(least, most));
  if (range.beginMasked) from = stride > 0 ? 0 : n - 1;
  int64_t to = offset ? end + begin : end;
  if (to < 0) to += n;
  to = std::clamp(to, least, std::max(least, most));
  if (range.endMasked) to = stride > 0 ? n : -1;
  if (range.shrink) to = from + 1;
  const int64_t distance = to - from;
  const int64_t length = stride > 0 ? (distance + stride - 1) / stride : (-distance - stride - 1) / -stride;
  return {from, range.shrink ? 1 : std::max<int64_t>(0, (stride > 0) == (distance > 0) ? length : 0), stride};
}

/// A value of begin where only single positions are taken: checked while running.
struct Pick {
  int64_t entry, size, step;
};

/// Every sliced dimension is taken whole or at one position: the shape is known before the positions are.
Result<std::unique_ptr<Kernel>> pickKernel(PrepareContext& context, const Layout& layout, int bytes) {
  const std::vector<int32_t> in = context.input(0).shape;
  const auto steps = rowMajorSteps(in);
  std::vector<int32_t> shape;
  std::vector<Pick> picks;
  std::vector<StridedCopy::Loop> loops;
  size_t d = 0;
  for (const Range& range : layout.ranges) {
    if (range.newAxis) {
      shape.push_back(1);
      continue;
    }
    if (range.shrink) {
      picks.push_back({range.entry, in[d], steps[d]});
    } else {
      shape.push_back(in[d]);
      loops.push_back({in[d], steps[d], 0});
    }
    ++d;
  }
  int64_t outStep = 1;
  for (size_t l = loops.size(); l-- > 0; outStep *= loops[l].extent) loops[l].out = outStep;
  QS_TRY(requireType(context, context.input(1), {ElementType::Int32, ElementType::Int64}));
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return makeKernel([=, copy = StridedCopy(std::move(loops), 0, 0, bytes),
                     type = context.input(1).type](const KernelContext& run) -> Result<void> {
    int64_t start = 0;
    for (const Pick& pick : picks) {
      int64_t position = integerAt(run.inputs[1], type, pick.entry);
      if (position < 0) position += pick.size;
      if (position < 0 || position >= pick.size) {
        return dataError("position " + std::to_string(position) + " is outside of " + std::to_string(pick.size));
      }
      start += position * pick.step;
    }
    copy.run(run.inputs[0] + start * bytes, run.outputs[0]);
    return {};
  });
}

bool onlyPicks(const PrepareContext& context, const Layout& layout) {
  const auto* options = context.op.options.AsStridedSliceOptions();
  if (context.input(1).isConstant || !options || options->offset) return false;
  const bool unitSteps = context.input(3).isConstant;
  if (!unitSteps) return false;
  const auto strides = integerValues(context, context.input(3));
  if (!strides.ok()) return false;
  return std::all_of(layout.ranges.begin(), layout.ranges.end(), [&](const Range& range) {
    if (range.entry < 0) return true;
    if ((*strides)[static_cast<size_t>(range.entry)] != 1) return false;
    return range.shrink ? !range.beginMasked : range.beginMasked && range.endMasked;
  });
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareStridedSlice(PrepareContext& context) {
  QS_TRY(context.requireInputs(4, 4));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& input = context.input(0);
  QS_ASSIGN(const int bytes, requireMovable(context, input, context.output(0)));
  const int64_t entries = context.input(1).elementCount();
  if (context.input(2).elementCount() != entries || context.input(3).elementCount() != entries || entries > 64) {
    return context.malformed("its begin, end and strides differ in length");
  }
  QS_ASSIGN(const Layout layout, layoutOf(context, static_cast<int>(entries)));
  if (onlyPicks(context, layout)) return pickKernel(context, layout, bytes);
  if (!context.valuesKnown({1, 2, 3})) return nullptr;

  QS_ASSIGN(const auto begins, integerValues(context, context.input(1)));
  QS_ASSIGN(const auto ends, integerValues(context, context.input(2)));
  QS_ASSIGN(const auto strides, integerValues(context, context.input(3)));
  const auto steps = rowMajorSteps(input.shape);
  std::vector<int32_t> shape;
  std::vector<StridedCopy::Loop> loops;
  int64_t start = 0;
  size_t d = 0;
  for (const Range& range : layout.ranges) {
    if (range.newAxis) {
      shape.push_back(1);
      continue;
    }
    Span span{0, input.shape[d], 1};
    if (range.entry >= 0) {
      const auto e = static_cast<size_t>(range.entry);
      if (strides[e] == 0 || strides[e] < INT32_MIN) return context.malformed("a stride is 0");
      if (range.shrink && strides[e] < 0) return context.malformed("it takes one position with a negative stride");
      const auto limited = [](int64_t v) { return std::clamp<int64_t>(v, INT32_MIN, INT32_MAX); };
      span = spanOf(range, input.shape[d], limited(begins[e]), limited(ends[e]), limited(strides[e]), layout.offset);
      if (range.shrink && (span.start < 0 || span.start >= input.shape[d])) {
        return context.malformed("position " + std::to_string(begins[e]) + " is outside of dimension " +
                                 std::to_string(d));
      }
    }
    if (!range.shrink) shape.push_back(static_cast<int32_t>(span.length));
    if (span.length > 0) start += span.start * steps[d];
    loops.push_back({span.length, span.stride * steps[d], 0});
    ++d;
  }
  int64_t outStep = 1;
  for (size_t l = loops.size(); l-- > 0; outStep *= std::max<int64_t>(1, loops[l].extent)) loops[l].out = outStep;
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return stridedKernel(StridedCopy(std::move(loops), start, 0, bytes));
}

}  // namespace quantscope::ops
