#include "core/ops/fast/binary_codes.h"

#include <algorithm>
#include <cmath>

#include "core/ops/fast/fixed_vector.h"
#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

using reference::RescaledProduct;
using reference::RescaledSum;

/// One run of results; operands advance by 0 or 1.
template <typename Code, typename F>
using RowFunction = void (*)(const F& f, const Code* a, const Code* b, Code* y, size_t count);

template <typename Code, typename F, size_t StrideA, size_t StrideB>
void portableRow(const F& f, const Code* a, const Code* b, Code* y, size_t count) {
  for (size_t i = 0; i < count; ++i) y[i] = static_cast<Code>(f(a[i * StrideA], b[i * StrideB]));
}

#if defined(QS_X86)

template <typename Code>
QS_AVX512 inline __m512i load16(const Code* p) {
  if constexpr (sizeof(Code) == 2) {
    return _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  } else {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    return std::is_signed_v<Code> ? _mm512_cvtepi8_epi32(bytes) : _mm512_cvtepu8_epi32(bytes);
  }
}

template <typename Code>
QS_AVX512 inline void store16(__m512i v, Code* p) {
  if constexpr (sizeof(Code) == 2) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(v));
  } else {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm512_cvtepi32_epi8(v));
  }
}

/// A sum of codes as one line in float: code - zeroY = round(a * codeA + b * codeB + offset), which is sure unless the
/// line comes as near as `margin` to a boundary. The margin covers the roundings of both operands and of the sum in
/// fixed point, and those of float.
struct NearestSum {
  float a = 0, b = 0, offset = 0, unsure = 0;
  bool applies = false;

  explicit NearestSum(const RescaledSum& f) {
    const double factorY = real(f.y);
    const double factorA = std::ldexp(real(f.a), f.leftShift) * factorY;
    const double factorB = std::ldexp(real(f.b), f.leftShift) * factorY * (f.minus ? -1.0 : 1.0);
    a = static_cast<float>(factorA);
    b = static_cast<float>(factorB);
    offset = static_cast<float>(-(f.zeroA * factorA + f.zeroB * factorB));
    const double largest = 255.0 * (std::abs(factorA) + std::abs(factorB));
    const double margin = 2 * factorY + std::ldexp(1.0, f.y.shift - 1) + std::ldexp(8 * largest, -24);
    unsure = static_cast<float>(0.5 - margin);
    applies = margin < 1.0 / 64;
  }
  static double real(numerics::Multiplier m) { return std::ldexp(static_cast<double>(m.mantissa), m.shift - 31); }
};

/// Parameters of a sum as the vector code wants them.
struct SumFactors {
  SmallFactor a, b, y;
  bool plainA, plainB;  ///< the factor is exactly 1/2
  NearestSum nearest;

  explicit SumFactors(const RescaledSum& f)
      : a(f.a), b(f.b), y(f.y), plainA(isHalf(f.a)), plainB(isHalf(f.b)), nearest(f) {}
  static bool isHalf(numerics::Multiplier m) { return m.mantissa == (1 << 30) && m.shift == 0; }
};

QS_AVX512 inline __m512i scaledOperand(__m512i code, int32_t zero, int leftShift, const SmallFactor& factor,
                                       bool plain) {
  const __m512i distance = _mm512_sub_epi32(code, _mm512_set1_epi32(zero));
  if (plain) return _mm512_sll_epi32(distance, _mm_cvtsi32_si128(leftShift - 1));
  return smallFixed16(_mm512_sll_epi32(distance, _mm_cvtsi32_si128(leftShift)), factor);
}

QS_AVX512 inline __m512i fixedSum(const RescaledSum& f, const SumFactors& factors, __m512i codeA, __m512i codeB) {
  const __m512i va = scaledOperand(codeA, f.zeroA, f.leftShift, factors.a, factors.plainA);
  const __m512i vb = scaledOperand(codeB, f.zeroB, f.leftShift, factors.b, factors.plainB);
  const __m512i sum = f.minus ? _mm512_sub_epi32(va, vb) : _mm512_add_epi32(va, vb);
  return smallFixed16(sum, factors.y);
}

/// The same by one line in float; false where that is unsure.
QS_AVX512 inline bool nearestSum(const NearestSum& f, __m512i codeA, __m512i codeB, __m512i& result) {
  const __m512 partB = _mm512_fmadd_ps(_mm512_cvtepi32_ps(codeB), _mm512_set1_ps(f.b), _mm512_set1_ps(f.offset));
  const __m512 line = _mm512_fmadd_ps(_mm512_cvtepi32_ps(codeA), _mm512_set1_ps(f.a), partB);
  result = _mm512_cvtps_epi32(line);
  const __m512 distance = _mm512_abs_ps(_mm512_sub_ps(line, _mm512_cvtepi32_ps(result)));
  return _mm512_cmp_ps_mask(distance, _mm512_set1_ps(f.unsure), _CMP_GE_OQ) == 0;
}

