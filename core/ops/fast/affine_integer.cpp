#include "core/ops/fast/affine_integer.h"

#include <algorithm>

#include "core/ops/fast/integer_tiles.h"
#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

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

size_t panelsTogether(const IntegerTiles& tiles, size_t rows, size_t panels) {
  size_t best = 1, bestSums = 0;
  for (size_t p = 1; p <= std::min(kMostIntegerPanels, panels); ++p) {
    const size_t sums = std::min(rows, tiles.mostRows[p]) * p;
    if (sums > bestSums) best = p, bestSums = sums;
  }
  return best;
}

struct CodesKernel final : Kernel {
  PaddedImage image;
  RowGather gather;
  std::vector<int64_t> runBytes;
  std::vector<PackedCodes> groups;
  CodeForm form = CodeForm::Pairs;
  const IntegerTiles* tiles = nullptr;
  FinishRow finishOne = nullptr;
  CodeFinish finish;
  bool isUnsigned = false;
  int32_t zeroX = 0;
  size_t batches = 1, inputItem = 0, outputItem = 0, outChannels = 0, groupChannels = 0, slot = 0;

  explicit CodesKernel(CodeFinish f) : finish(std::move(f)) {}

  size_t valueBytes() const { return form == CodeForm::Bytes ? 1 : 2; }

  Result<void> run(const KernelContext& run) const override {
    for (size_t b = 0; b < batches; ++b) {
      const std::byte* item = converted(run, b);
      uint8_t* out = run.output<uint8_t>(0) + b * outputItem;
      const double work = double(gather.rows) * double(gather.depth()) * double(outChannels) / 2.0;
      if (gather.rows >= 64 || groups.size() > 1) {
        inPieces(run, gather.rows, 8, work, [&](size_t begin, size_t end) {
          for (size_t g = 0; g < groups.size(); ++g) multiply(item, out, g, begin, end, 0, groups[g].panels());
        });
      } else {
        inPieces(run, groups[0].panels(), 4, work,
                 [&](size_t begin, size_t end) { multiply(item, out, 0, 0, gather.rows, begin, end); });
      }
    }
    return {};
  }

private:
  /// The item with its border, as the tiles want the values.
  const std::byte* converted(const KernelContext& run, size_t b) const {
    std::byte* target = run.scratch[slot];
    if (form == CodeForm::Bytes) {
      // int8 + 128; the zero point is in the bias.
      image.fill(run.input<uint8_t>(0) + b * inputItem, reinterpret_cast<uint8_t*>(target),
                 static_cast<uint8_t>(zeroX + 128), [](uint8_t v) { return static_cast<uint8_t>(v ^ 0x80); });
    } else if (isUnsigned) {
      image.fill(run.input<uint8_t>(0) + b * inputItem, reinterpret_cast<int16_t*>(target), int16_t{0},
                 [zero = zeroX](uint8_t v) { return static_cast<int16_t>(v - zero); });
    } else {
      image.fill(run.input<int8_t>(0) + b * inputItem, reinterpret_cast<int16_t*>(target), int16_t{0},
                 [zero = zeroX](int8_t v) { return static_cast<int16_t>(v - zero); });
    }
    return target;
  }

  void multiply(const std::byte* item, uint8_t* out, size_t group, size_t firstRow, size_t endRow, size_t firstPanel,
                size_t endPanel) const {
    const PackedCodes& weights = groups[group];
    const size_t firstChannel = group * weights.columns;
    item += group * groupChannels * valueBytes();
    const size_t block = std::max<size_t>(192 * 1024 / std::max<size_t>(gather.depth() * valueBytes() / 3, 1), 24);
    for (size_t blockStart = firstRow; blockStart < endRow; blockStart += block) {
      const size_t blockEnd = std::min(blockStart + block, endRow);
      for (size_t panel = firstPanel; panel < endPanel;) {
        const size_t together = panelsTogether(*tiles, blockEnd - blockStart, endPanel - panel);
        multiplyPanels(item, out, weights, firstChannel, blockStart, blockEnd, panel, together);
        panel += together;
      }
    }
  }

  void multiplyPanels(const std::byte* item, uint8_t* out, const PackedCodes& weights, size_t firstChannel,
                      size_t firstRow, size_t endRow, size_t panel, size_t together) const {
    alignas(64) int32_t sums[kMostIntegerRows * kMostIntegerPanels * kPanel];
    const std::byte* starts[kMostIntegerRows];
    IntegerTileCall call{};
    call.rows = starts;
    call.runStart = runBytes.data();
    call.runs = runBytes.size();
    call.steps = weights.steps;
    call.weights = weights.values.data() + panel * weights.panelBytes;
    call.panelBytes = weights.panelBytes;
    call.sums = sums;
    const size_t column = panel * kPanel;
    const size_t columns = std::min(together * kPanel, weights.columns - column);
    for (size_t row = firstRow; row < endRow;) {
      const size_t rows = std::min(tiles->mostRows[together], endRow - row);
      for (size_t m = 0; m < rows; ++m) starts[m] = item + gather.start(row + m) * valueBytes();
      tiles->tile[together][rows](call);
      for (size_t m = 0; m < rows; ++m) {
        finishOne(finish, sums + m * together * kPanel, firstChannel + column, columns,
                  out + (row + m) * outChannels + firstChannel + column);
      }
      row += rows;
    }
  }
};

