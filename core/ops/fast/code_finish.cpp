#include "core/ops/fast/code_finish.h"

#include <algorithm>
#include <cmath>

#include "core/ops/fast/fixed_vector.h"

namespace quantscope::fast {

namespace {

constexpr size_t kSlack = 16;

// Beyond this the code is clamped whatever the zero point.
constexpr double kFarthest = 1073741824.0;

/// Calls use(channel, sum, code) for everything of a call.
template <typename Code, typename Use>
void forEachSum(const FinishCall<Code>& call, Use&& use) {
  for (size_t r = 0; r < call.rows; ++r) {
    for (size_t i = 0; i < call.count; ++i) {
      use(call.first + i, call.sums[r * call.sumStride + i], call.out[r * call.outStride + i]);
    }
  }
}

template <typename Code>
void portableFixed(const CodeFinish& f, const FinishCall<Code>& call) {
  forEachSum(call, [&](size_t c, int32_t raw, Code& out) {
    const int32_t sum = numerics::wrap32(int64_t{raw} + f.bias[c]);
    const int32_t scaled = numerics::multiply(sum, numerics::Multiplier{f.mantissa[c], f.left[c] - f.right[c]});
    const int32_t code = numerics::wrap32(int64_t{scaled} + f.zeroPoint);
    out = static_cast<Code>(std::min(std::max(code, f.low), f.high));
  });
}

template <typename Code>
void portableDouble(const CodeFinish& f, const FinishCall<Code>& call) {
  forEachSum(call, [&](size_t c, int32_t raw, Code& out) {
    const int32_t sum = numerics::wrap32(int64_t{raw} + f.bias[c]);
    const double real = std::clamp(static_cast<double>(sum) * f.factors[c], -kFarthest, kFarthest);
    const int32_t code = static_cast<int32_t>(std::round(real)) + f.zeroPoint;
    out = static_cast<Code>(std::min(std::max(code, f.low), f.high));
  });
}

#if defined(QS_X86)

// Largest double below 0.5: added before truncation it rounds halves away from zero without touching what lies below.
constexpr double kBelowHalf = 0.49999999999999994;

QS_AVX512 inline __m256i double8(__m256i sum, __m512d factor) {
  __m512d real = _mm512_mul_pd(_mm512_cvtepi32_pd(sum), factor);
  real = _mm512_min_pd(_mm512_max_pd(real, _mm512_set1_pd(-kFarthest)), _mm512_set1_pd(kFarthest));
  const __m512d sign = _mm512_and_pd(real, _mm512_set1_pd(-0.0));
  return _mm512_cvttpd_epi32(_mm512_add_pd(real, _mm512_or_pd(sign, _mm512_set1_pd(kBelowHalf))));
}

/// Clamps, and stores the first `count` of 16 codes.
template <typename Code, typename Finish>
QS_AVX512 inline void store16(const Finish& f, __m512i scaled, size_t count, Code* out) {
  const __m512i code = _mm512_add_epi32(scaled, _mm512_set1_epi32(f.zeroPoint));
  const __m512i clamped = _mm512_min_epi32(_mm512_max_epi32(code, _mm512_set1_epi32(f.low)), _mm512_set1_epi32(f.high));
  const auto mask = static_cast<__mmask16>(count >= 16 ? 0xFFFFu : (1u << count) - 1u);
  if constexpr (sizeof(Code) == 1) {
    _mm512_mask_cvtepi32_storeu_epi8(out, mask, clamped);
  } else {
    _mm512_mask_cvtepi32_storeu_epi16(out, mask, clamped);
  }
}

template <bool Small, typename Code>
QS_AVX512 inline void avx512FixedRows(const CodeFinish& f, const FinishCall<Code>& call) {
  for (size_t i = 0; i < call.count; i += 16) {
    const size_t c = call.first + i;
    const __m512i bias = _mm512_loadu_si512(f.bias.data() + c), mantissa = _mm512_loadu_si512(f.mantissa.data() + c);
    const __m512i left = _mm512_loadu_si512(f.left.data() + c), right = _mm512_loadu_si512(f.right.data() + c);
    if constexpr (Small) {
      const __m512i nudge = _mm512_loadu_si512(f.nudge.data() + c);
      const __m512i belowZero = _mm512_loadu_si512(f.belowZero.data() + c);
      for (size_t r = 0; r < call.rows; ++r) {
        const __m512i sum = _mm512_add_epi32(_mm512_loadu_si512(call.sums + r * call.sumStride + i), bias);
        const __m512i high = doublingHigh16(_mm512_sllv_epi32(sum, left), mantissa);
        const __m512i sign = _mm512_and_si512(_mm512_srai_epi32(high, 31), belowZero);
        const __m512i moved = _mm512_add_epi32(_mm512_add_epi32(high, nudge), sign);
        store16(f, _mm512_srav_epi32(moved, right), call.count - i, call.out + r * call.outStride + i);
      }
    } else {
      for (size_t r = 0; r < call.rows; ++r) {
        const __m512i sum = _mm512_add_epi32(_mm512_loadu_si512(call.sums + r * call.sumStride + i), bias);
        store16(f, fixed16(sum, mantissa, left, right), call.count - i, call.out + r * call.outStride + i);
      }
    }
  }
}

template <typename Code>
QS_AVX512 void avx512Fixed(const CodeFinish& f, const FinishCall<Code>& call) {
  if (f.small) return avx512FixedRows<true>(f, call);
  avx512FixedRows<false>(f, call);
}

template <typename Code>
QS_AVX512 void avx512Double(const CodeFinish& f, const FinishCall<Code>& call) {
  for (size_t i = 0; i < call.count; i += 16) {
    const size_t c = call.first + i;
    const __m512i bias = _mm512_loadu_si512(f.bias.data() + c);
    const __m512d factorLow = _mm512_loadu_pd(f.factors.data() + c);
    const __m512d factorHigh = _mm512_loadu_pd(f.factors.data() + c + 8);
    for (size_t r = 0; r < call.rows; ++r) {
      const __m512i sum = _mm512_add_epi32(_mm512_loadu_si512(call.sums + r * call.sumStride + i), bias);
      const __m256i low = double8(_mm512_castsi512_si256(sum), factorLow);
      const __m256i high = double8(_mm512_extracti64x4_epi64(sum, 1), factorHigh);
      store16(f, _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1), call.count - i,
              call.out + r * call.outStride + i);
    }
  }
}

QS_AVX2 inline __m256i load8(const int32_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

QS_AVX2 inline __m128i double4(__m128i sum, __m256d factor) {
  __m256d real = _mm256_mul_pd(_mm256_cvtepi32_pd(sum), factor);
  real = _mm256_min_pd(_mm256_max_pd(real, _mm256_set1_pd(-kFarthest)), _mm256_set1_pd(kFarthest));
  const __m256d sign = _mm256_and_pd(real, _mm256_set1_pd(-0.0));
  return _mm256_cvttpd_epi32(_mm256_add_pd(real, _mm256_or_pd(sign, _mm256_set1_pd(kBelowHalf))));
}

/// Clamps, and stores the first `count` of 8 codes.
template <typename Code, typename Finish>
QS_AVX2 inline void storeUpTo8(const Finish& f, __m256i scaled, size_t count, Code* out) {
  const __m256i code = _mm256_add_epi32(scaled, _mm256_set1_epi32(f.zeroPoint));
  const __m256i clamped = _mm256_min_epi32(_mm256_max_epi32(code, _mm256_set1_epi32(f.low)), _mm256_set1_epi32(f.high));
  // Bytes are kept by their low bits: codes of both signs are clamped already.
  const __m256i bits = sizeof(Code) == 1 ? _mm256_and_si256(clamped, _mm256_set1_epi32(0xFF)) : clamped;
  const __m128i low = _mm256_castsi256_si128(bits), high = _mm256_extracti128_si256(bits, 1);
  const __m128i words = _mm_packs_epi32(low, high);
  const __m128i codes = sizeof(Code) == 1 ? _mm_packus_epi16(words, words) : words;
  if (count >= 8) {
    if constexpr (sizeof(Code) == 1) {
      _mm_storel_epi64(reinterpret_cast<__m128i*>(out), codes);
    } else {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), codes);
    }
    return;
  }
  alignas(16) Code stored[16 / sizeof(Code)];
  _mm_store_si128(reinterpret_cast<__m128i*>(stored), codes);
  for (size_t i = 0; i < count; ++i) out[i] = stored[i];
}

