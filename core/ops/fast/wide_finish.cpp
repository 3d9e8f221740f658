#include <algorithm>
#include <cmath>

#include "core/ops/fast/code_finish.h"

/// int16 codes of 64-bit sums (spec/tflite-kernels.md 1.3, MBQM64, and 6.1).
namespace quantscope::fast {

namespace {

constexpr size_t kSlack = 16;

// Beyond this the code is clamped whatever the zero point.
constexpr double kFarthest = 1073741824.0;

int16_t clampedCode(const WideFinish& f, int32_t scaled) {
  const int32_t code = numerics::wrap32(int64_t{scaled} + f.zeroPoint);
  return static_cast<int16_t>(std::min(std::max(code, f.low), f.high));
}

template <typename Sum>
void portableFixed(const WideFinish& f, const Sum* sums, size_t first, size_t count, int16_t* out) {
  for (size_t i = 0; i < count; ++i) {
    const size_t c = first + i;
    const int64_t product = (int64_t{sums[i]} + f.bias[c]) * f.mantissa[c] + (int64_t{1} << (f.shift[c] - 1));
    out[i] = clampedCode(f, numerics::wrap32(product >> f.shift[c]));
  }
}

template <typename Sum>
void portableDouble(const WideFinish& f, const Sum* sums, size_t first, size_t count, int16_t* out) {
  for (size_t i = 0; i < count; ++i) {
    const size_t c = first + i;
    const double real = static_cast<double>(int64_t{sums[i]} + f.bias[c]) * f.factors[c];
    out[i] = clampedCode(f, static_cast<int32_t>(std::round(std::clamp(real, -kFarthest, kFarthest))));
  }
}

#if defined(QS_X86)

// Largest double below 0.5: added before truncation it rounds halves away from zero without touching what lies below.
constexpr double kBelowHalf = 0.49999999999999994;

QS_AVX512 inline __m512i load8(const int32_t* sums) {
  return _mm512_cvtepi32_epi64(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums)));
}
QS_AVX512 inline __m512i load8(const int64_t* sums) {
  return _mm512_loadu_si512(sums);
}

QS_AVX512 inline void store8(const WideFinish& f, __m256i scaled, size_t count, int16_t* out) {
  const __m256i code = _mm256_add_epi32(scaled, _mm256_set1_epi32(f.zeroPoint));
  const __m256i clamped = _mm256_min_epi32(_mm256_max_epi32(code, _mm256_set1_epi32(f.low)), _mm256_set1_epi32(f.high));
  const auto mask = static_cast<__mmask8>(count >= 8 ? 0xFFu : (1u << count) - 1u);
  _mm256_mask_cvtepi32_storeu_epi16(out, mask, clamped);
}

template <typename Sum>
QS_AVX512 void avx512Fixed(const WideFinish& f, const Sum* sums, size_t first, size_t count, int16_t* out) {
  for (size_t i = 0; i < count; i += 8) {
    const size_t c = first + i;
    const __m512i sum = _mm512_add_epi64(load8(sums + i), _mm512_loadu_si512(f.bias.data() + c));
    const __m512i shift = _mm512_loadu_si512(f.shift.data() + c);
    const __m512i one = _mm512_set1_epi64(1);
    const __m512i nudge = _mm512_sllv_epi64(one, _mm512_sub_epi64(shift, one));
    const __m512i product = _mm512_add_epi64(_mm512_mullo_epi64(sum, _mm512_loadu_si512(f.mantissa.data() + c)), nudge);
    store8(f, _mm512_cvtepi64_epi32(_mm512_srav_epi64(product, shift)), count - i, out + i);
  }
}

template <typename Sum>
QS_AVX512 void avx512Double(const WideFinish& f, const Sum* sums, size_t first, size_t count, int16_t* out) {
  for (size_t i = 0; i < count; i += 8) {
    const size_t c = first + i;
    const __m512i sum = _mm512_add_epi64(load8(sums + i), _mm512_loadu_si512(f.bias.data() + c));
    __m512d real = _mm512_mul_pd(_mm512_cvtepi64_pd(sum), _mm512_loadu_pd(f.factors.data() + c));
    real = _mm512_min_pd(_mm512_max_pd(real, _mm512_set1_pd(-kFarthest)), _mm512_set1_pd(kFarthest));
    const __m512d sign = _mm512_and_pd(real, _mm512_set1_pd(-0.0));
    const __m512d away = _mm512_add_pd(real, _mm512_or_pd(sign, _mm512_set1_pd(kBelowHalf)));
    store8(f, _mm512_cvttpd_epi32(away), count - i, out + i);
  }
}

QS_AVX2 inline __m256i load4(const int32_t* sums) {
  return _mm256_cvtepi32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(sums)));
}
QS_AVX2 inline __m256i load4(const int64_t* sums) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums));
}

