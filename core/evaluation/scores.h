#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/runtime/interpreter.h"

namespace quantscope {

/// What a classifier's scores say about one sample.
struct Ranking {
  int32_t top1 = -1;  ///< -1: no score is a number
  bool inTop5 = false;
  float confidence = 0;
};

/// Reads the first output of a model as one score per class. Shared by all threads.
class ScoreReader {
public:
  /// Errors: InvalidArgument where the output is not one score per class (more than one dimension above 1,
  /// fewer than two classes), Unsupported (a type without an order).
  /// `softmax` says whether probabilities are the softmax of the scores; nothing: found out.
  static Result<ScoreReader> create(const PreparedModel& prepared, std::optional<bool> softmax = {});

  size_t classes() const { return m_classes; }
  /// The scores as real values.
  std::vector<float> real(const TensorView& output) const;
  /// Real scores as probabilities: themselves where they are made by a SOFTMAX or sum to 1, else their softmax.
  std::vector<double> probabilities(std::span<const float> scores) const;
  /// The first of equal scores wins; raw integers are compared, since one positive scale keeps their order.
  /// A label is in the top 5 when fewer than five classes come before it in that order.
  Ranking rank(const TensorView& output, std::optional<int32_t> label) const;

private:
  size_t m_classes = 0;
  std::optional<Quantization> m_quantization;
  bool m_probabilities = false;   ///< made by a SOFTMAX: the score is the confidence
  std::optional<bool> m_softmax;  ///< as declared
};

}  // namespace quantscope
