#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/quantization/recipe.h"

namespace quantscope::quantization {

/// A recipe of AI Edge Quantizer: a list of entries of regex, operation, algorithm_key and op_config, of which later
/// ones win. Its operators are float unless an entry says otherwise. Entries that cannot be had are left out, each with
/// a remark in `notes` that names it and says why. Errors: Malformed (no such list; an entry without what it needs:
/// names it).
Result<Recipe> recipeFromAeq(const nlohmann::ordered_json& json, std::vector<std::string>& notes);

}  // namespace quantscope::quantization
