#include <algorithm>
#include <cmath>
#include <deque>

#include "core/quantization/constants/constant_data.h"
#include "core/quantization/plan/eligibility.h"
#include "core/quantization/preview.h"
#include "core/quantization/quantize.h"

namespace quantscope {
namespace {

using namespace quantization;

// Where nothing at all is lost.
constexpr double kLossless = 300.0;

PlannedConstant constantFor(const GraphView& view, OperatorIndex op, size_t operand, const Scheme& scheme) {
  PlannedConstant constant;
  constant.source = view.op(op).inputs[operand];
  constant.op = op;
  constant.algorithms = scheme.algorithms;
  constant.staticRange = computeType(scheme.precision) != ElementType::Float32;
  if (scheme.precision == Precision::Float16) {
    constant.use = ConstantUse::Half;
    constant.type = ElementType::Float16;
    return constant;
  }
  constant.type = weightBits(scheme.precision) == 4 ? ElementType::Int4 : ElementType::Int8;
  const auto axis = channelAxis(view, op, operand);
  if (!axis || scheme.granularity == Granularity::PerTensor) return constant;
  const auto& shape = view.tensor(constant.source).shape;
  constant.granularity = Granularity::PerChannel;
  constant.axis = *axis;
  const bool blocks = scheme.granularity == Granularity::Blockwise && scheme.blockSize > 0 && shape.size() == 2 &&
                      *axis == 0 && shape[1] % scheme.blockSize == 0 && constant.type == ElementType::Int4;
  if (blocks) {
    constant.granularity = Granularity::Blockwise;
    constant.axis = 1;
    constant.blockSize = scheme.blockSize;
  }
  return constant;
}

// What the constant's codes stand for.
std::vector<float> decoded(const GraphView& view, const PlannedConstant& constant, const ConstantData& data) {
  Model holder;
  holder.buffers = {Buffer(), data.data};
  Tensor tensor;
  tensor.shape = view.tensor(constant.source).shape;
  tensor.type = constant.type;
  tensor.buffer = BufferIndex(1);
  tensor.quantization = data.quantization;
  if (!data.blockScales.present) return decodeConstant(holder, tensor);
  tensor.quantization->scale = {1.0f};
  tensor.quantization->zeroPoint = {0};
  std::vector<float> values = decodeConstant(holder, tensor);
  holder.buffers[1] = data.blockScales;
  tensor.shape = data.blockScaleShape;
  tensor.type = ElementType::Float16;
  const std::vector<float> scales = decodeConstant(holder, tensor);
  for (size_t i = 0; i < values.size(); ++i) values[i] *= scales[i / static_cast<size_t>(constant.blockSize)];
  return values;
}

double decibel(double signal, double noise) {
  if (signal == 0 || noise == 0) return kLossless;
  return std::min(kLossless, 10.0 * std::log10(signal / noise));
}

Error cannotPreview(const Model& model, TensorIndex tensor, std::string why) {
  return {ErrorCode::InvalidArgument, "cannot preview the quantization",
          "tensor " + model.subgraphs[0].tensor(tensor).name, std::move(why), ""};
}

// Where rounding goes from one code to the next; codes are symmetric.
std::vector<double> bucketEdges(const PlannedConstant& constant, const ConstantData& data) {
  std::vector<double> edges;
  if (constant.use == ConstantUse::Half || data.blockScales.present || data.quantization.scale.size() != 1)
    return edges;
  const int limit = constant.type == ElementType::Int4 ? 7 : 127;
  for (int code = -limit; code < limit; ++code) edges.push_back((code + 0.5) * data.quantization.scale[0]);
  return edges;
}

}  // namespace

Result<QuantizationPreview> previewWeights(const Model& model, OperatorIndex op, TensorIndex tensor,
                                           const Scheme& scheme, const Histogram& reference, Progress& progress) {
  if (!checkIndices(model) || !op.valid() || op.position() >= model.subgraphs[0].operators.size() || !tensor.valid()) {
    return Error{ErrorCode::InvalidArgument, "cannot preview the quantization", "",
                 "there is no such operator or tensor", ""};
  }
  if (scheme.precision == Precision::Float32) return cannotPreview(model, tensor, "it stays float32");
  const GraphView view(model, SubgraphIndex(0));
  GraphPlan plan;
  for (size_t operand : weightOperands(view, op)) {
    if (view.op(op).inputs[operand] == tensor) plan.constants.push_back(constantFor(view, op, operand, scheme));
  }
  if (plan.constants.empty()) return cannotPreview(model, tensor, "it is not a weight of this operator");
  plan.constants.resize(1);
  QS_ASSIGN(const auto computed, computeConstants(view, plan, {}, 1, progress));
  const PlannedConstant& constant = plan.constants[0];
  const auto exact = view.floatConstant(constant.source);
  const std::vector<float> stored = decoded(view, constant, computed[0]);

  QuantizationPreview preview;
  preview.histogram = {reference.low, reference.high, std::vector<uint64_t>(reference.counts.size(), 0)};
  const double width = preview.histogram.binWidth();
  double signal = 0, noise = 0;
  for (size_t i = 0; i < exact.size(); ++i) {
    const double value = exact[i], back = stored[i];
    if (!std::isfinite(value) || std::isnan(back)) continue;
    signal += value * value;
    noise += (value - back) * (value - back);
    // A scale rounded up can carry the outermost code a little beyond the largest value.
    if (width > 0) {
      const double bin =
          std::clamp((back - reference.low) / width, 0.0, static_cast<double>(preview.histogram.counts.size() - 1));
      ++preview.histogram.counts[static_cast<size_t>(bin)];
    }
  }
  preview.sqnrDecibel = decibel(signal, noise);
  preview.bucketEdges = bucketEdges(constant, computed[0]);
  return preview;
}

std::optional<double> predictWeightSqnr(const Model& model, OperatorIndex op, const Scheme& scheme) {
  if (scheme.precision == Precision::Float32 || !checkIndices(model)) return std::nullopt;
  if (!op.valid() || op.position() >= model.subgraphs[0].operators.size()) return std::nullopt;
  const GraphView view(model, SubgraphIndex(0));
  GraphPlan plan;
  for (size_t operand : weightOperands(view, op)) plan.constants.push_back(constantFor(view, op, operand, scheme));
  if (plan.constants.empty()) return std::nullopt;
  Progress progress;
  const auto computed = computeConstants(view, plan, {}, 1, progress);
  if (!computed) return std::nullopt;

  double signal = 0, noise = 0;
  for (size_t c = 0; c < plan.constants.size(); ++c) {
    const auto exact = view.floatConstant(plan.constants[c].source);
    const std::vector<float> stored = decoded(view, plan.constants[c], (*computed)[c]);
    for (size_t i = 0; i < exact.size(); ++i) {
      const double error = static_cast<double>(exact[i]) - static_cast<double>(stored[i]);
      signal += static_cast<double>(exact[i]) * static_cast<double>(exact[i]);
      noise += error * error;
    }
  }
  return decibel(signal, noise);
}

}  // namespace quantscope
