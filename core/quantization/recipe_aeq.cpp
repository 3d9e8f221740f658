#include "core/quantization/recipe_aeq.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>

namespace quantscope {
namespace {

using Json = nlohmann::ordered_json;

struct NamePair {
  std::string_view aeq, ours;
};

// Only where the two differ.
constexpr std::array kOperations{NamePair{"CONV_2D_TRANSPOSE", "TRANSPOSE_CONV"}, NamePair{"*", ""}};

// Algorithms of theirs and the name under which the same idea is known here; empty: nearest code on the extremes.
constexpr std::array kAlgorithms{NamePair{"min_max_uniform_quantize", ""}, NamePair{"MSE", "mse"},
                                 NamePair{"OCTAV", "octav"}, NamePair{"GPTQ", "gptq"}, NamePair{"float_casting", ""}};

constexpr std::string_view kNoQuantize = "no_quantize", kFloatCasting = "float_casting",
                           kMinMax = "min_max_uniform_quantize";

Error malformed(const std::string& where, std::string why) {
  return {ErrorCode::Malformed, "cannot read the recipe", where, std::move(why),
          "AI Edge Quantizer's recipes are lists of regex, operation, algorithm_key and op_config"};
}

/// One of tensor configurations of an entry.
struct TensorConfig {
  int bits = 0;
  bool floats = false;
  Granularity granularity = Granularity::PerTensor;
  int32_t blockSize = 32;
};

class EntryReader {
public:
  EntryReader(const Json& entry, size_t number, std::vector<std::string>& notes)
      : m_entry(entry), m_where("entry " + std::to_string(number + 1)), m_notes(notes) {}

  /// Nothing where the entry is left out.
  Result<std::optional<RecipeRule>> read() {
    if (!m_entry.is_object()) return malformed(m_where, "an object is expected");
    RecipeRule rule;
    QS_ASSIGN(const std::string regex, text("regex"));
    QS_ASSIGN(const std::string operation, text("operation"));
    QS_ASSIGN(const std::string algorithm, text("algorithm_key"));
    m_where += " (" + operation + (regex == ".*" ? "" : " in " + regex) + ", " + algorithm + ")";
    rule.scope = regex == ".*" ? "" : regex;
    rule.operatorType = operation;
    for (const NamePair& pair : kOperations)
      if (pair.aeq == operation) rule.operatorType = pair.ours;
    if (operation == "INPUT" || operation == "OUTPUT")
      return leaveOut("types of the model's inputs and outputs are chosen by input_type and output_type");
    if (algorithm == kNoQuantize) return std::optional(rule);
    const NamePair* known = nullptr;
    for (const NamePair& pair : kAlgorithms)
      if (pair.aeq == algorithm) known = &pair;
    if (!known) return leaveOut("there is no such algorithm here");
    if (!known->ours.empty()) rule.scheme.algorithms.emplace_back(known->ours);
    return configure(rule, algorithm);
  }

private:
  Result<std::optional<RecipeRule>> leaveOut(const std::string& why) {
    m_notes.push_back(m_where + " is left out: " + why);
    return std::optional<RecipeRule>();
  }

  Result<std::string> text(const char* key) {
    const auto found = m_entry.find(key);
    if (found == m_entry.end() || !found->is_string()) return malformed(m_where, std::string(key) + " is no text");
    return found->get<std::string>();
  }

  Result<std::optional<RecipeRule>> configure(RecipeRule rule, const std::string& algorithm) {
    const auto config = m_entry.find("op_config");
    if (config == m_entry.end()) return leaveOut("it has no op_config");
    if (!config->is_object()) return malformed(m_where, "op_config is no object");
    const auto weightJson = config->find("weight_tensor_config");
    if (weightJson == config->end()) return leaveOut("it says nothing of weights");
    QS_ASSIGN(const TensorConfig weight, tensorConfig(*weightJson, "weight_tensor_config"));
    std::optional<TensorConfig> activation;
    if (const auto found = config->find("activation_tensor_config"); found != config->end()) {
      QS_ASSIGN(activation, tensorConfig(*found, "activation_tensor_config"));
    }
    rule.scheme.granularity = weight.granularity;
    rule.scheme.blockSize = weight.blockSize;
    if (const auto least = config->find("min_weight_elements"); least != config->end()) {
      if (!least->is_number_integer() || *least < 0 || *least > INT32_MAX)
        return malformed(m_where, "min_weight_elements is no count");
      rule.scheme.minElements = least->get<int32_t>();
    }
    if (weight.floats || algorithm == kFloatCasting) {
      if (weight.bits != 16) return leaveOut("floats of " + std::to_string(weight.bits) + " bits are not written");
      rule.scheme.precision = Precision::Float16;
      rule.scheme.granularity = Granularity::PerChannel;
      return std::optional(rule);
    }
    const bool integers = config->value("compute_precision", Json("FLOAT")) == Json("INTEGER");
    const auto precision = precisionFor(weight.bits, activation, integers);
    if (!precision) {
      return leaveOut(std::to_string(weight.bits) + "-bit weights with " +
                      (activation ? std::to_string(activation->bits) + "-bit" : std::string("float")) +
                      " activations are not written");
    }
    rule.scheme.precision = *precision;
    return std::optional(rule);
  }

