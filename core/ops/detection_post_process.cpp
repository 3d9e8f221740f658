#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/ops/boxes.h"
#include "core/ops/custom_options.h"
#include "core/ops/movement.h"

/// The custom operator TFLite_Detection_PostProcess of SSD models: box encodings and class scores to a list of
/// detections. Inputs: encodings [1, n, 4 or more], scores [1, n, classes (+ background)], anchors [n, 4]. Outputs:
/// boxes [1, m, 4], classes [1, m], scores [1, m], count [1], all float.
namespace quantscope::ops {

namespace {

struct DetectionOptions {
  int32_t most = 0, classesPerBox = 0, mostPerClass = 100, classes = 0;
  bool perClass = false;
  float scoreThreshold = 0, overlapThreshold = 0;
  float yScale = 0, xScale = 0, hScale = 0, wScale = 0;
};

Result<DetectionOptions> readOptions(const PrepareContext& context) {
  QS_ASSIGN(const auto map, customOptionMap(context));
  DetectionOptions o;
  o.most = map["max_detections"].AsInt32();
  o.classesPerBox = map["max_classes_per_detection"].AsInt32();
  if (!map["detections_per_class"].IsNull()) o.mostPerClass = map["detections_per_class"].AsInt32();
  if (!map["use_regular_nms"].IsNull()) o.perClass = map["use_regular_nms"].AsBool();
  o.scoreThreshold = map["nms_score_threshold"].AsFloat();
  o.overlapThreshold = map["nms_iou_threshold"].AsFloat();
  o.classes = map["num_classes"].AsInt32();
  o.yScale = map["y_scale"].AsFloat();
  o.xScale = map["x_scale"].AsFloat();
  o.hScale = map["h_scale"].AsFloat();
  o.wScale = map["w_scale"].AsFloat();
  const bool sane = o.most > 0 && o.most < (1 << 20) && o.classesPerBox > 0 && o.classesPerBox < (1 << 10) &&
                    o.mostPerClass > 0 && o.classes > 0;
  if (!sane) return context.malformed("its options are out of range");
  return o;
}

/// A float tensor, or uint8 or int8 codes as real values.
struct RealInput {
  ElementType type;
  float scale;
  int32_t zeroPoint;

  float at(const std::byte* data, int64_t i) const {
    if (type == ElementType::Float32) return reinterpret_cast<const float*>(data)[i];
    const int32_t code = type == ElementType::UInt8 ? reinterpret_cast<const uint8_t*>(data)[i]
                                                    : reinterpret_cast<const int8_t*>(data)[i];
    return scale * static_cast<float>(code - zeroPoint);
  }
};

Result<RealInput> realInput(const PrepareContext& context, const Operand& operand) {
  QS_TRY(requireType(context, operand, {ElementType::Float32, ElementType::UInt8, ElementType::Int8}));
  if (operand.type != ElementType::Float32) QS_TRY(requireSingleScale(context, operand));
  return RealInput{operand.type, operand.scale(), operand.zeroPoint()};
}

class DetectionKernel final : public Kernel {
public:
  DetectionOptions options;
  RealInput encodings, scores, anchors;
  int32_t boxes = 0, columns = 0, scoreColumns = 0;

