#include "core/quantization/constants/constant_data.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

#include "core/base/thread_pool.h"
#include "core/numerics/float16.h"
#include "core/numerics/packing.h"
#include "core/numerics/quantization_parameters.h"
#include "core/quantization/constants/weight_codes.h"

namespace quantscope::quantization {
namespace {

Error notFinite(const GraphView& view, const PlannedConstant& constant) {
  return {ErrorCode::InvalidArgument, "cannot quantize a constant", view.describe(constant.source),
          "it holds a value that is not finite", "keep " + view.describe(constant.op) + " in float32"};
}

int32_t layoutAxis(const PlannedConstant& constant) {
  return constant.granularity == Granularity::PerChannel ? constant.axis : -1;
}

// Codes that the source has already are taken as they are, so that weights are not rounded twice.
bool takesCodes(const GraphView& view, const PlannedConstant& constant) {
  const TensorIndex index = view.storedAs(constant.source);
  if (!index.valid() || constant.use != ConstantUse::Weight || constant.granularity == Granularity::Blockwise)
    return false;
  const Tensor& stored = view.tensor(index);
  if (stored.type != constant.type || !stored.quantized() || !constant.algorithms.empty()) return false;
  const Quantization& q = *stored.quantization;
  const bool sameAxis =
      q.scale.size() == 1 || (constant.granularity == Granularity::PerChannel && q.quantizedDimension == constant.axis);
  return sameAxis && std::all_of(q.zeroPoint.begin(), q.zeroPoint.end(), [](int64_t z) { return z == 0; });
}

class ConstantBuilder {
public:
  ConstantBuilder(const GraphView& view, const GraphPlan& plan) : m_view(view), m_plan(plan) {}

  Result<ConstantData> build(const PlannedConstant& constant, const std::vector<ConstantData>& done) const {
    switch (constant.use) {
      case ConstantUse::Weight:
        return constant.granularity == Granularity::Blockwise ? blockwise(constant) : weights(constant);
      case ConstantUse::Bias:
        return bias(constant, done);
      case ConstantUse::Activation:
        return activation(constant);
      case ConstantUse::Half:
        return half(constant);
    }
    return Error{ErrorCode::Internal, "unknown use of a constant", m_view.describe(constant.source), "", ""};
  }

private:
  float inputScale(const PlannedConstant& constant) const {
    return m_plan.values[static_cast<size_t>(constant.input)].form.scale;
  }

  Result<ConstantData> weights(const PlannedConstant& constant) const {
    const auto values = m_view.floatConstant(constant.source);
    const int limit = constant.type == ElementType::Int4 ? 7 : 127;
    const SliceLayout layout = sliceLayout(m_view.tensor(constant.source).shape, layoutAxis(constant));
    const auto magnitudes = sliceMagnitudes(values, layout);
    if (magnitudes.empty()) return notFinite(m_view, constant);

    ConstantData result;
    if (takesCodes(m_view, constant)) {
      const Tensor& stored = m_view.tensor(m_view.storedAs(constant.source));
      std::vector<float> scales = stored.quantization->scale;
      QS_TRY(respectBias(constant, scales));
      if (scales == stored.quantization->scale) {
        result.quantization.scale = scales;
        result.quantization.zeroPoint.assign(scales.size(), 0);
        result.quantization.quantizedDimension = scales.size() > 1 ? stored.quantization->quantizedDimension : 0;
        result.data = m_view.model.buffer(stored.buffer);
        return result;
      }
    }
    auto& scales = result.quantization.scale;
    scales.reserve(magnitudes.size());
    for (const float magnitude : magnitudes) scales.push_back(numerics::symmetricScale(magnitude, limit));
    QS_TRY(respectBias(constant, scales));
    result.quantization.zeroPoint.assign(scales.size(), 0);
    result.quantization.quantizedDimension = scales.size() > 1 ? constant.axis : 0;

    const bool asConverter = constant.type == ElementType::Int8 && constant.staticRange && layout.slices > 1;
    std::vector<std::byte> bytes(values.size());
    const std::span<int8_t> codes(reinterpret_cast<int8_t*>(bytes.data()), bytes.size());
    symmetricCodes(values, layout, scales, limit, asConverter ? CodeRule::Reciprocal : CodeRule::Exact, codes);
    result.data = Buffer::fromBytes(constant.type == ElementType::Int4 ? numerics::pack(codes, 4) : std::move(bytes));
    return result;
  }

