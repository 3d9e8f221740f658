#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>

#include "core/numerics/fixed_point.h"
#include "core/ops/operand_checks.h"

/// MEAN, SUM, REDUCE_MAX, REDUCE_MIN, REDUCE_PROD, REDUCE_ANY, REDUCE_ALL: spec/tflite-kernels.md section 10.
namespace quantscope::ops {

namespace {

/// Which elements of the input make up each element of the output.
struct Reduction {
  std::vector<int64_t> keptExtent, keptStride;        ///< outermost first
  std::vector<int64_t> reducedExtent, reducedStride;  ///< outermost first
  int64_t outputs = 1;
  int64_t terms = 1;  ///< elements of each group
};

/// Calls visit(offset) for every index of the given loops, last loop fastest.
template <typename Visit>
void forEachOffset(std::span<const int64_t> extent, std::span<const int64_t> stride, int64_t base, Visit&& visit) {
  if (extent.empty()) {
    visit(base);
    return;
  }
  for (int64_t i = 0; i < extent[0]; ++i) {
    if (extent.size() == 1) {
      visit(base + i * stride[0]);
    } else {
      forEachOffset(extent.subspan(1), stride.subspan(1), base + i * stride[0], visit);
    }
  }
}

/// y[o] = reduce(each), where each(visit) calls visit(value) in the input's order.
template <typename X, typename Y, typename Reduce>
void forEachGroup(const Reduction& r, const X* x, Y* y, Reduce&& reduce) {
  int64_t out = 0;
  forEachOffset(r.keptExtent, r.keptStride, 0, [&](int64_t base) {
    y[out++] = reduce([&](auto&& visit) {
      forEachOffset(r.reducedExtent, r.reducedStride, base, [&](int64_t at) { visit(x[at]); });
    });
  });
}

/// y[o] = finish(sum of group o), every sum in the order of the input; groups that lie side by side are summed
/// together.
template <typename Sum, typename X, typename Finish>
void sumGroups(const Reduction& r, const X* x, X* y, Finish&& finish) {
  constexpr size_t kTogether = 16;
  if (r.keptStride.empty() || r.keptStride.back() != 1 || r.keptExtent.back() < 2) {
    return forEachGroup(r, x, y, [&](auto&& each) {
      Sum sum = 0;
      each([&](X v) { sum += static_cast<Sum>(v); });
      return finish(sum);
    });
  }
  const size_t outer = r.keptExtent.size() - 1, side = static_cast<size_t>(r.keptExtent.back());
  forEachOffset(std::span(r.keptExtent).first(outer), std::span(r.keptStride).first(outer), 0, [&](int64_t base) {
    for (size_t first = 0; first < side; first += kTogether) {
      const size_t count = std::min(kTogether, side - first);
      Sum sums[kTogether] = {};
      forEachOffset(r.reducedExtent, r.reducedStride, base + static_cast<int64_t>(first), [&](int64_t at) {
        if (count == kTogether) {
          for (size_t i = 0; i < kTogether; ++i) sums[i] += static_cast<Sum>(x[at + static_cast<int64_t>(i)]);
        } else {
          for (size_t i = 0; i < count; ++i) sums[i] += static_cast<Sum>(x[at + static_cast<int64_t>(i)]);
        }
      });
      for (size_t i = 0; i < count; ++i) *y++ = finish(sums[i]);
    }
  });
}

/// Sum of neighbouring floats in 16 lanes: quicker than in their order, and nearer to the true sum.
float laneSum(const float* x, size_t count) {
  constexpr size_t kLanes = 16;
  float lanes[kLanes] = {};
  size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (size_t l = 0; l < kLanes; ++l) lanes[l] += x[i + l];
  }
  for (size_t l = 0; i < count; ++i, ++l) lanes[l] += x[i];
  for (size_t width = kLanes / 2; width > 0; width /= 2) {
    for (size_t l = 0; l < width; ++l) lanes[l] += lanes[l + width];
  }
  return lanes[0];
}

Result<std::vector<bool>> reducedAxes(const PrepareContext& context) {
  const Operand &x = context.input(0), &axes = context.input(1);
  QS_TRY(requireType(context, axes, {ElementType::Int32}));
  std::vector<bool> reduced(x.shape.size(), false);
  for (int64_t i = 0; i < axes.elementCount(); ++i) {
    QS_ASSIGN(const int32_t axis, normalizedAxis(context, axes.constantAs<int32_t>()[size_t(i)], x.rank()));
    reduced[size_t(axis)] = true;
  }
  return reduced;
}

/// Shape and loops; nothing where the axes are not known yet.
Result<Reduction> prepareReduction(PrepareContext& context) {
  const Operand& x = context.input(0);
  const auto* options = context.op.options.AsReducerOptions();
  const bool keepDims = options && options->keep_dims;
  QS_ASSIGN(const auto reduced, reducedAxes(context));
  Reduction r;
  std::vector<int32_t> shape;
  int64_t stride = 1;
  for (size_t d = x.shape.size(); d-- > 0;) {
    const int64_t extent = x.shape[d];
    auto& extents = reduced[d] ? r.reducedExtent : r.keptExtent;
    auto& strides = reduced[d] ? r.reducedStride : r.keptStride;
    extents.insert(extents.begin(), extent);
    strides.insert(strides.begin(), stride);
    (reduced[d] ? r.terms : r.outputs) *= extent;
    if (!reduced[d] || keepDims) shape.insert(shape.begin(), reduced[d] ? 1 : x.shape[d]);
    stride *= extent;
  }
  QS_TRY(context.setOutputShape(0, std::move(shape)));
  return r;
}

Result<void> requireReduction(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  QS_TRY(requireRank(context, context.input(0), 0, 8));
  return requireSameType(context, context.input(0), context.output(0));
}

bool isCode(ElementType type) {
  return type == ElementType::Int8 || type == ElementType::UInt8 || type == ElementType::Int16;
}

template <typename X, typename Reduce>
std::unique_ptr<Kernel> reductionKernel(const Reduction& r, Reduce reduce) {
  return makeKernel(
      [r, reduce](const KernelContext& run) { forEachGroup(r, run.input<X>(0), run.output<X>(0), reduce); });
}

/// Calls use(T{}) with the storage type of the element type; the error for others.
template <typename Use>
Result<std::unique_ptr<Kernel>> withType(const PrepareContext& context, Use&& use) {
  switch (context.input(0).type) {
    case ElementType::Float32:
      return use(float{});
    case ElementType::Int8:
      return use(int8_t{});
    case ElementType::UInt8:
      return use(uint8_t{});
    case ElementType::Int16:
      return use(int16_t{});
    case ElementType::Int32:
      return use(int32_t{});
    case ElementType::Int64:
      return use(int64_t{});
    default:
      return unsupportedTypes(context);
  }
}

/// clamp(round((sum - terms * zeroX) * factor) + zeroY): quantized MEAN and SUM.
struct ScaledSum {
  int64_t terms;
  int32_t zeroX, zeroY;
  numerics::Multiplier factor;
  CodeLimits limits;

