#pragma once

#include <memory>
#include <vector>

#include "core/ops/kernel.h"

namespace quantscope::ops {

/// A weight operand as int8 values: the tensor itself, or int4 and int2 constants unpacked while preparing.
class Int8Weights {
public:
  /// The operand at `position` must be int8, int4 or int2; the narrow types must be constant.
  static Result<Int8Weights> of(PrepareContext& context, size_t position);

  const int8_t* values(const KernelContext& run) const {
    return m_unpacked ? m_unpacked->data() : run.input<int8_t>(m_position);
  }
  /// The values while preparing; null where they are known only while running.
  const int8_t* constantValues() const { return m_constant; }

private:
  size_t m_position = 0;
  std::shared_ptr<const std::vector<int8_t>> m_unpacked;
  const int8_t* m_constant = nullptr;
};

}  // namespace quantscope::ops
