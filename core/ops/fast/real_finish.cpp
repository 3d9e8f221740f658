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
  for (size_t i = 0; i < count; i += 16) {
    storeUpTo16(real16(f, inputScale, added, _mm512_loadu_si512(sums + i), first + i), count - i, out + i);
  }
}

QS_AVX2 void avx2Real(const RealFinish& f, float inputScale, int32_t added, const int32_t* sums, size_t first,
                      size_t count, float* out) {
  for (size_t i = 0; i < count; i += 8) {
    const __m256i vector = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(sums + i));
    storeUpTo8(real8(f, inputScale, added, vector, first + i), count - i, out + i);
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
