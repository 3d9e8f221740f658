#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <vector>

#include "core/ops/kernel.h"

/// Which functions may use which instructions. A marked function is called only where CpuLevel allows it.
#if defined(__x86_64__)
#define QS_X86 1
#if defined(__GNUC__) && !defined(__clang__)
// GCC 12 warns of its own intrinsics, which start from undefined registers on purpose.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>
#define QS_AVX2 __attribute__((target("avx2,fma,f16c")))
#define QS_AVX512 __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl")))
#define QS_VNNI __attribute__((target("avx2,fma,f16c,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))
/// A part of marked functions: to be inlined into them whatever its size.
#define QS_ALWAYS inline __attribute__((always_inline))
#endif

namespace quantscope::fast {

/// Allocator of memory that starts at a cache line.
template <typename T>
struct LineAllocator {
  using value_type = T;
  LineAllocator() = default;
  template <typename U>
  LineAllocator(const LineAllocator<U>&) {}
  T* allocate(size_t n) { return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(64))); }
  void deallocate(T* p, size_t) { ::operator delete(p, std::align_val_t(64)); }
  template <typename U>
  bool operator==(const LineAllocator<U>&) const {
    return true;
  }
};

template <typename T>
using LineVector = std::vector<T, LineAllocator<T>>;

/// Columns that a packed right matrix holds together: one AVX-512 vector of 32-bit sums.
inline constexpr size_t kPanel = 16;

constexpr size_t roundUp(size_t n, size_t unit) {
  return (n + unit - 1) / unit * unit;
}

#if defined(QS_X86)

/// sum += products of neighbouring pairs of words, or of four unsigned by four signed bytes. Written out, since GCC
/// keeps sums in memory within the loop where it finds too few registers for what is done with them after it.
QS_AVX2 QS_ALWAYS void addPairs(__m256i& sum, __m256i a, __m256i b) {
  const __m256i products = _mm256_madd_epi16(a, b);
  asm("vpaddd %1, %0, %0" : "+x"(sum) : "x"(products));
}
QS_AVX512 QS_ALWAYS void addPairs(__m512i& sum, __m512i a, __m512i b) {
  const __m512i products = _mm512_madd_epi16(a, b);
  asm("vpaddd %1, %0, %0" : "+v"(sum) : "v"(products));
}
QS_VNNI QS_ALWAYS void addPairsVnni(__m512i& sum, __m512i a, __m512i b) {
  asm("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}
QS_VNNI QS_ALWAYS void addBytesVnni(__m512i& sum, __m512i a, __m512i b) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
}

/// A value of its own from here on, not one with others of the same beginning or with what becomes of it: what is true
/// of one (its place in memory) then need not be true of the other. To be put around loops that hold many sums.
QS_AVX512 QS_ALWAYS __m512i apart(__m512i v) {
  __m512i copy;
  asm("vmovdqa64 %1, %0" : "=v"(copy) : "v"(v));
  return copy;
}
QS_AVX2 QS_ALWAYS __m256i apart(__m256i v) {
  __m256i copy;
  asm("vmovdqa %1, %0" : "=x"(copy) : "x"(v));
  return copy;
}

#endif

}  // namespace quantscope::fast
