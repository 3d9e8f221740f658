#include <array>
#include <cmath>
#include <fstream>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "core/quantization/recipe.h"
#include "core/quantization/recipe_aeq.h"

namespace quantscope {
namespace {

using Json = nlohmann::ordered_json;
constexpr int kFormatVersion = 1;
constexpr uintmax_t kMaxFileBytes = 16u << 20;

template <typename Enum>
struct Name {
  Enum value;
  std::string_view name;
};

constexpr std::array kGranularities{Name<Granularity>{Granularity::PerChannel, "per-channel"},
                                    Name<Granularity>{Granularity::PerTensor, "per-tensor"},
                                    Name<Granularity>{Granularity::Blockwise, "blockwise"}};
constexpr std::array kBoundaries{
    Name<BoundaryType>{BoundaryType::Float32, "float32"}, Name<BoundaryType>{BoundaryType::Int8, "int8"},
    Name<BoundaryType>{BoundaryType::UInt8, "uint8"}, Name<BoundaryType>{BoundaryType::Int16, "int16"}};

template <typename Names, typename Enum>
std::string nameOf(const Names& names, Enum value) {
  for (const auto& entry : names)
    if (entry.value == value) return std::string(entry.name);
  return {};
}

Error malformed(const std::string& where, std::string why) {
  return {ErrorCode::Malformed, "cannot read the recipe", where.empty() ? "top level" : where, std::move(why),
          "docs/formats.md lists every key"};
}

// One object of the file, read key by key; finish() refuses whatever nobody asked for.
class ObjectReader {
public:
  static Result<ObjectReader> open(const Json& json, std::string where) {
    if (!json.is_object()) return malformed(where, "an object is expected");
    return ObjectReader(json, std::move(where));
  }

  const Json* find(const char* key) {
    m_known.emplace_back(key);
    const auto it = m_json->find(key);
    return it == m_json->end() ? nullptr : &*it;
  }

  std::string at(const char* key) const { return m_where.empty() ? key : m_where + "." + key; }

  Result<void> text(const char* key, std::string& value) {
    const Json* json = find(key);
    if (!json) return {};
    if (!json->is_string()) return malformed(at(key), "a text is expected");
    value = json->get<std::string>();
    return {};
  }

  Result<void> flag(const char* key, bool& value) {
    const Json* json = find(key);
    if (!json) return {};
    if (!json->is_boolean()) return malformed(at(key), "true or false is expected");
    value = json->get<bool>();
    return {};
  }

  Result<void> integer(const char* key, std::optional<int32_t>& value, int32_t least) {
    const Json* json = find(key);
    if (!json) return {};
    if (!json->is_number_integer()) return malformed(at(key), "a whole number is expected");
    const bool tooLarge = json->is_number_unsigned() && json->get<uint64_t>() > INT32_MAX;
    if (tooLarge || json->get<int64_t>() < least)
      return malformed(at(key), json->dump() + " is out of range, the least is " + std::to_string(least));
    value = static_cast<int32_t>(json->get<int64_t>());
    return {};
  }

  Result<void> number(const char* key, std::optional<float>& value) {
    const Json* json = find(key);
    if (!json) return {};
    if (!json->is_number()) return malformed(at(key), "a number is expected");
    const auto number = static_cast<float>(json->get<double>());
    if (!std::isfinite(number)) return malformed(at(key), "the number does not fit a 32-bit float");
    value = number;
    return {};
  }

  template <typename Names, typename Enum>
  Result<void> choice(const char* key, const Names& names, Enum& value) {
    std::string text;
    QS_TRY(this->text(key, text));
    if (text.empty() && !m_json->contains(key)) return {};
    std::string all;
    for (const auto& entry : names) {
      if (entry.name == text) {
        value = entry.value;
        return {};
      }
      all += (all.empty() ? "" : ", ") + std::string(entry.name);
    }
    return malformed(at(key), "\"" + text + "\" is none of " + all);
  }

