#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/jobs/progress.h"

namespace quantscope::quantization {

/// How wide codes are and how scales are stored.
struct GridRules {
  enum class Scales : uint8_t {
    Float,      ///< any float
    Half,       ///< float16 of bfloat16 precision (blockwise weights, spec/tflite-quantization.md section 14)
    PowerOfTwo  ///< 2^n
  };
  int bits = 8;           ///< 2..16
  bool symmetric = true;  ///< codes -L..L; otherwise all 2^bits codes around a zero point
  Scales scales = Scales::Float;
  int64_t block = 0;      ///< weights of one scale along a row; 0: whole rows
  bool oneScale = false;  ///< for all rows

  int limit() const { return (1 << (bits - 1)) - 1; }
};

/// What real values the codes of a rows x depth matrix can stand for: code * scale with low <= code <= high, by slice.
/// (With a zero point z the stored code is code + z.)
struct CodeGrid {
  int64_t rows = 0, depth = 0, block = 0;  ///< block: depth, unless rows are cut
  bool oneScale = false;
  std::vector<float> scale;
  std::vector<int32_t> low, high;

  size_t slices() const { return scale.size(); }
  size_t slice(int64_t row, int64_t k) const {
    return oneScale ? 0 : static_cast<size_t>(row * (depth / block) + k / block);
  }
  /// Half away from zero, clamped.
  int16_t nearest(double value, size_t s) const;
  /// Codes of a whole matrix.
  std::vector<int16_t> nearest(std::span<const float> values) const;
};

/// The nearest scale from below or above that can be stored; never 0, denormal or infinite.
float storedScale(double scale, const GridRules& rules, bool up = true);

/// Scales from the extremes of each slice.
CodeGrid minMaxGrid(std::span<const float> values, int64_t rows, int64_t depth, const GridRules& rules);

/// The scales that give each slice the least mean squared error, by trying clip ratios from 1 down to 0.2 ("mse"; a
/// search as in Banner et al., arXiv:1810.05723). Never worse than minMaxGrid(). Where it is stopped, slices keep the
/// scales of their extremes.
CodeGrid leastErrorGrid(std::span<const float> values, int64_t rows, int64_t depth, const GridRules& rules,
                        int threads = 1, const Progress& progress = {});

/// The clipping scalar of OCTAV (Sakr et al., arXiv:2206.06501, equation 4), for symmetric grids of B bits:
/// c' = sum |x| [|x| > c] / (4^-B / 3 * #[0 < |x| <= c] + #[|x| > c]), from the mean magnitude until it stands.
/// A slice for which min-max has the smaller error keeps that; stopped as leastErrorGrid().
CodeGrid octavGrid(std::span<const float> values, int64_t rows, int64_t depth, const GridRules& rules, int threads = 1,
                   const Progress& progress = {});

}  // namespace quantscope::quantization
