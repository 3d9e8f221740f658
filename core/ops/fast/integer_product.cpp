#include "core/ops/fast/integer_product.h"

#include <cstdlib>
#include <limits>

namespace quantscope::fast {

size_t IntegerProduct::packedBytes() const {
  size_t bytes = 0;
  for (const PackedCodes& group : groups) bytes += group.values.size();
  return bytes;
}

size_t IntegerProduct::panelsTogether(size_t rows, size_t panels) const {
  size_t best = 1, bestSums = 0;
  for (size_t p = 1; p <= std::min(kMostIntegerPanels, panels); ++p) {
    const size_t sums = std::min(rows, tiles->mostRows[p]) * p;
    if (sums >= bestSums) best = p, bestSums = sums;
  }
  // Six panels are better taken three and three than four and two.
  const size_t even = (panels + (panels + best - 1) / best - 1) / ((panels + best - 1) / best);
  return tiles->mostRows[even] > 0 ? even : best;
}

IntegerTileCall IntegerProduct::callFor(const std::byte* item, const PackedCodes& weights, const SumSegment& segment,
                                        size_t row, size_t rows, size_t panel, const std::byte** starts) const {
  const size_t size = valueBytes();
  for (size_t m = 0; m < rows; ++m) starts[m] = item + gather.start(row + m) * size + segment.firstStep * 4;
  IntegerTileCall call{};
  call.rows = starts;
  call.runStart = runBytes.data() + segment.firstRun;
  call.runs = segment.runs;
  call.steps = segment.steps;
  call.weights = weights.values.data() + panel * weights.panelBytes +
                 (segment.firstRun * weights.steps + segment.firstStep) * kPanel * 4;
  call.panelBytes = weights.panelBytes;
  return call;
}

void IntegerProduct::sumSegment(const std::byte* item, const PackedCodes& weights, const SumSegment& segment,
                                size_t row, size_t rows, size_t panel, size_t together, int32_t* sums) const {
  const std::byte* starts[kMostIntegerRows];
  IntegerTileCall call = callFor(item, weights, segment, row, rows, panel, starts);
  call.sums = sums;
  tiles->tile[together][rows](call);
}

void IntegerProduct::multiplyCodes(const KernelContext& run, const std::byte* item, const NearestFinish& finish,
                                   uint8_t* out) const {
  overBlocks(run, item, [&](const Tile& t) {
    const std::byte* starts[kMostIntegerRows];
    const SumSegment all{0, runBytes.size(), 0, t.weights->steps};
    const IntegerTileCall call = callFor(t.item, *t.weights, all, t.row, t.rows, t.panel, starts);
    const NearestCall codes{&finish, t.channel, t.columns, out + t.row * outChannels + t.channel, outChannels};
    tiles->codeTile[t.together][t.rows](call, codes);
  });
}

void IntegerProduct::multiplyReals(const KernelContext& run, const std::byte* item, const RealFinish& finish,
                                   const numerics::DynamicScale* scales, size_t scaleStride, float* out) const {
  overBlocks(run, item, [&](const Tile& t) {
    const std::byte* starts[kMostIntegerRows];
    const SumSegment all{0, runBytes.size(), 0, t.weights->steps};
    const IntegerTileCall call = callFor(t.item, *t.weights, all, t.row, t.rows, t.panel, starts);
    const RealCall reals{
        &finish,   scales + t.row * scaleStride,          scaleStride, form == CodeForm::Bytes, t.channel,
        t.columns, out + t.row * outChannels + t.channel, outChannels};
    tiles->realTile[t.together][t.rows](call, reals);
  });
}

void IntegerProduct::sumRows(const std::byte* item, const PackedCodes& weights, size_t row, size_t rows, size_t panel,
                             size_t together, int32_t* sums) const {
  // A transposed convolution has pixels that no tap reaches.
  if (gather.depth() == 0) {
    std::fill_n(sums, rows * together * kPanel, 0);
    return;
  }
  sumSegment(item, weights, {0, runBytes.size(), 0, weights.steps}, row, rows, panel, together, sums);
}

void IntegerProduct::sumRows(const std::byte* item, const PackedCodes& weights, size_t row, size_t rows, size_t panel,
                             size_t together, int64_t* sums) const {
  alignas(64) int32_t part[kMostIntegerRows * kMostIntegerPanels * kPanel];
  const size_t count = rows * together * kPanel;
  std::fill_n(sums, count, int64_t{0});
  for (const SumSegment& segment : segments) {
    sumSegment(item, weights, segment, row, rows, panel, together, part);
    for (size_t i = 0; i < count; ++i) sums[i] += part[i];
  }
}

std::vector<SumSegment> segmentsFor(const IntegerProduct& product, const int8_t* weights, int64_t largest) {
  const size_t channels = product.outChannels, depth = product.gather.depth(), length = product.gather.runLength;
  const size_t runs = product.gather.runStart.size(), group = valuesPerStep(product.form);
  const size_t steps = (length + group - 1) / group;
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  // Largest sum of any channel over the values [begin, end) of a run.
  const auto bound = [&](size_t run, size_t begin, size_t end) {
    int64_t highest = 0;
    for (size_t c = 0; c < channels; ++c) {
      int64_t sum = 0;
      for (size_t k = begin; k < end; ++k) sum += std::abs(int32_t{weights[c * depth + run * length + k]});
      highest = std::max(highest, sum * largest);
    }
    return highest;
  };
  std::vector<SumSegment> segments;
  int64_t open = 0;  // bound of the last segment; it takes whole runs
  for (size_t r = 0; r < runs; ++r) {
    const int64_t whole = bound(r, 0, length);
    if (whole <= most) {
      if (segments.empty() || segments.back().steps != steps || open + whole > most) {
        segments.push_back({r, 0, 0, steps});
        open = 0;
      }
      ++segments.back().runs;
      open += whole;
      continue;
    }
    for (size_t begin = 0; begin < steps;) {
      size_t count = std::max<size_t>(static_cast<size_t>(most / (largest * 128)) / group, 1);
      count = std::min(count, steps - begin);
      segments.push_back({r, 1, begin, count});
      begin += count;
    }
    // What follows starts a segment of its own.
    open = most;
  }
  return segments;
}

}  // namespace quantscope::fast
