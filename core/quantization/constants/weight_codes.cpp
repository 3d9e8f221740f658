#include "core/quantization/constants/weight_codes.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

#include "core/base/mapped_file.h"
#include "core/base/thread_pool.h"
#include "core/numerics/float16.h"
#include "core/numerics/quantization_parameters.h"
#include "core/quantization/constants/code_kernels.h"

namespace quantscope::quantization {
namespace {

// Values of one piece: a megabyte stays in the second-level cache between its two passes, and cancelling waits for
// no more than one.
constexpr int64_t kPiece = int64_t{1} << 18;

// Pieces of a constant, on all workers, until one fails.
class Pieces {
public:
  Pieces(std::span<const float> values, int64_t size, const CodeWork& work)
      : m_values(values), m_size(size), m_work(work) {}

  template <typename Body>
  CodeOutcome run(bool last, Body body) {
    const auto count = static_cast<int64_t>(m_values.size());
    parallelFor(static_cast<size_t>((count + m_size - 1) / m_size), m_work.threads, [&](size_t piece, int) {
      if (m_outcome != CodeOutcome::Done) return;
      const int64_t begin = static_cast<int64_t>(piece) * m_size, end = std::min(begin + m_size, count);
      if (!body(begin, end)) m_outcome = CodeOutcome::NotFinite;
      const auto part = m_values.subspan(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
      if (count > kPiece) MappedFile::giveBack(std::as_bytes(part));
      if (last && m_work.progress && !m_work.progress->advance(part.size_bytes())) m_outcome = CodeOutcome::Stopped;
    });
    return m_outcome;
  }

private:
  std::span<const float> m_values;
  int64_t m_size;
  const CodeWork& m_work;
  std::atomic<CodeOutcome> m_outcome{CodeOutcome::Done};
};

// Calls run(slice, begin, count) for the stretches of one slice between two positions.
template <typename Run>
void forEachRun(const SliceLayout& layout, int64_t begin, int64_t end, Run run) {
  for (int64_t p = begin; p < end;) {
    const int64_t slice = p / layout.inner % layout.slices;
    const int64_t stop = std::min(end, (p / layout.inner + 1) * layout.inner);
    run(static_cast<size_t>(slice), p, static_cast<size_t>(stop - p));
    p = stop;
  }
}

class SymmetricCoder {
public:
  SymmetricCoder(std::span<const float> values, const SliceLayout& layout, int bits, CodeRule rule, std::byte* codes)
      : m_kernels(codeKernels()),
        m_divide(rule == CodeRule::Reciprocal ? m_kernels.reciprocal : m_kernels.exact),
        m_values(values),
        m_layout(layout),
        m_bits(bits),
        m_limit(bits == 4 ? 7 : 127),
        m_codes(codes) {}

  // Raises `largest` (from slice `first`) to the magnitudes between two positions. False where some are not finite.
  bool measure(int64_t begin, int64_t end, size_t first, std::span<float> largest) const {
    bool finite = true;
    forEachRun(m_layout, begin, end, [&](size_t slice, int64_t p, size_t count) {
      const float magnitude = m_kernels.magnitude(m_values.data() + p, count);
      finite &= !std::isnan(magnitude);
      float& place = largest[slice - first];
      place = std::max(place, magnitude);
    });
    return finite;
  }

  void toScales(std::span<float> magnitudes) const {
    for (float& value : magnitudes) value = numerics::symmetricScale(value, m_limit);
  }

