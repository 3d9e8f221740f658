#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace quantscope {

/// What one variant answered, added up over samples.
struct VariantAnswers {
  uint64_t right = 0, labelled = 0;
  double squaredError = 0;
  uint64_t values = 0;

  void add(const VariantAnswers& other);
  double accuracy() const;
  double error() const;  ///< mean squared
};

/// A measurement of sensitivity, as far as it got.
struct SensitivityState {
  size_t first = 0;  ///< variants before this one are done
  size_t batch = 0;  ///< variants that are being measured together
  size_t items = 0;  ///< samples that those have seen
  uint64_t samples = 0;
  std::vector<SkippedItem> skipped;
  VariantAnswers original, quantized;
  std::vector<VariantAnswers> quantizeOne, keepOne;  ///< by row

  /// JSON; doubles come back bit for bit.
  std::string text(const std::string& key) const;
  /// Nothing where the text is damaged, or of another key or number of rows.
  static std::optional<SensitivityState> read(const std::string& text, const std::string& key, size_t rows);
};

}  // namespace quantscope