  // Section 4.7: a channel whose bias would not fit takes a coarser scale.
  Result<void> respectBias(const PlannedConstant& constant, std::vector<float>& scales) const {
    if (constant.partner < 0 || constant.input < 0) return {};
    const PlannedConstant& partner = m_plan.constants[static_cast<size_t>(constant.partner)];
    if (partner.type != ElementType::Int32) return {};
    const auto biases = m_view.floatConstant(partner.source);
    for (size_t i = 0; i < biases.size(); ++i) {
      if (!std::isfinite(biases[i])) return notFinite(m_view, partner);
      float& scale = scales[scales.size() == 1 ? 0 : std::min(i, scales.size() - 1)];
      if (const auto raised = numerics::raiseScalesForBias(biases[i], inputScale(constant), scale))
        scale = raised->weightScale;
    }
    return {};
  }

  Result<ConstantData> bias(const PlannedConstant& constant, const std::vector<ConstantData>& done) const {
    const auto values = m_view.floatConstant(constant.source);
    const auto& weightScales = done[static_cast<size_t>(constant.partner)].quantization.scale;
    ConstantData result;
    for (const float weightScale : weightScales)
      result.quantization.scale.push_back(numerics::biasScale(inputScale(constant), weightScale));
    result.quantization.zeroPoint.assign(weightScales.size(), 0);
    const auto& scales = result.quantization.scale;
    auto scaleOf = [&](size_t i) { return scales[scales.size() == 1 ? 0 : std::min(i, scales.size() - 1)]; };
    for (const float value : values)
      if (!std::isfinite(value)) return notFinite(m_view, constant);
    if (constant.type == ElementType::Int64) {
      std::vector<int64_t> codes;
      for (size_t i = 0; i < values.size(); ++i) codes.push_back(numerics::quantizeBias64(values[i], scaleOf(i)));
      result.data = Buffer::fromValues<int64_t>(codes);
    } else {
      std::vector<int32_t> codes;
      for (size_t i = 0; i < values.size(); ++i) codes.push_back(numerics::quantizeBias32(values[i], scaleOf(i)));
      result.data = Buffer::fromValues<int32_t>(codes);
    }
    return result;
  }

  Result<ConstantData> activation(const PlannedConstant& constant) const {
    const auto values = m_view.floatConstant(constant.source);
    for (const float value : values)
      if (std::isnan(value) || (std::isinf(value) && constant.form.scale == 0)) return notFinite(m_view, constant);
    ActivationForm form = constant.form;
    if (form.scale == 0) {
      const Range range = contentRange(values);
      const auto parameters = constant.type == ElementType::Int16 ? numerics::symmetricInt16(range.min, range.max)
                                                                  : numerics::asymmetricInt8(range.min, range.max);
      form = {constant.type, parameters.scale, parameters.zeroPoint};
    }
    ConstantData result;
    result.quantization.scale = {form.scale};
    result.quantization.zeroPoint = {form.zeroPoint};
    if (constant.type == ElementType::Int16) {
      std::vector<int16_t> codes;
      codes.reserve(values.size());
      for (const float v : values)
        codes.push_back(static_cast<int16_t>(numerics::quantizeInDouble(v, form.scale, form.zeroPoint, -32767, 32767)));
      result.data = Buffer::fromValues<int16_t>(codes);
    } else {
      std::vector<int8_t> codes;
      codes.reserve(values.size());
      for (const float v : values)
        codes.push_back(static_cast<int8_t>(numerics::quantizeInDouble(v, form.scale, form.zeroPoint, -128, 127)));
      result.data = Buffer::fromValues<int8_t>(codes);
    }
    return result;
  }

  Result<ConstantData> half(const PlannedConstant& constant) const {
    const auto values = m_view.floatConstant(constant.source);
    std::vector<std::byte> bytes(values.size() * sizeof(uint16_t));
    const std::span<uint16_t> halves(reinterpret_cast<uint16_t*>(bytes.data()), values.size());
    std::vector<float> clamped(values.begin(), values.end());
    for (float& v : clamped)
      if (!std::isnan(v)) v = std::clamp(v, -65504.0f, 65504.0f);
    numerics::toFloat16(clamped, halves);
    ConstantData result;
    result.data = Buffer::fromBytes(std::move(bytes));
    return result;
  }

