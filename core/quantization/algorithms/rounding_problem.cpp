#include "core/quantization/algorithms/rounding_problem.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/thread_pool.h"

namespace quantscope::quantization {
namespace {

using Matrix = Eigen::MatrixXd;

constexpr double kDamping = 0.01;
constexpr int64_t kPanel = 64;
constexpr int64_t kSlice = 8;

// Lower Cholesky factor in panels, so that it can be stopped between them. False where stopped.
bool factorize(Matrix& a, int threads, const Progress& progress) {
  const int64_t n = a.rows();
  for (int64_t p = 0; p < n; p += kPanel) {
    if (!progress.goOn()) return false;
    const int64_t width = std::min(kPanel, n - p), rest = n - p - width;
    auto corner = a.block(p, p, width, width);
    Eigen::LLT<Eigen::Ref<Matrix>> llt(corner);
    if (rest == 0) break;
    const Matrix lower = corner.triangularView<Eigen::Lower>();
    const int64_t begin = p + width, parts = (rest + kPanel - 1) / kPanel;
    parallelFor(static_cast<size_t>(parts), threads, [&](size_t part, int) {
      const int64_t row = begin + static_cast<int64_t>(part) * kPanel, count = std::min(kPanel, n - row);
      auto panel = a.block(row, p, count, width);
      lower.transpose().triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(panel);
    });
    parallelFor(static_cast<size_t>(parts), threads, [&](size_t part, int) {
      const int64_t column = begin + static_cast<int64_t>(part) * kPanel, count = std::min(kPanel, n - column);
      if (!progress.goOn()) return;
      a.block(column, column, n - column, count).noalias() -=
          a.block(column, p, n - column, width) * a.block(column, p, count, width).transpose();
    });
  }
  a.triangularView<Eigen::StrictlyUpper>().setZero();
  return progress.goOn();
}

}  // namespace

double RoundingProblem::error(int64_t row, std::span<const double> values) const {
  const Eigen::Map<const Eigen::RowVectorXd> q(values.data(), depth());
  const Eigen::RowVectorXd e = q - target.row(row);
  return e.dot(e * hessian);
}

Result<RoundingProblem> roundingProblem(std::span<const float> weights, int64_t rows, const InputMoments& moments,
                                        int64_t group, int threads, const Progress& progress) {
  const int64_t depth = moments.depth, place = group * depth * depth;
  RoundingProblem problem;
  problem.hessian = Eigen::Map<const RoundingProblem::Rows>(moments.seenSeen.data() + place, depth, depth);
  const Eigen::Map<const RoundingProblem::Rows> cross(moments.exactSeen.data() + place, depth, depth);
  problem.hessian = (0.5 * (problem.hessian + problem.hessian.transpose())).eval();
  const double mean = problem.hessian.diagonal().mean();
  if (!std::isfinite(problem.hessian.sum()) || !std::isfinite(cross.sum())) {
    return Error{ErrorCode::InvalidArgument, "cannot round by calibration samples", "",
                 "some of them make values that are not finite", ""};
  }
  // A layer that never saw anything but zero keeps its weights.
  const double damping = mean > 0 ? kDamping * mean : 1.0;
  problem.hessian.diagonal().array() += damping;

  problem.order.resize(static_cast<size_t>(depth));
  std::iota(problem.order.begin(), problem.order.end(), 0);
  std::stable_sort(problem.order.begin(), problem.order.end(),
                   [&](int32_t a, int32_t b) { return problem.hessian(a, a) > problem.hessian(b, b); });
  problem.factor.resize(depth, depth);
  auto column = [&](int64_t a) { return problem.order[static_cast<size_t>(depth - 1 - a)]; };
  for (int64_t a = 0; a < depth; ++a)
    for (int64_t b = 0; b < depth; ++b) problem.factor(b, a) = problem.hessian(column(b), column(a));
  if (!factorize(problem.factor, threads, progress)) return Error::cancelled();

  const Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> w(weights.data(), rows,
                                                                                                  depth);
  problem.target.resize(rows, depth);
  parallelFor(static_cast<size_t>((rows + kSlice - 1) / kSlice), threads, [&](size_t slice, int) {
    if (!progress.goOn()) return;
    const int64_t first = static_cast<int64_t>(slice) * kSlice, count = std::min(kSlice, rows - first);
    const Matrix exact = w.middleRows(first, count).cast<double>();
    const Matrix wanted = exact * cross + damping * exact;
    Matrix permuted(count, depth);
    for (int64_t a = 0; a < depth; ++a) permuted.col(a) = wanted.col(column(a));
    problem.factor.transpose().triangularView<Eigen::Upper>().solveInPlace<Eigen::OnTheRight>(permuted);
    problem.factor.triangularView<Eigen::Lower>().solveInPlace<Eigen::OnTheRight>(permuted);
    for (int64_t a = 0; a < depth; ++a) problem.target.col(column(a)).segment(first, count) = permuted.col(a);
  });
  if (!progress.goOn()) return Error::cancelled();
  return problem;
}

std::vector<double> rowErrors(const RoundingProblem& problem, const GridRows& grid, std::span<const int16_t> codes) {
  std::vector<double> errors, values(static_cast<size_t>(problem.depth()));
  for (int64_t r = 0; r < problem.rows(); ++r) {
    for (int64_t k = 0; k < problem.depth(); ++k)
      values[static_cast<size_t>(k)] = grid.value(r, k, codes[static_cast<size_t>(r * problem.depth() + k)]);
    errors.push_back(problem.error(r, values));
  }
  return errors;
}

Result<std::vector<int16_t>> roundByGptq(const RoundingProblem& problem, const GridRows& grid, int threads,
                                         const Progress& progress) {
  const int64_t n = problem.depth(), rows = problem.rows();
  std::vector<int16_t> codes(static_cast<size_t>(rows * n));
  // R, upper triangular in the order of rounding: R(j, i) = L(n-1-j, n-1-i).
  auto r = [&](int64_t j, int64_t i) { return problem.factor(n - 1 - j, n - 1 - i); };
  parallelFor(static_cast<size_t>((rows + kSlice - 1) / kSlice), threads, [&](size_t slice, int) {
    const int64_t first = static_cast<int64_t>(slice) * kSlice, count = std::min(kSlice, rows - first);
    Matrix error(count, n), carried = Matrix::Zero(count, n);
    for (int64_t begin = 0; begin < n; begin += kPanel) {
      if (!progress.goOn()) return;
      const int64_t end = std::min(begin + kPanel, n);
      for (int64_t i = begin; i < end; ++i) {
        const int64_t k = problem.order[static_cast<size_t>(i)];
        for (int64_t j = begin; j < i; ++j) carried.col(i) += error.col(j) * r(j, i);
        for (int64_t row = 0; row < count; ++row) {
          const double wanted = problem.target(first + row, k) - carried(row, i) / r(i, i);
          const int16_t code = grid.grid.nearest(wanted, grid.slice(first + row, k));
          codes[static_cast<size_t>((first + row) * n + k)] = code;
          error(row, i) = grid.value(first + row, k, code) - problem.target(first + row, k);
        }
      }
      const int64_t rest = n - end;
      if (rest == 0) continue;
      const auto block = problem.factor.block(n - end, 0, end - begin, rest);
      carried.rightCols(rest).noalias() +=
          error.middleCols(begin, end - begin) * block.colwise().reverse().rowwise().reverse();
    }
  });
  if (!progress.goOn()) return Error::cancelled();
  return codes;
}

}  // namespace quantscope::quantization
