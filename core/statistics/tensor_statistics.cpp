#include "core/statistics/tensor_statistics.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <set>
#include <string_view>

#include "core/base/thread_pool.h"
#include "core/model/string_values.h"
#include "core/statistics/accumulate.h"
#include "core/statistics/bin_values.h"
#include "core/statistics/code_counts.h"
#include "core/statistics/distinct.h"
#include "core/statistics/real_values.h"

namespace quantscope {

namespace {

using namespace statistics;

constexpr size_t kBlock = 4096;
// Codes are counted in longer blocks, because their tables are summed up after each.
constexpr int64_t kCodeBlock = int64_t{1} << 18;
constexpr int64_t kLeastPiece = 65536;
constexpr int64_t kMostPieces = 256;
constexpr size_t kMostPartialBytes = size_t{64} << 20;
constexpr int kMostBins = 65536;
constexpr size_t kMostStrings = 1000;
// Above this the first pass gives pages back too, although the second will look at them again.
constexpr size_t kLargeBytes = size_t{128} << 20;

/// The two passes over one tensor. The pieces depend on the tensor only, never on the number of threads.
class Passes {
public:
  Passes(const TensorReader& reader, const StatisticsOptions& options, Progress* progress)
      : m_reader(reader), m_options(options), m_progress(progress), m_kernels(floatKernels(bestSimdLevel())) {}

  Result<TensorStatistics> run(std::optional<int32_t> axis) {
    TensorStatistics result;
    result.histogram.counts.resize(static_cast<size_t>(m_options.bins));
    // Without elements nothing bounds the number of channels: [2000000000, 0] is a shape, too.
    if (m_reader.count() == 0) {
      result.distinct = 0;
      return result;
    }
    ChannelLayout layout{1, m_reader.count(), m_reader.count()};
    if (axis) {
      layout.channels = m_reader.shape()[static_cast<size_t>(*axis)];
      layout.inner = 1;
      for (size_t d = static_cast<size_t>(*axis) + 1; d < m_reader.shape().size(); ++d)
        layout.inner *= m_reader.shape()[d];
      result.channelAxis = *axis;
      result.channels.resize(static_cast<size_t>(layout.channels));
    }
    cutPieces(layout);
    if (CodeCounts::serve(m_reader, layout, m_options.threads)) {
      QS_TRY(countCodes(layout, axis.has_value(), result));
    } else {
      QS_TRY(summarize(layout, axis.has_value(), result));
      QS_TRY(count(result));
    }
    result.percentile01 = result.histogram.quantile(0.001);
    result.percentile99_9 = result.histogram.quantile(0.999);
    return result;
  }

private:
  void cutPieces(const ChannelLayout& layout) {
    const auto channelBytes = static_cast<int64_t>(sizeof(SummaryParts)) * layout.channels;
    const auto most = std::clamp<int64_t>(static_cast<int64_t>(kMostPartialBytes) / channelBytes, 1, kMostPieces);
    const int64_t pieces = std::clamp<int64_t>(m_reader.count() / kLeastPiece, 1, most);
    const auto block = static_cast<int64_t>(kBlock);
    m_pieceSize = ((m_reader.count() + pieces - 1) / pieces + block - 1) / block * block;
    m_pieces = static_cast<size_t>((m_reader.count() + m_pieceSize - 1) / m_pieceSize);
  }
  int64_t beginOf(size_t piece) const { return static_cast<int64_t>(piece) * m_pieceSize; }
  int64_t endOf(size_t piece) const { return std::min(m_reader.count(), beginOf(piece) + m_pieceSize); }
  std::span<const std::byte> bytesOf(size_t piece) const {
    const auto bits = static_cast<size_t>(bitsPerElement(m_reader.type()));
    const size_t begin = static_cast<size_t>(beginOf(piece)) * bits / 8,
                 end = (static_cast<size_t>(endOf(piece)) * bits + 7) / 8;
    return m_reader.bytes().subspan(begin, end - begin);
  }
  bool goOn() const { return m_progress == nullptr || m_progress->goOn(); }

