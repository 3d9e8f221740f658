#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/statistics/float_kernels.h"
#include "core/statistics/summary_parts.h"

namespace quantscope::statistics {

/// Adds float32 values at any alignment to a summary.
void accumulate(const FloatKernels& kernels, const std::byte* values, size_t count, SummaryParts& parts);
/// Adds float64 values.
void accumulate(std::span<const double> values, SummaryParts& parts);

/// Where the channels of a tensor lie: element i belongs to channel (i / inner) % channels.
struct ChannelLayout {
  int64_t channels = 1, inner = 1, count = 0;
};

/// Summaries per channel of one piece of a tensor, which is given from its begin to its end in blocks.
class ChannelPiece {
public:
  ChannelPiece(const ChannelLayout& layout, int64_t begin, int64_t end);

  void add(const FloatKernels& kernels, const std::byte* floats, size_t count);
  void add(std::span<const double> values);
  /// Ends the piece; merges it into the summaries of all channels.
  void mergeInto(std::vector<SummaryParts>& channels);

private:
  template <typename AddRun>
  void forEachRun(size_t count, AddRun addRun);
  void addColumns(const FloatKernels& kernels, const std::byte* floats, size_t count, const FloatSums& sums);
  SummaryParts& partsOf(int64_t position);

  ChannelLayout m_layout;
  int64_t m_begin, m_position;
  std::vector<SummaryParts> m_parts;  ///< of the channels that the piece touches, beginning with the first

  /// Short runs are summed column by column of a table as wide as some whole rows; empty where runs are long.
  struct Columns {
    std::vector<double> sum, squares;
    std::vector<float> min, max;
    std::vector<uint32_t> zeros;
    std::vector<uint64_t> begun, ended;  ///< runs of columns that begin and end at each
    double shift = 0;                    ///< taken from every value
  };
  size_t m_width = 0;  ///< columns; 0: runs are long
  Columns m_columns;
};

}  // namespace quantscope::statistics