template <bool Small, typename Code>
QS_AVX2 inline void avx2FixedRows(const CodeFinish& f, const FinishCall<Code>& call) {
  for (size_t i = 0; i < call.count; i += 8) {
    const size_t c = call.first + i;
    const __m256i bias = load8(f.bias.data() + c), mantissa = load8(f.mantissa.data() + c);
    const __m256i left = load8(f.left.data() + c), right = load8(f.right.data() + c);
    if constexpr (Small) {
      const __m256i nudge = load8(f.nudge.data() + c), belowZero = load8(f.belowZero.data() + c);
      for (size_t r = 0; r < call.rows; ++r) {
        const __m256i sum = _mm256_add_epi32(load8(call.sums + r * call.sumStride + i), bias);
        const __m256i high = doublingHigh8(_mm256_sllv_epi32(sum, left), mantissa);
        const __m256i sign = _mm256_and_si256(_mm256_srai_epi32(high, 31), belowZero);
        const __m256i moved = _mm256_add_epi32(_mm256_add_epi32(high, nudge), sign);
        storeUpTo8(f, _mm256_srav_epi32(moved, right), call.count - i, call.out + r * call.outStride + i);
      }
    } else {
      for (size_t r = 0; r < call.rows; ++r) {
        const __m256i sum = _mm256_add_epi32(load8(call.sums + r * call.sumStride + i), bias);
        storeUpTo8(f, fixed8(sum, mantissa, left, right), call.count - i, call.out + r * call.outStride + i);
      }
    }
  }
}

