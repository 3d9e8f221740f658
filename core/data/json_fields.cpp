#include "core/data/json_fields.h"

#include <cmath>

namespace quantscope::data {

namespace {

constexpr int kDeepest = 16;

bool addNumbers(const nlohmann::json& value, std::vector<float>& numbers, int depth) {
  if (value.is_number()) {
    numbers.push_back(value.get<float>());
    return true;
  }
  if (!value.is_array() || depth > kDeepest) return false;
  for (const auto& item : value) {
    if (!addNumbers(item, numbers, depth + 1)) return false;
  }
  return true;
}

}  // namespace

const nlohmann::json* field(const nlohmann::json& object, std::initializer_list<const char*> keys) {
  if (!object.is_object()) return nullptr;
  for (const char* key : keys) {
    const auto found = object.find(key);
    if (found != object.end() && !found->is_null()) return &*found;
  }
  return nullptr;
}

std::optional<std::string> textField(const nlohmann::json& object, std::initializer_list<const char*> keys) {
  const auto* value = field(object, keys);
  if (!value || !value->is_string()) return std::nullopt;
  return value->get<std::string>();
}

std::optional<double> numberField(const nlohmann::json& object, std::initializer_list<const char*> keys) {
  const auto* value = field(object, keys);
  if (!value || !value->is_number()) return std::nullopt;
  return value->get<double>();
}

std::optional<std::string> nameField(const nlohmann::json& object, std::initializer_list<const char*> keys) {
  const auto* value = field(object, keys);
  if (value && value->is_string()) return value->get<std::string>();
  if (value && value->is_number_integer()) return std::to_string(value->get<int64_t>());
  return std::nullopt;
}

std::optional<std::vector<float>> numbersIn(const nlohmann::json& value) {
  std::vector<float> numbers;
  if (!addNumbers(value, numbers, 0)) return std::nullopt;
  return numbers;
}

std::optional<std::array<double, 4>> boxIn(const nlohmann::json& value) {
  if (!value.is_array() || value.size() != 4) return std::nullopt;
  std::array<double, 4> box{};
  for (size_t i = 0; i < 4; ++i) {
    if (!value[i].is_number()) return std::nullopt;
    box[i] = value[i].get<double>();
    if (!std::isfinite(box[i])) return std::nullopt;
  }
  if (box[2] < 0 || box[3] < 0) return std::nullopt;
  return box;
}

Result<nlohmann::json> parseJson(std::string_view text, const std::string& where) {
  // The parser is recursive only in its callbacks; depth is bounded by the size of the text that callers allow.
  try {
    return nlohmann::json::parse(text);
  } catch (const nlohmann::json::exception& e) {
    return Error{ErrorCode::Malformed, "cannot read the JSON", where, e.what(), ""};
  }
}

}  // namespace quantscope::data
