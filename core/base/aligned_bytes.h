#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>
#include <utility>

namespace quantscope {

/// Memory that starts on a cache line (64 bytes), for tensors and packed weights. Not initialized.
class AlignedBytes {
public:
  static constexpr size_t kAlignment = 64;

  AlignedBytes() = default;
  AlignedBytes(AlignedBytes&& other) noexcept
      : m_data(std::exchange(other.m_data, nullptr)), m_size(std::exchange(other.m_size, 0)) {}
  AlignedBytes& operator=(AlignedBytes&& other) noexcept {
    std::swap(m_data, other.m_data);
    std::swap(m_size, other.m_size);
    return *this;
  }
  ~AlignedBytes() { std::free(m_data); }

  /// At least one cache line, so that data() of a success is never null. Empty (data() is null) where the
  /// system has not that much memory.
  static AlignedBytes allocate(size_t bytes) {
    AlignedBytes result;
    if (bytes > static_cast<size_t>(-1) - kAlignment) return result;
    const size_t rounded = bytes == 0 ? kAlignment : (bytes + kAlignment - 1) / kAlignment * kAlignment;
    result.m_data = static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded));
    result.m_size = result.m_data ? bytes : 0;
    return result;
  }

  std::byte* data() const { return m_data; }
  size_t size() const { return m_size; }
  std::span<std::byte> bytes() const { return {m_data, m_size}; }
  explicit operator bool() const { return m_data != nullptr; }

private:
  std::byte* m_data = nullptr;
  size_t m_size = 0;
};

}  // namespace quantscope