template <typename Code, size_t StrideA, size_t StrideB>
QS_AVX512 void avx512SumRow(const RescaledSum& f, const Code* a, const Code* b, Code* y, size_t count) {
  const SumFactors factors(f);
  const bool nearest = sizeof(Code) == 1 && factors.nearest.applies;
  const __m512i zero = _mm512_set1_epi32(f.zeroY), low = _mm512_set1_epi32(f.range.low),
                high = _mm512_set1_epi32(f.range.high);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512i codeA = StrideA ? load16(a + i) : _mm512_set1_epi32(*a);
    const __m512i codeB = StrideB ? load16(b + i) : _mm512_set1_epi32(*b);
    __m512i scaled = _mm512_setzero_si512();
    const bool sure = nearest && nearestSum(factors.nearest, codeA, codeB, scaled);
    if (!sure) scaled = fixedSum(f, factors, codeA, codeB);
    const __m512i code = _mm512_add_epi32(scaled, zero);
    store16(_mm512_min_epi32(_mm512_max_epi32(code, low), high), y + i);
  }
  portableRow<Code, RescaledSum, StrideA, StrideB>(f, a + i * StrideA, b + i * StrideB, y + i, count - i);
}

template <typename Code, size_t StrideA, size_t StrideB>
QS_AVX512 void avx512ProductRow(const RescaledProduct& f, const Code* a, const Code* b, Code* y, size_t count) {
  const __m512i zeroA = _mm512_set1_epi32(f.zeroA), zeroB = _mm512_set1_epi32(f.zeroB);
  const __m512i mantissa = _mm512_set1_epi32(f.factor.mantissa);
  const __m512i left = _mm512_set1_epi32(std::max(f.factor.shift, 0));
  const __m512i right = _mm512_set1_epi32(std::max(-f.factor.shift, 0));
  const __m512i zero = _mm512_set1_epi32(f.zeroY), low = _mm512_set1_epi32(f.range.low),
                high = _mm512_set1_epi32(f.range.high);
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const __m512i va = _mm512_sub_epi32(StrideA ? load16(a + i) : _mm512_set1_epi32(*a), zeroA);
    const __m512i vb = _mm512_sub_epi32(StrideB ? load16(b + i) : _mm512_set1_epi32(*b), zeroB);
    const __m512i code = _mm512_add_epi32(fixed16(_mm512_mullo_epi32(va, vb), mantissa, left, right), zero);
    store16(_mm512_min_epi32(_mm512_max_epi32(code, low), high), y + i);
  }
  portableRow<Code, RescaledProduct, StrideA, StrideB>(f, a + i * StrideA, b + i * StrideB, y + i, count - i);
}

template <typename Code>
QS_AVX2 inline __m256i load8(const Code* p) {
  if constexpr (sizeof(Code) == 2) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  } else {
    const __m128i bytes = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
    return std::is_signed_v<Code> ? _mm256_cvtepi8_epi32(bytes) : _mm256_cvtepu8_epi32(bytes);
  }
}

template <typename Code>
QS_AVX2 inline void store8(__m256i v, Code* p) {
  const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  if constexpr (sizeof(Code) == 2) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), words);
  } else {
    const __m128i bytes = std::is_signed_v<Code> ? _mm_packs_epi16(words, words) : _mm_packus_epi16(words, words);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), bytes);
  }
}

QS_AVX2 inline __m256i scaledOperand(__m256i code, int32_t zero, int leftShift, const SmallFactor& factor, bool plain) {
  const __m256i distance = _mm256_sub_epi32(code, _mm256_set1_epi32(zero));
  if (plain) return _mm256_sll_epi32(distance, _mm_cvtsi32_si128(leftShift - 1));
  return smallFixed8(_mm256_sll_epi32(distance, _mm_cvtsi32_si128(leftShift)), factor);
}

QS_AVX2 inline __m256i fixedSum(const RescaledSum& f, const SumFactors& factors, __m256i codeA, __m256i codeB) {
  const __m256i va = scaledOperand(codeA, f.zeroA, f.leftShift, factors.a, factors.plainA);
  const __m256i vb = scaledOperand(codeB, f.zeroB, f.leftShift, factors.b, factors.plainB);
  const __m256i sum = f.minus ? _mm256_sub_epi32(va, vb) : _mm256_add_epi32(va, vb);
  return smallFixed8(sum, factors.y);
}

