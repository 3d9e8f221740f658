#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/statistics/real_values.h"

namespace quantscope::statistics {

inline constexpr size_t kMostDistinct = 65536;

/// Counts the different stored values of a tensor, one counter per thread; +0 and -0 are one value, so are all NaN.
/// Quantized tensors: different codes.
class DistinctCounter {
public:
  /// `exceeded` is shared by all counters of a tensor: one that has seen too many stops them all.
  DistinctCounter(const TensorReader& reader, std::atomic<bool>& exceeded);
  void add(int64_t begin, size_t count);
  /// Adds one code of a type of at most 16 bits.
  void mark(size_t code) { m_seen[code] = 1; }
  /// Takes over what another counter of the same tensor has seen.
  void merge(const DistinctCounter& other);
  /// Nothing where there are more than kMostDistinct.
  std::optional<uint64_t> count() const;

private:
  void markCodes(int64_t begin, size_t count);
  template <typename Bits>
  void insertAll(int64_t begin, size_t count);
  void insert(uint64_t key);

  const TensorReader* m_reader;
  std::atomic<bool>* m_exceeded;
  std::vector<uint8_t> m_seen;    ///< by code, for types of at most 16 bits
  std::vector<uint64_t> m_slots;  ///< open addressing for wider types; 0: free
  bool m_hasZero = false;
  size_t m_used = 0;
};

}  // namespace quantscope::statistics
