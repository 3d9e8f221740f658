#include "core/ops/fast/affine_float.h"

#include "core/ops/fast/float_product.h"
#include "core/ops/fast/pieces.h"
#include "core/ops/fast/winograd.h"

namespace quantscope::fast {

namespace {

constexpr size_t kInput = 0, kWeights = 1, kBias = 2;

bool ready(const PrepareContext& context) {
  return context.input(kWeights).isConstant && (!context.hasInput(kBias) || context.input(kBias).isConstant);
}

const float* constantBias(const PrepareContext& context) {
  return context.hasInput(kBias) ? context.input(kBias).constantAs<float>().data() : nullptr;
}

struct ConvFloat final : Kernel {
  ConvLowering lowering;
  std::vector<PackedFloat> groups;
  numerics::ActivationRange<float> range;
  const FloatTiles& tiles;
  size_t batches = 0, inputItem = 0, outputItem = 0, outChannels = 0, groupChannels = 0;
  size_t paddedSlot = 0;

  explicit ConvFloat(CpuLevel level) : tiles(floatTiles(level)) {}

  Result<void> run(const KernelContext& run) const override {
    for (size_t b = 0; b < batches; ++b) {
      const float* item = run.input<float>(kInput) + b * inputItem;
      if (lowering.image.needed()) {
        float* padded = run.scratchAs<float>(paddedSlot);
        lowering.image.fill(run, item, padded, 0.0f, [](float v) { return v; });
        item = padded;
      }
      float* out = run.output<float>(0) + b * outputItem;
      const RowGather& gather = lowering.gather;
      const double work = double(gather.rows) * double(gather.depth()) * double(outChannels);
      // Parts of whole tiles; many rows are split by rows, a few by columns.
      if (gather.rows >= 64) {
        inPieces(run, gather.rows, 8, work, [&](size_t begin, size_t end) { multiplyGroups(item, out, begin, end); });
      } else if (groups.size() == 1) {
        inPieces(run, groups[0].panels(), 2, work, [&](size_t begin, size_t end) {
          multiply(tiles, groups[0].panelsView(), gather, item, range, out, outChannels, {0, gather.rows, begin, end});
        });
      } else {
        multiplyGroups(item, out, 0, gather.rows);
      }
    }
    return {};
  }

private:
  void multiplyGroups(const float* item, float* out, size_t begin, size_t end) const {
    for (size_t g = 0; g < groups.size(); ++g) {
      multiply(tiles, groups[g].panelsView(), lowering.gather, item + g * groupChannels, range,
               out + begin * outChannels + g * lowering.groupColumns, outChannels, {begin, end, 0, groups[g].panels()});
    }
  }
};

}  // namespace

std::unique_ptr<Kernel> makeConvFloat(PrepareContext& context, const reference::ConvGeometry& g,
                                      numerics::ActivationRange<float> range) {
  if (!ready(context) || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  if (auto kernel = makeWinogradFloat(context, g, context.input(kWeights).constantAs<float>().data(),
                                      constantBias(context), range)) {
    return kernel;
  }
  auto lowering = lowerConvolution(g);
  if (!lowering) return nullptr;
  auto kernel = std::make_unique<ConvFloat>(context.options.cpu);
  kernel->lowering = std::move(*lowering);
  const float* weights = context.input(kWeights).constantAs<float>().data();
  const float* bias = constantBias(context);
  for (size_t group = 0; group < kernel->lowering.groups; ++group) {
    const size_t first = group * kernel->lowering.groupColumns;
    kernel->groups.emplace_back(weights + first * g.taps(), bias ? bias + first : nullptr,
                                kernel->lowering.groupColumns, g.taps());
    context.sharedBytes += static_cast<int64_t>(kernel->groups.back().bytes());
  }
  kernel->range = range;
  kernel->batches = size_t(g.batches);
  kernel->inputItem = g.itemSize();
  kernel->outputItem = g.outputItemSize();
  kernel->outChannels = size_t(g.outChannels);
  kernel->groupChannels = size_t(g.filterChannels);
  if (kernel->lowering.image.needed()) {
    kernel->paddedSlot = context.addScratch(kernel->lowering.image.size() * sizeof(float));
  }
  return kernel;
}

std::unique_ptr<Kernel> makeFullyConnectedFloat(PrepareContext& context, size_t rows,
                                                numerics::ActivationRange<float> range) {
  const Operand& w = context.input(kWeights);
  if (!ready(context) || rows == 0) return nullptr;
  const size_t units = size_t(w.shape[0]), depth = size_t(w.shape[1]);
  const float* bias = constantBias(context);
  auto packed = std::make_shared<PackedFloat>(w.constantAs<float>().data(), bias, units, depth);
  context.sharedBytes += static_cast<int64_t>(packed->bytes());
  const FloatTiles* tiles = &floatTiles(context.options.cpu);
  return makeKernel([=, gather = denseRows(rows, depth)](const KernelContext& run) {
    const double work = double(rows) * double(units) * double(depth);
    inPieces(run, packed->panels(), 4, work, [&](size_t begin, size_t end) {
      multiply(*tiles, packed->panelsView(), gather, run.input<float>(kInput), range, run.output<float>(0), units,
               {0, rows, begin, end});
    });
  });
}

}  // namespace quantscope::fast