QS_AVX2 inline bool nearestSum(const NearestSum& f, __m256i codeA, __m256i codeB, __m256i& result) {
  const __m256 partB = _mm256_fmadd_ps(_mm256_cvtepi32_ps(codeB), _mm256_set1_ps(f.b), _mm256_set1_ps(f.offset));
  const __m256 line = _mm256_fmadd_ps(_mm256_cvtepi32_ps(codeA), _mm256_set1_ps(f.a), partB);
  result = _mm256_cvtps_epi32(line);
  const __m256 difference = _mm256_sub_ps(line, _mm256_cvtepi32_ps(result));
  const __m256 distance = _mm256_andnot_ps(_mm256_set1_ps(-0.0f), difference);
  return _mm256_movemask_ps(_mm256_cmp_ps(distance, _mm256_set1_ps(f.unsure), _CMP_GE_OQ)) == 0;
}

template <typename Code, size_t StrideA, size_t StrideB>
QS_AVX2 void avx2SumRow(const RescaledSum& f, const Code* a, const Code* b, Code* y, size_t count) {
  const SumFactors factors(f);
  const bool nearest = sizeof(Code) == 1 && factors.nearest.applies;
  const __m256i zero = _mm256_set1_epi32(f.zeroY), low = _mm256_set1_epi32(f.range.low),
                high = _mm256_set1_epi32(f.range.high);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i codeA = StrideA ? load8(a + i) : _mm256_set1_epi32(*a);
    const __m256i codeB = StrideB ? load8(b + i) : _mm256_set1_epi32(*b);
    __m256i scaled = _mm256_setzero_si256();
    const bool sure = nearest && nearestSum(factors.nearest, codeA, codeB, scaled);
    if (!sure) scaled = fixedSum(f, factors, codeA, codeB);
    const __m256i code = _mm256_add_epi32(scaled, zero);
    store8(_mm256_min_epi32(_mm256_max_epi32(code, low), high), y + i);
  }
  portableRow<Code, RescaledSum, StrideA, StrideB>(f, a + i * StrideA, b + i * StrideB, y + i, count - i);
}

template <typename Code, size_t StrideA, size_t StrideB>
QS_AVX2 void avx2ProductRow(const RescaledProduct& f, const Code* a, const Code* b, Code* y, size_t count) {
  const __m256i zeroA = _mm256_set1_epi32(f.zeroA), zeroB = _mm256_set1_epi32(f.zeroB);
  const __m256i mantissa = _mm256_set1_epi32(f.factor.mantissa);
  const __m256i left = _mm256_set1_epi32(std::max(f.factor.shift, 0));
  const __m256i right = _mm256_set1_epi32(std::max(-f.factor.shift, 0));
  const __m256i zero = _mm256_set1_epi32(f.zeroY), low = _mm256_set1_epi32(f.range.low),
                high = _mm256_set1_epi32(f.range.high);
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256i va = _mm256_sub_epi32(StrideA ? load8(a + i) : _mm256_set1_epi32(*a), zeroA);
    const __m256i vb = _mm256_sub_epi32(StrideB ? load8(b + i) : _mm256_set1_epi32(*b), zeroB);
    const __m256i code = _mm256_add_epi32(fixed8(_mm256_mullo_epi32(va, vb), mantissa, left, right), zero);
    store8(_mm256_min_epi32(_mm256_max_epi32(code, low), high), y + i);
  }
  portableRow<Code, RescaledProduct, StrideA, StrideB>(f, a + i * StrideA, b + i * StrideB, y + i, count - i);
}

#endif

template <typename Code, size_t StrideA, size_t StrideB>
RowFunction<Code, RescaledSum> rowFunction([[maybe_unused]] CpuLevel cpu, const RescaledSum&) {
#if defined(QS_X86)
  if (cpu >= CpuLevel::Avx512) return avx512SumRow<Code, StrideA, StrideB>;
  if (cpu >= CpuLevel::Avx2) return avx2SumRow<Code, StrideA, StrideB>;
#endif
  return portableRow<Code, RescaledSum, StrideA, StrideB>;
}

template <typename Code, size_t StrideA, size_t StrideB>
RowFunction<Code, RescaledProduct> rowFunction([[maybe_unused]] CpuLevel cpu, const RescaledProduct&) {
#if defined(QS_X86)
  if (cpu >= CpuLevel::Avx512) return avx512ProductRow<Code, StrideA, StrideB>;
  if (cpu >= CpuLevel::Avx2) return avx2ProductRow<Code, StrideA, StrideB>;
#endif
  return portableRow<Code, RescaledProduct, StrideA, StrideB>;
}

/// Rows below this length are brought together before they are computed.
constexpr int64_t kShortRow = 64;
constexpr size_t kTogether = 1024;

/// One operand of many short rows: elements and rows advance by these strides.
template <typename Code>
struct ShortOperand {
  const Code* first;
  int64_t element, row;
  alignas(64) Code copied[kTogether];