  /// Calls visit(begin, count, float bytes, doubles) for each block of a piece; one of the last two is empty.
  template <typename Visit>
  bool forEachBlock(size_t piece, Visit visit) const {
    const bool isFloat32 = m_reader.type() == ElementType::Float32;
    const bool asFloat = m_reader.fitsFloat();
    std::vector<float> floats(asFloat && !isFloat32 ? kBlock : 0);
    std::vector<double> doubles(asFloat ? 0 : kBlock);
    const int64_t end = endOf(piece);
    for (int64_t begin = beginOf(piece); begin < end; begin += static_cast<int64_t>(kBlock)) {
      if (!goOn()) return false;
      const auto size = static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(kBlock), end - begin));
      if (isFloat32) {
        visit(begin, size, m_reader.bytes().data() + static_cast<size_t>(begin) * sizeof(float),
              std::span<const double>());
      } else if (asFloat) {
        m_reader.read(begin, std::span(floats).first(size));
        visit(begin, size, reinterpret_cast<const std::byte*>(floats.data()), std::span<const double>());
      } else {
        m_reader.read(begin, std::span(doubles).first(size));
        visit(begin, size, static_cast<const std::byte*>(nullptr), std::span<const double>(doubles).first(size));
      }
    }
    return true;
  }

  /// One pass for short codes: everything follows from how often each occurs.
  Result<void> countCodes(const ChannelLayout& layout, bool perChannel, TensorStatistics& result) {
    std::vector<CodeCounts> counts(std::min<size_t>(m_pieces, static_cast<size_t>(std::max(1, m_options.threads))),
                                   CodeCounts(m_reader, layout));
    parallelFor(m_pieces, m_options.threads, [&](size_t piece, int worker) {
      const int64_t end = endOf(piece);
      for (int64_t begin = beginOf(piece); begin < end; begin += kCodeBlock) {
        if (!goOn()) return;
        counts[static_cast<size_t>(worker)].add(begin, static_cast<size_t>(std::min(kCodeBlock, end - begin)));
      }
      if (m_options.release) m_options.release(bytesOf(piece));
      if (m_progress != nullptr) (void)m_progress->advance(bytesOf(piece).size());
    });
    if (!goOn()) return Error::cancelled();
    for (size_t i = 1; i < counts.size(); ++i) counts[0].merge(counts[i]);

    std::vector<SummaryParts> channels(static_cast<size_t>(layout.channels));
    counts[0].forEach([&](size_t channel, float value, uint64_t count) {
      channels[channel].addValues(static_cast<double>(value), count);
    });
    SummaryParts total;
    for (size_t c = 0; c < channels.size(); ++c) {
      total.merge(channels[c]);
      if (perChannel) result.channels[c] = channels[c].summary();
    }
    result.values = total.summary();
    std::atomic<bool> exceeded{false};
    DistinctCounter distinct(m_reader, exceeded);
    counts[0].mark(distinct);
    result.distinct = distinct.count();
    if (result.values.finite == 0) return {};
    Histogram& histogram = result.histogram;
    histogram.low = result.values.min;
    histogram.high = result.values.max;
    const Binning binning{histogram.low, histogram.high, histogram.counts.size()};
    const double factor = binning.factor();
    counts[0].forEach([&](size_t, float value, uint64_t count) {
      if (std::isfinite(value)) histogram.counts[binning.binOf(static_cast<double>(value), factor)] += count;
    });
    return {};
  }

  Result<void> summarize(const ChannelLayout& layout, bool perChannel, TensorStatistics& result) {
    std::vector<SummaryParts> whole(perChannel ? 0 : m_pieces);
    std::vector<std::optional<ChannelPiece>> parts(perChannel ? m_pieces : 0);
    std::atomic<bool> exceeded{false};
    std::vector<DistinctCounter> distinct(static_cast<size_t>(std::max(1, m_options.threads)),
                                          DistinctCounter(m_reader, exceeded));
    parallelFor(m_pieces, m_options.threads, [&](size_t piece, int worker) {
      auto& counter = distinct[static_cast<size_t>(worker)];
      if (perChannel) parts[piece].emplace(layout, beginOf(piece), endOf(piece));
      forEachBlock(piece, [&](int64_t begin, size_t size, const std::byte* floats, std::span<const double> doubles) {
        counter.add(begin, size);
        if (perChannel) {
          floats ? parts[piece]->add(m_kernels, floats, size) : parts[piece]->add(doubles);
        } else {
          floats ? accumulate(m_kernels, floats, size, whole[piece]) : accumulate(doubles, whole[piece]);
        }
      });
      if (m_options.release && m_reader.bytes().size() > kLargeBytes) m_options.release(bytesOf(piece));
    });
    if (!goOn()) return Error::cancelled();

    SummaryParts total;
    for (const SummaryParts& piece : whole) total.merge(piece);
    std::vector<SummaryParts> channels(perChannel ? static_cast<size_t>(layout.channels) : 0);
    for (auto& piece : parts) piece->mergeInto(channels);
    for (size_t c = 0; c < channels.size(); ++c) {
      total.merge(channels[c]);
      result.channels[c] = channels[c].summary();
    }
    result.values = total.summary();
    for (size_t i = 1; i < distinct.size(); ++i) distinct[0].merge(distinct[i]);
    result.distinct = distinct[0].count();
    return {};
  }

