#include "core/quantization/plan/scale_classes.h"

#include <algorithm>
#include <cmath>

#include "core/numerics/quantization_parameters.h"

namespace quantscope::quantization {
namespace {

// A tensor joins the coarser scale of a concatenation and the like only if that costs its other readers less than this
// factor; beyond it a QUANTIZE on the edge is the better bargain.
constexpr float kMaxCoarsening = 1.5f;

// Narrower ranges are those of tensors that were never active. The official tool's scale for them (7.8e-9) makes
// multipliers overflow as soon as such a tensor does become active; any scale holds zero.
constexpr float kInactive = 1e-6f;

Range withZero(Range range) {
  return {std::min(range.min, 0.0f), std::max(range.max, 0.0f)};
}

bool contains(Range outer, Range inner) {
  return outer.min <= inner.min && inner.max <= outer.max;
}

Range unite(Range a, Range b) {
  return {std::min(a.min, b.min), std::max(a.max, b.max)};
}

float width(ElementType type, Range range) {
  return type == ElementType::Int16 ? 2 * std::max(-range.min, range.max) : range.max - range.min;
}

ActivationForm formFor(ElementType type, Range range) {
  const auto parameters = type == ElementType::Int16 ? numerics::symmetricInt16(range.min, range.max)
                                                     : numerics::asymmetricInt8(range.min, range.max);
  return {type, parameters.scale, parameters.zeroPoint};
}

// Real values that the codes of a form reach.
Range reach(const ActivationForm& form) {
  const int low = form.type == ElementType::Int16 ? -32767 : -128;
  const int high = form.type == ElementType::Int16 ? 32767 : 127;
  return {form.scale * static_cast<float>(low - form.zeroPoint),
          form.scale * static_cast<float>(high - form.zeroPoint)};
}

}  // namespace

ScaleClasses::ScaleClasses(const GraphView& view, const RangeSource& ranges, const std::vector<ElementType>& types,
                           ElementType inputType, ElementType outputType)
    : m_view(view),
      m_ranges(ranges),
      m_made(view.graph.tensors.size(), ElementType::Float32),
      m_operatorClass(view.graph.operators.size(), -1) {
  auto integerType = [](ElementType type) { return type == ElementType::UInt8 ? ElementType::Int8 : type; };
  for (TensorIndex input : view.graph.inputs) {
    if (inputType == ElementType::Float32 || !view.isActivation(input)) continue;
    m_made[input.position()] = inputType;
    classOf(input, integerType(inputType));
  }
  for (size_t i = 0; i < types.size(); ++i) {
    for (TensorIndex output : view.graph.operators[i].outputs)
      if (types[i] != ElementType::Float32 && view.isActivation(output)) m_made[output.position()] = types[i];
  }
  for (size_t i = 0; i < types.size(); ++i)
    if (types[i] != ElementType::Float32) addOperator(OperatorIndex(i), types[i]);

  // Readers in float or in another type see the tensor's own values; so does the graph's output.
  for (size_t i = 0; i < types.size(); ++i) {
    for (TensorIndex input : view.graph.operators[i].inputs) {
      if (!view.isActivation(input)) continue;
      const ElementType made = integerType(m_made[input.position()]);
      if (made != ElementType::Float32 && made != types[i]) m_classes[find(classOf(input, made))].readElsewhere = true;
    }
  }
  for (TensorIndex output : view.graph.outputs) {
    if (!view.isActivation(output)) continue;
    const ElementType made = integerType(m_made[output.position()]);
    if (made != ElementType::Float32) m_classes[find(classOf(output, made))].readElsewhere = true;
    const ElementType wanted = integerType(outputType);
    if (wanted != ElementType::Float32 && wanted != made) m_classes[find(classOf(output, wanted))].readElsewhere = true;
  }

  for (size_t k = m_joins.size(); k-- > 0;) join(m_joins[k]);
  closeForms();
  widenNarrowSums(types);
}

int ScaleClasses::newClass(ElementType type, TensorIndex origin) {
  ScaleClass c;
  c.type = type;
  c.origin = origin;
  if (origin.valid()) {
    c.range = m_ranges.find(origin);
    if (c.range) c.range = withZero(*c.range);
  }
  m_classes.push_back(std::move(c));
  m_parent.push_back(static_cast<int>(m_parent.size()));
  return static_cast<int>(m_classes.size()) - 1;
}

int ScaleClasses::classOf(TensorIndex tensor, ElementType type) {
  const auto [it, isNew] = m_elements.try_emplace({tensor.value, type}, -1);
  if (isNew) it->second = newClass(type, tensor);
  return find(it->second);
}

int ScaleClasses::find(int c) const {
  while (m_parent[static_cast<size_t>(c)] != c) {
    m_parent[static_cast<size_t>(c)] = m_parent[static_cast<size_t>(m_parent[static_cast<size_t>(c)])];
    c = m_parent[static_cast<size_t>(c)];
  }
  return c;
}

void ScaleClasses::merge(int into, int c) {
  ScaleClass& target = m_classes[static_cast<size_t>(into)];
  ScaleClass& source = m_classes[static_cast<size_t>(c)];
  target.readElsewhere |= source.readElsewhere;
  target.joins.insert(target.joins.end(), source.joins.begin(), source.joins.end());
  m_parent[static_cast<size_t>(c)] = into;
}

ActivationForm ScaleClasses::formOf(const ScaleClass& c) const {
  if (c.fixed) return *c.fixed;
  Range range = c.range.value_or(Range{0, 1});
  if (std::max(-range.min, range.max) < kInactive) range = {0, 1};
  return formFor(c.type, range);
}

void ScaleClasses::addOperator(OperatorIndex i, ElementType type) {
  const Operator& op = m_view.op(i);
  const OperatorRules& rules = *m_view.rules[i.position()];
  std::vector<int> operands;
  bool constants = false;
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    if (rules.role(k) != OperandRole::Activation || !op.inputs[k].valid()) continue;
    if (m_view.isActivation(op.inputs[k])) operands.push_back(classOf(op.inputs[k], type));
    constants |= m_view.isFloatConstant(op.inputs[k]);
  }
  int shared = -1;
  if (rules.scale == ScaleRule::Same) {
    if (operands.size() == 1 && !constants) {
      shared = operands[0];
    } else {
      const TensorIndex result = op.output(0);
      shared = m_view.isActivation(result) ? classOf(result, type) : newClass(type, TensorIndex());
      ScaleClass& c = m_classes[static_cast<size_t>(shared)];
      // A constant table may be asked for rows that no sample asked for.
      if (operands.empty()) {
        for (size_t k = 0; k < op.inputs.size(); ++k) {
          if (rules.role(k) != OperandRole::Activation || !m_view.isFloatConstant(op.inputs[k])) continue;
          const Range content = contentRange(m_view.floatConstant(op.inputs[k]));
          c.range = c.range ? unite(*c.range, content) : content;
        }
      }
      m_joins.push_back(i);
      for (int operand : operands) m_classes[static_cast<size_t>(operand)].joins.push_back(i);
    }
    m_operatorClass[i.position()] = shared;
  } else {
    for (int operand : operands) m_classes[static_cast<size_t>(operand)].readElsewhere = true;
  }

