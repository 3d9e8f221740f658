#include "core/ops/fast/bilinear.h"

#include "core/ops/fast/levels.h"

namespace quantscope::fast {

namespace {

QS_INLINE void blendLinesBody(const int8_t* a, const int8_t* b, int32_t weightA, int32_t weightB, int32_t* out,
                              size_t count) {
  QS_INDEPENDENT
  for (size_t i = 0; i < count; ++i) out[i] = a[i] * weightA + b[i] * weightB;
}
QS_LEVELS(blendLines, (const int8_t* a, const int8_t* b, int32_t weightA, int32_t weightB, int32_t* out, size_t count),
          (a, b, weightA, weightB, out, count))

QS_INLINE void blendPixelsBody(const int32_t* a, const int32_t* b, int32_t weightA, int32_t weightB, int8_t* out,
                               size_t count) {
  QS_INDEPENDENT
  for (size_t i = 0; i < count; ++i) {
    const int32_t sum = a[i] * weightA + b[i] * weightB;
    // Rounding half up, less one unit below zero, takes halves away from zero.
    out[i] = static_cast<int8_t>((sum + (1 << 19) + (sum >> 31)) >> 20);
  }
}
QS_LEVELS(blendPixels,
          (const int32_t* a, const int32_t* b, int32_t weightA, int32_t weightB, int8_t* out, size_t count),
          (a, b, weightA, weightB, out, count))

}  // namespace

BilinearCodes bilinearCodes(CpuLevel level) {
  return {blendLinesAt(level), blendPixelsAt(level)};
}

}  // namespace quantscope::fast