  /// The operand of rows [begin, begin + rows) as one run.
  const Code* rows(int64_t begin, int64_t rows, int64_t length) {
    if (element == 1 && row == length) return first + begin * length;
    const bool repeats = element == 1 && row == 0;
    if (repeats && begin > 0) return copied;  // as long as before, or longer
    for (int64_t r = 0; r < rows; ++r) {
      const Code* source = first + (begin + r) * row;
      Code* target = copied + r * length;
      for (int64_t i = 0; i < length; ++i) target[i] = source[i * element];
    }
    return copied;
  }
};

/// Broadcasting whose innermost loop is short.
template <typename Code, typename F>
std::unique_ptr<Kernel> makeShortRows(const ops::BroadcastPlan& plan, const F& f, RowFunction<Code, F> both) {
  const auto inner = plan.loops.back();
  ops::BroadcastPlan outer = plan;
  outer.loops.pop_back();
  outer.count = plan.count / inner.extent;
  return makeKernel([=](const KernelContext& run) {
    const Code *a = run.input<Code>(0), *b = run.input<Code>(1);
    Code* y = run.output<Code>(0);
    const int64_t most = static_cast<int64_t>(kTogether) / inner.extent;
    ops::forEachRow(outer, [&](int64_t out, int64_t ia, int64_t ib, int64_t rows, int64_t rowA, int64_t rowB) {
      ShortOperand<Code> shortA{a + ia, inner.strideA, rowA, {}}, shortB{b + ib, inner.strideB, rowB, {}};
      for (int64_t begin = 0; begin < rows; begin += most) {
        const int64_t count = std::min(most, rows - begin);
        both(f, shortA.rows(begin, count, inner.extent), shortB.rows(begin, count, inner.extent),
             y + (out + begin) * inner.extent, size_t(count * inner.extent));
      }
    });
  });
}

template <typename Code, typename F>
std::unique_ptr<Kernel> makeCodes(const ops::BroadcastPlan& plan, const F& f, CpuLevel cpu) {
  const auto both = rowFunction<Code, 1, 1>(cpu, f);
  const auto onlyA = rowFunction<Code, 1, 0>(cpu, f), onlyB = rowFunction<Code, 0, 1>(cpu, f);
  if (plan.elementwise()) {
    return makeKernel([f, both, count = size_t(plan.count)](const KernelContext& run) {
      inPieces(run, count, 64, double(count) * 8, [&](size_t begin, size_t end) {
        both(f, run.input<Code>(0) + begin, run.input<Code>(1) + begin, run.output<Code>(0) + begin, end - begin);
      });
    });
  }
  if (plan.count > 0 && plan.loops.size() > 1 && plan.loops.back().extent < kShortRow) {
    return makeShortRows<Code>(plan, f, both);
  }
  return makeKernel([=](const KernelContext& run) {
    const Code *a = run.input<Code>(0), *b = run.input<Code>(1);
    Code* y = run.output<Code>(0);
    ops::forEachRow(plan, [&](int64_t out, int64_t ia, int64_t ib, int64_t length, int64_t sa, int64_t sb) {
      if (sa == 1 && sb == 1) return both(f, a + ia, b + ib, y + out, size_t(length));
      if (sa == 1 && sb == 0) return onlyA(f, a + ia, b + ib, y + out, size_t(length));
      if (sa == 0 && sb == 1) return onlyB(f, a + ia, b + ib, y + out, size_t(length));
      for (int64_t i = 0; i < length; ++i) y[out + i] = static_cast<Code>(f(a[ia + i * sa], b[ib + i * sb]));
    });
  });
}

}  // namespace

template <typename Code>
std::unique_ptr<Kernel> makeSumCodes(const ops::BroadcastPlan& plan, const RescaledSum& sum, CpuLevel cpu) {
  return makeCodes<Code>(plan, sum, cpu);
}

template <typename Code>
std::unique_ptr<Kernel> makeProductCodes(const ops::BroadcastPlan& plan, const RescaledProduct& product, CpuLevel cpu) {
  return makeCodes<Code>(plan, product, cpu);
}

template std::unique_ptr<Kernel> makeSumCodes<int8_t>(const ops::BroadcastPlan&, const RescaledSum&, CpuLevel);
template std::unique_ptr<Kernel> makeSumCodes<uint8_t>(const ops::BroadcastPlan&, const RescaledSum&, CpuLevel);
template std::unique_ptr<Kernel> makeSumCodes<int16_t>(const ops::BroadcastPlan&, const RescaledSum&, CpuLevel);
template std::unique_ptr<Kernel> makeProductCodes<int8_t>(const ops::BroadcastPlan&, const RescaledProduct&, CpuLevel);
template std::unique_ptr<Kernel> makeProductCodes<uint8_t>(const ops::BroadcastPlan&, const RescaledProduct&, CpuLevel);
template std::unique_ptr<Kernel> makeProductCodes<int16_t>(const ops::BroadcastPlan&, const RescaledProduct&, CpuLevel);

}  // namespace quantscope::fast
