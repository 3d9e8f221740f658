#pragma once

#include "core/ops/fast/targets.h"

/// Plain loops compiled once per CPU level. The compiler vectorizes the same source for each; results do not depend on
/// the level, since no operation is reordered or fused.
#if defined(__GNUC__)
#define QS_INLINE inline __attribute__((always_inline))
#else
#define QS_INLINE inline
#endif

/// To stand before the functions of a file: floating-point exceptions are never looked at. Without this, comparisons
/// become branches that keep loops from being vectorized below AVX-512. Inline functions of headers included before are
/// no longer inlined, so vectorized loops call built-in functions only.
#if defined(__GNUC__) && !defined(__clang__)
#define QS_IGNORE_TRAPS _Pragma("GCC optimize(\"no-trapping-math\")")
#else
#define QS_IGNORE_TRAPS
#endif

/// The iterations of the loop that follows are independent: input and output are one array, or do not overlap.
#if defined(__GNUC__) && !defined(__clang__)
#define QS_INDEPENDENT _Pragma("GCC ivdep")
#else
#define QS_INDEPENDENT
#endif

/// Defines name##At(level), which returns `name##Body` as compiled for the level. Use: QS_LEVELS(scale, (float* y,
/// size_t n), (y, n)) after `QS_INLINE void scaleBody(float* y, size_t n)`.
#if defined(QS_X86)
#define QS_LEVELS(name, parameters, arguments)                                                               \
  inline void name##Portable parameters {                                                                    \
    name##Body arguments;                                                                                    \
  }                                                                                                          \
  QS_AVX2 inline void name##Avx2 parameters {                                                                \
    name##Body arguments;                                                                                    \
  }                                                                                                          \
  QS_AVX512 inline void name##Avx512 parameters {                                                            \
    name##Body arguments;                                                                                    \
  }                                                                                                          \
  inline auto name##At(CpuLevel level)->void(*) parameters {                                                 \
    return level >= CpuLevel::Avx512 ? name##Avx512 : level >= CpuLevel::Avx2 ? name##Avx2 : name##Portable; \
  }
#else
#define QS_LEVELS(name, parameters, arguments)         \
  inline void name##Portable parameters {              \
    name##Body arguments;                              \
  }                                                    \
  inline auto name##At(CpuLevel)->void(*) parameters { \
    return name##Portable;                             \
  }
#endif