  Result<void> run(const KernelContext& context) const override;

private:
  std::vector<Box> decode(const KernelContext& context) const;
  void fast(const KernelContext& context, const std::vector<Box>& decoded, const std::vector<float>& real) const;
  void regular(const KernelContext& context, const std::vector<Box>& decoded, const std::vector<float>& real) const;
  int32_t background() const { return scoreColumns - options.classes; }
};

std::vector<Box> DetectionKernel::decode(const KernelContext& context) const {
  std::vector<Box> decoded(static_cast<size_t>(boxes));
  for (int32_t i = 0; i < boxes; ++i) {
    const auto box = [&](int k) {
      return static_cast<double>(encodings.at(context.inputs[0], int64_t{i} * columns + k));
    };
    const auto anchor = [&](int k) { return static_cast<double>(anchors.at(context.inputs[2], int64_t{i} * 4 + k)); };
    const auto yCenter = static_cast<float>(box(0) / static_cast<double>(options.yScale) * anchor(2) + anchor(0));
    const auto xCenter = static_cast<float>(box(1) / static_cast<double>(options.xScale) * anchor(3) + anchor(1));
    const auto halfHeight =
        static_cast<float>(0.5 * std::exp(box(2) / static_cast<double>(options.hScale)) * anchor(2));
    const auto halfWidth = static_cast<float>(0.5 * std::exp(box(3) / static_cast<double>(options.wScale)) * anchor(3));
    decoded[static_cast<size_t>(i)] = {yCenter - halfHeight, xCenter - halfWidth, yCenter + halfHeight,
                                       xCenter + halfWidth};
  }
  return decoded;
}

/// Suppression once, by each box's best class.
void DetectionKernel::fast(const KernelContext& context, const std::vector<Box>& decoded,
                           const std::vector<float>& real) const {
  const int32_t perBox = std::min(options.classesPerBox, options.classes);
  std::vector<int32_t> best(static_cast<size_t>(boxes) * static_cast<size_t>(perBox));
  std::vector<float> top(static_cast<size_t>(boxes));
  std::vector<int32_t> order(static_cast<size_t>(options.classes));
  for (int32_t i = 0; i < boxes; ++i) {
    const float* row = real.data() + int64_t{i} * scoreColumns + background();
    std::iota(order.begin(), order.end(), 0);
    std::partial_sort(order.begin(), order.begin() + perBox, order.end(),
                      [row](int32_t a, int32_t b) { return row[a] != row[b] ? row[a] > row[b] : a < b; });
    std::copy(order.begin(), order.begin() + perBox, best.begin() + int64_t{i} * perBox);
    top[static_cast<size_t>(i)] = row[order[0]];
  }
  const auto kept = suppressOverlaps(decoded.data(), top.data(), boxes, options.most, options.scoreThreshold,
                                     options.overlapThreshold);
  int64_t written = 0;
  for (int32_t index : kept) {
    for (int32_t c = 0; c < perBox; ++c, ++written) {
      const int32_t which = best[static_cast<size_t>(int64_t{index} * perBox + c)];
      context.output<Box>(0)[written] = decoded[static_cast<size_t>(index)];
      context.output<float>(1)[written] = static_cast<float>(which);
      context.output<float>(2)[written] =
          real[static_cast<size_t>(int64_t{index} * scoreColumns + background() + which)];
    }
  }
  *context.output<float>(3) = static_cast<float>(written);
}

/// Suppression per class; the best of all classes remain.
void DetectionKernel::regular(const KernelContext& context, const std::vector<Box>& decoded,
                              const std::vector<float>& real) const {
  struct Detection {
    int32_t box, which;
    float score;
  };
  std::vector<Detection> all;
  std::vector<float> column(static_cast<size_t>(boxes));
  const int32_t perClass = std::min(options.mostPerClass, options.most);
  for (int32_t c = 0; c < options.classes; ++c) {
    for (int32_t i = 0; i < boxes; ++i) {
      column[static_cast<size_t>(i)] = real[static_cast<size_t>(int64_t{i} * scoreColumns + background() + c)];
    }
    const auto kept = suppressOverlaps(decoded.data(), column.data(), boxes, perClass, options.scoreThreshold,
                                       options.overlapThreshold);
    for (int32_t index : kept) all.push_back({index, c, column[static_cast<size_t>(index)]});
    std::stable_sort(all.begin(), all.end(), [](const Detection& a, const Detection& b) { return a.score > b.score; });
    if (all.size() > static_cast<size_t>(options.most)) all.resize(static_cast<size_t>(options.most));
  }
  for (size_t k = 0; k < all.size(); ++k) {
    context.output<Box>(0)[k] = decoded[static_cast<size_t>(all[k].box)];
    context.output<float>(1)[k] = static_cast<float>(all[k].which);
    context.output<float>(2)[k] = all[k].score;
  }
  *context.output<float>(3) = static_cast<float>(all.size());
}

Result<void> DetectionKernel::run(const KernelContext& context) const {
  const auto rows = static_cast<size_t>(options.most) * static_cast<size_t>(options.classesPerBox);
  std::fill_n(context.output<float>(0), rows * 4, 0.0f);
  std::fill_n(context.output<float>(1), rows, 0.0f);
  std::fill_n(context.output<float>(2), rows, 0.0f);
  std::vector<float> real(static_cast<size_t>(boxes) * static_cast<size_t>(scoreColumns));
  for (size_t i = 0; i < real.size(); ++i) real[i] = scores.at(context.inputs[1], static_cast<int64_t>(i));
  const auto decoded = decode(context);
  if (options.perClass) {
    regular(context, decoded, real);
  } else {
    fast(context, decoded, real);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareDetectionPostProcess(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 3));
  QS_TRY(context.requireOutputs(4, 4));
  const Operand &encodings = context.input(0), &scores = context.input(1), &anchors = context.input(2);
  auto kernel = std::make_unique<DetectionKernel>();
  QS_ASSIGN(kernel->options, readOptions(context));
  QS_ASSIGN(kernel->encodings, realInput(context, encodings));
  QS_ASSIGN(kernel->scores, realInput(context, scores));
  QS_ASSIGN(kernel->anchors, realInput(context, anchors));
  QS_TRY(requireRank(context, encodings, 3, 3));
  QS_TRY(requireRank(context, scores, 3, 3));
  QS_TRY(requireRank(context, anchors, 2, 2));
  const int32_t n = encodings.shape[1], classes = kernel->options.classes;
  const int32_t background = scores.shape[2] - classes;
  if (encodings.shape[0] != 1 || scores.shape[0] != 1 || encodings.shape[2] < 4 || scores.shape[1] != n ||
      anchors.shape != std::vector<int32_t>{n, 4} || background < 0 || background > 1) {
    return context.malformed("its boxes " + shapeText(encodings.shape) + ", scores " + shapeText(scores.shape) +
                             " and anchors " + shapeText(anchors.shape) + " do not fit");
  }
  kernel->boxes = n;
  kernel->columns = encodings.shape[2];
  kernel->scoreColumns = scores.shape[2];
  const int32_t rows = kernel->options.most * kernel->options.classesPerBox;
  for (size_t i = 0; i < 4; ++i) QS_TRY(requireType(context, context.output(i), {ElementType::Float32}));
  QS_TRY(context.setOutputShape(0, {1, rows, 4}));
  QS_TRY(context.setOutputShape(1, {1, rows}));
  QS_TRY(context.setOutputShape(2, {1, rows}));
  QS_TRY(context.setOutputShape(3, {1}));
  return std::unique_ptr<Kernel>(std::move(kernel));
}

}  // namespace quantscope::ops