  static std::optional<Precision> precisionFor(int weightBits, const std::optional<TensorConfig>& activation,
                                               bool integers) {
    if (weightBits != 4 && weightBits != 8) return std::nullopt;
    const bool four = weightBits == 4;
    if (!activation) {
      if (integers) return four ? Precision::DynamicRangeInt4 : Precision::DynamicRange;
      return four ? Precision::WeightOnlyInt4 : Precision::WeightOnlyInt8;
    }
    if (activation->bits == 8) return four ? Precision::Int4x8 : Precision::Int8;
    if (activation->bits == 16) return four ? Precision::Int4x16 : Precision::Int16x8;
    return std::nullopt;
  }

  Result<TensorConfig> tensorConfig(const Json& json, const char* key) {
    if (!json.is_object()) return malformed(m_where, std::string(key) + " is no object");
    TensorConfig config;
    const auto bits = json.find("num_bits");
    if (bits == json.end() || !bits->is_number_integer() || *bits < 1 || *bits > 64)
      return malformed(m_where, std::string(key) + " has no num_bits");
    config.bits = bits->get<int>();
    config.floats = json.value("dtype", Json("INT")) == Json("FLOAT");
    const Json granularity = json.value("granularity", Json("TENSORWISE"));
    const std::string name = granularity.is_string() ? granularity.get<std::string>() : "";
    constexpr std::string_view kBlockwise = "BLOCKWISE_";
    int32_t blockSize = 0;
    if (const auto size = json.find("block_size");
        size != json.end() && size->is_number_integer() && *size > 0 && *size <= 65536)
      blockSize = size->get<int32_t>();
    if (name == "CHANNELWISE") {
      config.granularity = Granularity::PerChannel;
    } else if (name == "BLOCKWISE" && blockSize > 0) {
      config.granularity = Granularity::Blockwise;
      config.blockSize = blockSize;
    } else if (name.starts_with(kBlockwise)) {
      config.granularity = Granularity::Blockwise;
      config.blockSize = std::atoi(name.c_str() + kBlockwise.size());
    } else if (name != "TENSORWISE") {
      return malformed(m_where, std::string(key) + " has the granularity " + name);
    }
    return config;
  }

  const Json& m_entry;
  std::string m_where;
  std::vector<std::string>& m_notes;
};

std::string_view granularityName(Granularity granularity) {
  return granularity == Granularity::PerTensor ? "TENSORWISE" : "CHANNELWISE";
}

Json tensorJson(int bits, bool symmetric, std::string granularity) {
  return {{"num_bits", bits}, {"symmetric", symmetric}, {"granularity", std::move(granularity)}, {"dtype", "INT"}};
}

/// The entry of one scheme; nothing, with a note, where AI Edge Quantizer has no words for it.
class EntryWriter {
public:
  explicit EntryWriter(std::vector<std::string>& notes) : m_notes(notes) {}

  void add(const std::string& regex, const std::string& type, const Scheme& scheme) {
    std::string operation = type.empty() ? "*" : type;
    for (const NamePair& pair : kOperations)
      if (!pair.ours.empty() && pair.ours == type) operation = pair.aeq;
    Json entry{{"regex", regex}, {"operation", operation}};
    entry["algorithm_key"] = algorithm(scheme, operation);
    if (scheme.precision != Precision::Float32) entry["op_config"] = config(scheme);
    m_entries.push_back(std::move(entry));
  }

  Json take() { return std::move(m_entries); }

private:
  std::string algorithm(const Scheme& scheme, const std::string& operation) {
    if (scheme.precision == Precision::Float32) return std::string(kNoQuantize);
    if (scheme.precision == Precision::Float16) return std::string(kFloatCasting);
    for (const std::string& name : scheme.algorithms) {
      const auto* found =
          std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [&](const NamePair& pair) { return pair.ours == name; });
      if (found != kAlgorithms.end()) return std::string(found->aeq);
      m_notes.push_back("the algorithm " + name + " of " + operation +
                        " is left out: AI Edge Quantizer has none like it");
    }
    return std::string(kMinMax);
  }

