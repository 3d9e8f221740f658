#include "core/ops/fast/affine_hybrid.h"

#include "core/ops/fast/affine_integer.h"
#include "core/ops/fast/dynamic_codes.h"
#include "core/ops/fast/integer_product.h"

namespace quantscope::fast {

namespace {

// Added where there is no bias; unlike 0 it leaves -0 alone.
constexpr float kNothing = -0.0f;

std::vector<int32_t> weightSums(const int8_t* weights, size_t channels, size_t taps) {
  std::vector<int32_t> sums(channels);
  for (size_t c = 0; c < channels; ++c) {
    int64_t sum = 0;
    for (size_t k = 0; k < taps; ++k) sum += weights[c * taps + k];
    sums[c] = numerics::wrap32(sum);
  }
  return sums;
}

struct Parts {
  IntegerProduct product;
  RealFinish finish;
  FinishReal finishRow;
  DynamicQuantizer quantize;
  size_t codesSlot = 0, imageSlot = 0;

  bool bytes() const { return product.form == CodeForm::Bytes; }
  /// What the form of the values adds to each: its multiple of the weights' sum is taken off again.
  int32_t added(int32_t zeroPoint) const { return bytes() ? zeroPoint + 128 : 0; }
  /// Codes as the tiles want them, with a border of the code of 0.
  void fill(const KernelContext& run, const PaddedImage& image, const int8_t* codes, std::byte* target,
            int32_t zeroPoint) const {
    if (bytes()) {
      image.fill(run, reinterpret_cast<const uint8_t*>(codes), reinterpret_cast<uint8_t*>(target),
                 static_cast<uint8_t>(zeroPoint + 128), [](uint8_t v) { return static_cast<uint8_t>(v ^ 0x80); });
    } else {
      image.fill(run, codes, reinterpret_cast<int16_t*>(target), int16_t{0},
                 [zeroPoint](int8_t v) { return static_cast<int16_t>(v - zeroPoint); });
    }
  }
  /// Values of one item; `scales` as IntegerProduct::multiplyReals takes them.
  void multiply(const KernelContext& run, const numerics::DynamicScale* scales, size_t scaleStride, float* out) const {
    const std::byte* item = run.scratch[imageSlot];
    if (product.hasRealTiles()) return product.multiplyReals(run, item, finish, scales, scaleStride, out);
    product.multiply(run, item, byRow([&](size_t row, size_t first, size_t count, const int32_t* sums) {
                       const auto dynamic = scales[row * scaleStride];
                       finishRow(finish, dynamic.scale, added(dynamic.zeroPoint), sums, first, count,
                                 out + row * product.outChannels + first);
                     }));
  }
};

Parts makeParts(PrepareContext& context, const HybridLayer& layer, ConvLowering lowering, size_t batches,
                size_t channels, float withoutBias) {
  const CpuLevel cpu = context.options.cpu;
  auto sums = weightSums(layer.weights, channels, lowering.gather.depth());
  const CodeForm form = cpu >= CpuLevel::Avx512Vnni ? CodeForm::Bytes : CodeForm::Pairs;
  IntegerProduct product(std::move(lowering), batches, channels, layer.weights, 0, form, cpu);
  RealFinish finish(layer.scales, layer.bias, withoutBias, std::move(sums), layer.range, layer.order);
  Parts parts{std::move(product), std::move(finish), finishReal(cpu), dynamicQuantizer(cpu, layer.asymmetric)};
  context.sharedBytes += static_cast<int64_t>(parts.product.packedBytes());
  parts.codesSlot = context.addScratch(parts.product.inputItem);
  parts.imageSlot = context.addScratch(parts.product.scratchBytes());
  return parts;
}

}  // namespace

std::unique_ptr<Kernel> makeConvHybrid(PrepareContext& context, const reference::ConvGeometry& g,
                                       const HybridLayer& layer) {
  if (!layer.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto lowering = lowerConvolution(g);
  if (!lowering) return nullptr;
  auto parts = std::make_shared<const Parts>(
      makeParts(context, layer, std::move(*lowering), size_t(g.batches), size_t(g.outChannels), kNothing));
  return makeKernel([parts](const KernelContext& run) {
    const IntegerProduct& product = parts->product;
    auto* codes = run.scratchAs<int8_t>(parts->codesSlot);
    for (size_t b = 0; b < product.batches; ++b) {
      const auto dynamic = parts->quantize({run.input<float>(0) + b * product.inputItem, product.inputItem}, codes);
      parts->fill(run, product.image, codes, run.scratch[parts->imageSlot], dynamic.zeroPoint);
      parts->multiply(run, &dynamic, 0, run.output<float>(0) + b * product.outputItem);
    }
  });
}

std::unique_ptr<Kernel> makeFullyConnectedHybrid(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                                 const HybridLayer& layer) {
  if (!layer.weights || rows == 0 || depth == 0) return nullptr;
  auto parts = std::make_shared<const Parts>(makeParts(context, layer, lowerDense(rows, units, depth), 1, units, 0.0f));
  PaddedImage oneRow;
  oneRow.channels = depth;
  oneRow.height = oneRow.width = oneRow.inHeight = oneRow.inWidth = 1;
  const size_t scalesSlot = context.addScratch(rows * sizeof(numerics::DynamicScale));
  return makeKernel([=](const KernelContext& run) {
    const IntegerProduct& product = parts->product;
    auto* codes = run.scratchAs<int8_t>(parts->codesSlot);
    auto* scales = run.scratchAs<numerics::DynamicScale>(scalesSlot);
    for (size_t row = 0; row < rows; ++row) {
      scales[row] = parts->quantize({run.input<float>(0) + row * depth, depth}, codes);
      parts->fill(run, oneRow, codes, run.scratch[parts->imageSlot] + row * depth * product.valueBytes(),
                  scales[row].zeroPoint);
    }
    parts->multiply(run, scales, 1, run.output<float>(0));
  });
}

}  // namespace quantscope::fast
