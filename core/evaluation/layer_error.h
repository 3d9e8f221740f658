#pragma once

#include "core/evaluation/evaluate.h"

namespace quantscope {

/// How far one quantized operator's result is from the float model's, over all samples and values.
struct LayerError {
  OperatorIndex floatOperator, quantizedOperator;
  TensorIndex floatTensor, quantizedTensor;
  std::string name;
  double sqnrDecibel = 0, meanSquaredError = 0, cosine = 1, maxAbsolute = 0;
  double rmseOverScale = 0;  ///< ideal 0.289 = 1/sqrt(12); 0 where the tensor has no scale
  std::string op;            ///< of the quantized model: "CONV_2D"
  uint64_t values = 0;       ///< compared; 0: nothing could be
  double klDivergence = 0;   ///< of the distribution of values, in nats; 0 where the tensor has no range
  int scaleBits = 0;         ///< of the quantized tensor that has the scale; 0 where there is none
  double saturated = 0;      ///< share of the float values beyond the range of the tensor
};
struct LayerErrors {
  std::vector<LayerError> accumulated;  ///< both models run on their own
  std::vector<LayerError> local;        ///< the quantized operator fed with the float model's values
  uint64_t samples = 0;
  std::vector<std::string> unmatched;  ///< operators of the quantized model without a partner, in words
  std::vector<SkippedItem> skipped;
};

/// Matches the operators of both models (by result tensor name, then order and type) and compares their results.
Result<std::shared_ptr<const LayerErrors>> compareLayers(std::shared_ptr<const Model> floatModel,
                                                         std::shared_ptr<const Model> quantizedModel,
                                                         const Dataset& dataset, const EvaluationOptions& options,
                                                         Progress& progress);

}  // namespace quantscope
