#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/evaluation/search.h"
#include "core/quantization/recipe.h"

namespace quantscope {

/// A search, and its trials as recipes.
struct RecipeSearch {
  std::shared_ptr<const SearchResult> result;
  std::vector<Precision> choices;  ///< what the numbers in SearchTrial::choices mean
  std::vector<Recipe> recipes;     ///< by trial; what they say of single operators makes exactly that trial's file
  const Recipe& best() const { return recipes[result->best]; }
};

/// Searches for the precision of every operator (searchAssignments()) among `schemes`; empty: all that the plan allows.
/// `base` gives target, ranges set by hand and algorithms; its own choices of precision are not used. Errors: those of
/// searchAssignments(), planQuantization() and applyPlan().
Result<std::shared_ptr<const RecipeSearch>> searchRecipe(std::shared_ptr<const Model> model, const Recipe& base,
                                                         std::vector<Precision> schemes,
                                                         const CalibrationResult& ranges, const Dataset& dataset,
                                                         const SearchOptions& options, Progress& progress);

}  // namespace quantscope
