#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/progress.h"
#include "core/quantization/algorithms/code_grid.h"
#include "core/quantization/algorithms/input_moments.h"

namespace quantscope::quantization {

/// Rounding the rows of one group so that its results on the calibration samples stay what they are in the float model.
/// With x the float model's input, s the input as the quantized model sees it and damping d:
///     E |w x - q s|^2 + d |q - w|^2 = (q - t) H (q - t)T + const
///     H = E[s sT] + d I,   t = (w E[x sT] + d w) H^-1,   d = 1 % of the mean diagonal
/// so every algorithm here works on the quadratic form H and the target t alone.
struct RoundingProblem {
  using Rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  Rows hessian;                ///< H, depth x depth
  Rows target;                 ///< t, rows x depth
  std::vector<int32_t> order;  ///< column that is rounded first, second, ...
  Eigen::MatrixXd factor;      ///< lower triangle L with H = P L LT PT; row a of L is column order[depth - 1 - a]

  int64_t rows() const { return target.rows(); }
  int64_t depth() const { return target.cols(); }
  /// (q - t) H (q - t)T of a row whose codes and grid slices are given.
  double error(int64_t row, std::span<const double> values) const;
};

/// `weights`: rows x depth of one group. Columns are ordered by falling diagonal of H ("act-order"). Errors: Cancelled;
/// InvalidArgument where inputs were not finite.
Result<RoundingProblem> roundingProblem(std::span<const float> weights, int64_t rows, const InputMoments& moments,
                                        int64_t group, int threads, const Progress& progress);

/// The rows of a group within the grid of the whole matrix.
struct GridRows {
  const CodeGrid& grid;
  int64_t first = 0;  ///< row of the grid that is row 0 of the problem
  size_t slice(int64_t row, int64_t k) const { return grid.slice(first + row, k); }
  double value(int64_t row, int64_t k, int16_t code) const {
    return static_cast<double>(grid.scale[slice(row, k)]) * code;
  }
};

/// Error of each row for codes of rows x depth.
std::vector<double> rowErrors(const RoundingProblem& problem, const GridRows& grid, std::span<const int16_t> codes);

/// GPTQ (Frantar et al., arXiv:2210.17323): columns are rounded in order; the error of each is spread over those that
/// follow by the Cholesky factor. With H = R RT, R upper triangular in the order of rounding, and e = q - t,
///     q_i = nearest(t_i - sum_{j<i} e_j R_ji / R_ii)
/// which is the published update (it uses the factor of H^-1, that is R^-1) without the inverse.
/// Errors: Cancelled.
Result<std::vector<int16_t>> roundByGptq(const RoundingProblem& problem, const GridRows& grid, int threads,
                                         const Progress& progress);

/// AdaRound (Nagel et al., arXiv:2004.10568): q = s clip(floor(t / s) + h(V)), h(V) = clip(1.2 sigmoid(V) - 0.1, 0, 1);
/// minimizes (q - t) H (q - t)T + lambda sum(1 - |2 h(V) - 1|^beta) by Adam, beta falling from 20 to 2 after a fifth of
/// the steps. H is scaled so that a half step of one weight costs 1/4 on average. Then roundByDescent() goes on from
/// the learned codes and from `start`; each row takes the better. Errors: Cancelled.
Result<std::vector<int16_t>> roundByAdaRound(const RoundingProblem& problem, const GridRows& grid,
                                             std::span<const int16_t> start, int threads, const Progress& progress);

/// Changes single codes by one for as long as that lowers the error of their row (coordinate descent on the
/// quadratic form). Errors: Cancelled.
Result<std::vector<int16_t>> roundByDescent(const RoundingProblem& problem, const GridRows& grid,
                                            std::span<const int16_t> start, int threads, const Progress& progress);

/// The scale for which given codes of a row have the least error: (c H tT) / (c H cT). 0 where all codes are.
double fittedScale(const RoundingProblem& problem, int64_t row, std::span<const int16_t> codes);

}  // namespace quantscope::quantization
