#pragma once

#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

/// Reading JSON whose content nobody vouches for.
namespace quantscope::data {

/// The value of the first of these keys that an object has; null otherwise.
const nlohmann::json* field(const nlohmann::json& object, std::initializer_list<const char*> keys);
std::optional<std::string> textField(const nlohmann::json& object, std::initializer_list<const char*> keys);
std::optional<double> numberField(const nlohmann::json& object, std::initializer_list<const char*> keys);
/// A label or category: text as it is, whole numbers as digits.
std::optional<std::string> nameField(const nlohmann::json& object, std::initializer_list<const char*> keys);
/// Numbers of a list, of lists in lists, or one number alone; nothing where something else is among them.
std::optional<std::vector<float>> numbersIn(const nlohmann::json& value);
/// A box as COCO writes it: left, top, width, height; finite, not negative in size.
std::optional<std::array<double, 4>> boxIn(const nlohmann::json& value);

/// Errors: Malformed with the position.
Result<nlohmann::json> parseJson(std::string_view text, const std::string& where);

}  // namespace quantscope::data
