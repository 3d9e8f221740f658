#include "core/quantization/constants/constant_data.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <string_view>
#include <tuple>

#include "core/base/thread_pool.h"
#include "core/numerics/float16.h"
#include "core/numerics/packing.h"
#include "core/numerics/quantization_parameters.h"
#include "core/quantization/constants/scale_room.h"
#include "core/quantization/constants/weight_codes.h"

namespace quantscope::quantization {
namespace {

Error notFinite(const GraphView& view, const PlannedConstant& constant) {
  return {ErrorCode::InvalidArgument, "cannot quantize a constant", view.describe(constant.source),
          "it holds a value that is not finite", "keep " + view.describe(constant.op) + " in float32"};
}

// Weights from here on are computed in pieces.
constexpr int64_t kLarge = int64_t{1} << 20;

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

float scaleOfInput(const GraphPlan& plan, const PlannedConstant& constant) {
  return plan.values[static_cast<size_t>(constant.input)].form.scale;
}

class ConstantBuilder {
public:
  ConstantBuilder(const GraphView& view, const GraphPlan& plan, const ChosenByConstant& chosen)
      : m_view(view), m_plan(plan), m_chosen(chosen) {}

  Result<ConstantData> build(size_t c, const std::vector<ConstantData>& done, const CodeWork& work) const {
    const PlannedConstant& constant = m_plan.constants[c];
    if (const auto found = m_chosen.find(c); found != m_chosen.end()) return decided(constant, found->second);
    switch (constant.use) {
      case ConstantUse::Weight:
        return constant.granularity == Granularity::Blockwise ? blockwise(constant, work) : weights(constant, work);
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
  float inputScale(const PlannedConstant& constant) const { return scaleOfInput(m_plan, constant); }

  Result<ConstantData> weights(const PlannedConstant& constant, const CodeWork& work) const {
    ConstantData result;
    if (takesCodes(m_view, constant)) {
      const Tensor& stored = m_view.tensor(m_view.storedAs(constant.source));
      auto& scales = result.quantization.scale = stored.quantization->scale;
      QS_ASSIGN(const size_t raised, respectRoom(m_view, m_plan, constant, scales));
      if (raised == 0) {
        result.quantization.zeroPoint.assign(scales.size(), 0);
        result.quantization.quantizedDimension = scales.size() > 1 ? stored.quantization->quantizedDimension : 0;
        result.data = m_view.model.buffer(stored.buffer);
        return result;
      }
    }
    const ScaleRoom room(m_view, m_plan, constant);
    if (!room.finite()) return notFinite(m_view, m_plan.constants[static_cast<size_t>(constant.partner)]);
    const SliceLayout layout = sliceLayout(m_view.tensor(constant.source).shape, layoutAxis(constant));
    const bool asConverter = constant.type == ElementType::Int8 && constant.staticRange && layout.slices > 1;
    std::atomic<size_t> forBias{0}, forSums{0};
    SymmetricWeights weights;
    const CodeOutcome outcome = weights.compute(
        m_view.floatConstant(constant.source), layout, constant.type == ElementType::Int4 ? 4 : 8,
        asConverter ? CodeRule::Reciprocal : CodeRule::Exact,
        [&](std::span<float> scales, size_t first) {
          const auto raised = room.raise(scales, first, static_cast<size_t>(layout.slices));
          forBias += raised.forBias;
          forSums += raised.forSums;
        },
        work);
    if (outcome == CodeOutcome::NotFinite) return notFinite(m_view, constant);
    if (outcome == CodeOutcome::Stopped) return Error::cancelled();
    result.quantization.scale = std::move(weights.scales);
    result.quantization.zeroPoint.assign(result.quantization.scale.size(), 0);
    result.quantization.quantizedDimension = result.quantization.scale.size() > 1 ? constant.axis : 0;
    result.data = std::move(weights.codes);
    auto remark = [&](size_t raised, const char* why) {
      if (raised == 0) return;
      if (!result.remark.empty()) result.remark += "; ";
      result.remark += m_view.describe(constant.op) + ": " + std::to_string(raised) +
                       (raised == 1 ? " channel takes a coarser scale" : " channels take coarser scales") + why;
    };
    remark(forBias, " so that the bias fits 32 bits");
    remark(forSums, " so that no sum of its products exceeds 32 bits");
    return result;
  }

  // What algorithms have chosen; scales respect the bias already.
  Result<ConstantData> decided(const PlannedConstant& constant, const ChosenWeights& chosen) const {
    std::vector<std::byte> bytes(chosen.codes.size());
    const std::span<int8_t> codes(reinterpret_cast<int8_t*>(bytes.data()), bytes.size());
    std::transform(chosen.codes.begin(), chosen.codes.end(), codes.begin(),
                   [](int16_t code) { return static_cast<int8_t>(code); });
    ConstantData result;
    result.data = Buffer::fromBytes(constant.type == ElementType::Int4 ? numerics::pack(codes, 4) : std::move(bytes));
    if (constant.granularity == Granularity::Blockwise) {
      std::vector<uint16_t> halves(chosen.scale.size());
      numerics::toFloat16(chosen.scale, halves);
      result.blockScales = Buffer::fromValues<uint16_t>(halves);
      const auto& shape = m_view.tensor(constant.source).shape;
      result.blockScaleShape = {shape[0], shape[1] / constant.blockSize};
      return result;
    }
    result.quantization.scale = chosen.scale;
    result.quantization.zeroPoint.assign(chosen.scale.size(), 0);
    result.quantization.quantizedDimension = chosen.scale.size() > 1 ? constant.axis : 0;
    return result;
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

  Result<ConstantData> blockwise(const PlannedConstant& constant, const CodeWork& work) const {
    const auto& shape = m_view.tensor(constant.source).shape;
    BlockwiseWeights weights;
    const CodeOutcome outcome = weights.compute(m_view.floatConstant(constant.source), constant.blockSize, work);
    if (outcome == CodeOutcome::NotFinite) return notFinite(m_view, constant);
    if (outcome == CodeOutcome::Stopped) return Error::cancelled();
    ConstantData result;
    result.data = std::move(weights.codes);
    result.blockScales = Buffer::fromValues<uint16_t>(weights.scales);
    result.blockScaleShape = {shape[0], shape[1] / constant.blockSize};
    return result;
  }

  const GraphView& m_view;
  const GraphPlan& m_plan;
  const ChosenByConstant& m_chosen;
};

// Buffers of which only the length matters, and the place: two at one place will have equal bytes.
class Outlines {
public:
  explicit Outlines(size_t places) : m_places(std::make_shared<std::byte[]>(places)) {}
  Buffer at(size_t place, int64_t bytes) const {
    Buffer buffer;
    buffer.owner = std::shared_ptr<const void>(m_places, m_places.get() + place);
    buffer.bytes = {m_places.get() + place, static_cast<size_t>(bytes)};
    buffer.present = true;
    return buffer;
  }

private:
  std::shared_ptr<std::byte[]> m_places;
};

// Tells equal constants by one of the buffers that hold them. Large ones are not read: they count as different.
class Contents {
public:
  explicit Contents(const GraphView& view) : m_view(view) {}
  int32_t of(TensorIndex stored) {
    const BufferIndex index = m_view.tensor(stored).buffer;
    const auto bytes = m_view.model.buffer(index).bytes;
    if (bytes.size() > kMostRead) return index.value;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return m_first.try_emplace(text, index.value).first->second;
  }
  bool isZero(TensorIndex stored) const {
    const auto bytes = m_view.model.buffer(m_view.tensor(stored).buffer).bytes;
    return bytes.size() <= kMostRead && std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
  }

private:
  static constexpr size_t kMostRead = size_t{64} << 10;
  const GraphView& m_view;
  std::map<std::string_view, int32_t> m_first;
};

}  // namespace

int64_t constantElements(const GraphView& view, const PlannedConstant& constant) {
  return view.constantCount(constant.source);
}

Result<size_t> respectRoom(const GraphView& view, const GraphPlan& plan, const PlannedConstant& weights,
                           std::vector<float>& scales) {
  const ScaleRoom room(view, plan, weights);
  if (!room.finite()) return notFinite(view, plan.constants[static_cast<size_t>(weights.partner)]);
  return room.raise(scales, 0, scales.size()).all();
}

Result<std::vector<ConstantData>> computeConstants(const GraphView& view, const GraphPlan& plan,
                                                   const ChosenByConstant& chosen, int threads, Progress& progress) {
  const ConstantBuilder builder(view, plan, chosen);
  std::vector<ConstantData> done(plan.constants.size());
  std::vector<std::optional<Error>> errors(plan.constants.size());
  std::atomic<bool> stop{false};
  auto build = [&](size_t c, const CodeWork& work) {
    if (stop) return;
    Result<ConstantData> data = builder.build(c, done, work);
    if (data) {
      done[c] = std::move(data).value();
    } else {
      errors[c] = data.error();
    }
    const auto bytes = static_cast<uint64_t>(constantElements(view, plan.constants[c])) * sizeof(float);
    if (work.progress ? !progress.goOn() : !progress.advance(bytes)) stop = true;
  };
  // Large weights one after another, each on all workers, so that no more than pieces of them are in memory.
  auto large = [&](size_t c) {
    const PlannedConstant& constant = plan.constants[c];
    return constant.use == ConstantUse::Weight && !chosen.contains(c) && !takesCodes(view, constant) &&
           constantElements(view, constant) >= kLarge;
  };
  auto run = [&](bool biases) {
    parallelFor(plan.constants.size(), threads, [&](size_t c, int) {
      if ((plan.constants[c].use == ConstantUse::Bias) == biases && !large(c)) build(c, {});
    });
    for (size_t c = 0; c < plan.constants.size(); ++c)
      if (!biases && large(c)) build(c, {threads, &progress});
  };
  run(false);
  if (!progress.goOn()) return Error::cancelled();
  for (const auto& error : errors)
    if (error) return *error;
  run(true);
  if (!progress.goOn()) return Error::cancelled();
  for (const auto& error : errors)
    if (error) return *error;
  return done;
}

std::vector<ConstantData> outlineConstants(const GraphView& view, const GraphPlan& plan, size_t before) {
  std::vector<ConstantData> done;
  done.reserve(plan.constants.size());
  auto scalesOf = [&](const PlannedConstant& constant) {
    if (takesCodes(view, constant)) return view.tensor(view.storedAs(constant.source)).quantization->scale.size();
    return constant.granularity == Granularity::PerChannel
               ? static_cast<size_t>(view.tensor(constant.source).shape[static_cast<size_t>(constant.axis)])
               : size_t{1};
  };
  // Few values are quantized, because constants of one value are often equal then.
  constexpr int64_t kFew = 256;
  const ChosenByConstant none;
  const ConstantBuilder builder(view, plan, none);
  std::map<std::vector<std::byte>, size_t> fewCodes;
  // Equal weights in one form come out equal, but for those whose bias asks for more; scales of biases follow.
  Contents contents(view);
  std::map<std::tuple<int32_t, ElementType, Granularity, int32_t>, size_t> forms;
  // A bias that several operators share comes out equal where their inputs' scales and their weights do, its codes
  // wherever they are all zero; what algorithms correct differs.
  std::map<std::pair<size_t, float>, size_t> biasScales;
  std::map<std::tuple<int32_t, ElementType, size_t>, size_t> biasCodes;
  std::vector<size_t> numbers;
  for (const PlannedConstant& constant : plan.constants) {
    numbers.push_back(numbers.size() + 1);
    if (constant.use != ConstantUse::Weight && constant.use != ConstantUse::Half) continue;
    numbers.back() = forms
                         .try_emplace({contents.of(view.storedAs(constant.source)), constant.type, constant.granularity,
                                       constant.axis},
                                      numbers.back())
                         .first->second;
  }
  const Outlines outlines(2 * plan.constants.size() + 2);
  for (const PlannedConstant& constant : plan.constants) {
    ConstantData data;
    const int64_t count = constantElements(view, constant);
    size_t number = numbers[done.size()], list = number;
    if (constant.use == ConstantUse::Bias) {
      list =
          biasScales.try_emplace({numbers[static_cast<size_t>(constant.partner)], scaleOfInput(plan, constant)}, number)
              .first->second;
      const bool corrected = !plan.constants[static_cast<size_t>(constant.partner)].algorithms.empty();
      const size_t scaled = corrected ? number : contents.isZero(view.storedAs(constant.source)) ? 0 : list;
      number = biasCodes.try_emplace({contents.of(view.storedAs(constant.source)), constant.type, scaled}, number)
                   .first->second;
    }
    if (constant.use == ConstantUse::Activation && count <= kFew) {
      if (const auto built = builder.build(done.size(), done, {}))
        number = fewCodes.try_emplace({built->data.bytes.begin(), built->data.bytes.end()}, number).first->second;
    }
    data.data = outlines.at(2 * number, byteSize(constant.type, count).value_or(0));
    if (constant.granularity == Granularity::Blockwise) {
      const auto& shape = view.tensor(constant.source).shape;
      data.blockScaleShape = {shape[0], shape[1] / constant.blockSize};
      data.blockScales = outlines.at(2 * number + 1, 2 * count / constant.blockSize);
    } else if (constant.use != ConstantUse::Half) {
      const bool bias = constant.use == ConstantUse::Bias;
      const size_t scales = scalesOf(bias ? plan.constants[static_cast<size_t>(constant.partner)] : constant);
      // Distinct values, so that no two lists are taken for equal.
      for (size_t i = 0; i < scales; ++i)
        data.quantization.scale.push_back(static_cast<float>(before + list) + static_cast<float>(i) / 1024);
      data.quantization.zeroPoint.assign(scales, 0);
    }
    done.push_back(std::move(data));
  }
  return done;
}

}  // namespace quantscope::quantization
