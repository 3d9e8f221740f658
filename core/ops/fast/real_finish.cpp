#include "core/ops/fast/real_finish.h"

#include "core/numerics/fixed_point.h"

namespace quantscope::fast {

namespace {

constexpr size_t kSlack = 16;

void portableReal(const RealFinish& f, float inputScale, int32_t added, const int32_t* sums, size_t first, size_t count,
                  float* out) {
  for (size_t i = 0; i < count; ++i) {
    const size_t c = first + i;
    const float sum = static_cast<float>(numerics::wrap32(sums[i] - int64_t{added} * f.weightSums[c]));
    const float real =
        f.order == RealOrder::FactorFirst ? sum * (f.scales[c] * inputScale) : sum * f.scales[c] * inputScale;
    out[i] = numerics::ActivationRange<float>{f.low, f.high}.clamp(real + f.bias[c]);
  }
}

#if defined(QS_X86)

QS_AVX512 void avx512Real(const RealFinish& f, float inputScale, int32_t added, const int32_t* sums, size_t first,
                          size_t count, float* out) {
  const __m512 input = _mm512_set1_ps(inputScale), low = _mm512_set1_ps(f.low), high = _mm512_set1_ps(f.high);
  const __m512i offset = _mm512_set1_epi32(added);
  for (size_t i = 0; i < count; i += 16) {
    const size_t c = first + i;
    const __m512i extra = _mm512_mullo_epi32(_mm512_loadu_si512(f.weightSums.data() + c), offset);
    const __m512 sum = _mm512_cvtepi32_ps(_mm512_sub_epi32(_mm512_loadu_si512(sums + i), extra));
    const __m512 scale = _mm512_loadu_ps(f.scales.data() + c);
    const __m512 real = f.order == RealOrder::FactorFirst ? _mm512_mul_ps(sum, _mm512_mul_ps(scale, input))
                                                          : _mm512_mul_ps(_mm512_mul_ps(sum, scale), input);
    const __m512 value = _mm512_add_ps(real, _mm512_loadu_ps(f.bias.data() + c));
    const auto mask = static_cast<__mmask16>(count - i >= 16 ? 0xFFFFu : (1u << (count - i)) - 1u);
    _mm512_mask_storeu_ps(out + i, mask, _mm512_min_ps(high, _mm512_max_ps(low, value)));
  }
}

QS_AVX2 inline __m256i load(const int32_t* p) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
}

QS_AVX2 void avx2Real(const RealFinish& f, float inputScale, int32_t added, const int32_t* sums, size_t first,
                      size_t count, float* out) {
  const __m256 input = _mm256_set1_ps(inputScale), low = _mm256_set1_ps(f.low), high = _mm256_set1_ps(f.high);
  const __m256i offset = _mm256_set1_epi32(added);
  for (size_t i = 0; i < count; i += 8) {
    const size_t c = first + i;
    const __m256i extra = _mm256_mullo_epi32(load(f.weightSums.data() + c), offset);
    const __m256 sum = _mm256_cvtepi32_ps(_mm256_sub_epi32(load(sums + i), extra));
    const __m256 scale = _mm256_loadu_ps(f.scales.data() + c);
    const __m256 real = f.order == RealOrder::FactorFirst ? _mm256_mul_ps(sum, _mm256_mul_ps(scale, input))
                                                          : _mm256_mul_ps(_mm256_mul_ps(sum, scale), input);
    const __m256 value = _mm256_add_ps(real, _mm256_loadu_ps(f.bias.data() + c));
    const __m256 clamped = _mm256_min_ps(high, _mm256_max_ps(low, value));
    if (count - i >= 8) {
      _mm256_storeu_ps(out + i, clamped);
    } else {
      const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
      _mm256_maskstore_ps(out + i, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count - i)), lane), clamped);
    }
  }
}

#endif

}  // namespace

RealFinish::RealFinish(const std::vector<float>& scaleValues, const float* biasValues, float withoutBias,
                       std::vector<int32_t> sums, numerics::ActivationRange<float> range, RealOrder orderOfFactors)
    : low(range.low), high(range.high), order(orderOfFactors) {
  const size_t channels = scaleValues.size();
  scales.assign(scaleValues.begin(), scaleValues.end());
  if (biasValues) {
    bias.assign(biasValues, biasValues + channels);
  } else {
    bias.assign(channels, withoutBias);
  }
  weightSums.assign(sums.begin(), sums.end());
  scales.resize(channels + kSlack, 0.0f);
  bias.resize(channels + kSlack, 0.0f);
  weightSums.resize(channels + kSlack, 0);
}

FinishReal finishReal([[maybe_unused]] CpuLevel level) {
#if defined(QS_X86)
  if (level >= CpuLevel::Avx512) return avx512Real;
  if (level >= CpuLevel::Avx2) return avx2Real;
#endif
  return portableReal;
}

}  // namespace quantscope::fast
