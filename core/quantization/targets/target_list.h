#pragma once

#include <algorithm>

#include "core/quantization/targets/target.h"

/// One function per target, each in the file of its name.
namespace quantscope::quantization {

Target cpuTarget();
Target gpuTarget();
Target edgeTpuTarget();
Target microTarget();
Target ethosTarget();
Target hexagonTarget();

/// Rows sorted for look-up.
template <size_t Count>
constexpr std::array<TargetOperator, Count> sortedByCode(std::array<TargetOperator, Count> rows) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  return rows;
}

/// Forms of all rows together.
template <size_t Count>
constexpr Forms unitedForms(const std::array<TargetOperator, Count>& rows) {
  Forms forms = 0;
  for (const TargetOperator& row : rows) forms = static_cast<Forms>(forms | row.forms);
  return forms;
}

}  // namespace quantscope::quantization
