#include "core/quantization/algorithms/registry.h"

#include <algorithm>
#include <array>

namespace quantscope {
namespace {

constexpr std::array kAlgorithms{
    Algorithm{"equalize", AlgorithmStage::Graph, false,
              "cross-layer equalization: even channel ranges between neighbouring layers"},
    Algorithm{"smooth", AlgorithmStage::Graph, true, "moves outliers of activations into the weights behind them"},
    Algorithm{"mse", AlgorithmStage::Scale, false, "clips weights where the mean squared error is least"},
    Algorithm{"octav", AlgorithmStage::Scale, false, "clips weights by the OCTAV recursion"},
    Algorithm{"gptq", AlgorithmStage::Rounding, true,
              "rounds column by column, later weights make up for earlier ones"},
    Algorithm{"adaround", AlgorithmStage::Rounding, true, "learns which way each weight is rounded"},
    Algorithm{"bias-correction", AlgorithmStage::Bias, true, "takes the mean error of each channel into the bias"},
};

Result<void> check(const Scheme& scheme) {
  for (const std::string& name : scheme.algorithms) {
    if (findAlgorithm(name)) continue;
    std::string all;
    for (const Algorithm& algorithm : kAlgorithms) all += (all.empty() ? "" : ", ") + std::string(algorithm.name);
    return Error{ErrorCode::InvalidArgument, "unknown algorithm", name, "", "use one of " + all};
  }
  return {};
}

}  // namespace

std::span<const Algorithm> algorithms() {
  return kAlgorithms;
}

const Algorithm* findAlgorithm(std::string_view name) {
  const auto found =
      std::find_if(kAlgorithms.begin(), kAlgorithms.end(), [&](const auto& a) { return a.name == name; });
  return found == kAlgorithms.end() ? nullptr : &*found;
}

bool namesAlgorithm(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<void> checkAlgorithms(const Recipe& recipe) {
  QS_TRY(check(recipe.defaultScheme));
  for (const RecipeRule& rule : recipe.rules) QS_TRY(check(rule.scheme));
  for (const auto& [index, scheme] : recipe.operators) QS_TRY(check(scheme));
  return {};
}

}  // namespace quantscope