/// bias[c] less what the stored form of the input adds to every sum.
template <typename W>
std::vector<int32_t> correctedBias(const IntegerLayer& layer, const W* weights, size_t channels, size_t taps,
                                   int32_t added) {
  std::vector<int32_t> bias(channels);
  for (size_t c = 0; c < channels; ++c) {
    int64_t sum = 0;
    for (size_t k = 0; k < taps; ++k) sum += weights[c * taps + k];
    bias[c] = numerics::wrap32((layer.bias ? int64_t{layer.bias[c]} : 0) - sum * added);
  }
  return bias;
}

template <typename W, typename Requantize>
std::unique_ptr<Kernel> makeKernelOf(PrepareContext& context, const IntegerLayer& layer, ConvLowering lowering,
                                     size_t batches, size_t channels, const Requantize& requantize, bool inDouble) {
  const auto* weights = static_cast<const W*>(layer.weights);
  const bool bytes = context.options.cpu >= CpuLevel::Avx512Vnni && !layer.isUnsigned;
  const size_t depth = lowering.gather.depth();
  const auto bias = correctedBias(layer, weights, channels, depth, bytes ? layer.zeroX + 128 : 0);
  auto kernel = std::make_unique<CodesKernel>(CodeFinish(requantize, bias));
  kernel->form = bytes ? CodeForm::Bytes : CodeForm::Pairs;
  kernel->tiles = &integerTiles(context.options.cpu, kernel->form);
  kernel->finishOne = finishRow(context.options.cpu, inDouble);
  kernel->isUnsigned = layer.isUnsigned;
  kernel->zeroX = layer.zeroX;
  kernel->image = lowering.image;
  kernel->gather = std::move(lowering.gather);
  for (const int64_t start : kernel->gather.runStart) {
    kernel->runBytes.push_back(start * static_cast<int64_t>(kernel->valueBytes()));
  }
  for (size_t g = 0; g < lowering.groups; ++g) {
    kernel->groups.emplace_back(weights + g * lowering.groupColumns * depth, layer.zeroW, lowering.groupColumns,
                                kernel->gather, kernel->form);
    context.sharedBytes += static_cast<int64_t>(kernel->groups.back().values.size());
  }
  kernel->batches = batches;
  kernel->outChannels = channels;
  kernel->groupChannels = kernel->image.channels / lowering.groups;
  kernel->inputItem = kernel->image.inHeight * kernel->image.inWidth * kernel->image.channels;
  kernel->outputItem = kernel->gather.rows * channels;
  // The last step of a run may read a few values beyond it.
  kernel->slot = context.addScratch(kernel->image.size() * kernel->valueBytes() + 64);
  return kernel;
}

template <typename Requantize>
std::unique_ptr<Kernel> makeKernelFor(PrepareContext& context, const IntegerLayer& layer, ConvLowering lowering,
                                      size_t batches, size_t channels, const Requantize& requantize, bool inDouble) {
  if (layer.isUnsigned) {
    return makeKernelOf<uint8_t>(context, layer, std::move(lowering), batches, channels, requantize, inDouble);
  }
  return makeKernelOf<int8_t>(context, layer, std::move(lowering), batches, channels, requantize, inDouble);
}

}  // namespace

std::unique_ptr<Kernel> makeConvCodes(PrepareContext& context, const reference::ConvGeometry& g,
                                      const IntegerLayer& layer, const reference::Requantization& requantize) {
  if (!layer.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto lowering = lowerConvolution(g);
  if (!lowering) return nullptr;
  return makeKernelFor(context, layer, std::move(*lowering), size_t(g.batches), size_t(g.outChannels), requantize,
                       false);
}

std::unique_ptr<Kernel> makeFullyConnectedCodes(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                                const IntegerLayer& layer,
                                                const reference::DoubleRequantization& requantize) {
  if (!layer.weights || rows == 0) return nullptr;
  ConvLowering lowering;
  lowering.gather = denseRows(rows, depth);
  lowering.groupColumns = units;
  lowering.image.channels = depth;
  lowering.image.height = lowering.image.inHeight = rows;
  lowering.image.width = lowering.image.inWidth = 1;
  return makeKernelFor(context, layer, std::move(lowering), 1, units, requantize, true);
}

}  // namespace quantscope::fast
