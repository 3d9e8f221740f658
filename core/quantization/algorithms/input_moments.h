#pragma once

#include <cstddef>
#include <vector>

#include "core/quantization/algorithms/weight_matrix.h"

namespace quantscope::quantization {

/// Second moments of what a layer's weights are multiplied by, over all patches of all samples: everything that the
/// mean squared error of its results depends on. x: values of the float model; s: values that the layer will see
/// behind the layers that are quantized already. By group; matrices row by row.
struct InputMoments {
  int64_t groups = 0, depth = 0;
  double count = 0;                 ///< patches
  std::vector<double> seenSeen;     ///< E[s sT], groups x depth x depth; empty where only means were wanted
  std::vector<double> exactSeen;    ///< E[x sT]
  std::vector<double> exact, seen;  ///< E[x], E[s], groups x depth
};

/// Adds up moments sample by sample. Memory does not depend on the number of samples. Sums are formed in the order of
/// the samples on any number of threads.
class MomentCollector {
public:
  /// At most this many patches of one sample are taken, spread evenly.
  static constexpr int64_t kPatchesPerSample = 256;

  MomentCollector(const WeightMatrix& weights, bool matrices, int threads);
  /// Values of the layer's input in the float model, and as it is seen. Shapes that do not fit are left out.
  void add(size_t sample, const TensorView& exact, const TensorView& seen);
  InputMoments finish();

private:
  void flush();

  const WeightMatrix& m_weights;
  const bool m_matrices;
  const int m_threads;
  const int64_t m_width;
  InputMoments m_sums;
  std::vector<float> m_exact, m_seen;  ///< patches waiting to be added
  int64_t m_waiting = 0;
};

}  // namespace quantscope::quantization
