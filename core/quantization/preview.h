#pragma once

#include <optional>
#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"
#include "core/quantization/quantize.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope {

/// What quantization makes of a constant, without writing anything: histogram over the same bins and SQNR.
struct QuantizationPreview {
  Histogram histogram;
  double sqnrDecibel = 0;
  double saturated = 0;             ///< share of values outside the representable range
  std::vector<double> bucketEdges;  ///< of a per-tensor scale: where rounding goes from one level to the next
};

/// Rounds a float constant with the planned scale and zero point (half away from zero, clamped) and back.
/// `reference` gives the range and number of bins. Errors: InvalidArgument (not a float constant, scales that do not
/// fit).
Result<QuantizationPreview> previewQuantization(const Model& model, SubgraphIndex subgraph, TensorIndex tensor,
                                                const PlannedTensor& planned, const Histogram& reference,
                                                Progress& progress);

/// What a scheme makes of one of an operator's weights, by the same code that writes them (rounded to nearest: learned
/// rounding needs samples). Nothing is written; `reference` as above. Bucket edges only where the whole constant has
/// one scale. Errors: InvalidArgument (the tensor is not a weight of this operator, the scheme keeps it in float32,
/// values that are not finite), Cancelled.
Result<QuantizationPreview> previewWeights(const Model& model, OperatorIndex op, TensorIndex tensor,
                                           const Scheme& scheme, const Histogram& reference, Progress& progress);

/// Share of the calibrated values outside [low, high], from their histogram, and SQNR in dB of 8-bit quantization over
/// that range (uniform inside each bin). For clip handles.
struct ClipPreview {
  double saturated = 0, sqnrDecibel = 0;
};
ClipPreview previewClip(const Histogram& histogram, double low, double high, int bits = 8);

}  // namespace quantscope
