#pragma once

#include "core/numerics/activation_range.h"
#include "core/numerics/dynamic_quantization.h"
#include "core/ops/fast/targets.h"

/// From integer sums to real values in dynamic-range operators (spec/tflite-kernels.md section 14), in the order of the
/// reference kernels' roundings.
namespace quantscope::fast {

enum class RealOrder {
  FactorFirst,  ///< sum * (weightScale * inputScale)
  WeightFirst   ///< (sum * weightScale) * inputScale
};

struct RealFinish {
  LineVector<float> scales, bias;  ///< by channel, 16 more than there are channels
  LineVector<int32_t> weightSums;  ///< the same
  float low = 0, high = 0;
  RealOrder order = RealOrder::FactorFirst;

  /// bias: null: none. weightSums: sums of each channel's weights.
  RealFinish(const std::vector<float>& scales, const float* bias, float withoutBias, std::vector<int32_t> weightSums,
             numerics::ActivationRange<float> range, RealOrder order);
};

/// out[i] = clamp(bias + scaled(sums[i] - added * weightSum)) for the channels [first, first + count). sums may be read
/// up to the next multiple of 16.
using FinishReal = void (*)(const RealFinish& finish, float inputScale, int32_t added, const int32_t* sums,
                            size_t first, size_t count, float* out);
FinishReal finishReal(CpuLevel level);

/// Where the values of a few rows go, for micro kernels that still hold the sums in registers.
struct RealCall {
  const RealFinish* finish;
  const numerics::DynamicScale* scales;  ///< of the rows' codes
  size_t scaleStride;                    ///< from row to row: 1, or 0 where one serves all
  bool bytes;                            ///< codes are held with 128 added, and their zero point
  size_t channel, count;                 ///< channels
  float* out;                            ///< of the first row and channel
  size_t outStride;                      ///< values from row to row

  numerics::DynamicScale scale(size_t row) const { return scales[row * scaleStride]; }
  /// What the form of the codes adds to each: its multiple of the weights' sum is taken off again.
  int32_t added(size_t row) const { return bytes ? scale(row).zeroPoint + 128 : 0; }
};

#if defined(QS_X86)

/// 16 channels from `channel` on of sums as finishReal() does.
QS_AVX512 QS_ALWAYS __m512 real16(const RealFinish& f, float inputScale, int32_t added, __m512i sums, size_t channel) {
  const __m512i extra = _mm512_mullo_epi32(_mm512_loadu_si512(f.weightSums.data() + channel), _mm512_set1_epi32(added));
  const __m512 sum = _mm512_cvtepi32_ps(_mm512_sub_epi32(sums, extra));
  const __m512 scale = _mm512_loadu_ps(f.scales.data() + channel), input = _mm512_set1_ps(inputScale);
  const __m512 real = f.order == RealOrder::FactorFirst ? _mm512_mul_ps(sum, _mm512_mul_ps(scale, input))
                                                        : _mm512_mul_ps(_mm512_mul_ps(sum, scale), input);
  const __m512 value = _mm512_add_ps(real, _mm512_loadu_ps(f.bias.data() + channel));
  return _mm512_min_ps(_mm512_set1_ps(f.high), _mm512_max_ps(_mm512_set1_ps(f.low), value));
}

QS_AVX512 QS_ALWAYS void storeUpTo16(__m512 values, size_t count, float* out) {
  if (count >= 16) {
    _mm512_storeu_ps(out, values);
  } else {
    _mm512_mask_storeu_ps(out, static_cast<__mmask16>((1u << count) - 1u), values);
  }
}

template <size_t Rows, size_t Panels>
QS_AVX512 QS_ALWAYS void finishReals(const __m512i (&sums)[Rows][Panels], const RealCall& call) {
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
    const float input = call.scale(m).scale;
    const int32_t added = call.added(m);
#pragma GCC unroll 4
    for (size_t p = 0; p < Panels; ++p) {
      if (p > 0 && p * 16 >= call.count) break;
      const __m512 values = real16(*call.finish, input, added, sums[m][p], call.channel + p * 16);
      storeUpTo16(values, call.count - p * 16, call.out + m * call.outStride + p * 16);
    }
  }
}

QS_AVX2 QS_ALWAYS __m256 real8(const RealFinish& f, float inputScale, int32_t added, __m256i sums, size_t channel) {
  const auto* weightSums = reinterpret_cast<const __m256i*>(f.weightSums.data() + channel);
  const __m256i extra = _mm256_mullo_epi32(_mm256_loadu_si256(weightSums), _mm256_set1_epi32(added));
  const __m256 sum = _mm256_cvtepi32_ps(_mm256_sub_epi32(sums, extra));
  const __m256 scale = _mm256_loadu_ps(f.scales.data() + channel), input = _mm256_set1_ps(inputScale);
  const __m256 real = f.order == RealOrder::FactorFirst ? _mm256_mul_ps(sum, _mm256_mul_ps(scale, input))
                                                        : _mm256_mul_ps(_mm256_mul_ps(sum, scale), input);
  const __m256 value = _mm256_add_ps(real, _mm256_loadu_ps(f.bias.data() + channel));
  return _mm256_min_ps(_mm256_set1_ps(f.high), _mm256_max_ps(_mm256_set1_ps(f.low), value));
}

QS_AVX2 QS_ALWAYS void storeUpTo8(__m256 values, size_t count, float* out) {
  if (count >= 8) return _mm256_storeu_ps(out, values);
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  _mm256_maskstore_ps(out, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane), values);
}

template <size_t Rows, size_t Vectors>
QS_AVX2 QS_ALWAYS void finishReals(const __m256i (&sums)[Rows][Vectors], const RealCall& call) {
#pragma GCC unroll 8
  for (size_t m = 0; m < Rows; ++m) {
    const float input = call.scale(m).scale;
    const int32_t added = call.added(m);
#pragma GCC unroll 8
    for (size_t v = 0; v < Vectors; ++v) {
      if (v > 0 && v * 8 >= call.count) break;
      const __m256 values = real8(*call.finish, input, added, sums[m][v], call.channel + v * 8);
      storeUpTo8(values, call.count - v * 8, call.out + m * call.outStride + v * 8);
    }
  }
}

#endif

}  // namespace quantscope::fast
