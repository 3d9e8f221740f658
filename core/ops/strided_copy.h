#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace quantscope::ops {

/// Moves elements of 1, 2, 4, 8 or 16 bytes between two layouts: nested loops, each with one step in the source and one
/// in the target. Transposing, slicing, padding, tiling, reversing and joining are all this.
class StridedCopy {
public:
  struct Loop {
    int64_t extent, in, out;  ///< steps in elements; in may be 0 (repeat) or negative (backwards)
  };

  StridedCopy() = default;
  /// Loops from the outermost to the innermost; starts in elements.
  StridedCopy(std::vector<Loop> loops, int64_t inStart, int64_t outStart, int elementBytes);

  void run(const std::byte* in, std::byte* out) const;

private:
  std::vector<Loop> m_loops;  ///< outer loops, steps in bytes
  Loop m_inner{};             ///< steps in bytes
  int64_t m_inStart = 0, m_outStart = 0;
  int64_t m_unit = 0;  ///< bytes that lie together in both; 0: nothing to copy
};

/// Steps, in elements, of a row-major tensor.
std::vector<int64_t> rowMajorSteps(const std::vector<int32_t>& shape);

}  // namespace quantscope::ops
