#pragma once

#include <algorithm>
#include <vector>

#include "core/ops/fast/integer_tiles.h"
#include "core/ops/fast/pieces.h"
#include "core/ops/fast/row_gather.h"

/// Products of codes with packed integer weights: the loops around the tiles, common to int8, 16x8 and dynamic range.
namespace quantscope::fast {

constexpr size_t valuesPerStep(CodeForm form) {
  return form == CodeForm::Bytes ? 4 : 2;
}

/// Weights [columns][runs * runLength] arranged for the tiles, runs filled up with zeros to whole steps.
struct PackedCodes {
  size_t columns = 0, steps = 0, panelBytes = 0;
  LineVector<std::byte> values;

  template <typename W>
  PackedCodes(const W* weights, int32_t zero, size_t columnCount, const RowGather& gather, CodeForm form)
      : columns(columnCount) {
    const size_t group = valuesPerStep(form);
    steps = (gather.runLength + group - 1) / group;
    panelBytes = gather.runStart.size() * steps * kPanel * 4;
    values.assign(panels() * panelBytes, std::byte{0});
    for (size_t c = 0; c < columns; ++c) {
      std::byte* panel = values.data() + c / kPanel * panelBytes + c % kPanel * 4;
      for (size_t r = 0; r < gather.runStart.size(); ++r) {
        for (size_t k = 0; k < gather.runLength; ++k) {
          const int32_t value = int32_t{weights[c * gather.depth() + r * gather.runLength + k]} - zero;
          std::byte* step = panel + (r * steps + k / group) * kPanel * 4;
          if (form == CodeForm::Bytes) {
            step[k % group] = static_cast<std::byte>(value);
          } else {
            reinterpret_cast<int16_t*>(step)[k % group] = static_cast<int16_t>(value);
          }
        }
      }
    }
  }
  size_t panels() const { return (columns + kPanel - 1) / kPanel; }
};

/// Consecutive runs, or a part of one run, whose sums fit 32 bits.
struct SumSegment {
  size_t firstRun, runs, firstStep, steps;
};

/// Sums of neighbouring rows and channels, as IntegerProduct hands them over.
template <typename Sum>
struct ProductRows {
  size_t row, rows;     ///< of one item
  size_t first, count;  ///< channels
  const Sum* sums;      ///< whole panels of 16
  size_t stride;        ///< sums from row to row
};

/// For IntegerProduct::multiply, of a function use(row, first channel, number of channels, sums) for single rows.
template <typename Use>
auto byRow(Use use) {
  return [use](const auto& part) {
    for (size_t m = 0; m < part.rows; ++m) use(part.row + m, part.first, part.count, part.sums + m * part.stride);
  };
}

/// One convolution or matrix product: which values are multiplied with which weights.
struct IntegerProduct {
  PaddedImage image;
  RowGather gather;
  std::vector<int64_t> runBytes;
  std::vector<PackedCodes> groups;
  CodeForm form = CodeForm::Pairs;
  const IntegerTiles* tiles = nullptr;
  size_t batches = 1, inputItem = 0, outputItem = 0, outChannels = 0, groupChannels = 0;
  /// More than one: sums are taken in 64 bits over these parts. Only for CodeForm::Pairs.
  std::vector<SumSegment> segments;

  /// `weights` as integers [channels][taps].
  template <typename W>
  IntegerProduct(ConvLowering lowering, size_t batchCount, size_t channels, const W* weights, int32_t zeroW,
                 CodeForm codeForm, CpuLevel cpu)
      : image(lowering.image),
        gather(std::move(lowering.gather)),
        form(codeForm),
        tiles(&integerTiles(cpu, codeForm)),
        batches(batchCount),
        outChannels(channels) {
    for (const int64_t start : gather.runStart) runBytes.push_back(start * static_cast<int64_t>(valueBytes()));
    for (size_t g = 0; g < lowering.groups; ++g) {
      groups.emplace_back(weights + g * lowering.groupColumns * gather.depth(), zeroW, lowering.groupColumns, gather,
                          form);
    }
    groupChannels = image.channels / lowering.groups;
    inputItem = image.inHeight * image.inWidth * image.channels;
    outputItem = gather.rows * channels;
  }

  size_t valueBytes() const { return form == CodeForm::Bytes ? 1 : 2; }
  /// Of one padded item; the last step of a run may read a few values beyond it.
  size_t scratchBytes() const { return image.size() * valueBytes() + 64; }
  size_t packedBytes() const;