  static Json config(const Scheme& scheme) {
    const bool half = scheme.precision == Precision::Float16;
    const bool four = scheme.precision == Precision::DynamicRangeInt4 ||
                      scheme.precision == Precision::WeightOnlyInt4 || scheme.precision == Precision::Int4x8 ||
                      scheme.precision == Precision::Int4x16;
    const bool int8 = scheme.precision == Precision::Int8 || scheme.precision == Precision::Int4x8;
    const bool int16 = scheme.precision == Precision::Int16x8 || scheme.precision == Precision::Int4x16;
    const bool weightOnly =
        scheme.precision == Precision::WeightOnlyInt8 || scheme.precision == Precision::WeightOnlyInt4;
    std::string granularity(granularityName(scheme.granularity));
    if (scheme.granularity == Granularity::Blockwise) granularity = "BLOCKWISE_" + std::to_string(scheme.blockSize);
    Json config;
    if (int8) config["activation_tensor_config"] = tensorJson(8, false, "TENSORWISE");
    if (int16) config["activation_tensor_config"] = tensorJson(16, true, "TENSORWISE");
    config["weight_tensor_config"] =
        half ? Json{{"num_bits", 16}, {"dtype", "FLOAT"}} : tensorJson(four ? 4 : 8, true, granularity);
    config["compute_precision"] = half || weightOnly ? "FLOAT" : "INTEGER";
    config["explicit_dequantize"] = half || weightOnly;
    config["skip_checks"] = false;
    config["min_weight_elements"] = scheme.minElements;
    return config;
  }

  Json m_entries = Json::array();
  std::vector<std::string>& m_notes;
};

// A pattern that finds this name alone.
std::string exactPattern(const std::string& name) {
  constexpr std::string_view kSpecial = R"(\^$.|?*+()[]{})";
  std::string pattern = "^";
  for (const char c : name) {
    if (kSpecial.find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + "$";
}

}  // namespace

namespace quantization {

Result<Recipe> recipeFromAeq(const nlohmann::ordered_json& json, std::vector<std::string>& notes) {
  if (!json.is_array()) return malformed("top level", "a list of entries is expected");
  if (json.empty()) return malformed("top level", "the list has no entries, so it asks for nothing");
  Recipe recipe;
  recipe.name = "AI Edge Quantizer";
  for (size_t i = 0; i < json.size(); ++i) {
    QS_ASSIGN(const auto rule, EntryReader(json[i], i, notes).read());
    if (rule) recipe.rules.push_back(*rule);
  }
  return recipe;
}

}  // namespace quantization

Result<std::string> recipeToAeq(const Recipe& recipe, const Model* model, std::vector<std::string>& notes) {
  EntryWriter writer(notes);
  if (recipe.defaultScheme.precision != Precision::Float32) writer.add(".*", "", recipe.defaultScheme);
  const Subgraph* graph = model && !model->subgraphs.empty() ? &model->subgraphs[0] : nullptr;
  // AI Edge Quantizer knows operators by the names of their results only.
  auto addSingle = [&](size_t position, const Scheme& scheme, const std::string& what) {
    if (!graph || position >= graph->operators.size()) {
      notes.push_back(what + " is left out: AI Edge Quantizer knows no positions; give the model");
      return;
    }
    const Operator& op = graph->operators[position];
    if (!op.output(0).valid() || graph->tensor(op.output(0)).name.empty()) {
      notes.push_back(what + " is left out: the operator's result has no name");
      return;
    }
    writer.add(exactPattern(graph->tensor(op.output(0)).name), operatorName(*model, op), scheme);
  };
  for (size_t r = 0; r < recipe.rules.size(); ++r) {
    const RecipeRule& rule = recipe.rules[r];
    const std::string what = "rule " + std::to_string(r + 1);
    if (!rule.first && !rule.last) {
      writer.add(rule.scope.empty() ? ".*" : rule.scope, rule.operatorType, rule.scheme);
      continue;
    }
    if (!graph) {
      notes.push_back(what + " is left out: AI Edge Quantizer knows no positions; give the model");
      continue;
    }
    // The operators that it matches, found with a mark in the place of its scheme.
    constexpr int32_t kMark = -1;
    Recipe alone;
    alone.rules.push_back(rule);
    alone.rules[0].scheme.blockSize = kMark;
    QS_ASSIGN(const ResolvedRecipe resolved, resolveRecipe(alone, *model));
    for (size_t i = 0; i < graph->operators.size(); ++i)
      if (resolved.operators[i].blockSize == kMark) addSingle(i, rule.scheme, what);
  }
  for (const auto& [index, scheme] : recipe.operators)
    addSingle(static_cast<size_t>(std::max(index, 0)), scheme, "the choice for operator " + std::to_string(index));
  if (!recipe.ranges.empty())
    notes.push_back(std::to_string(recipe.ranges.size()) +
                    " ranges set by hand are left out: AI Edge Quantizer calibrates all");
  if (recipe.inputType != BoundaryType::Float32 || recipe.outputType != BoundaryType::Float32)
    notes.push_back("the types of inputs and outputs are left out");
  return writer.take().dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace quantscope
