#include "core/ops/fast/winograd.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

#include "core/ops/fast/float_product.h"
#include "core/ops/fast/levels.h"
#include "core/ops/fast/pieces.h"

namespace quantscope::fast {

namespace {

using reference::ConvGeometry;

constexpr size_t kPositions = 16;  ///< of a transformed tile of 4 x 4
constexpr size_t kMostPieces = 8;  ///< blocks worked on at a time, each with scratch memory of its own
constexpr size_t kBlockBytes = 192 * 1024;

/// A tile of 4 x 4 pixels of the input, to 16 values for each channel, `plane` apart.
struct InputTile {
  const float* pixels;
  size_t line, channels;  ///< values from line to line; of a pixel
  float* transformed;
  size_t plane;
};

QS_INLINE void transformInputBody(const InputTile& t) {
  const float* in = t.pixels;
  float* out = t.transformed;
  const size_t line = t.line, pixel = t.channels, plane = t.plane;
  QS_INDEPENDENT
  for (size_t c = 0; c < pixel; ++c) {
    float rows[4][4];
#pragma GCC unroll 4
    for (size_t x = 0; x < 4; ++x) {
      const float a = in[x * pixel + c], b = in[line + x * pixel + c];
      const float d = in[2 * line + x * pixel + c], e = in[3 * line + x * pixel + c];
      rows[0][x] = a - d;
      rows[1][x] = b + d;
      rows[2][x] = d - b;
      rows[3][x] = b - e;
    }
#pragma GCC unroll 4
    for (size_t y = 0; y < 4; ++y) {
      out[(4 * y + 0) * plane + c] = rows[y][0] - rows[y][2];
      out[(4 * y + 1) * plane + c] = rows[y][1] + rows[y][2];
      out[(4 * y + 2) * plane + c] = rows[y][2] - rows[y][1];
      out[(4 * y + 3) * plane + c] = rows[y][1] - rows[y][3];
    }
  }
}
QS_LEVELS(transformInput, (const InputTile& tile), (tile))

/// 16 sums of each output channel, `plane` apart, to 2 x 2 outputs.
struct OutputTile {
  const float* sums;
  size_t plane, channels;
  const float* bias;
  float low, high;
  std::array<float*, 4> outputs;  ///< outputs beyond the image go somewhere harmless
};

QS_INLINE void transformOutputBody(const OutputTile& t) {
  const float *in = t.sums, *bias = t.bias;
  const size_t plane = t.plane, channels = t.channels;
  const float low = t.low, high = t.high;
  float *y0 = t.outputs[0], *y1 = t.outputs[1], *y2 = t.outputs[2], *y3 = t.outputs[3];
  const auto clamped = [low, high](float v) {
    v = v < low ? low : v;
    return high < v ? high : v;
  };
  QS_INDEPENDENT
  for (size_t c = 0; c < channels; ++c) {
    float rows[2][4];
#pragma GCC unroll 4
    for (size_t x = 0; x < 4; ++x) {
      const float a = in[x * plane + c], b = in[(4 + x) * plane + c];
      const float d = in[(8 + x) * plane + c], e = in[(12 + x) * plane + c];
      rows[0][x] = a + b + d;
      rows[1][x] = b - d - e;
    }
    y0[c] = clamped(rows[0][0] + rows[0][1] + rows[0][2] + bias[c]);
    y1[c] = clamped(rows[0][1] - rows[0][2] - rows[0][3] + bias[c]);
    y2[c] = clamped(rows[1][0] + rows[1][1] + rows[1][2] + bias[c]);
    y3[c] = clamped(rows[1][1] - rows[1][2] - rows[1][3] + bias[c]);
  }
}
QS_LEVELS(transformOutput, (const OutputTile& tile), (tile))

/// G g G^T of every filter: [position][outChannels][inChannels].
std::vector<float> transformedWeights(const float* weights, size_t outChannels, size_t channels) {
  std::vector<float> result(kPositions * outChannels * channels);
  const auto expand = [](double a, double b, double c) {
    return std::array<double, 4>{a, (a + b + c) / 2, (a - b + c) / 2, c};
  };
  for (size_t o = 0; o < outChannels; ++o) {
    for (size_t c = 0; c < channels; ++c) {
      const auto at = [&](size_t y, size_t x) { return double{weights[((o * 3 + y) * 3 + x) * channels + c]}; };
      std::array<std::array<double, 4>, 3> columns;
      for (size_t x = 0; x < 3; ++x) columns[x] = expand(at(0, x), at(1, x), at(2, x));
      for (size_t y = 0; y < 4; ++y) {
        const auto row = expand(columns[0][y], columns[1][y], columns[2][y]);
        for (size_t x = 0; x < 4; ++x) {
          result[((4 * y + x) * outChannels + o) * channels + c] = static_cast<float>(row[x]);
        }
      }
    }
  }
  return result;
}

struct WinogradKernel final : Kernel {
  ConvGeometry g;
  PaddedImage image;
  numerics::ActivationRange<float> range;
  std::vector<PackedFloat> weights;  ///< by position, without bias
  LineVector<float> bias;
  const FloatTiles* tiles = nullptr;
  void (*transformInput)(const InputTile&) = nullptr;
  void (*transformOutput)(const OutputTile&) = nullptr;
  RowGather gather;  ///< of one position: a row is a tile
  size_t tilesX = 0, tilesY = 0, blockTiles = 0, channels = 0, outChannels = 0;
  size_t imageSlot = 0, blockSlot = 0;

  size_t blockValues() const { return blockTiles * kPositions * (channels + outChannels) + outChannels; }

