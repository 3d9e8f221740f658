#include "core/quantization/targets/presets.h"

#include <array>
#include <optional>

#include "core/quantization/plan/eligibility.h"

namespace quantscope {
namespace {

using namespace quantization;

constexpr std::array<std::string_view, 3> kNames{"size", "latency", "balanced"};

/// One row of policy. Four-bit weights go where most weights are (convolutions, dense layers, tables of embeddings);
/// the first and the last operator with weights, on which accuracy hangs most (Banner et al. 2019 and many after them),
/// get more.
struct Policy {
  std::string_view target;
  Optimize optimize;
  bool samples;
  Precision precision;                                    ///< of everything that no rule names
  std::optional<Precision> dense = std::nullopt;          ///< of CONV_2D, FULLY_CONNECTED and EMBEDDING_LOOKUP
  std::optional<Precision> depthwise = std::nullopt;      ///< of DEPTHWISE_CONV_2D
  std::optional<Precision> ends = std::nullopt;           ///< of the first and the last operator with weights
  std::optional<Precision> probabilities = std::nullopt;  ///< of a SOFTMAX or LOG_SOFTMAX at the very end
  BoundaryType boundary = BoundaryType::Float32;
};

using enum Precision;

constexpr Policy kPolicies[] = {
    {"cpu", Optimize::Size, true, Int8, Int4x8, std::nullopt, Int8},
    {"cpu", Optimize::Size, false, DynamicRange, DynamicRangeInt4, std::nullopt, DynamicRange},
    {"cpu", Optimize::Latency, true, Int8},
    {"cpu", Optimize::Latency, false, DynamicRange},
    // 256 codes hold no probability below 1/256, and the last operator costs next to nothing.
    {"cpu", Optimize::Balanced, true, Int8, std::nullopt, std::nullopt, std::nullopt, Float32},
    // A depthwise filter has few weights and few terms per sum: quantizing its operand costs more than it gains.
    {"cpu", Optimize::Balanced, false, DynamicRange, std::nullopt, WeightOnlyInt8},
    {"gpu", Optimize::Size, true, Float16},
    {"gpu", Optimize::Size, false, Float16},
    {"gpu", Optimize::Latency, true, Float16},
    {"gpu", Optimize::Latency, false, Float16},
    {"gpu", Optimize::Balanced, true, Float16},
    {"gpu", Optimize::Balanced, false, Float16},
    {"micro", Optimize::Size, true, Int8, Int4x8, std::nullopt, Int8, std::nullopt, BoundaryType::Int8},
    {"micro", Optimize::Latency, true, Int8, std::nullopt, std::nullopt, std::nullopt, std::nullopt,
     BoundaryType::Int8},
    {"micro", Optimize::Balanced, true, Int8, std::nullopt, std::nullopt, std::nullopt, std::nullopt,
     BoundaryType::Int8},
    {"micro", Optimize::Size, false, Float32},
    {"micro", Optimize::Latency, false, Float32},
    {"micro", Optimize::Balanced, false, Float32},
};

// Devices of 8-bit integers leave no choice.
constexpr Policy kIntegers{"",           Optimize::Latency, true, Int8, std::nullopt, std::nullopt, std::nullopt,
                           std::nullopt, BoundaryType::Int8};

const Policy& policyFor(const Target& target, Optimize optimize, bool samples) {
  for (const Policy& policy : kPolicies)
    if (policy.target == target.name && policy.optimize == optimize && policy.samples == samples) return policy;
  return kIntegers;
}

void addRule(Recipe& recipe, const char* type, Precision precision) {
  RecipeRule rule;
  rule.operatorType = type;
  rule.scheme.precision = precision;
  recipe.rules.push_back(std::move(rule));
}

void addPosition(Recipe& recipe, size_t position, Precision precision) {
  RecipeRule rule;
  rule.first = rule.last = static_cast<int32_t>(position);
  rule.scheme.precision = precision;
  recipe.rules.push_back(std::move(rule));
}

}  // namespace

std::string_view optimizeName(Optimize optimize) {
  return kNames[static_cast<size_t>(optimize)];
}

std::vector<std::string> optimizeNames() {
  return {kNames.begin(), kNames.end()};
}

Result<Optimize> parseOptimize(std::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<Optimize>(i);
  return Error{ErrorCode::InvalidArgument, "unknown preset", std::string(name), "", "use size, latency or balanced"};
}

Recipe presetRecipe(const Model& model, const Target& target, Optimize optimize, bool samples) {
  const Policy& policy = policyFor(target, optimize, samples);
  Recipe recipe;
  recipe.name = std::string(optimizeName(optimize)) + " on " + std::string(target.name);
  recipe.target = target.name;
  recipe.defaultScheme.precision = policy.precision;
  recipe.inputType = recipe.outputType = policy.boundary;
  if (policy.dense) {
    for (const char* type : {"CONV_2D", "FULLY_CONNECTED", "EMBEDDING_LOOKUP"}) addRule(recipe, type, *policy.dense);
  }
  if (policy.depthwise) addRule(recipe, "DEPTHWISE_CONV_2D", *policy.depthwise);
  if (model.subgraphs.empty() || !checkIndices(model)) return recipe;
  const GraphView view(model, SubgraphIndex(0));
  std::vector<size_t> weighted;
  for (size_t i = 0; i < view.graph.operators.size(); ++i)
    if (!weightOperands(view, OperatorIndex(i)).empty()) weighted.push_back(i);
  if (policy.ends && !weighted.empty()) {
    addPosition(recipe, weighted.front(), *policy.ends);
    if (weighted.size() > 1) addPosition(recipe, weighted.back(), *policy.ends);
  }
  if (policy.probabilities && !view.graph.operators.empty()) {
    const size_t last = view.graph.operators.size() - 1;
    const auto code = model.code(view.graph.operators[last]);
    if (code == tflite::BuiltinOperator_SOFTMAX || code == tflite::BuiltinOperator_LOG_SOFTMAX)
      addPosition(recipe, last, *policy.probabilities);
  }
  return recipe;
}

std::string ruleText(const RecipeRule& rule) {
  std::string text = rule.operatorType.empty() ? "operators" : rule.operatorType;
  if (rule.first && rule.last && *rule.first == *rule.last) {
    text = "operator " + std::to_string(*rule.first) + (rule.operatorType.empty() ? "" : " " + rule.operatorType);
  } else {
    if (rule.first) text += " from " + std::to_string(*rule.first);
    if (rule.last) text += " to " + std::to_string(*rule.last);
  }
  if (!rule.scope.empty()) text += " whose result matches /" + rule.scope + "/";
  text += ": " + std::string(precisionName(rule.scheme.precision));
  if (rule.scheme.granularity == Granularity::PerTensor) text += ", one scale per tensor";
  if (rule.scheme.granularity == Granularity::Blockwise) text += ", blocks of " + std::to_string(rule.scheme.blockSize);
  for (const std::string& algorithm : rule.scheme.algorithms) text += ", " + algorithm;
  return text;
}

}  // namespace quantscope
