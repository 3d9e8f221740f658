#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/quantization/quantize.h"

namespace quantscope {

/// Whether a recipe asks for algorithms that change the float model before it is planned ("equalize", "smooth").
bool asksForMigration(const Recipe& recipe);

/// The float model with factors moved between its constants. Tensors and operators keep their numbers and, but for
/// rounding, their values' meaning; the ranges of tensors between layers do not, so calibrate again.
struct MigratedModel {
  std::shared_ptr<const Model> model;  ///< the source itself where nothing was moved
  size_t layers = 0;                   ///< that took part
  std::vector<std::string> remarks;
};

/// "equalize": cross-layer equalization (Nagel et al., arXiv:1906.04721, section 4.1). For neighbouring layers with
/// ranges r1, r2 of output channel c of the first and input channel c of the second, the first is divided and the
/// second multiplied by s = sqrt(r1 / r2), until no factor is further than 1 % from 1 (channels with
/// next to no weights stay, and none moves further than 64 times); then biases are absorbed
/// (section 4.3) as far as the samples show the channel to be above zero always. A layer clipped at 6 takes part where
/// the samples stay below 6 (it becomes RELU, as in the paper). "smooth": SmoothQuant (Xiao et al., arXiv:2211.10438,
/// equation 4, alpha 0.5): what makes channel j of a layer's input is divided and the layer multiplied by s =
/// max|X_j|^0.5 / max|W_j|^0.5. Only operators of subgraph 0 whose scheme names the algorithm (the layer behind, that
/// is) take part. `samples` may be null: then nothing is absorbed, clipped layers stay, and "smooth" is refused.
/// Errors: those of resolveRecipe(), InvalidArgument (no samples), Cancelled, what the sample runner gives.
Result<MigratedModel> migrateScales(std::shared_ptr<const Model> model, const Recipe& recipe, SampleRunner* samples,
                                    Progress& progress);

}  // namespace quantscope