  /// Calls finish(ProductRows<int32_t>) for all rows and channels of one item, on the run's threads. `item` is the
  /// padded item in the form that the tiles want.
  template <typename Finish>
  void multiply(const KernelContext& run, const std::byte* item, Finish&& finish) const {
    multiplyTiles<int32_t>(run, item, finish);
  }
  /// The same with exact 64-bit sums over `segments`.
  template <typename Finish>
  void multiplyWide(const KernelContext& run, const std::byte* item, Finish&& finish) const {
    multiplyTiles<int64_t>(run, item, finish);
  }
  /// Writes the codes [row][outChannels] of one item.
  void multiplyCodes(const KernelContext& run, const std::byte* item, const NearestFinish& finish, uint8_t* out) const;
  /// Writes the real values [row][outChannels] of one item; `scales` of its rows, or one where scaleStride is 0.
  void multiplyReals(const KernelContext& run, const std::byte* item, const RealFinish& finish,
                     const numerics::DynamicScale* scales, size_t scaleStride, float* out) const;
  bool hasRealTiles() const { return tiles->realTile[1][1] != nullptr; }

private:
  struct Block {
    size_t group, firstRow, endRow, firstPanel, endPanel;
  };
  /// Rows and panels for one call of a micro kernel.
  struct Tile {
    const std::byte* item;
    const PackedCodes* weights;
    size_t row, rows, panel, together;
    size_t channel, columns;
  };

  size_t panelsTogether(size_t rows, size_t panels) const;
  /// `starts` holds the first value of each row.
  IntegerTileCall callFor(const std::byte* item, const PackedCodes& weights, const SumSegment& segment, size_t row,
                          size_t rows, size_t panel, const std::byte** starts) const;
  /// Sums of `rows` rows from `row` on into `sums` [row][together * 16].
  void sumRows(const std::byte* item, const PackedCodes& weights, size_t row, size_t rows, size_t panel,
               size_t together, int32_t* sums) const;
  void sumRows(const std::byte* item, const PackedCodes& weights, size_t row, size_t rows, size_t panel,
               size_t together, int64_t* sums) const;
  void sumSegment(const std::byte* item, const PackedCodes& weights, const SumSegment& segment, size_t row, size_t rows,
                  size_t panel, size_t together, int32_t* sums) const;

  template <typename Sum, typename Finish>
  void multiplyTiles(const KernelContext& run, const std::byte* item, Finish& finish) const {
    overBlocks(run, item, [&](const Tile& t) {
      alignas(64) Sum sums[kMostIntegerRows * kMostIntegerPanels * kPanel];
      sumRows(t.item, *t.weights, t.row, t.rows, t.panel, t.together, sums);
      finish(ProductRows<Sum>{t.row, t.rows, t.channel, t.columns, sums, t.together * kPanel});
    });
  }

  /// Calls use(Tile) for everything, on the run's threads.
  template <typename Use>
  void overBlocks(const KernelContext& run, const std::byte* item, const Use& use) const {
    const double work = double(gather.rows) * double(gather.depth()) * double(outChannels) / 2.0;
    if (gather.rows >= 64 || groups.size() > 1) {
      inPieces(run, gather.rows, 8, work, [&](size_t begin, size_t end) {
        for (size_t g = 0; g < groups.size(); ++g) overTiles(item, {g, begin, end, 0, groups[g].panels()}, use);
      });
    } else {
      inPieces(run, groups[0].panels(), 4, work, [&](size_t begin, size_t end) {
        overTiles(item, {0, 0, gather.rows, begin, end}, use);
      });
    }
  }

  template <typename Use>
  void overTiles(const std::byte* item, const Block& part, const Use& use) const {
    const PackedCodes& weights = groups[part.group];
    const size_t firstChannel = part.group * weights.columns;
    item += part.group * groupChannels * valueBytes();
    // Rows whose windows stay in the second-level cache while all panels pass over them.
    const size_t block = std::max<size_t>(192 * 1024 / std::max<size_t>(gather.depth() * valueBytes() / 3, 1), 24);
    for (size_t blockStart = part.firstRow; blockStart < part.endRow; blockStart += block) {
      const size_t blockEnd = std::min(blockStart + block, part.endRow);
      for (size_t panel = part.firstPanel; panel < part.endPanel;) {
        const size_t together = panelsTogether(blockEnd - blockStart, part.endPanel - panel);
        const size_t columns = std::min(together * kPanel, weights.columns - panel * kPanel);
        for (size_t row = blockStart; row < blockEnd;) {
          const size_t rows = std::min(tiles->mostRows[together], blockEnd - row);
          use(Tile{item, &weights, row, rows, panel, together, firstChannel + panel * kPanel, columns});
          row += rows;
        }
        panel += together;
      }
    }
  }
};

/// Parts of the sums of `product` that fit 32 bits whatever the inputs of at most `largest` are; one part where all
/// fits at once. `weights` as integers [channels][depth].
std::vector<SumSegment> segmentsFor(const IntegerProduct& product, const int8_t* weights, int64_t largest);

}  // namespace quantscope::fast