QS_AVX2 inline void store4(const WideFinish& f, __m128i scaled, size_t count, int16_t* out) {
  const __m128i code = _mm_add_epi32(scaled, _mm_set1_epi32(f.zeroPoint));
  const __m128i clamped = _mm_min_epi32(_mm_max_epi32(code, _mm_set1_epi32(f.low)), _mm_set1_epi32(f.high));
  const __m128i words = _mm_packs_epi32(clamped, clamped);
  if (count >= 4) {
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), words);
    return;
  }
  alignas(16) int16_t codes[8];
  _mm_store_si128(reinterpret_cast<__m128i*>(codes), words);
  for (size_t i = 0; i < count; ++i) out[i] = codes[i];
}

template <typename Sum>
QS_AVX2 void avx2Fixed(const WideFinish& f, const Sum* sums, size_t first, size_t count, int16_t* out) {
  const __m256i low32 = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  // There is no arithmetic shift of 64 bits: the product, below 2^61, is made positive before and set back after.
  const __m256i offset = _mm256_set1_epi64x(int64_t{1} << 62), one = _mm256_set1_epi64x(1);
  for (size_t i = 0; i < count; i += 4) {
    const size_t c = first + i;
    const __m256i sum = _mm256_add_epi64(load4(sums + i), load4(f.bias.data() + c));
    const __m256i mantissa = load4(f.mantissa.data() + c), shift = load4(f.shift.data() + c);
    const __m256i upper = _mm256_slli_epi64(_mm256_mul_epu32(_mm256_srli_epi64(sum, 32), mantissa), 32);
    const __m256i product = _mm256_add_epi64(_mm256_mul_epu32(sum, mantissa), upper);
    const __m256i nudge = _mm256_sllv_epi64(one, _mm256_sub_epi64(shift, one));
    const __m256i positive = _mm256_add_epi64(_mm256_add_epi64(product, nudge), offset);
    const __m256i scaled = _mm256_sub_epi64(_mm256_srlv_epi64(positive, shift), _mm256_srlv_epi64(offset, shift));
    store4(f, _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(scaled, low32)), count - i, out + i);
  }
}

template <typename Sum>
QS_AVX2 void avx2Double(const WideFinish& f, const Sum* sums, size_t first, size_t count, int16_t* out) {
  // Integers below 2^51 become doubles by their bits: 2^52 + 2^51 + sum holds the sum in its low bits.
  const __m256d magic = _mm256_set1_pd(6755399441055744.0);
  for (size_t i = 0; i < count; i += 4) {
    const size_t c = first + i;
    const __m256i sum = _mm256_add_epi64(load4(sums + i), load4(f.bias.data() + c));
    const __m256d exact = _mm256_sub_pd(_mm256_castsi256_pd(_mm256_add_epi64(sum, _mm256_castpd_si256(magic))), magic);
    __m256d real = _mm256_mul_pd(exact, _mm256_loadu_pd(f.factors.data() + c));
    real = _mm256_min_pd(_mm256_max_pd(real, _mm256_set1_pd(-kFarthest)), _mm256_set1_pd(kFarthest));
    const __m256d sign = _mm256_and_pd(real, _mm256_set1_pd(-0.0));
    const __m256d away = _mm256_add_pd(real, _mm256_or_pd(sign, _mm256_set1_pd(kBelowHalf)));
    store4(f, _mm256_cvttpd_epi32(away), count - i, out + i);
  }
}

#endif

template <typename Sum>
FinishWideRow<Sum> chosen([[maybe_unused]] CpuLevel level, bool inDouble) {
#if defined(QS_X86)
  if (level >= CpuLevel::Avx512) return inDouble ? avx512Double<Sum> : avx512Fixed<Sum>;
  if (level >= CpuLevel::Avx2) return inDouble ? avx2Double<Sum> : avx2Fixed<Sum>;
#endif
  return inDouble ? portableDouble<Sum> : portableFixed<Sum>;
}

}  // namespace

WideFinish::WideFinish(const reference::Requantization& r, const std::vector<int64_t>& biasValues)
    : zeroPoint(r.zeroPoint), low(r.range.low), high(r.range.high) {
  bias.assign(biasValues.begin(), biasValues.end());
  for (const auto& multiplier : r.multipliers) {
    mantissa.push_back(multiplier.mantissa < 0x7FFF0000 ? (multiplier.mantissa + (1 << 15)) >> 16 : 0x7FFF);
    shift.push_back(15 - multiplier.shift);
  }
  bias.resize(r.multipliers.size() + kSlack, 0);
  mantissa.resize(bias.size(), 0);
  shift.resize(bias.size(), 1);
}

WideFinish::WideFinish(const reference::DoubleRequantization& r, const std::vector<int64_t>& biasValues)
    : zeroPoint(r.zeroPoint), low(r.range.low), high(r.range.high) {
  bias.assign(biasValues.begin(), biasValues.end());
  bias.resize(r.factors.size() + kSlack, 0);
  factors.assign(r.factors.begin(), r.factors.end());
  factors.resize(bias.size(), 0.0);
}

template <>
FinishWideRow<int32_t> finishWide<int32_t>(CpuLevel level, bool inDouble) {
  return chosen<int32_t>(level, inDouble);
}

template <>
FinishWideRow<int64_t> finishWide<int64_t>(CpuLevel level, bool inDouble) {
  return chosen<int64_t>(level, inDouble);
}

}  // namespace quantscope::fast
