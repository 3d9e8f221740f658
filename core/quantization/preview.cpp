#include "core/quantization/preview.h"

#include <algorithm>
#include <cmath>

#include "core/base/checked.h"

namespace quantscope {

namespace {

struct IntegerRange {
  double low, high;
};

IntegerRange integerRange(ElementType type) {
  switch (type) {
    case ElementType::Int4:
      return {-7, 7};
    case ElementType::Int2:
      return {-1, 1};
    case ElementType::UInt8:
      return {0, 255};
    case ElementType::Int16:
      return {-32767, 32767};
    case ElementType::Int8:
      return {-128, 127};
    default:
      return {-2147483648.0, 2147483647.0};
  }
}

Error cannotPreview(const Tensor& tensor, std::string why) {
  return {ErrorCode::InvalidArgument, "cannot preview the quantization", "tensor " + tensor.name, std::move(why), ""};
}

}  // namespace

Result<QuantizationPreview> previewQuantization(const Model& model, SubgraphIndex subgraph, TensorIndex index,
                                                const PlannedTensor& planned, const Histogram& reference,
                                                Progress& progress) {
  const Tensor& tensor = model.subgraphs[subgraph.position()].tensor(index);
  if (tensor.type != ElementType::Float32 || !isConstant(model, tensor)) {
    return cannotPreview(tensor, "it is not a float32 constant");
  }
  const auto values = constantValues<float>(model, tensor);
  const size_t channels = planned.scale.size();
  const auto axis = static_cast<size_t>(std::max(0, planned.quantizedDimension));
  if (channels == 0 ||
      (channels > 1 && (axis >= tensor.shape.size() || static_cast<size_t>(tensor.shape[axis]) != channels))) {
    return cannotPreview(tensor, "the planned scales do not fit its shape");
  }
  size_t inner = 1;  // values between two steps along the channel axis
  for (size_t d = axis + 1; d < tensor.shape.size(); ++d) inner *= static_cast<size_t>(tensor.shape[d]);
  if (inner == 0) return cannotPreview(tensor, "it is empty");

  QuantizationPreview preview;
  preview.histogram = {reference.low, reference.high, std::vector<uint64_t>(reference.counts.size(), 0)};
  const double width = preview.histogram.binWidth();
  const IntegerRange range = integerRange(planned.type);
  double signal = 0, noise = 0;
  uint64_t outside = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i % 65536 == 0 && !progress.goOn()) return Error::cancelled();
    const size_t channel = channels > 1 ? i / inner % channels : 0;
    const double scale = planned.scale[channel];
    const double zero = planned.zeroPoint.empty()
                            ? 0
                            : static_cast<double>(planned.zeroPoint[std::min(channel, planned.zeroPoint.size() - 1)]);
    const double value = values[i];
    if (!(scale > 0) || !std::isfinite(value)) continue;
    const double rounded = std::round(value / scale) + zero;
    const double clamped = std::clamp(rounded, range.low, range.high);
    outside += clamped != rounded;
    const double back = (clamped - zero) * scale;
    signal += value * value;
    noise += (value - back) * (value - back);
    if (width > 0 && back >= reference.low && back <= reference.high) {
      const auto bin =
          std::min(preview.histogram.counts.size() - 1, static_cast<size_t>((back - reference.low) / width));
      ++preview.histogram.counts[bin];
    }
  }
  preview.sqnrDecibel = noise > 0 ? 10 * std::log10(signal / noise) : INFINITY;
  preview.saturated = values.empty() ? 0 : static_cast<double>(outside) / static_cast<double>(values.size());
  if (channels == 1 && range.high - range.low <= 256) {
    for (double q = range.low; q < range.high; ++q)
      preview.bucketEdges.push_back(
          (q + 0.5 - static_cast<double>(planned.zeroPoint.empty() ? 0 : planned.zeroPoint[0])) * planned.scale[0]);
  }
  return preview;
}

ClipPreview previewClip(const Histogram& histogram, double low, double high, int bits) {
  ClipPreview preview;
  const double step = (high - low) / (std::exp2(bits) - 1);
  double signal = 0, noise = 0, outside = 0, total = 0;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    const auto count = static_cast<double>(histogram.counts[i]);
    if (count == 0) continue;
    const double center = histogram.low + (static_cast<double>(i) + 0.5) * histogram.binWidth();
    const double beyond = center < low ? low - center : center > high ? center - high : 0;
    total += count;
    signal += count * center * center;
    noise += count * (beyond > 0 ? beyond * beyond : step * step / 12);
    if (beyond > 0) outside += count;
  }
  preview.saturated = total > 0 ? outside / total : 0;
  preview.sqnrDecibel = noise > 0 ? 10 * std::log10(signal / noise) : 0;
  return preview;
}

}  // namespace quantscope