  int32_t operator()(int64_t sum) const {
    const int32_t real = numerics::wrap32(sum - int64_t{zeroX} * terms);
    return static_cast<int32_t>(
        std::clamp<int64_t>(int64_t{numerics::multiply(real, factor)} + zeroY, limits.min, limits.max));
  }
};

Result<ScaledSum> scaledSum(const PrepareContext& context, const Reduction& r, bool mean) {
  const Operand &x = context.input(0), &y = context.output(0);
  QS_TRY(x.type == ElementType::Int16 ? requireSymmetric(context, x) : requireSingleScale(context, x));
  QS_TRY(y.type == ElementType::Int16 ? requireSymmetric(context, y) : requireSingleScale(context, y));
  ScaledSum sum{r.terms, x.zeroPoint(), y.zeroPoint(), {}, codeLimits(y.type)};
  sum.factor = numerics::quantizeMultiplier(double{x.scale()} / double{y.scale()});
  if (mean && r.terms > 0) {
    // The division by the count goes into the mantissa, after as many bits as it has room for.
    int bits = 63 - __builtin_clzll(static_cast<uint64_t>(r.terms));
    bits = std::max(std::min({bits, 32, 31 + sum.factor.shift}), 0);
    sum.factor.mantissa = static_cast<int32_t>((int64_t{sum.factor.mantissa} << bits) / r.terms);
    sum.factor.shift -= bits;
  }
  if (sum.factor.shift > 30 || sum.factor.shift < -31)
    return context.malformed("its scales divide to an impossible factor");
  return sum;
}

/// SUM of int8 and int16 as the reference kernel computes it, which takes the bytes for uint8.
std::unique_ptr<Kernel> defectiveSum(const Reduction& r, ScaledSum sum) {
  sum.limits = {0, 255};
  return makeKernel([r, sum](const KernelContext& run) {
    forEachGroup(r, run.input<uint8_t>(0), run.output<uint8_t>(0), [&](auto&& each) {
      int64_t total = 0;
      each([&](uint8_t v) { total += v; });
      return static_cast<uint8_t>(sum(total));
    });
  });
}

Result<std::unique_ptr<Kernel>> prepareSumOrMean(PrepareContext& context, bool mean) {
  QS_TRY(requireReduction(context));
  if (!context.valuesKnown({1})) return nullptr;
  QS_ASSIGN(const Reduction r, prepareReduction(context));
  const ElementType type = context.input(0).type;
  if (isCode(type) && context.input(0).quantized()) {
    QS_ASSIGN(const ScaledSum sum, scaledSum(context, r, mean));
    const bool defective = context.options.kernels == KernelSet::Reference && !mean && type != ElementType::UInt8;
    if (defective) return defectiveSum(r, sum);
    return withType(context, [&]<typename X>(X) {
      // Codes of up to 16 bits: 2^15 of them fit 32 bits.
      return makeKernel([r, sum](const KernelContext& run) {
        const auto finish = [&](int64_t total) { return static_cast<X>(sum(total)); };
        if (sizeof(X) <= 2 && r.terms <= (1 << 15)) {
          sumGroups<int32_t>(r, run.input<X>(0), run.output<X>(0), finish);
        } else {
          sumGroups<int64_t>(r, run.input<X>(0), run.output<X>(0), finish);
        }
      });
    });
  }
  return withType(context, [&]<typename X>(X) {
    using Total = std::conditional_t<std::is_floating_point_v<X>, X, uint64_t>;
    const auto finish = [mean, terms = r.terms](Total total) {
      if (!mean) return static_cast<X>(total);
      if constexpr (std::is_floating_point_v<X>)
        return total / static_cast<X>(terms);
      else
        return static_cast<X>(terms == 0 ? 0 : static_cast<int64_t>(total) / terms);
    };
    if constexpr (std::is_same_v<X, float>) {
      const bool rows = r.reducedStride.size() == 1 && r.reducedStride[0] == 1;
      if (rows && context.options.kernels == KernelSet::Fast) {
        return makeKernel([r, finish](const KernelContext& run) {
          float* y = run.output<float>(0);
          forEachOffset(r.keptExtent, r.keptStride, 0, [&](int64_t base) {
            *y++ = finish(laneSum(run.input<float>(0) + base, static_cast<size_t>(r.terms)));
          });
        });
      }
    }
    return makeKernel(
        [r, finish](const KernelContext& run) { sumGroups<Total>(r, run.input<X>(0), run.output<X>(0), finish); });
  });
}

/// Any (or all) of the truths of each group.
std::unique_ptr<Kernel> truthKernel(const Reduction& r, bool all) {
  return reductionKernel<uint8_t>(r, [all](auto&& each) {
    bool truth = all;
    each([&](uint8_t v) { truth = all ? truth && v != 0 : truth || v != 0; });
    return static_cast<uint8_t>(truth);
  });
}

template <typename Better>
Result<std::unique_ptr<Kernel>> prepareExtreme(PrepareContext& context, bool most, Better better) {
  QS_TRY(requireReduction(context));
  if (!context.valuesKnown({1})) return nullptr;
  QS_ASSIGN(const Reduction r, prepareReduction(context));
  if (context.input(0).quantized() && isCode(context.input(0).type)) {
    QS_TRY(requireSameScale(context, context.input(0), context.output(0)));
  }
  if (context.input(0).type == ElementType::Bool) return truthKernel(r, !most);
  return withType(context, [&]<typename X>(X) {
    return reductionKernel<X>(r, [most, better](auto&& each) {
      X found = most ? std::numeric_limits<X>::lowest() : std::numeric_limits<X>::max();
      each([&](X v) { found = better(v, found) ? v : found; });
      return found;
    });
  });
}

Result<std::unique_ptr<Kernel>> prepareTruth(PrepareContext& context, bool all) {
  QS_TRY(requireReduction(context));
  if (!context.valuesKnown({1})) return nullptr;
  QS_TRY(requireType(context, context.input(0), {ElementType::Bool}));
  QS_ASSIGN(const Reduction r, prepareReduction(context));
  return truthKernel(r, all);
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareMean(PrepareContext& context) {
  return prepareSumOrMean(context, true);
}
Result<std::unique_ptr<Kernel>> prepareSum(PrepareContext& context) {
  return prepareSumOrMean(context, false);
}

Result<std::unique_ptr<Kernel>> prepareReduceMax(PrepareContext& context) {
  return prepareExtreme(context, true, [](auto v, auto found) { return v > found; });
}

Result<std::unique_ptr<Kernel>> prepareReduceMin(PrepareContext& context) {
  return prepareExtreme(context, false, [](auto v, auto found) { return v < found; });
}

Result<std::unique_ptr<Kernel>> prepareReduceAny(PrepareContext& context) {
  return prepareTruth(context, false);
}
Result<std::unique_ptr<Kernel>> prepareReduceAll(PrepareContext& context) {
  return prepareTruth(context, true);
}

Result<std::unique_ptr<Kernel>> prepareReduceProd(PrepareContext& context) {
  QS_TRY(requireReduction(context));
  if (!context.valuesKnown({1})) return nullptr;
  QS_ASSIGN(const Reduction r, prepareReduction(context));
  const Operand &x = context.input(0), &y = context.output(0);
  if (!isCode(x.type) || !x.quantized()) {
    return withType(context, [&]<typename X>(X) {
      using Total = std::conditional_t<std::is_floating_point_v<X>, X, uint64_t>;
      return reductionKernel<X>(r, [](auto&& each) {
        Total total = 1;
        each([&](X v) { total *= static_cast<Total>(v); });
        return static_cast<X>(total);
      });
    });
  }
  QS_TRY(requireSingleScale(context, x));
  QS_TRY(requireSingleScale(context, y));
  const double root = std::pow(double{y.scale()}, 1.0 / static_cast<double>(std::max<int64_t>(r.terms, 1)));
  const auto factor = numerics::quantizeMultiplier(double{x.scale()} / root);
  if (factor.shift >= 8) return context.malformed("its scales divide to an impossible factor");
  const int32_t zeroX = x.zeroPoint(), zeroY = y.zeroPoint();
  const CodeLimits limits = codeLimits(y.type);
  return withType(context, [&]<typename X>(X) {
    return reductionKernel<X>(r, [=](auto&& each) {
      int64_t product = 0;
      bool first = true;
      each([&](X code) {
        const int64_t v = static_cast<int64_t>(code) - zeroX;
        product = first ? v : int64_t{numerics::multiply(product * v, factor)};
        first = false;
      });
      const int64_t code = int64_t{numerics::multiply(product, factor)} + zeroY;
      return static_cast<X>(std::clamp<int64_t>(code, limits.min, limits.max));
    });
  });
}

}  // namespace quantscope::ops