  Result<void> count(TensorStatistics& result) {
    Histogram& histogram = result.histogram;
    if (result.values.finite == 0) {
      if (m_progress != nullptr && !m_progress->advance(m_reader.bytes().size())) return Error::cancelled();
      return {};
    }
    histogram.low = result.values.min;
    histogram.high = result.values.max;
    const Binning binning{histogram.low, histogram.high, histogram.counts.size()};
    std::vector<BinCounter> counters(static_cast<size_t>(std::max(1, m_options.threads)), BinCounter(binning));
    parallelFor(m_pieces, m_options.threads, [&](size_t item, int worker) {
      // Backwards: what the first pass looked at last may still be in the cache.
      const size_t piece = m_pieces - 1 - item;
      auto& counter = counters[static_cast<size_t>(worker)];
      const bool done =
          forEachBlock(piece, [&](int64_t, size_t size, const std::byte* floats, std::span<const double> doubles) {
            floats ? counter.add(m_kernels, floats, size) : counter.add(doubles);
          });
      if (m_options.release) m_options.release(bytesOf(piece));
      if (done && m_progress != nullptr) (void)m_progress->advance(bytesOf(piece).size());
    });
    if (!goOn()) return Error::cancelled();
    for (BinCounter& counter : counters) counter.addTo(histogram.counts);
    histogram.counts.back() -= result.values.nan + result.values.infinite;
    return {};
  }

  const TensorReader& m_reader;
  const StatisticsOptions& m_options;
  Progress* m_progress;
  const FloatKernels& m_kernels;
  int64_t m_pieceSize = 0;
  size_t m_pieces = 0;
};

Result<TensorStatistics> stringStatistics(std::span<const std::byte> bytes) {
  TensorStatistics result;
  if (bytes.empty()) return result;
  QS_ASSIGN(result.values.count, countStrings(bytes));
  QS_ASSIGN(result.strings, unpackStrings(bytes, kMostStrings));
  if (result.values.count <= kMostDistinct) {
    QS_ASSIGN(const auto all, unpackStrings(bytes));
    result.distinct = std::set<std::string_view>(all.begin(), all.end()).size();
  }
  return result;
}

Result<TensorStatistics> readerStatistics(const TensorReader& reader, const Quantization* quantization,
                                          const StatisticsOptions& options, Progress* progress) {
  if (options.bins < 1 || options.bins > kMostBins) {
    return Error{ErrorCode::InvalidArgument, "cannot make a histogram", "",
                 std::to_string(options.bins) + " bins were asked for", "ask for 1 to " + std::to_string(kMostBins)};
  }
  std::optional<int32_t> axis = options.channelAxis;
  if (!axis && quantization != nullptr && quantization->perChannel()) axis = quantization->quantizedDimension;
  if (axis && (*axis < 0 || static_cast<size_t>(*axis) >= reader.shape().size())) {
    return Error{ErrorCode::InvalidArgument, "cannot summarize channels", "",
                 "shape " + shapeText(reader.shape()) + " has no dimension " + std::to_string(*axis), ""};
  }
  return Passes(reader, options, progress).run(axis);
}

}  // namespace

Result<TensorStatistics> computeStatistics(const TensorView& values, const Quantization* quantization,
                                           const StatisticsOptions& options, Progress* progress) {
  if (values.type == ElementType::String) return stringStatistics(values.bytes);
  QS_ASSIGN(const TensorReader reader, TensorReader::make(values, quantization));
  return readerStatistics(reader, quantization, options, progress);
}

Result<TensorStatistics> computeConstantStatistics(const Model& model, SubgraphIndex subgraph, TensorIndex index,
                                                   const StatisticsOptions& options, Progress* progress) {
  const Tensor& tensor = model.subgraphs[subgraph.position()].tensor(index);
  if (tensor.type == ElementType::String && isConstant(model, tensor))
    return stringStatistics(constantBytes(model, tensor));
  QS_ASSIGN(const TensorReader reader, TensorReader::constant(model, subgraph, index));
  return readerStatistics(reader, tensor.quantization ? &*tensor.quantization : nullptr, options, progress);
}

}  // namespace quantscope
