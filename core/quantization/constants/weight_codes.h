#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/jobs/progress.h"
#include "core/model/model.h"
#include "core/quantization/recipe.h"

namespace quantscope::quantization {

/// A constant seen as outer x slices x inner, one scale per slice.
struct SliceLayout {
  int64_t outer = 1, slices = 1, inner = 1;
  int64_t count() const { return outer * slices * inner; }
};
/// One slice for the whole constant where axis is negative.
SliceLayout sliceLayout(std::span<const int32_t> shape, int32_t axis);

/// How values are divided by scales.
enum class CodeRule : uint8_t {
  Reciprocal,  ///< clamp(rha(f32(v * f32(1/s)))): static int8 per channel (4.4 M)
  Exact        ///< clamp(rha(f64(v) / s)): everything else (4.4 D)
};

/// Workers that share one constant, and who is told of progress (4 bytes a value).
struct CodeWork {
  int threads = 1;
  Progress* progress = nullptr;  ///< may be null
};

enum class CodeOutcome : uint8_t { Done, NotFinite, Stopped };

/// Scales and codes of weights. Large constants are cut into pieces that go through the processor's caches once where
/// the slices allow it; what was read of a mapped file is given back at once, so that memory grows by the codes only.
struct SymmetricWeights {
  std::vector<float> scales;  ///< one per slice
  Buffer codes;               ///< int8, or int4 packed two a byte

  /// Symmetric codes of `bits` (4 or 8) bits. `raise` may raise scales: it gets some, and the slice of the first.
  CodeOutcome compute(std::span<const float> values, const SliceLayout& layout, int bits, CodeRule rule,
                      const std::function<void(std::span<float> scales, size_t first)>& raise, const CodeWork& work);
};

/// Blockwise int4 (section 14): rows x depth cut into blocks along depth; depth must be divisible by blockSize.
struct BlockwiseWeights {
  std::vector<uint16_t> scales;  ///< float16 bits, [rows, depth / blockSize], of bfloat16 precision
  Buffer codes;                  ///< -7..7, packed two a byte

  CodeOutcome compute(std::span<const float> values, int64_t blockSize, const CodeWork& work);
};

/// Memory for codes that nobody has to clear first.
Buffer newBuffer(size_t bytes, std::byte*& data);

}  // namespace quantscope::quantization
