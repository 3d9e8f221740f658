#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/quantization/recipe.h"

namespace quantscope {

/// When an algorithm acts. Whatever the order of their names, algorithms of an earlier stage come first.
enum class AlgorithmStage : uint8_t {
  Graph,     ///< moves scales between constants of the float model; its function stays
  Scale,     ///< chooses scales of weights; of several the last one named
  Rounding,  ///< chooses codes of weights for given scales, one after another
  Bias       ///< changes biases for given codes
};

/// A way to choose parameters, by the name that recipes and `--algorithm` use.
struct Algorithm {
  std::string_view name;
  AlgorithmStage stage;
  bool needsSamples;
  std::string_view summary;
};

/// All of them, in the order in which they act.
std::span<const Algorithm> algorithms();
const Algorithm* findAlgorithm(std::string_view name);
/// Whether a list of names holds one.
bool namesAlgorithm(const std::vector<std::string>& names, std::string_view name);
/// Errors: InvalidArgument (a name that is not in the list: names it and all that are).
Result<void> checkAlgorithms(const Recipe& recipe);

}  // namespace quantscope