  Result<void> run(const KernelContext& run) const override {
    for (size_t b = 0; b < size_t(g.batches); ++b) {
      const float* item = run.input<float>(0) + b * g.itemSize();
      if (image.needed()) {
        image.fill(run, item, run.scratchAs<float>(imageSlot), 0.0f, [](float v) { return v; });
        item = run.scratchAs<float>(imageSlot);
      }
      float* out = run.output<float>(0) + b * g.outputItemSize();
      const size_t count = tilesX * tilesY;
      const auto part = [&](size_t piece, size_t begin, size_t end) {
        float* block = run.scratchAs<float>(blockSlot) + piece * blockValues();
        for (size_t first = begin; first < end; first += blockTiles) {
          multiplyBlock(item, out, block, first, std::min(first + blockTiles, end));
        }
      };
      const size_t threads = run.tasks ? size_t(std::max(run.tasks->threads(), 1)) : 1;
      const bool worthIt = count * kPositions * channels * outChannels >= 200000;
      const size_t pieces = worthIt ? std::min({threads, kMostPieces, count / 8}) : 1;
      if (pieces <= 1) {
        part(0, 0, count);
      } else {
        const auto share = [&](int piece) {
          const auto p = static_cast<size_t>(piece);
          part(p, count * p / pieces, count * (p + 1) / pieces);
        };
        run.tasks->run(static_cast<int>(pieces), std::cref(share));
      }
    }
    return {};
  }

private:
  void multiplyBlock(const float* item, float* out, float* block, size_t first, size_t end) const {
    const size_t count = end - first;
    float* sums = block + blockTiles * kPositions * channels;
    float* harmless = sums + blockTiles * kPositions * outChannels;
    const size_t line = image.width * channels;
    for (size_t i = 0; i < count; ++i) {
      const size_t y = (first + i) / tilesX, x = (first + i) % tilesX;
      transformInput(
          {item + 2 * (y * line + x * channels), line, channels, block + i * channels, blockTiles * channels});
    }
    for (size_t p = 0; p < kPositions; ++p) {
      constexpr float most = std::numeric_limits<float>::infinity();
      multiply(*tiles, weights[p].panelsView(), gather, block + p * blockTiles * channels, {-most, most},
               sums + p * blockTiles * outChannels, outChannels, {0, count, 0, weights[p].panels()});
    }
    const size_t width = size_t(g.outWidth), height = size_t(g.outHeight);
    for (size_t i = 0; i < count; ++i) {
      const size_t y = (first + i) / tilesX * 2, x = (first + i) % tilesX * 2;
      OutputTile tile{
          sums + i * outChannels, blockTiles * outChannels, outChannels, bias.data(), range.low, range.high, {}};
      for (size_t k = 0; k < 4; ++k) {
        const size_t oy = y + k / 2, ox = x + k % 2;
        tile.outputs[k] = oy < height && ox < width ? out + (oy * width + ox) * outChannels : harmless;
      }
      transformOutput(tile);
    }
  }
};

}  // namespace

std::unique_ptr<Kernel> makeWinogradFloat(PrepareContext& context, const ConvGeometry& g, const float* weights,
                                          const float* bias, numerics::ActivationRange<float> range) {
  const bool fits = g.filterHeight == 3 && g.filterWidth == 3 && g.strideY == 1 && g.strideX == 1 && g.dilationY == 1 &&
                    g.dilationX == 1 && g.filterChannels == g.inChannels;
  const size_t tilesX = size_t(g.outWidth + 1) / 2, tilesY = size_t(g.outHeight + 1) / 2;
  // Below, the transforms cost what the products save.
  if (!fits || g.inChannels < 16 || g.outChannels < 16 || tilesX * tilesY < 8) return nullptr;
  auto kernel = std::make_unique<WinogradKernel>();
  kernel->g = g;
  kernel->range = range;
  kernel->tilesX = tilesX;
  kernel->tilesY = tilesY;
  kernel->channels = size_t(g.inChannels);
  kernel->outChannels = size_t(g.outChannels);
  PaddedImage& image = kernel->image;
  image.channels = kernel->channels;
  image.inHeight = size_t(g.inHeight);
  image.inWidth = size_t(g.inWidth);
  image.top = size_t(g.padTop);
  image.left = size_t(g.padLeft);
  image.height = std::max(image.inHeight + image.top, 2 * tilesY + 2);
  image.width = std::max(image.inWidth + image.left, 2 * tilesX + 2);
  if (image.size() > UINT32_MAX / 4) return nullptr;
  const auto transformed = transformedWeights(weights, kernel->outChannels, kernel->channels);
  for (size_t p = 0; p < kPositions; ++p) {
    kernel->weights.emplace_back(transformed.data() + p * kernel->outChannels * kernel->channels, nullptr,
                                 kernel->outChannels, kernel->channels);
    context.sharedBytes += static_cast<int64_t>(kernel->weights.back().bytes());
  }
  kernel->bias.assign(kernel->outChannels, 0.0f);
  if (bias) std::copy_n(bias, kernel->outChannels, kernel->bias.data());
  const CpuLevel cpu = context.options.cpu;
  kernel->tiles = &floatTiles(cpu);
  kernel->transformInput = transformInputAt(cpu);
  kernel->transformOutput = transformOutputAt(cpu);
  const size_t tileBytes = kPositions * (kernel->channels + kernel->outChannels) * sizeof(float);
  kernel->blockTiles = std::clamp<size_t>(kBlockBytes / tileBytes, 16, std::max<size_t>(tilesX * tilesY, 16));
  kernel->gather = denseRows(kernel->blockTiles, kernel->channels);
  if (image.needed()) kernel->imageSlot = context.addScratch(image.size() * sizeof(float));
  kernel->blockSlot = context.addScratch(kMostPieces * kernel->blockValues() * sizeof(float));
  return kernel;
}

}  // namespace quantscope::fast