  for (TensorIndex output : op.outputs) {
    if (!m_view.isActivation(output)) continue;
    if (shared >= 0) {
      m_elements[{output.value, type}] = shared;
      continue;
    }
    ScaleClass& c = m_classes[static_cast<size_t>(classOf(output, type))];
    if (rules.scale == ScaleRule::Fixed) {
      const FixedScale fixed = type == ElementType::Int16 ? *rules.fixedInt16 : *rules.fixedInt8;
      c.fixed = ActivationForm{type, fixed.scale, fixed.zeroPoint};
    }
  }
}

void ScaleClasses::join(OperatorIndex i) {
  const Operator& op = m_view.op(i);
  const ElementType type = m_classes[static_cast<size_t>(find(m_operatorClass[i.position()]))].type;
  for (size_t k = 0; k < op.inputs.size(); ++k) {
    if (m_view.rules[i.position()]->role(k) == OperandRole::Activation && m_view.isActivation(op.inputs[k]))
      joinOperand(i, classOf(op.inputs[k], type));
  }
}

void ScaleClasses::joinOperand(OperatorIndex i, int operand) {
  const int own = find(m_operatorClass[i.position()]);
  operand = find(operand);
  if (operand == own) return;
  ScaleClass& target = m_classes[static_cast<size_t>(own)];
  ScaleClass& source = m_classes[static_cast<size_t>(operand)];

  if (source.fixed) {
    if (target.fixed ? *target.fixed == *source.fixed
                     : target.range && contains(reach(*source.fixed), *target.range) &&
                           source.fixed->scale <= kMaxCoarsening * formOf(target).scale) {
      target.fixed = source.fixed;
      merge(own, operand);
    }
    return;
  }
  const bool othersRead =
      source.readElsewhere || std::any_of(source.joins.begin(), source.joins.end(),
                                          [&](OperatorIndex j) { return find(m_operatorClass[j.position()]) != own; });
  // Values beyond the result's range cannot reach the result, so a sole reader loses nothing by clipping them.
  if (!othersRead) {
    merge(own, operand);
    return;
  }
  if (!source.range || !(target.range || target.fixed)) return;
  if (target.fixed) {
    if (contains(reach(*target.fixed), *source.range) && target.fixed->scale <= kMaxCoarsening * formOf(source).scale)
      merge(own, operand);
    return;
  }
  const Range both = unite(*source.range, *target.range);
  if (width(target.type, both) >
      kMaxCoarsening * std::min(width(target.type, *source.range), width(target.type, *target.range)))
    return;
  target.range = both;
  merge(own, operand);
}

