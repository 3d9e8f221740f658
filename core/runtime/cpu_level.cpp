#include "core/runtime/cpu_level.h"

namespace quantscope {

CpuLevel detectCpuLevel() {
#if defined(__x86_64__)
  static const CpuLevel level = [] {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return CpuLevel::Baseline;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    if (!avx512) return CpuLevel::Avx2;
    return __builtin_cpu_supports("avx512vnni") ? CpuLevel::Avx512Vnni : CpuLevel::Avx512;
  }();
  return level;
#else
  return CpuLevel::Baseline;
#endif
}

std::string_view cpuLevelName(CpuLevel level) {
  switch (level) {
    case CpuLevel::Baseline:
      return "baseline";
    case CpuLevel::Avx2:
      return "AVX2";
    case CpuLevel::Avx512:
      return "AVX-512";
    case CpuLevel::Avx512Vnni:
      return "AVX-512 VNNI";
  }
  return "unknown";
}

}  // namespace quantscope
