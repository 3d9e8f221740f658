#include <algorithm>
#include <cstdlib>

#include "core/ops/fast/affine_integer.h"
#include "core/ops/fast/integer_product.h"

/// int16 activations with int8 weights: products in pairs of 16 bits, sums in 32 bits wherever the weights prove that
/// they fit, else in 64 bits over parts that do.
namespace quantscope::fast {

namespace {

constexpr int64_t kLargestInput = 32768;

/// The item as the tiles want it: the input itself where nothing needs to be added.
const std::byte* paddedItem(const KernelContext& run, const IntegerProduct& product, size_t slot, bool copies,
                            size_t b) {
  const int16_t* item = run.input<int16_t>(0) + b * product.inputItem;
  if (!copies) return reinterpret_cast<const std::byte*>(item);
  auto* target = run.scratchAs<int16_t>(slot);
  product.image.fill(run, item, target, int16_t{0}, [](int16_t v) { return v; });
  return run.scratch[slot];
}

template <typename Requantize>
std::unique_ptr<Kernel> makeKernelOf(PrepareContext& context, const WideLayer& layer, ConvLowering lowering,
                                     size_t batches, size_t channels, const Requantize& requantize, bool inDouble) {
  const CpuLevel cpu = context.options.cpu;
  auto product =
      std::make_shared<IntegerProduct>(std::move(lowering), batches, channels, layer.weights, 0, CodeForm::Pairs, cpu);
  // An odd run reads one value beyond its end.
  const bool copies = product->image.needed() || product->gather.runLength % 2 != 0;
  const size_t slot = copies ? context.addScratch(product->scratchBytes()) : 0;
  if (layer.narrowSum) {
    std::vector<int32_t> bias;
    for (const int64_t value : layer.bias) bias.push_back(numerics::wrap32(value));
    context.sharedBytes += static_cast<int64_t>(product->packedBytes());
    return makeKernel(
        [=, finish = CodeFinish(requantize, bias), finishRows = finishWords(cpu, inDouble)](const KernelContext& run) {
          for (size_t b = 0; b < product->batches; ++b) {
            int16_t* out = run.output<int16_t>(0) + b * product->outputItem;
            product->multiply(run, paddedItem(run, *product, slot, copies, b), [&](const ProductRows<int32_t>& part) {
              finishRows(finish, {part.sums, part.stride, part.rows, part.first, part.count,
                                  out + part.row * product->outChannels + part.first, product->outChannels});
            });
          }
        });
  }
  const bool small = std::all_of(layer.bias.begin(), layer.bias.end(),
                                 [](int64_t b) { return b > -kMostWideBias / 2 && b < kMostWideBias / 2; });
  // The largest sum of products that there can be.
  if (!small || int64_t(product->gather.depth()) > kMostWideBias / 2 / (kLargestInput * 128)) return nullptr;
  context.sharedBytes += static_cast<int64_t>(product->packedBytes());
  product->segments = segmentsFor(*product, layer.weights, kLargestInput);
  const WideFinish finish(requantize, layer.bias);
  if (product->segments.size() > 1) {
    return makeKernel([=, finishRow = finishWide<int64_t>(cpu, inDouble)](const KernelContext& run) {
      for (size_t b = 0; b < product->batches; ++b) {
        int16_t* out = run.output<int16_t>(0) + b * product->outputItem;
        product->multiplyWide(run, paddedItem(run, *product, slot, copies, b),
                              byRow([&](size_t row, size_t first, size_t count, const int64_t* sums) {
                                finishRow(finish, sums, first, count, out + row * product->outChannels + first);
                              }));
      }
    });
  }
  return makeKernel([=, finishRow = finishWide<int32_t>(cpu, inDouble)](const KernelContext& run) {
    for (size_t b = 0; b < product->batches; ++b) {
      int16_t* out = run.output<int16_t>(0) + b * product->outputItem;
      product->multiply(run, paddedItem(run, *product, slot, copies, b),
                        byRow([&](size_t row, size_t first, size_t count, const int32_t* sums) {
                          finishRow(finish, sums, first, count, out + row * product->outChannels + first);
                        }));
    }
  });
}

}  // namespace

std::unique_ptr<Kernel> makeConvWide(PrepareContext& context, const reference::ConvGeometry& g, const WideLayer& layer,
                                     const reference::Requantization& requantize) {
  if (!layer.weights || g.outputItemSize() == 0 || g.itemSize() == 0) return nullptr;
  auto lowering = lowerConvolution(g);
  if (!lowering) return nullptr;
  return makeKernelOf(context, layer, std::move(*lowering), size_t(g.batches), size_t(g.outChannels), requantize,
                      false);
}

std::unique_ptr<Kernel> makeFullyConnectedWide(PrepareContext& context, size_t rows, size_t units, size_t depth,
                                               const WideLayer& layer,
                                               const reference::DoubleRequantization& requantize) {
  if (!layer.weights || rows == 0) return nullptr;
  return makeKernelOf(context, layer, lowerDense(rows, units, depth), 1, units, requantize, true);
}

}  // namespace quantscope::fast
