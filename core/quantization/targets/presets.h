#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/quantization/targets/target.h"

namespace quantscope {

/// What a preset is to be best at.
enum class Optimize { Size, Latency, Balanced };
std::string_view optimizeName(Optimize optimize);  ///< "size", "latency", "balanced"
std::vector<std::string> optimizeNames();
/// Errors: InvalidArgument, lists the names.
Result<Optimize> parseOptimize(std::string_view name);

/// Schemes and exceptions for a target, as an ordinary recipe: a default and rules that can be read, edited and saved.
/// Rules with positions speak of the first and last operators with weights of this model. `samples` says whether there
/// will be data to calibrate on; where a target takes integers only, the recipe needs them all the same.
Recipe presetRecipe(const Model& model, const Target& target, Optimize optimize, bool samples);

/// A rule in words: "CONV_2D from 3 to 5 whose result matches /head/: int8".
std::string ruleText(const RecipeRule& rule);

}  // namespace quantscope
