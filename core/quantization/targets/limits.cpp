#include "core/quantization/targets/limits.h"

#include <algorithm>
#include <optional>

#include "core/ops/operator_rules.h"

namespace quantscope::quantization {
namespace {

/// One operator and what the limits ask of it.
struct Subject {
  const Model& model;
  const Subgraph& graph;
  const Operator& op;
  tflite::BuiltinOperator code;
  const OperatorRules* rules;

  const Tensor* tensor(TensorIndex i) const { return i.valid() ? &graph.tensor(i) : nullptr; }
  bool constant(TensorIndex i) const { return i.valid() && isConstant(model, graph.tensor(i)); }

  /// The operand that carries the values.
  const Tensor* data() const {
    for (size_t k = 0; rules && k < op.inputs.size(); ++k)
      if (rules->role(k) == OperandRole::Activation && op.inputs[k].valid()) return tensor(op.inputs[k]);
    return tensor(op.input(0));
  }
  const Tensor* weights() const {
    return rules && rules->weightInput >= 0 ? tensor(op.input(static_cast<size_t>(rules->weightInput))) : nullptr;
  }
  /// int32 values of a constant operand; nothing where it is computed.
  std::optional<std::vector<int64_t>> integers(size_t k) const {
    const Tensor* t = tensor(op.input(k));
    if (!t || !isConstant(model, *t)) return std::nullopt;
    std::vector<int64_t> values;
    if (t->type == ElementType::Int32) {
      for (const int32_t v : constantValues<int32_t>(model, *t)) values.push_back(v);
    } else if (t->type == ElementType::Int64) {
      for (const int64_t v : constantValues<int64_t>(model, *t)) values.push_back(v);
    } else {
      return std::nullopt;
    }
    return values;
  }
};

struct Windows {
  int32_t strideW = 1, strideH = 1, dilationW = 1, dilationH = 1;
  int32_t filterW = 0, filterH = 0;  ///< of pooling
  bool same = false;
};

Windows windowsOf(const Subject& s) {
  Windows w;
  auto take = [&](const auto* o) {
    w.strideW = o->stride_w;
    w.strideH = o->stride_h;
    w.same = o->padding == tflite::Padding_SAME;
  };
  if (const auto* o = s.op.options.AsConv2DOptions()) {
    take(o);
    w.dilationW = o->dilation_w_factor;
    w.dilationH = o->dilation_h_factor;
  } else if (const auto* d = s.op.options.AsDepthwiseConv2DOptions()) {
    take(d);
    w.dilationW = d->dilation_w_factor;
    w.dilationH = d->dilation_h_factor;
  } else if (const auto* t = s.op.options.AsTransposeConvOptions()) {
    take(t);
  } else if (const auto* p = s.op.options.AsPool2DOptions()) {
    take(p);
    w.filterW = p->filter_width;
    w.filterH = p->filter_height;
  }
  return w;
}

bool hasFusedActivation(const Subject& s) {
  using tflite::ActivationFunctionType_NONE;
  if (const auto* o = s.op.options.AsPool2DOptions())
    return o->fused_activation_function != ActivationFunctionType_NONE;
  if (const auto* o = s.op.options.AsConcatenationOptions())
    return o->fused_activation_function != ActivationFunctionType_NONE;
  if (const auto* o = s.op.options.AsL2NormOptions())
    return o->fused_activation_function != ActivationFunctionType_NONE;
  return false;
}

bool shapeIsComputed(const Subject& s) {
  const auto open = [&](TensorIndex i) {
    const Tensor* t = s.tensor(i);
    return t && std::find(t->shapeSignature.begin(), t->shapeSignature.end(), -1) != t->shapeSignature.end();
  };
  if (!std::any_of(s.op.outputs.begin(), s.op.outputs.end(), open) || !s.rules) return false;
  for (size_t k = 0; k < s.op.inputs.size(); ++k)
    if (s.rules->role(k) == OperandRole::Parameter && s.op.inputs[k].valid() && !s.constant(s.op.inputs[k]))
      return true;
  return false;
}

// Reduced axes of a reduction, counted from the front.
std::optional<std::vector<int64_t>> reducedAxes(const Subject& s) {
  auto axes = s.integers(1);
  const Tensor* x = s.data();
  if (!axes || !x) return std::nullopt;
  for (int64_t& axis : *axes)
    if (axis < 0) axis += static_cast<int64_t>(x->shape.size());
  return axes;
}

bool padsOnlySpace(const Subject& s) {
  const auto pads = s.integers(1);
  const Tensor* x = s.data();
  if (!pads || !x || pads->size() != 2 * x->shape.size()) return false;
  const size_t rank = x->shape.size();
  for (size_t d = 0; d < rank; ++d) {
    const bool spatial = rank == 4 ? d == 1 || d == 2 : d + 1 < rank;
    if (!spatial && ((*pads)[2 * d] != 0 || (*pads)[2 * d + 1] != 0)) return false;
  }
  return true;
}

bool stridesAreOne(const Subject& s) {
  const auto* o = s.op.options.AsStridedSliceOptions();
  const auto strides = s.integers(3);
  return o && o->ellipsis_mask == 0 && o->new_axis_mask == 0 && strides &&
         std::all_of(strides->begin(), strides->end(), [](int64_t v) { return v == 1; });
}

bool innerDimensionsOnly(const Subject& s) {
  auto fits = [&](TensorIndex i) {
    const Tensor* t = s.tensor(i);
    if (!t || s.constant(i) || t->shape.size() <= 3) return true;
    return std::all_of(t->shape.begin(), t->shape.end() - 3, [](int32_t d) { return d <= 1; });
  };
  return std::all_of(s.op.inputs.begin(), s.op.inputs.end(), fits) &&
         std::all_of(s.op.outputs.begin(), s.op.outputs.end(), fits);
}

bool constantIsZeroPadding(const Subject& s) {
  for (size_t k = 0; k < s.op.inputs.size(); ++k) {
    const Tensor* t = s.tensor(s.op.inputs[k]);
    if (!t || !s.constant(s.op.inputs[k])) continue;
    if (s.op.inputs.size() != 2) return false;
    const auto bytes = constantBytes(s.model, *t);
    const int64_t zero = t->quantized() && !t->quantization->zeroPoint.empty() ? t->quantization->zeroPoint[0] : 0;
    const auto code = static_cast<std::byte>(isFloat(t->type) ? 0 : zero);
    if (!std::all_of(bytes.begin(), bytes.end(), [&](std::byte b) { return b == code; })) return false;
  }
  return true;
}

bool sharesScale(const Subject& s) {
  const Tensor *x = s.data(), *y = s.tensor(s.op.output(0));
  if (!x || !y || !x->quantized() || !y->quantized()) return true;
  return x->quantization->scale == y->quantization->scale && x->quantization->zeroPoint == y->quantization->zeroPoint;
}

bool resizesByPowerOfTwo(const Subject& s) {
  const Tensor *x = s.data(), *y = s.tensor(s.op.output(0));
  if (!x || !y || x->shape.size() != 4 || y->shape.size() != 4) return false;
  const int32_t h = x->shape[1], w = x->shape[2], outH = y->shape[1], outW = y->shape[2];
  if ((h == 1 && w == 1) || (h == outH && w == outW)) return true;
  bool corners = false;
  if (const auto* o = s.op.options.AsResizeBilinearOptions()) corners = o->align_corners;
  if (const auto* o = s.op.options.AsResizeNearestNeighborOptions()) corners = o->align_corners;
  const int32_t less = corners ? 1 : 0;
  for (const int32_t factor : {2, 4, 8})
    if (outH - less == factor * (h - less) && outW - less == factor * (w - less)) return true;
  return false;
}

bool betaIsOne(const Subject& s) {
  const auto* o = s.op.options.AsSoftmaxOptions();
  return !o || o->beta == 1.0f;
}

bool isVectorOf(const Subject& s, int32_t most) {
  const Tensor* x = s.data();
  if (!x) return true;
  int32_t wide = 0;
  for (const int32_t d : x->shape) wide += d > 1;
  return wide <= 1 && std::all_of(x->shape.begin(), x->shape.end(), [&](int32_t d) { return d <= most; });
}

struct LimitRow {
  Limit limit;
  const char* words;
  bool (*kept)(const Subject&);
};

int32_t rankOf(const Subject& s) {
  const Tensor* x = s.data();
  return x ? static_cast<int32_t>(x->shape.size()) : 0;
}

template <int32_t Most>
bool strideAtMost(const Subject& s) {
  const Windows w = windowsOf(s);
  return w.strideW <= Most && w.strideH <= Most;
}

bool weightsAreConstant(const Subject& s) {
  const auto k = s.rules && s.rules->weightInput >= 0 ? static_cast<size_t>(s.rules->weightInput) : 1;
  const TensorIndex weights = s.op.input(k);
  if (!weights.valid() || s.constant(weights)) return true;
  // What a DEQUANTIZE makes of a constant is as good as one.
  return std::any_of(s.graph.operators.begin(), s.graph.operators.end(), [&](const Operator& op) {
    return op.output(0) == weights && s.model.code(op) == tflite::BuiltinOperator_DEQUANTIZE && s.constant(op.input(0));
  });
}

bool multiplierFits(const Subject& s, bool oneOnly) {
  const auto* o = s.op.options.AsDepthwiseConv2DOptions();
  const Tensor* x = s.data();
  const Tensor* w = s.weights();
  if (!o || !x || !w || x->shape.size() != 4 || w->shape.size() != 4 || x->shape[3] <= 0) return true;
  const int32_t multiplier = w->shape[3] / x->shape[3];
  return multiplier <= 1 || (!oneOnly && x->shape[3] == 1);
}

constexpr LimitRow kLimits[] = {
    {kFixedShape, "its result's shape is computed while running", [](const Subject& s) { return !shapeIsComputed(s); }},
    {kRankAtMost4, "its operands have more than four dimensions", [](const Subject& s) { return rankOf(s) <= 4; }},
    {kThreeInnerDimensions, "more than the three innermost dimensions are larger than 1", innerDimensionsOnly},
    {kBatchOne, "its batch is larger than 1",
     [](const Subject& s) { return rankOf(s) < 4 || s.data()->shape.front() <= 1; }},
    {kUpToThreeOrFour, "its operand does not have three or four dimensions",
     [](const Subject& s) { return rankOf(s) == 3 || rankOf(s) == 4; }},
    {kNoFusedActivation, "it has a fused activation", [](const Subject& s) { return !hasFusedActivation(s); }},
    {kSquareDilation, "its dilations differ in width and height",
     [](const Subject& s) { return windowsOf(s).dilationW == windowsOf(s).dilationH; }},
    {kNoDilation, "it is dilated",
     [](const Subject& s) { return windowsOf(s).dilationW == 1 && windowsOf(s).dilationH == 1; }},
    {kStrideAtMost3, "its stride is larger than 3", strideAtMost<3>},
    {kStrideAtMost4, "its stride is larger than 4", strideAtMost<4>},
    {kWindowAtMost8, "its padded window is larger than 8",
     [](const Subject& s) {
       const Windows w = windowsOf(s);
       return !w.same || (w.filterW <= 8 && w.filterH <= 8);
     }},
    {kWindowWidth3, "its filter is not 3 wide",
     [](const Subject& s) { return !s.weights() || s.weights()->shape.size() != 4 || s.weights()->shape[2] == 3; }},
    {kUnitMultiplier, "its multiplier is larger than 1", [](const Subject& s) { return multiplierFits(s, true); }},
    {kMultiplierOfOneChannel, "its multiplier is larger than 1 and its operand has several channels",
     [](const Subject& s) { return multiplierFits(s, false); }},
    {kConstantWeights, "its weights are computed while running", weightsAreConstant},
    {kDefaultWeightFormat, "its weights are shuffled",
     [](const Subject& s) {
       const auto* o = s.op.options.AsFullyConnectedOptions();
       return !o || o->weights_format == tflite::FullyConnectedOptionsWeightsFormat_DEFAULT;
     }},
    {kBothOperandsComputed, "one of its operands is constant",
     [](const Subject& s) { return !s.constant(s.op.input(0)) && !s.constant(s.op.input(1)); }},
    {kSpatialReduction, "it reduces more than height and width",
     [](const Subject& s) {
       const auto axes = reducedAxes(s);
       return axes && rankOf(s) >= 2 && std::all_of(axes->begin(), axes->end(), [&](int64_t axis) {
                return rankOf(s) == 4 ? axis == 1 || axis == 2 : axis + 1 < rankOf(s);
              });
     }},
    {kNoBatchReduction, "it reduces the batch",
     [](const Subject& s) {
       const auto axes = reducedAxes(s);
       return axes && (rankOf(s) < 4 || std::find(axes->begin(), axes->end(), 0) == axes->end());
     }},
    {kSpatialPadding, "it pads more than height and width", padsOnlySpace},
    {kUnitStrides, "it has strides other than 1, an ellipsis or a new axis", stridesAreOne},
    {kVectorOf16000, "its operand is not one row of at most 16,000 elements",
     [](const Subject& s) { return isVectorOf(s, 16000); }},
    {kUnitBeta, "its beta is not 1", betaIsOne},
    {kZeroConstantOperand, "one of its operands is a constant that is not the second of two or not zero",
     constantIsZeroPadding},
    {kPowerOfTwoResize, "it does not scale both directions by the same 2, 4 or 8", resizesByPowerOfTwo},
    {kResizeAtMost65, "its result has more than 65 rows or columns",
     [](const Subject& s) {
       const Tensor* y = s.tensor(s.op.output(0));
       return !y || y->shape.size() != 4 || (y->shape[1] <= 65 && y->shape[2] <= 65);
     }},
    {kReflect, "it mirrors symmetrically, not by reflection",
     [](const Subject& s) {
       const auto* o = s.op.options.AsMirrorPadOptions();
       return !o || o->mode == tflite::MirrorPadMode_REFLECT;
     }},
    {kSharedScale, "its operand and result differ in scale or zero point", sharesScale},
};

}  // namespace

std::string limitRefusal(Limits limits, const Model& model, const Subgraph& graph, const Operator& op) {
  const auto code = model.code(op);
  const Subject subject{model, graph, op, code, findRules(code)};
  for (const LimitRow& row : kLimits)
    if ((limits & row.limit) && !row.kept(subject)) return row.words;
  return {};
}

}  // namespace quantscope::quantization