  // begin must be even.
  void code(int64_t begin, int64_t end, std::span<const float> scales) const {
    std::vector<int8_t> unpacked(m_bits == 4 ? static_cast<size_t>(end - begin) : 0);
    int8_t* const codes = m_bits == 4 ? unpacked.data() : reinterpret_cast<int8_t*>(m_codes) + begin;
    forEachRun(m_layout, begin, end, [&](size_t slice, int64_t p, size_t count) {
      m_divide(m_values.data() + p, count, scales[slice], m_limit, codes + (p - begin));
    });
    if (m_bits == 4) m_kernels.pack4(codes, unpacked.size(), m_codes + begin / 2);
  }

private:
  const CodeKernels& m_kernels;
  void (*const m_divide)(const float*, size_t, float, int, int8_t*);
  std::span<const float> m_values;
  const SliceLayout& m_layout;
  const int m_bits, m_limit;
  std::byte* const m_codes;
};

}  // namespace

SliceLayout sliceLayout(std::span<const int32_t> shape, int32_t axis) {
  SliceLayout layout;
  for (size_t d = 0; d < shape.size(); ++d) {
    const auto position = static_cast<int32_t>(d);
    (axis < 0 || position > axis ? layout.inner : position < axis ? layout.outer : layout.slices) *= shape[d];
  }
  return layout;
}

Buffer newBuffer(size_t bytes, std::byte*& data) {
  auto memory = std::make_shared_for_overwrite<std::byte[]>(bytes);
  data = memory.get();
  Buffer buffer;
  buffer.bytes = {memory.get(), bytes};
  buffer.owner = std::move(memory);
  buffer.present = true;
  return buffer;
}

CodeOutcome SymmetricWeights::compute(std::span<const float> values, const SliceLayout& layout, int bits, CodeRule rule,
                                      const std::function<void(std::span<float>, size_t)>& raise,
                                      const CodeWork& work) {
  std::byte* bytes = nullptr;
  codes = newBuffer(bits == 4 ? (values.size() + 1) / 2 : values.size(), bytes);
  const SymmetricCoder coder(values, layout, bits, rule, bytes);
  scales.assign(static_cast<size_t>(layout.slices), 0.0f);
  if (layout.outer == 1 && layout.slices > 1) {
    // Whole slices in every piece: each goes through both steps while it is near. An even number, for packing.
    const int64_t slices = std::max<int64_t>(1, kPiece / layout.inner / 2) * 2;
    return Pieces(values, slices * layout.inner, work).run(true, [&](int64_t begin, int64_t end) {
      const auto first = static_cast<size_t>(begin / layout.inner),
                 count = static_cast<size_t>((end - begin) / layout.inner);
      const auto own = std::span(scales).subspan(first, count);
      const bool finite = coder.measure(begin, end, first, own);
      coder.toScales(own);
      raise(own, first);
      if (finite) coder.code(begin, end, scales);
      return finite;
    });
  }
  std::mutex mutex;
  const CodeOutcome measured = Pieces(values, kPiece, work).run(false, [&](int64_t begin, int64_t end) {
    std::vector<float> largest(scales.size(), 0.0f);
    const bool finite = coder.measure(begin, end, 0, largest);
    const std::lock_guard lock(mutex);
    for (size_t s = 0; s < scales.size(); ++s) scales[s] = std::max(scales[s], largest[s]);
    return finite;
  });
  if (measured != CodeOutcome::Done) return measured;
  coder.toScales(scales);
  raise(scales, 0);
  return Pieces(values, kPiece, work).run(true, [&](int64_t begin, int64_t end) {
    coder.code(begin, end, scales);
    return true;
  });
}

CodeOutcome BlockwiseWeights::compute(std::span<const float> values, int64_t blockSize, const CodeWork& work) {
  const CodeKernels& kernels = codeKernels();
  const auto size = static_cast<size_t>(blockSize);
  std::byte* bytes = nullptr;
  codes = newBuffer((values.size() + 1) / 2, bytes);
  scales.resize(values.size() / size);
  const int64_t piece = std::max<int64_t>(1, kPiece / blockSize / 2) * 2 * blockSize;
  return Pieces(values, piece, work).run(true, [&](int64_t begin, int64_t end) {
    std::vector<int8_t> unpacked(static_cast<size_t>(end - begin));
    for (int64_t p = begin; p < end; p += blockSize) {
      const float largest = kernels.magnitude(values.data() + p, size);
      if (std::isnan(largest)) return false;
      // Kernels read the scale as float16; bfloat16 precision is what they multiply by.
      const float rounded = numerics::fromBFloat16(numerics::toBFloat16(numerics::symmetricScale(largest, 7)));
      uint16_t bits = numerics::toFloat16(std::min(rounded, 65504.0f));
      if (bits == 0) bits = 1;
      scales[static_cast<size_t>(p / blockSize)] = bits;
      kernels.exact(values.data() + p, size, numerics::fromFloat16(bits), 7, unpacked.data() + (p - begin));
    }
    kernels.pack4(unpacked.data(), unpacked.size(), bytes + begin / 2);
    return true;
  });
}

}  // namespace quantscope::quantization
