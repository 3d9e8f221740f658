#include <algorithm>

#include "core/io/tflite_writer.h"
#include "core/quantization/constants/scale_room.h"
#include "core/quantization/passes/graph_edit.h"
#include "core/quantization/plan/eligibility.h"
#include "core/quantization/plan/integer_check.h"
#include "core/quantization/plan/wiring.h"
#include "core/quantization/quantize.h"
#include "core/quantization/targets/target.h"

namespace quantscope {
namespace {

using namespace quantization;

struct Boundary {
  ElementType input = ElementType::Float32, output = ElementType::Float32;
};

ElementType elementType(BoundaryType type) {
  switch (type) {
    case BoundaryType::Int8:
      return ElementType::Int8;
    case BoundaryType::UInt8:
      return ElementType::UInt8;
    case BoundaryType::Int16:
      return ElementType::Int16;
    case BoundaryType::Float32:
      break;
  }
  return ElementType::Float32;
}

// Plans one subgraph after another and gathers what the whole plan tells.
class Planner {
public:
  Planner(std::shared_ptr<const Model> model, const Recipe& recipe, const CalibrationResult* ranges)
      : m_plan(std::make_shared<QuantizationPlan>()), m_ranges(ranges) {
    m_plan->source = std::move(model);
    m_plan->recipe = recipe;
  }

  Result<std::shared_ptr<const QuantizationPlan>> run() {
    const Model& model = *m_plan->source;
    QS_ASSIGN(m_target, findTarget(m_plan->recipe.target));
    for (size_t g = 0; g < model.subgraphs.size(); ++g) QS_TRY(planSubgraph(SubgraphIndex(g)));
    QS_TRY(refuseFloats());
    predictSizes();
    return std::shared_ptr<const QuantizationPlan>(m_plan);
  }

private:
  Result<void> planSubgraph(SubgraphIndex index) {
    const Recipe& recipe = m_plan->recipe;
    const GraphView view(*m_plan->source, index);
    QS_ASSIGN(ResolvedRecipe resolved, resolveRecipe(recipe, *m_plan->source, index));
    const RangeSource ranges(view, recipe, m_ranges);

    auto graph = std::make_shared<GraphPlan>();
    graph->schemes = resolved.operators;
    std::vector<Decision> decisions;
    std::vector<ElementType> types;
    for (size_t i = 0; i < view.graph.operators.size(); ++i) {
      const OperatorIndex op(i);
      decisions.push_back(decidePrecision(view, op, resolved.operators[i], ranges, *m_target,
                                          !recipe.requireInteger && !m_target->integerOnly));
      const Decision& decision = decisions.back();
      graph->effective.push_back(decision.asIs ? Precision::Float32 : decision.effective);
      types.push_back(computeType(graph->effective.back()));
      m_plan->needsCalibration |= decision.missingRange;
      note(view, op, decision);
    }
    QS_ASSIGN(const Boundary boundary, planBoundary(view, ranges, types));
    const ScaleClasses classes(view, ranges, types, boundary.input, boundary.output);
    planWiring(view, decisions, classes, boundary.output, *graph);
    m_plan->warnings.insert(m_plan->warnings.end(), classes.warnings().begin(), classes.warnings().end());
    if (index.value == 0) describePrimary(view, decisions, *graph);
    m_plan->graphs.push_back(std::move(graph));
    return {};
  }

  // What the user should know of one operator beside its precision.
  void note(const GraphView& view, OperatorIndex op, const Decision& decision) {
    const std::string defect = defectText(view, op, computeType(decision.effective));
    if (!defect.empty()) m_plan->warnings.push_back(view.describe(op) + ": " + defect);
    if (decision.granularity == Granularity::Blockwise && decision.effective == Precision::DynamicRangeInt4 &&
        view.model.code(view.op(op)) == tflite::BuiltinOperator_FULLY_CONNECTED)
      m_plan->warnings.push_back(view.describe(op) +
                                 ": the reference kernels of shipped runtimes ignore blockwise weights");
    if (const auto sum = deepSum(view, op, decision.effective); sum && sum->mayOverflow() && !decision.asIs)
      m_plan->warnings.push_back(view.describe(op) + " adds up " + std::to_string(sum->depth) +
                                 " products: its weights may take coarser scales so that no sum exceeds 32 bits");
    if (!decision.refusal.empty())
      m_plan->warnings.push_back(view.describe(op) + (m_target->hostFallback ? " runs on the CPU: " : " cannot run: ") +
                                 decision.refusal);
    const bool wanted = computeType(decision.effective) != ElementType::Float32 || decision.nothingToDo;
    if (m_plan->recipe.requireInteger && !wanted && !(decision.missingRange && !m_ranges))
      m_refused.push_back(view.describe(op) + " (" +
                          (decision.reason.empty() ? "asked to stay float32" : decision.reason) + ")");
  }

