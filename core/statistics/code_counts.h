#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/statistics/accumulate.h"
#include "core/statistics/distinct.h"
#include "core/statistics/real_values.h"
#include "core/statistics/summary_parts.h"

namespace quantscope::statistics {

/// How often each stored code occurs in each channel. Everything that is said about a tensor of 8 bits or fewer follows
/// from that, exactly, after one look at its bytes; for 16 bits where channels are not asked for. One per thread.
class CodeCounts {
public:
  /// Whether a tensor can be summed up like this: short codes, one scale per channel or one in all, and tables for
  /// `threads` threads that are not out of proportion.
  static bool serve(const TensorReader& reader, const ChannelLayout& layout, int threads);

  CodeCounts(const TensorReader& reader, const ChannelLayout& layout);
  /// Counts elements [begin, begin + count), a piece of less than 2^30.
  void add(int64_t begin, size_t count);
  void merge(const CodeCounts& other);

  /// Calls visit(channel, value, count) for every code that occurs, channel by channel in ascending order of codes.
  template <typename Visit>
  void forEach(Visit visit) const {
    for (size_t channel = 0; channel < m_channels; ++channel) {
      for (size_t code = 0; code < m_codes; ++code) {
        const uint64_t count = m_counts[channel * m_codes + code];
        if (count > 0) visit(channel, valueOf(channel, code), count);
      }
    }
  }
  /// Tells the counter which codes occur.
  void mark(DistinctCounter& distinct) const;

private:
  float valueOf(size_t channel, size_t code) const;
  void addBytes(const uint8_t* codes, size_t count);
  void addHalves(const std::byte* bytes, size_t count);
  void addRuns(int64_t begin, const uint8_t* codes, size_t count);
  void addPacked(int64_t begin, size_t count);

  const TensorReader* m_reader;
  ChannelLayout m_layout;
  size_t m_channels, m_codes;
  std::vector<float> m_values;     ///< of each code, before scaling
  std::vector<uint64_t> m_counts;  ///< by channel, then code
};

}  // namespace quantscope::statistics
