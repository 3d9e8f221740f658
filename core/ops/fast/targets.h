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

}  // namespace quantscope::fast