  Result<ConstantData> blockwise(const PlannedConstant& constant) const {
    const auto values = m_view.floatConstant(constant.source);
    const auto& shape = m_view.tensor(constant.source).shape;
    for (const float value : values)
      if (!std::isfinite(value)) return notFinite(m_view, constant);
    const BlockwiseCodes codes = blockwiseCodes(values, shape[0], shape[1], constant.blockSize);
    ConstantData result;
    result.data = Buffer::fromBytes(numerics::pack(std::span<const int8_t>(codes.codes), 4));
    result.blockScales = Buffer::fromValues<uint16_t>(codes.scales);
    result.blockScaleShape = {shape[0], shape[1] / constant.blockSize};
    return result;
  }

  const GraphView& m_view;
  const GraphPlan& m_plan;
};

// Bytes of a buffer of which only the length matters.
Buffer outline(int64_t bytes) {
  static const std::byte kNothing{};
  Buffer buffer;
  buffer.bytes = {&kNothing, static_cast<size_t>(bytes)};
  buffer.present = true;
  return buffer;
}

}  // namespace

int64_t constantElements(const GraphView& view, const PlannedConstant& constant) {
  return view.constantCount(constant.source);
}

Result<std::vector<ConstantData>> computeConstants(const GraphView& view, const GraphPlan& plan, int threads,
                                                   Progress& progress) {
  const ConstantBuilder builder(view, plan);
  std::vector<ConstantData> done(plan.constants.size());
  std::vector<std::optional<Error>> errors(plan.constants.size());
  std::atomic<bool> stop{false};
  auto run = [&](bool biases) {
    parallelFor(plan.constants.size(), threads, [&](size_t c, int) {
      const PlannedConstant& constant = plan.constants[c];
      if ((constant.use == ConstantUse::Bias) != biases || stop) return;
      Result<ConstantData> data = builder.build(constant, done);
      if (data) {
        done[c] = std::move(data).value();
      } else {
        errors[c] = data.error();
      }
      if (!progress.advance(static_cast<uint64_t>(constantElements(view, constant)) * sizeof(float))) stop = true;
    });
  };
  run(false);
  for (const auto& error : errors)
    if (error) return *error;
  if (!stop) run(true);
  for (const auto& error : errors)
    if (error) return *error;
  if (stop) return Error::cancelled();
  return done;
}

std::vector<ConstantData> outlineConstants(const GraphView& view, const GraphPlan& plan) {
  std::vector<ConstantData> done;
  done.reserve(plan.constants.size());
  auto scalesOf = [&](const PlannedConstant& constant) {
    if (takesCodes(view, constant)) return view.tensor(view.storedAs(constant.source)).quantization->scale.size();
    return constant.granularity == Granularity::PerChannel
               ? static_cast<size_t>(view.tensor(constant.source).shape[static_cast<size_t>(constant.axis)])
               : size_t{1};
  };
  for (const PlannedConstant& constant : plan.constants) {
    ConstantData data;
    const int64_t count = constantElements(view, constant);
    data.data = outline(byteSize(constant.type, count).value_or(0));
    if (constant.granularity == Granularity::Blockwise) {
      const auto& shape = view.tensor(constant.source).shape;
      data.blockScaleShape = {shape[0], shape[1] / constant.blockSize};
      data.blockScales = outline(2 * count / constant.blockSize);
    } else if (constant.use != ConstantUse::Half) {
      const bool bias = constant.use == ConstantUse::Bias;
      const size_t scales = scalesOf(bias ? plan.constants[static_cast<size_t>(constant.partner)] : constant);
      // Distinct values, so that no two lists are taken for equal.
      for (size_t i = 0; i < scales; ++i)
        data.quantization.scale.push_back(static_cast<float>(done.size() + 1) + static_cast<float>(i) / 1024);
      data.quantization.zeroPoint.assign(scales, 0);
    }
    done.push_back(std::move(data));
  }
  return done;
}

}  // namespace quantscope::quantization
