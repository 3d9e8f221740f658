#include "core/evaluation/sensitivity_state.h"

#include <nlohmann/json.hpp>

namespace quantscope {

namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

Json toJson(const VariantAnswers& a) {
  return Json::array({a.right, a.labelled, a.squaredError, a.values});
}

Json toJson(const std::vector<VariantAnswers>& list) {
  Json json = Json::array();
  for (const VariantAnswers& a : list) json.push_back(toJson(a));
  return json;
}

VariantAnswers answersFrom(const Json& json) {
  return {json.at(0).get<uint64_t>(), json.at(1).get<uint64_t>(), json.at(2).get<double>(), json.at(3).get<uint64_t>()};
}

std::vector<VariantAnswers> listFrom(const Json& json, size_t rows) {
  std::vector<VariantAnswers> list;
  for (const Json& entry : json) list.push_back(answersFrom(entry));
  list.resize(rows);
  return list;
}

}  // namespace

void VariantAnswers::add(const VariantAnswers& other) {
  right += other.right;
  labelled += other.labelled;
  squaredError += other.squaredError;
  values += other.values;
}

double VariantAnswers::accuracy() const {
  return labelled ? static_cast<double>(right) / static_cast<double>(labelled) : 0;
}

double VariantAnswers::error() const {
  return values ? squaredError / static_cast<double>(values) : 0;
}

std::string SensitivityState::text(const std::string& key) const {
  Json skippedItems = Json::array();
  for (const SkippedItem& item : skipped) skippedItems.push_back({item.path, item.why});
  const Json json{{"sensitivity", kVersion},
                  {"key", key},
                  {"first", first},
                  {"batch", batch},
                  {"items", items},
                  {"samples", samples},
                  {"skipped", std::move(skippedItems)},
                  {"original", toJson(original)},
                  {"quantized", toJson(quantized)},
                  {"quantize_one", toJson(quantizeOne)},
                  {"keep_one", toJson(keepOne)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<SensitivityState> SensitivityState::read(const std::string& text, const std::string& key, size_t rows) {
  try {
    const Json json = Json::parse(text);
    if (json.at("sensitivity") != kVersion || json.at("key") != key) return std::nullopt;
    if (json.at("quantize_one").size() != rows || json.at("keep_one").size() != rows) return std::nullopt;
    SensitivityState state;
    state.first = json.at("first").get<size_t>();
    state.batch = json.at("batch").get<size_t>();
    state.items = json.at("items").get<size_t>();
    state.samples = json.at("samples").get<uint64_t>();
    for (const Json& item : json.at("skipped")) {
      state.skipped.push_back({item.at(0).get<std::string>(), item.at(1).get<std::string>()});
    }
    state.original = answersFrom(json.at("original"));
    state.quantized = answersFrom(json.at("quantized"));
    state.quantizeOne = listFrom(json.at("quantize_one"), rows);
    state.keepOne = listFrom(json.at("keep_one"), rows);
    if (state.first > 2 * rows) return std::nullopt;
    return state;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // a file of another time or program is no reason to stop
  }
}

}  // namespace quantscope
