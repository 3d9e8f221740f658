#include <cmath>
#include <numeric>
#include <random>

#include "core/quantization/algorithms/rounding_problem.h"
#include "tests/support/catch.h"

using namespace quantscope;
using namespace quantscope::quantization;

namespace {

/// Weights and inputs that are correlated, as neighbouring pixels are.
struct Layer {
  int64_t rows, depth;
  std::vector<float> weights;
  InputMoments moments;

  Layer(int64_t r, int64_t d, double drift = 0) : rows(r), depth(d), weights(static_cast<size_t>(r * d)) {
    std::mt19937 random(7);
    auto uniform = [&] { return static_cast<double>(random()) / 4294967296.0 - 0.5; };
    for (float& w : weights) w = static_cast<float>(uniform());
    const auto n = static_cast<size_t>(d);
    moments.groups = 1;
    moments.depth = d;
    moments.count = 400;
    moments.exact.assign(n, 0);
    moments.seen.assign(n, 0);
    moments.seenSeen.assign(n * n, 0);
    moments.exactSeen.assign(n * n, 0);
    std::vector<double> x(n), s(n);
    for (int sample = 0; sample < 400; ++sample) {
      double common = uniform();
      for (size_t k = 0; k < n; ++k) {
        common = 0.8 * common + 0.4 * uniform();
        x[k] = std::max(0.0, common + 0.1);
        s[k] = x[k] * (1 + drift) + drift * uniform();
      }
      for (size_t a = 0; a < n; ++a) {
        moments.exact[a] += x[a] / 400;
        moments.seen[a] += s[a] / 400;
        for (size_t b = 0; b < n; ++b) {
          moments.seenSeen[a * n + b] += s[a] * s[b] / 400;
          moments.exactSeen[a * n + b] += x[a] * s[b] / 400;
        }
      }
    }
  }

  RoundingProblem problem(int threads = 1) const {
    Progress progress;
    auto made = roundingProblem(weights, rows, moments, 0, threads, progress);
    REQUIRE(made.ok());
    return *made;
  }
};

double sum(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0);
}

CodeGrid gridOf(const Layer& layer, int bits) {
  GridRules rules;
  rules.bits = bits;
  return leastErrorGrid(layer.weights, layer.rows, layer.depth, rules);
}

}  // namespace

TEST_CASE("where a layer sees what the float model sees, the target is its own weights", "[quantization][algorithms]") {
  const Layer layer(3, 40);
  const RoundingProblem problem = layer.problem();
  for (int64_t r = 0; r < 3; ++r)
    for (int64_t k = 0; k < 40; ++k)
      CHECK(problem.target(r, k) == Approx(layer.weights[static_cast<size_t>(r * 40 + k)]).margin(1e-9));
}

TEST_CASE("the factor is one of the quadratic form", "[quantization][algorithms]") {
  const RoundingProblem problem = Layer(1, 150).problem();
  const int64_t n = 150;
  double furthest = 0;
  for (int64_t a = 0; a < n; ++a) {
    for (int64_t b = 0; b <= a; ++b) {
      double product = 0;
      for (int64_t k = 0; k <= b; ++k) product += problem.factor(a, k) * problem.factor(b, k);
      const auto column = [&](int64_t i) { return problem.order[static_cast<size_t>(n - 1 - i)]; };
      furthest = std::max(furthest, std::abs(product - problem.hessian(column(a), column(b))));
    }
  }
  CHECK(furthest < 1e-10);
}

TEST_CASE("GPTQ halves the error of nearest rounding, learned rounding lowers it further",
          "[quantization][algorithms]") {
  for (const double drift : {0.0, 0.1}) {
    const Layer layer(24, 200, drift);
    const RoundingProblem problem = layer.problem();
    Progress progress;
    for (const int bits : {3, 4}) {
      const CodeGrid grid = gridOf(layer, bits);
      const GridRows rows{grid, 0};
      const auto nearest = grid.nearest(layer.weights);
      const auto gptq = roundByGptq(problem, rows, 1, progress);
      REQUIRE(gptq.ok());
      const auto learned = roundByAdaRound(problem, rows, *gptq, 1, progress);
      REQUIRE(learned.ok());
      const double plain = sum(rowErrors(problem, rows, nearest)), second = sum(rowErrors(problem, rows, *gptq));
      const double best = sum(rowErrors(problem, rows, *learned));
      INFO(bits << " bits, drift " << drift << ": " << plain << " " << second << " " << best);
      CHECK(second < 0.5 * plain);
      CHECK(best < second);
      for (const int16_t code : *learned) CHECK(std::abs(code) <= grid.high[0]);
    }
  }
}

