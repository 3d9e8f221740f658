#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/result.h"
#include "core/model/model.h"

namespace quantscope {

/// What an operator can be asked for. Names as users see them: precisionName().
enum class Precision {
  Float32,       ///< keep
  Float16,       ///< constants as float16, computed in float32 (GPU: float16)
  DynamicRange,  ///< int8 weights, float activations quantized while running
  DynamicRangeInt4,
  WeightOnlyInt8,  ///< int8 weights, DEQUANTIZE in front, computed in float
  WeightOnlyInt4,
  Int8,     ///< int8 weights and activations
  Int16x8,  ///< int16 activations, int8 weights
  Int4x8,   ///< int4 weights, int8 activations
  Int4x16   ///< int4 weights, int16 activations
};
inline constexpr int kPrecisionCount = 10;
std::string_view precisionName(Precision precision);  ///< "float32", "float16", "dynamic-range", "int8", "int16x8", ...
std::string_view precisionLabel(Precision precision);  ///< short, for tables: "int16×8"
Result<Precision> parsePrecision(std::string_view name);

enum class Granularity { PerChannel, PerTensor, Blockwise };

/// The wish for one operator.
struct Scheme {
  Precision precision = Precision::Float32;
  Granularity granularity = Granularity::PerChannel;
  int32_t blockSize = 32;                 ///< for Blockwise
  int32_t minElements = 0;                ///< float activations only: smaller weights stay as they are
  std::vector<std::string> algorithms{};  ///< names from the algorithm registry, in order; empty: min-max, nearest

  friend bool operator==(const Scheme&, const Scheme&) = default;
};

/// A rule sets the scheme of every operator it matches; of several, the last one wins.
struct RecipeRule {
  std::string scope;                   ///< regular expression over names of the operator's result tensors; empty: all
  std::string operatorType;            ///< "CONV_2D"; empty: all
  std::optional<int32_t> first, last;  ///< positions in execution order, both included
  Scheme scheme;

  friend bool operator==(const RecipeRule&, const RecipeRule&) = default;
};

/// Type of the graph's inputs and outputs after quantization.
enum class BoundaryType { Float32, Int8, UInt8, Int16 };

/// Range of one tensor set by hand (clip handles), by tensor index of subgraph 0.
struct RangeOverride {
  int32_t tensor = -1;
  float min = 0, max = 0;
  friend bool operator==(const RangeOverride&, const RangeOverride&) = default;
};

/// All wishes. Plain values: compared, copied and undone as such.
struct Recipe {
  std::string name;
  Scheme defaultScheme;
  std::vector<RecipeRule> rules;
  std::vector<std::pair<int32_t, Scheme>>
      operators;  ///< choices for single operators of subgraph 0, after the rules; sorted by index
  BoundaryType inputType = BoundaryType::Float32, outputType = BoundaryType::Float32;
  bool requireInteger = false;  ///< refuse where an operator would stay float (int8-full)
  std::string target = "cpu";
  std::vector<RangeOverride> ranges;

  friend bool operator==(const Recipe&, const Recipe&) = default;
  /// The choice for one operator set, replaced or (nothing) removed.
  void setOperator(int32_t index, std::optional<Scheme> scheme);
};

/// The recipe of a command-line mode: float16, dynamic-range, weight-only-int8, weight-only-int4, int8, int8-full,
/// int16x8, dynamic-range-int4, int4x8, int4x16, float32.
Result<Recipe> recipeForMode(std::string_view mode);
/// All mode names, in the order they should be offered.
std::vector<std::string> modeNames();

/// The scheme each operator of a subgraph is asked for, in execution order, and how many each rule matched / won.
struct ResolvedRecipe {
  std::vector<Scheme> operators;
  std::vector<int32_t> matches, wins;  ///< per rule
};
/// Scopes are searched for (not matched whole) in the name of each result tensor; without back-references. Rules with
/// positions and choices for single operators speak of subgraph 0 only.
/// Errors: InvalidArgument (a bad, overlong or slow regular expression: names the rule; an operator that is not there).
Result<ResolvedRecipe> resolveRecipe(const Recipe& recipe, const Model& model,
                                     SubgraphIndex subgraph = SubgraphIndex(0));

/// JSON, documented in docs/formats.md. Same recipe, same text.
std::string recipeToJson(const Recipe& recipe);
/// Strict: unknown keys, wrong types and values out of range are refused. Errors: Malformed with the place and key.
Result<Recipe> recipeFromJson(std::string_view json);
/// Ours, or one of AI Edge Quantizer, told apart by its content. Of the latter, entries that cannot be had are left
/// out; each is named in `notes` (where that is given) with the reason. A file that only names another one beside it
/// ({"default": "other.json"}) stands for that.
/// Errors: those of recipeFromJson; Malformed; NotFound, Io; ResourceLimit (above 16 MB).
Result<Recipe> loadRecipe(const std::filesystem::path& path, std::vector<std::string>* notes = nullptr);
/// As JSON for AI Edge Quantizer. It knows operators by the names of their results only, so that rules with positions
/// and choices for single operators need the model (may be null). What it has no words for is left out, each with a
/// note. Errors: those of resolveRecipe().
Result<std::string> recipeToAeq(const Recipe& recipe, const Model* model, std::vector<std::string>& notes);
Result<void> saveRecipe(const Recipe& recipe, const std::filesystem::path& path, IfExists ifExists);

}  // namespace quantscope
