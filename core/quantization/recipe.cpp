#include "core/quantization/recipe.h"

#include <algorithm>
#include <array>

namespace quantscope {
namespace {

struct PrecisionRow {
  Precision precision;
  std::string_view name, label;
};

constexpr std::array<PrecisionRow, kPrecisionCount> kPrecisions{{
    {Precision::Float32, "float32", "float32"},
    {Precision::Float16, "float16", "float16"},
    {Precision::DynamicRange, "dynamic-range", "dynamic int8"},
    {Precision::DynamicRangeInt4, "dynamic-range-int4", "dynamic int4"},
    {Precision::WeightOnlyInt8, "weight-only-int8", "weights int8"},
    {Precision::WeightOnlyInt4, "weight-only-int4", "weights int4"},
    {Precision::Int8, "int8", "int8"},
    {Precision::Int16x8, "int16x8", "int16×8"},
    {Precision::Int4x8, "int4x8", "int8×4"},
    {Precision::Int4x16, "int4x16", "int16×4"},
}};

struct ModeRow {
  std::string_view name;
  Precision precision;
  BoundaryType boundary = BoundaryType::Float32;
  bool requireInteger = false;
};

constexpr std::array kModes{
    ModeRow{"float16", Precision::Float16},
    ModeRow{"dynamic-range", Precision::DynamicRange},
    ModeRow{"weight-only-int8", Precision::WeightOnlyInt8},
    ModeRow{"weight-only-int4", Precision::WeightOnlyInt4},
    ModeRow{"int8", Precision::Int8},
    ModeRow{"int8-full", Precision::Int8, BoundaryType::Int8, true},
    ModeRow{"int16x8", Precision::Int16x8},
    ModeRow{"dynamic-range-int4", Precision::DynamicRangeInt4},
    ModeRow{"int4x8", Precision::Int4x8},
    ModeRow{"int4x16", Precision::Int4x16},
    ModeRow{"float32", Precision::Float32},
};

template <typename Rows>
std::string listNames(const Rows& rows) {
  std::string text;
  for (const auto& row : rows) {
    if (!text.empty()) text += ", ";
    text += row.name;
  }
  return text;
}

}  // namespace

std::string_view precisionName(Precision precision) {
  return kPrecisions[static_cast<size_t>(precision)].name;
}

std::string_view precisionLabel(Precision precision) {
  return kPrecisions[static_cast<size_t>(precision)].label;
}

Result<Precision> parsePrecision(std::string_view name) {
  for (const PrecisionRow& row : kPrecisions)
    if (row.name == name) return row.precision;
  return Error{ErrorCode::InvalidArgument, "unknown precision", std::string(name), "",
               "use one of " + listNames(kPrecisions)};
}

void Recipe::setOperator(int32_t index, std::optional<Scheme> scheme) {
  const auto place = std::lower_bound(operators.begin(), operators.end(), index,
                                      [](const auto& entry, int32_t i) { return entry.first < i; });
  const bool found = place != operators.end() && place->first == index;
  if (!scheme) {
    if (found) operators.erase(place);
  } else if (found) {
    place->second = std::move(*scheme);
  } else {
    operators.emplace(place, index, std::move(*scheme));
  }
}

Result<Recipe> recipeForMode(std::string_view mode) {
  for (const ModeRow& row : kModes) {
    if (row.name != mode) continue;
    Recipe recipe;
    recipe.name = row.name;
    recipe.defaultScheme.precision = row.precision;
    recipe.inputType = recipe.outputType = row.boundary;
    recipe.requireInteger = row.requireInteger;
    return recipe;
  }
  return Error{ErrorCode::InvalidArgument, "unknown mode", std::string(mode), "", "use one of " + listNames(kModes)};
}

std::vector<std::string> modeNames() {
  std::vector<std::string> names;
  for (const ModeRow& row : kModes) names.emplace_back(row.name);
  return names;
}

}  // namespace quantscope
