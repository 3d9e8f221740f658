#include <algorithm>
#include <cmath>

#include "core/base/thread_pool.h"
#include "core/quantization/algorithms/rounding_problem.h"

namespace quantscope::quantization {
namespace {

using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr int64_t kSlice = 16;
constexpr int kSteps = 600;
constexpr float kRate = 0.02f;
constexpr float kLambda = 0.3f;
constexpr float kStretch = 1.2f, kOffset = -0.1f;
constexpr int kSweeps = 30;

// Some rows of a problem, in units of codes.
class Learner {
public:
  Learner(const RoundingProblem& problem, const GridRows& grid, const Rows& hessian, int64_t first, int64_t count)
      : m_hessian(hessian), m_scale(count, problem.depth()), m_target(count, problem.depth()) {
    for (int64_t r = 0; r < count; ++r) {
      for (int64_t k = 0; k < problem.depth(); ++k) {
        const size_t slice = grid.slice(first + r, k);
        m_scale(r, k) = grid.grid.scale[slice];
        const double wanted = problem.target(first + r, k) / static_cast<double>(m_scale(r, k));
        m_target(r, k) = static_cast<float>(
            std::clamp(wanted, static_cast<double>(grid.grid.low[slice]), static_cast<double>(grid.grid.high[slice])));
      }
    }
    m_floor = m_target.array().floor();
    const Rows rest = m_target - m_floor;
    m_v = rest.unaryExpr([](float h) {
      const float p = std::clamp((h - kOffset) / kStretch, 1e-3f, 1.0f - 1e-3f);
      return std::log(p / (1.0f - p));
    });
  }

  // False where stopped.
  bool learn(const Progress& progress) {
    Rows mean = Rows::Zero(m_v.rows(), m_v.cols()), square = mean, gradient(m_v.rows(), m_v.cols());
    float meanDecay = 1, squareDecay = 1;
    for (int step = 0; step < kSteps; ++step) {
      if (!progress.goOn()) return false;
      const Rows sigmoid = (1.0f + (-m_v).array().exp()).inverse();
      const Rows h = (kStretch * sigmoid.array() + kOffset).min(1.0f).max(0.0f);
      const Rows error = (m_floor + h - m_target).cwiseProduct(m_scale);
      gradient.noalias() = 2.0f * error * m_hessian;
      gradient.array() *= m_scale.array();
      const float phase = (static_cast<float>(step) / kSteps - 0.2f) / 0.8f;
      if (phase > 0) {
        const float beta = 2.0f + 18.0f * 0.5f * (1.0f + std::cos(phase * 3.14159265f));
        const auto signedDistance = 2.0f * h.array() - 1.0f;
        gradient.array() -=
            kLambda * 2.0f * beta * signedDistance.abs().max(1e-6f).pow(beta - 1.0f) * signedDistance.sign();
      }
      const auto slope = kStretch * sigmoid.array() * (1.0f - sigmoid.array());
      gradient.array() *= (h.array() > 0.0f && h.array() < 1.0f).select(slope, 0.0f);
      meanDecay *= 0.9f, squareDecay *= 0.999f;
      mean = 0.9f * mean + 0.1f * gradient;
      square = 0.999f * square + 0.001f * gradient.cwiseProduct(gradient);
      m_v.array() -=
          kRate * (mean.array() / (1.0f - meanDecay)) / ((square.array() / (1.0f - squareDecay)).sqrt() + 1e-8f);
    }
    return true;
  }