  Result<void> finish() const {
    for (const auto& [key, value] : m_json->items()) {
      if (std::find(m_known.begin(), m_known.end(), key) == m_known.end())
        return malformed(m_where.empty() ? key : m_where + "." + key, "no such key is known here");
    }
    return {};
  }

private:
  ObjectReader(const Json& json, std::string where) : m_json(&json), m_where(std::move(where)) {}
  const Json* m_json;
  std::string m_where;
  std::vector<std::string> m_known;
};

Result<void> readScheme(ObjectReader& reader, Scheme& scheme) {
  std::string precision;
  QS_TRY(reader.text("precision", precision));
  if (precision.empty()) return malformed(reader.at("precision"), "the precision is missing");
  const Result<Precision> parsed = parsePrecision(precision);
  if (!parsed)
    return malformed(reader.at("precision"), "\"" + precision + "\" is no precision; " + parsed.error().remedy);
  scheme.precision = *parsed;
  QS_TRY(reader.choice("granularity", kGranularities, scheme.granularity));
  std::optional<int32_t> blockSize;
  QS_TRY(reader.integer("block_size", blockSize, 1));
  if (blockSize) scheme.blockSize = *blockSize;
  std::optional<int32_t> minElements;
  QS_TRY(reader.integer("min_elements", minElements, 0));
  if (minElements) scheme.minElements = *minElements;
  if (const Json* algorithms = reader.find("algorithms")) {
    if (!algorithms->is_array()) return malformed(reader.at("algorithms"), "a list of names is expected");
    for (const Json& name : *algorithms) {
      if (!name.is_string()) return malformed(reader.at("algorithms"), "a list of names is expected");
      scheme.algorithms.push_back(name.get<std::string>());
    }
  }
  return {};
}

// The elements of a list, each with its place ("rules[3]").
template <typename Read>
Result<void> readList(ObjectReader& parent, const char* key, Read read) {
  const Json* list = parent.find(key);
  if (!list) return {};
  if (!list->is_array()) return malformed(parent.at(key), "a list is expected");
  for (size_t i = 0; i < list->size(); ++i) {
    QS_ASSIGN(ObjectReader element, ObjectReader::open((*list)[i], parent.at(key) + "[" + std::to_string(i) + "]"));
    QS_TRY(read(element));
    QS_TRY(element.finish());
  }
  return {};
}

Result<void> readRule(ObjectReader& reader, Recipe& recipe) {
  RecipeRule rule;
  QS_TRY(reader.text("scope", rule.scope));
  QS_TRY(reader.text("operator", rule.operatorType));
  QS_TRY(reader.integer("first", rule.first, 0));
  QS_TRY(reader.integer("last", rule.last, 0));
  QS_TRY(readScheme(reader, rule.scheme));
  recipe.rules.push_back(std::move(rule));
  return {};
}

Result<void> readChoice(ObjectReader& reader, Recipe& recipe) {
  std::optional<int32_t> index;
  Scheme scheme;
  QS_TRY(reader.integer("index", index, 0));
  if (!index) return malformed(reader.at("index"), "the position of the operator is missing");
  QS_TRY(readScheme(reader, scheme));
  recipe.setOperator(*index, std::move(scheme));
  return {};
}

Result<void> readRange(ObjectReader& reader, Recipe& recipe) {
  std::optional<int32_t> tensor;
  std::optional<float> min, max;
  QS_TRY(reader.integer("tensor", tensor, 0));
  QS_TRY(reader.number("min", min));
  QS_TRY(reader.number("max", max));
  if (!tensor || !min || !max) return malformed(reader.at("tensor"), "tensor, min and max are needed");
  if (*min > *max) return malformed(reader.at("min"), "min is above max");
  recipe.ranges.push_back({*tensor, *min, *max});
  return {};
}

Json schemeToJson(const Scheme& scheme, Json json = Json::object()) {
  json["precision"] = precisionName(scheme.precision);
  json["granularity"] = nameOf(kGranularities, scheme.granularity);
  if (scheme.granularity == Granularity::Blockwise) json["block_size"] = scheme.blockSize;
  if (scheme.minElements != 0) json["min_elements"] = scheme.minElements;
  if (!scheme.algorithms.empty()) json["algorithms"] = scheme.algorithms;
  return json;
}

}  // namespace

std::string recipeToJson(const Recipe& recipe) {
  Json json;
  json["quantscope_recipe"] = kFormatVersion;
  json["name"] = recipe.name;
  json["target"] = recipe.target;
  json["input_type"] = nameOf(kBoundaries, recipe.inputType);
  json["output_type"] = nameOf(kBoundaries, recipe.outputType);
  json["require_integer"] = recipe.requireInteger;
  json["default"] = schemeToJson(recipe.defaultScheme);
  json["rules"] = Json::array();
  for (const RecipeRule& rule : recipe.rules) {
    Json entry = Json::object();
    if (!rule.scope.empty()) entry["scope"] = rule.scope;
    if (!rule.operatorType.empty()) entry["operator"] = rule.operatorType;
    if (rule.first) entry["first"] = *rule.first;
    if (rule.last) entry["last"] = *rule.last;
    json["rules"].push_back(schemeToJson(rule.scheme, std::move(entry)));
  }
  json["operators"] = Json::array();
  for (const auto& [index, scheme] : recipe.operators)
    json["operators"].push_back(schemeToJson(scheme, Json{{"index", index}}));
  json["ranges"] = Json::array();
  for (const RangeOverride& range : recipe.ranges)
    json["ranges"].push_back({{"tensor", range.tensor}, {"min", range.min}, {"max", range.max}});
  // Names come from files and need not be valid UTF-8.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Recipe> recipeFromJson(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return malformed("", "it is not JSON");
  QS_ASSIGN(ObjectReader reader, ObjectReader::open(json, ""));
  std::optional<int32_t> version;
  QS_TRY(reader.integer("quantscope_recipe", version, 1));
  if (!version) return malformed("quantscope_recipe", "the format's version is missing");
  if (*version > kFormatVersion)
    return malformed("quantscope_recipe", "version " + std::to_string(*version) + " is newer than this program");

  Recipe recipe;
  QS_TRY(reader.text("name", recipe.name));
  QS_TRY(reader.text("target", recipe.target));
  QS_TRY(reader.choice("input_type", kBoundaries, recipe.inputType));
  QS_TRY(reader.choice("output_type", kBoundaries, recipe.outputType));
  QS_TRY(reader.flag("require_integer", recipe.requireInteger));
  if (const Json* scheme = reader.find("default")) {
    QS_ASSIGN(ObjectReader schemeReader, ObjectReader::open(*scheme, "default"));
    QS_TRY(readScheme(schemeReader, recipe.defaultScheme));
    QS_TRY(schemeReader.finish());
  }
  QS_TRY(readList(reader, "rules", [&](ObjectReader& r) { return readRule(r, recipe); }));
  QS_TRY(readList(reader, "operators", [&](ObjectReader& r) { return readChoice(r, recipe); }));
  QS_TRY(readList(reader, "ranges", [&](ObjectReader& r) { return readRange(r, recipe); }));
  QS_TRY(reader.finish());
  return recipe;
}

namespace {

Result<std::string> readText(const std::filesystem::path& path) {
  std::error_code error;
  const uintmax_t size = std::filesystem::file_size(path, error);
  if (error) {
    const bool missing = error == std::errc::no_such_file_or_directory;
    return Error{missing ? ErrorCode::NotFound : ErrorCode::Io, "cannot open the recipe", path.string(),
                 error.message(), ""};
  }
  if (size > kMaxFileBytes)
    return Error{ErrorCode::ResourceLimit, "cannot open the recipe", path.string(), "it is larger than 16 MB", ""};
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())))
    return Error{ErrorCode::Io, "cannot read the recipe", path.string(), "", ""};
  return text;
}