void ScaleClasses::closeForms() {
  m_forms.resize(m_classes.size());
  for (size_t c = 0; c < m_classes.size(); ++c) {
    m_forms[c] = formOf(m_classes[c]);
    const ScaleClass& members = m_classes[c];
    if (m_parent[c] != static_cast<int>(c) || members.fixed || !members.range || !members.origin.valid()) continue;
    if (std::max(-members.range->min, members.range->max) < kInactive)
      m_warnings.push_back(m_view.describe(members.origin) +
                           " was zero on every calibration sample; its scale is a guess");
  }
}

// The fixed point of ADD, SUB and HARD_SWISH does not hold results that are far smaller than their operands (kernels
// 7.1, 8.4): their scale is raised to what it does hold.
void ScaleClasses::widenNarrowSums(const std::vector<ElementType>& types) {
  for (size_t i = 0; i < types.size(); ++i) {
    if (types[i] == ElementType::Float32) continue;
    const auto code = m_view.rules[i]->code;
    const bool sum = code == tflite::BuiltinOperator_ADD || code == tflite::BuiltinOperator_SUB;
    if (!sum && code != tflite::BuiltinOperator_HARD_SWISH) continue;
    const Operator& op = m_view.graph.operators[i];
    if (!m_view.isActivation(op.output(0))) continue;
    float largest = 0;
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (m_view.isActivation(op.inputs[k])) {
        largest = std::max(largest, form(op.inputs[k], types[i]).scale);
      } else if (m_view.isFloatConstant(op.inputs[k])) {
        largest = std::max(largest, constantForm(OperatorIndex(i), k, types[i]).scale);
      }
    }
    const float ratio = !sum ? 128.0f : types[i] == ElementType::Int16 ? 16384.0f : 524288.0f;
    const float least = largest / ratio * 1.001f;
    ActivationForm& result = m_forms[static_cast<size_t>(find(m_elements.at({op.output(0).value, types[i]})))];
    if (result.scale > least) continue;
    result.scale = least;
    m_warnings.push_back(
        m_view.describe(op.output(0)) +
        " is far smaller than the operands it is made of; its scale was raised to what the kernel holds");
  }
}

ActivationForm ScaleClasses::form(TensorIndex tensor, ElementType type) const {
  return m_forms[static_cast<size_t>(find(m_elements.at({tensor.value, type})))];
}

ActivationForm ScaleClasses::constantForm(OperatorIndex i, size_t operand, ElementType type) const {
  const Operator& op = m_view.op(i);
  const auto code = m_view.rules[i.position()]->code;
  const bool sum = code == tflite::BuiltinOperator_ADD || code == tflite::BuiltinOperator_SUB;
  const Range content = contentRange(m_view.floatConstant(op.inputs[operand]));
  const TensorIndex other = op.input(operand == 0 ? 1 : 0), output = op.output(0);
  const auto x = other.valid() && m_view.isActivation(other) ? m_ranges.find(other) : std::nullopt;
  const auto y = output.valid() && m_view.isActivation(output) ? m_ranges.find(output) : std::nullopt;
  if (!x || !y || (!sum && code != tflite::BuiltinOperator_MUL)) return formFor(type, content);
  Range cut = content;
  if (code == tflite::BuiltinOperator_ADD || (sum && operand == 0)) {
    const float low = code == tflite::BuiltinOperator_ADD ? y->min - x->max : y->min + x->min;
    const float high = code == tflite::BuiltinOperator_ADD ? y->max - x->min : y->max + x->max;
    cut = {std::max(content.min, std::min(low, 0.0f)), std::min(content.max, std::max(high, 0.0f))};
  } else if (sum) {
    // x - c is cut off below y.min where c > x.max - y.min.
    cut = {std::max(content.min, std::min(x->min - y->max, 0.0f)),
           std::min(content.max, std::max(x->max - y->min, 0.0f))};
  } else {
    // A product only where it is far beyond: the other operand is a mask of zeros and ones.
    const float most = std::max(-y->min, y->max), factor = std::max(-x->min, x->max);
    if (most <= 0 || factor <= 0 || std::max(-content.min, content.max) * factor < 1000 * most)
      return formFor(type, content);
    cut = {std::max(content.min, -most / factor), std::min(content.max, most / factor)};
  }
  return formFor(type, withZero(cut));
}

ActivationForm ScaleClasses::operatorForm(OperatorIndex op) const {
  return m_forms[static_cast<size_t>(find(m_operatorClass[op.position()]))];
}

}  // namespace quantscope::quantization