  int code(int64_t r, int64_t k) const { return static_cast<int>(m_floor(r, k)) + (m_v(r, k) >= 0 ? 1 : 0); }

private:
  const Rows& m_hessian;
  Rows m_scale, m_target, m_floor, m_v;
};

// Changes single codes of a row by one while that lowers the error; returns the error.
double descend(const RoundingProblem& problem, const GridRows& grid, int64_t row, std::span<int16_t> codes) {
  const int64_t n = problem.depth();
  Eigen::RowVectorXd error(n);
  for (int64_t k = 0; k < n; ++k) error(k) = grid.value(row, k, codes[static_cast<size_t>(k)]) - problem.target(row, k);
  Eigen::RowVectorXd slope = error * problem.hessian;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    bool changed = false;
    for (int64_t k = 0; k < n; ++k) {
      const size_t slice = grid.slice(row, k);
      const auto scale = static_cast<double>(grid.grid.scale[slice]);
      int16_t& code = codes[static_cast<size_t>(k)];
      const int step = slope(k) > 0 ? -1 : 1;
      const int next = code + step;
      if (next < grid.grid.low[slice] || next > grid.grid.high[slice]) continue;
      const double change = step * scale;
      const double gain = change * (2 * slope(k) + change * problem.hessian(k, k));
      if (gain >= -1e-12 * std::abs(change * slope(k))) continue;
      code = static_cast<int16_t>(next);
      slope += change * problem.hessian.row(k);
      error(k) += change;
      changed = true;
    }
    if (!changed) break;
  }
  return error.dot(error * problem.hessian);
}

}  // namespace

Result<std::vector<int16_t>> roundByDescent(const RoundingProblem& problem, const GridRows& grid,
                                            std::span<const int16_t> start, int threads, const Progress& progress) {
  std::vector<int16_t> codes(start.begin(), start.end());
  const auto depth = static_cast<size_t>(problem.depth());
  parallelFor(static_cast<size_t>(problem.rows()), threads, [&](size_t row, int) {
    if (progress.goOn())
      descend(problem, grid, static_cast<int64_t>(row), std::span(codes).subspan(row * depth, depth));
  });
  if (!progress.goOn()) return Error::cancelled();
  return codes;
}

double fittedScale(const RoundingProblem& problem, int64_t row, std::span<const int16_t> codes) {
  Eigen::RowVectorXd c(problem.depth());
  for (int64_t k = 0; k < problem.depth(); ++k) c(k) = codes[static_cast<size_t>(k)];
  const Eigen::RowVectorXd image = c * problem.hessian;
  const double square = image.dot(c);
  return square > 0 ? image.dot(problem.target.row(row)) / square : 0;
}

Result<std::vector<int16_t>> roundByAdaRound(const RoundingProblem& problem, const GridRows& grid,
                                             std::span<const int16_t> start, int threads, const Progress& progress) {
  const int64_t n = problem.depth(), rows = problem.rows();
  std::vector<int16_t> codes(start.begin(), start.end());
  // A half step of one weight costs 1/4 on average.
  double cost = 0;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t k = 0; k < n; ++k) cost += problem.hessian(k, k) * grid.value(r, k, 1) * grid.value(r, k, 1);
  const Rows hessian = (problem.hessian * (static_cast<double>(rows * n) / cost)).cast<float>();
  parallelFor(static_cast<size_t>((rows + kSlice - 1) / kSlice), threads, [&](size_t item, int) {
    const int64_t first = static_cast<int64_t>(item) * kSlice, count = std::min(kSlice, rows - first);
    Learner learner(problem, grid, hessian, first, count);
    if (!learner.learn(progress)) return;
    std::vector<int16_t> learned(static_cast<size_t>(n));
    for (int64_t r = 0; r < count; ++r) {
      for (int64_t k = 0; k < n; ++k) {
        const size_t slice = grid.slice(first + r, k);
        learned[static_cast<size_t>(k)] =
            static_cast<int16_t>(std::clamp(learner.code(r, k), grid.grid.low[slice], grid.grid.high[slice]));
      }
      const std::span<int16_t> own =
          std::span(codes).subspan(static_cast<size_t>((first + r) * n), static_cast<size_t>(n));
      const double before = descend(problem, grid, first + r, own);
      if (descend(problem, grid, first + r, learned) < before) std::copy(learned.begin(), learned.end(), own.begin());
    }
  });
  if (!progress.goOn()) return Error::cancelled();
  return codes;
}

}  // namespace quantscope::quantization