  // Whether the graph's float inputs and outputs can take the wanted types.
  Result<Boundary> planBoundary(const GraphView& view, const RangeSource& ranges,
                                const std::vector<ElementType>& types) {
    Boundary boundary;
    if (!view.entry) return boundary;
    boundary = {elementType(m_plan->recipe.inputType), elementType(m_plan->recipe.outputType)};
    auto missing = [&](const std::vector<TensorIndex>& tensors, ElementType type) -> std::optional<TensorIndex> {
      for (TensorIndex tensor : tensors) {
        if (type == ElementType::Float32 || !view.isActivation(tensor) || ranges.find(tensor)) continue;
        const OperatorIndex producer = view.uses[tensor.position()].producer;
        const ElementType integer = type == ElementType::UInt8 ? ElementType::Int8 : type;
        if (!producer.valid() || types[producer.position()] != integer) return tensor;
      }
      return std::nullopt;
    };
    const auto input = missing(view.graph.inputs, boundary.input),
               output = missing(view.graph.outputs, boundary.output);
    if (!input && !output) return boundary;
    if (m_ranges) {
      return Error{ErrorCode::InvalidArgument, "the graph's inputs and outputs cannot be integers",
                   view.describe(input ? *input : *output), "no range was recorded for it",
                   "calibrate, or let inputs and outputs be float32"};
    }
    m_plan->needsCalibration = true;
    return Boundary{input ? ElementType::Float32 : boundary.input, output ? ElementType::Float32 : boundary.output};
  }

  Result<void> refuseFloats() const {
    if (m_refused.empty()) return {};
    constexpr size_t kNamed = 10;
    std::string names;
    for (size_t i = 0; i < std::min(kNamed, m_refused.size()); ++i) names += (i ? ", " : "") + m_refused[i];
    if (m_refused.size() > kNamed) names += " and " + std::to_string(m_refused.size() - kNamed) + " more";
    return Error{ErrorCode::InvalidArgument, std::to_string(m_refused.size()) + " operators would stay in float",
                 m_plan->recipe.name.empty() ? "recipe" : m_plan->recipe.name, names, "use int8, which lets them"};
  }

  void describePrimary(const GraphView& view, const std::vector<Decision>& decisions, const GraphPlan& graph) {
    m_plan->schemes = graph.schemes;
    std::vector<bool> counted(view.graph.tensors.size(), false);
    std::vector<bool> countedConstant(graph.constants.size(), false);
    for (size_t i = 0; i < decisions.size(); ++i) {
      PlannedOperator op;
      op.index = OperatorIndex(i);
      op.requested = graph.schemes[i].precision;
      op.effective = decisions[i].effective;
      op.granularity = decisions[i].granularity;
      op.reason = decisions[i].reason;
      op.targetRefusal = decisions[i].refusal;
      const auto& inputs = view.graph.operators[i].inputs;
      for (size_t k = 0; k < inputs.size(); ++k) {
        if (!inputs[k].valid()) continue;
        const Tensor& tensor = view.tensor(inputs[k]);
        const auto bytes = static_cast<int64_t>(constantBytes(view.model, tensor).size());
        const bool first = !counted[inputs[k].position()];
        counted[inputs[k].position()] = true;
        if (first) op.constantBytesBefore += bytes;
        const OperandPlan& operand = graph.operators[i].inputs[k];
        if (operand.kind == OperandPlan::Kind::Constant) {
          const auto c = static_cast<size_t>(operand.index);
          if (!countedConstant[c])
            op.constantBytesAfter +=
                byteSize(graph.constants[c].type, constantElements(view, graph.constants[c])).value_or(0);
          countedConstant[c] = true;
        } else if (first) {
          op.constantBytesAfter += bytes;
        }
      }
      m_plan->operators.push_back(std::move(op));
    }
    describeTensors(view, graph);
    describeConversions(view, graph);
  }