// Of a list, or of a file that names one beside it.
Result<Recipe> loadForeign(const std::filesystem::path& path, const Json& json, bool mayRefer,
                           std::vector<std::string>& notes) {
  if (json.is_array()) return quantization::recipeFromAeq(json, notes);
  const auto other = json.find("default");
  if (!mayRefer || !other->is_string()) return malformed("default", "the name of a file is expected");
  for (const auto& [key, value] : json.items())
    if (key != "default") notes.push_back(key + " is left out: only the default recipe of such a list is taken");
  const std::filesystem::path name(other->get<std::string>());
  if (name.has_parent_path()) return malformed("default", "a file beside this one is expected");
  QS_ASSIGN(const std::string text, readText(path.parent_path() / name));
  const Json inner = Json::parse(text, nullptr, false);
  if (inner.is_discarded() || !(inner.is_array() || inner.is_object()))
    return malformed(name.string(), "it is no recipe");
  if (inner.is_object() && !inner.contains("default")) return malformed(name.string(), "it is no recipe");
  return loadForeign(path, inner, false, notes);
}

Result<Recipe> readRecipe(const std::filesystem::path& path, std::vector<std::string>& notes) {
  QS_ASSIGN(const std::string text, readText(path));
  const Json json = Json::parse(text, nullptr, false);
  const bool refers = json.is_object() && !json.contains("quantscope_recipe") && json.contains("default") &&
                      json.at("default").is_string();
  if (json.is_array() || refers) return loadForeign(path, json, true, notes);
  return recipeFromJson(text);
}

}  // namespace

Result<Recipe> loadRecipe(const std::filesystem::path& path, std::vector<std::string>* notes) {
  std::vector<std::string> unread;
  Result<Recipe> recipe = readRecipe(path, notes ? *notes : unread);
  if (recipe || recipe.error().code != ErrorCode::Malformed) return recipe;
  Error named = recipe.error();
  named.where = path.filename().string() + ", " + named.where;
  return named;
}

Result<void> saveRecipe(const Recipe& recipe, const std::filesystem::path& path, IfExists ifExists) {
  return writeFileAtomically(path, recipeToJson(recipe), ifExists);
}

}  // namespace quantscope