TEST_CASE("GPTQ gives what its published update gives", "[quantization][algorithms]") {
  const Layer layer(4, 20);
  const RoundingProblem problem = layer.problem();
  const CodeGrid grid = gridOf(layer, 4);
  // The update of the paper with the inverse of what is left, column by column.
  const int64_t n = 20;
  Eigen::MatrixXd left(n, n);
  for (int64_t a = 0; a < n; ++a)
    for (int64_t b = 0; b < n; ++b)
      left(a, b) = problem.hessian(problem.order[static_cast<size_t>(a)], problem.order[static_cast<size_t>(b)]);
  Eigen::MatrixXd w(4, n);
  for (int64_t k = 0; k < n; ++k) w.col(k) = problem.target.col(problem.order[static_cast<size_t>(k)]);
  std::vector<int16_t> expected(static_cast<size_t>(4 * n));
  for (int64_t k = 0; k < n; ++k) {
    // Inverse of the rest by solving for its first column.
    const Eigen::MatrixXd rest = left.bottomRightCorner(n - k, n - k);
    Eigen::VectorXd inverse = Eigen::VectorXd::Zero(n - k), residual = Eigen::VectorXd::Unit(n - k, 0),
                    direction = residual;
    for (int step = 0; step < 400 && residual.squaredNorm() > 1e-26; ++step) {
      const Eigen::VectorXd image = rest * direction;
      const double old = residual.squaredNorm(), length = old / direction.dot(image);
      inverse += length * direction;
      residual -= length * image;
      direction = residual + residual.squaredNorm() / old * direction;
    }
    for (int64_t r = 0; r < 4; ++r) {
      const int16_t code = grid.nearest(w(r, k), grid.slice(r, 0));
      expected[static_cast<size_t>(r * n + problem.order[static_cast<size_t>(k)])] = code;
      const double error = (w(r, k) - static_cast<double>(grid.scale[grid.slice(r, 0)]) * code) / inverse(0);
      w.row(r).tail(n - k) -= error * inverse.transpose();
    }
  }
  Progress progress;
  CHECK(*roundByGptq(problem, {grid, 0}, 1, progress) == expected);
}

TEST_CASE("rounding gives the same codes on any number of threads", "[quantization][algorithms]") {
  const Layer layer(40, 130);
  const CodeGrid grid = gridOf(layer, 4);
  Progress progress;
  const RoundingProblem one = layer.problem(1), many = layer.problem(4);
  CHECK(one.factor == many.factor);
  const auto a = roundByGptq(one, {grid, 0}, 1, progress), b = roundByGptq(many, {grid, 0}, 4, progress);
  CHECK(*a == *b);
  CHECK(*roundByAdaRound(one, {grid, 0}, *a, 1, progress) == *roundByAdaRound(many, {grid, 0}, *b, 4, progress));
}

TEST_CASE("rounding stops when asked", "[quantization][algorithms]") {
  const Layer layer(8, 300);
  const RoundingProblem problem = layer.problem();
  const CodeGrid grid = gridOf(layer, 4);
  Progress progress;
  progress.cancel();
  CHECK(roundingProblem(layer.weights, 8, layer.moments, 0, 1, progress).error().code == ErrorCode::Cancelled);
  CHECK(roundByGptq(problem, {grid, 0}, 1, progress).error().code == ErrorCode::Cancelled);
  const auto start = grid.nearest(layer.weights);
  CHECK(roundByAdaRound(problem, {grid, 0}, start, 1, progress).error().code == ErrorCode::Cancelled);
}

TEST_CASE("a layer that never saw anything keeps its nearest codes", "[quantization][algorithms]") {
  Layer layer(2, 16);
  for (auto* m : {&layer.moments.seenSeen, &layer.moments.exactSeen, &layer.moments.exact, &layer.moments.seen})
    std::fill(m->begin(), m->end(), 0.0);
  const CodeGrid grid = gridOf(layer, 4);
  Progress progress;
  CHECK(*roundByGptq(layer.problem(), {grid, 0}, 1, progress) == grid.nearest(layer.weights));
}