  void describeTensors(const GraphView& view, const GraphPlan& graph) {
    auto& tensors = m_plan->tensors;
    tensors.resize(view.graph.tensors.size());
    for (const PlannedValue& value : graph.values) {
      auto& tensor = tensors[value.source.position()];
      if (tensor || !value.form.integer()) continue;
      tensor = PlannedTensor{value.form.type, {value.form.scale}, {value.form.zeroPoint}, 0};
    }
    for (const PlannedConstant& constant : graph.constants) {
      auto& tensor = tensors[constant.source.position()];
      if (!tensor) tensor = PlannedTensor{constant.type, {}, {}, constant.axis};
    }
  }

  // What its first reader wants.
  static std::string whyConverted(const GraphView& view, OperatorIndex reader, ElementType from, ElementType to) {
    if (!reader.valid()) return "the graph's output is " + std::string(elementTypeName(to));
    const OperatorRules* rules = view.rules[reader.position()];
    if (from == to && rules && rules->scale == ScaleRule::Same)
      return view.describe(reader) + " takes all operands at one scale, which is not the one this tensor has";
    if (from == to) return view.describe(reader) + " takes it at another scale";
    return view.describe(reader) + " computes in " + std::string(elementTypeName(to));
  }

  void describeConversions(const GraphView& view, const GraphPlan& graph) {
    std::vector<OperatorIndex> valueUser(graph.values.size()), constantUser(graph.constants.size());
    for (size_t i = graph.operators.size(); i-- > 0;) {
      for (const OperandPlan& operand : graph.operators[i].inputs) {
        if (operand.kind == OperandPlan::Kind::Value) valueUser[static_cast<size_t>(operand.index)] = OperatorIndex(i);
        if (operand.kind == OperandPlan::Kind::Constant)
          constantUser[static_cast<size_t>(operand.index)] = OperatorIndex(i);
      }
    }
    for (size_t v = 0; v < graph.values.size(); ++v) {
      const PlannedValue& value = graph.values[v];
      if (value.from < 0) continue;
      const ActivationForm& from = graph.values[static_cast<size_t>(value.from)].form;
      const char* kind = !value.form.integer() ? "DEQUANTIZE" : from.integer() ? "requantize" : "QUANTIZE";
      m_plan->conversions.push_back({kind, value.source, valueUser[v], from.type, value.form.type,
                                     whyConverted(view, valueUser[v], from.type, value.form.type)});
    }
    for (size_t c = 0; c < graph.constants.size(); ++c) {
      const PlannedConstant& constant = graph.constants[c];
      if (constant.dequantize)
        m_plan->conversions.push_back({"DEQUANTIZE", constant.source, constantUser[c], constant.type,
                                       ElementType::Float32,
                                       view.describe(constantUser[c]) + " computes in float32 with stored " +
                                           std::string(elementTypeName(constant.type))});
    }
    std::stable_sort(m_plan->conversions.begin(), m_plan->conversions.end(), [&](const auto& a, const auto& b) {
      auto place = [&](OperatorIndex i) { return i.valid() ? i.position() : view.graph.operators.size(); };
      return place(a.before) < place(b.before);
    });
  }

  // Of the file that the writer makes; constants are not read. Nothing is written of a model that is not wholly known.
  static int64_t fileSize(const Model& model) {
    if (const auto size = serializedSize(model)) return static_cast<int64_t>(*size);
    int64_t bytes = 0;
    for (const Buffer& buffer : model.buffers) bytes += static_cast<int64_t>(buffer.bytes.size());
    return bytes;
  }

  void predictSizes() {
    const Model& model = *m_plan->source;
    std::vector<const GraphPlan*> plans;
    std::vector<std::vector<ConstantData>> outlines;
    size_t before = 0;
    for (size_t g = 0; g < m_plan->graphs.size(); ++g) {
      plans.push_back(m_plan->graphs[g].get());
      outlines.push_back(outlineConstants(GraphView(model, SubgraphIndex(g)), *plans.back(), before));
      before += outlines.back().size();
    }
    m_plan->bytesBefore = fileSize(model);
    m_plan->predictedBytes = fileSize(editModel(model, plans, outlines, false));
  }

  std::shared_ptr<QuantizationPlan> m_plan;
  const CalibrationResult* m_ranges;
  const Target* m_target = nullptr;
  std::vector<std::string> m_refused;
};

}  // namespace

Result<std::shared_ptr<const QuantizationPlan>> planQuantization(std::shared_ptr<const Model> model,
                                                                 const Recipe& recipe,
                                                                 const CalibrationResult* ranges) {
  if (!model) return Error{ErrorCode::InvalidArgument, "there is no model to quantize", "", "", ""};
  QS_TRY(checkIndices(*model));
  return Planner(std::move(model), recipe, ranges).run();
}

}  // namespace quantscope