template <typename Code>
QS_AVX2 void avx2Fixed(const CodeFinish& f, const FinishCall<Code>& call) {
  if (f.small) return avx2FixedRows<true>(f, call);
  avx2FixedRows<false>(f, call);
}

template <typename Code>
QS_AVX2 void avx2Double(const CodeFinish& f, const FinishCall<Code>& call) {
  for (size_t i = 0; i < call.count; i += 8) {
    const size_t c = call.first + i;
    const __m256i bias = load8(f.bias.data() + c);
    const __m256d factorLow = _mm256_loadu_pd(f.factors.data() + c);
    const __m256d factorHigh = _mm256_loadu_pd(f.factors.data() + c + 4);
    for (size_t r = 0; r < call.rows; ++r) {
      const __m256i sum = _mm256_add_epi32(load8(call.sums + r * call.sumStride + i), bias);
      const __m128i low = double4(_mm256_castsi256_si128(sum), factorLow);
      const __m128i high = double4(_mm256_extracti128_si256(sum, 1), factorHigh);
      storeUpTo8(f, _mm256_inserti128_si256(_mm256_castsi128_si256(low), high, 1), call.count - i,
                 call.out + r * call.outStride + i);
    }
  }
}

#endif

}  // namespace

CodeFinish::CodeFinish(const reference::Requantization& r, const std::vector<int32_t>& biasValues)
    : zeroPoint(r.zeroPoint), low(r.range.low), high(r.range.high) {
  bias.assign(biasValues.begin(), biasValues.end());
  for (const auto& multiplier : r.multipliers) {
    mantissa.push_back(multiplier.mantissa);
    left.push_back(std::max(multiplier.shift, 0));
    right.push_back(std::max(-multiplier.shift, 0));
  }
  for (const int32_t shift : right) {
    nudge.push_back(shift > 0 ? int32_t{1} << (shift - 1) : 0);
    belowZero.push_back(shift > 0 ? -1 : 0);
  }
  for (auto* list : {&bias, &mantissa, &left, &right, &nudge, &belowZero}) {
    list->resize(r.multipliers.size() + kSlack, 0);
  }
}

void CodeFinish::limitSums(const std::vector<int64_t>& largest) {
  if (!factors.empty()) return;
  small = true;
  for (size_t c = 0; c < largest.size(); ++c) {
    // After the first rounding a result is at most half of this, and the second one adds at most 2^30.
    small = small && largest[c] < (int64_t{1} << 30) && (largest[c] << left[c]) < (int64_t{1} << 30);
  }
}

CodeFinish::CodeFinish(const reference::DoubleRequantization& r, const std::vector<int32_t>& biasValues)
    : zeroPoint(r.zeroPoint), low(r.range.low), high(r.range.high) {
  bias.assign(biasValues.begin(), biasValues.end());
  bias.resize(r.factors.size() + kSlack, 0);
  factors.assign(r.factors.begin(), r.factors.end());
  factors.resize(r.factors.size() + kSlack, 0.0);
}

namespace {

template <typename Code>
FinishRows<Code> finishRows([[maybe_unused]] CpuLevel level, bool inDouble) {
#if defined(QS_X86)
  if (level >= CpuLevel::Avx512) return inDouble ? avx512Double<Code> : avx512Fixed<Code>;
  if (level >= CpuLevel::Avx2) return inDouble ? avx2Double<Code> : avx2Fixed<Code>;
#endif
  return inDouble ? portableDouble<Code> : portableFixed<Code>;
}

}  // namespace

FinishRows<uint8_t> finishBytes(CpuLevel level, bool inDouble) {
  return finishRows<uint8_t>(level, inDouble);
}

FinishRows<int16_t> finishWords(CpuLevel level, bool inDouble) {
  return finishRows<int16_t>(level, inDouble);
}

}  // namespace quantscope::fast
