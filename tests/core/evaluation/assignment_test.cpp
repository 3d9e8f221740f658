#include "core/evaluation/assignment.h"

#include <cmath>
#include <limits>
#include <random>

#include "tests/support/catch.h"

using namespace quantscope;

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

/// A chain of operators with random errors and sizes; the last choice of every third operator is not allowed.
AssignmentProblem chain(size_t operators, uint32_t seed, double conversionBytes) {
  std::mt19937 random(seed);
  auto uniform = [&] { return static_cast<double>(random() % 1000) / 1000.0; };
  AssignmentProblem problem;
  problem.domain = {0, 0, 1, 2};
  problem.conversionBytes = conversionBytes;
  for (size_t op = 0; op < operators; ++op) {
    problem.error.push_back({0, 0.01 + 0.1 * uniform(), 0.05 + uniform(), 0.02 + 0.2 * uniform()});
    problem.bytes.push_back({0, -50 - 50 * uniform(), -100 - 100 * uniform(), -80 - 80 * uniform()});
    if (op % 3 == 2) problem.error.back()[3] = kInfinite;
    AssignmentProblem::Value value;
    value.producer = static_cast<int>(op) - 1;
    value.consumers = {op};
    problem.values.push_back(value);
  }
  problem.values.push_back({static_cast<int>(operators) - 1, {}, true});
  return problem;
}

std::vector<Assignment> everyAssignment(const AssignmentProblem& problem) {
  std::vector<Assignment> all;
  Assignment assignment(problem.operators());
  while (true) {
    if (std::isfinite(assignmentError(problem, assignment))) all.push_back(assignment);
    size_t op = 0;
    while (op < assignment.size() && ++assignment[op] == problem.choices()) assignment[op++] = 0;
    if (op == assignment.size()) return all;
  }
}

}  // namespace

TEST_CASE("A conversion is counted once per value and domain that it is not made in", "[assignment]") {
  AssignmentProblem problem;
  problem.domain = {0, 1, 2};
  problem.error.assign(3, {0, 1, 1});
  problem.bytes.assign(3, {0, -10, -20});
  problem.conversionBytes = 7;
  problem.values = {{-1, {0}, false}, {0, {1, 2}, false}, {1, {}, true}, {2, {}, true}};
  CHECK(assignmentConversions(problem, {0, 0, 0}) == 0);
  CHECK(assignmentConversions(problem, {1, 1, 1}) == 3);  // in, and both results out
  CHECK(assignmentConversions(problem, {0, 1, 1}) == 3);  // one for both readers
  CHECK(assignmentConversions(problem, {0, 1, 2}) == 4);
  CHECK(assignmentBytes(problem, {0, 1, 2}) == -30 + 28);
  CHECK(assignmentError(problem, {0, 1, 2}) == 2);
}

TEST_CASE("For a price of bytes the best of all assignments is found on small chains", "[assignment]") {
  int found = 0, cases = 0;
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    const AssignmentProblem problem = chain(6, seed, 20);
    const auto all = everyAssignment(problem);
    for (const double price : {0.0003, 0.001, 0.003, 0.01}) {
      double least = kInfinite;
      for (const Assignment& a : all) {
        least = std::min(least, assignmentError(problem, a) + price * assignmentBytes(problem, a));
      }
      double best = kInfinite;
      for (size_t choice = 0; choice < problem.choices(); ++choice) {
        Assignment start(problem.operators());
        for (size_t op = 0; op < start.size(); ++op) {
          if (std::isfinite(problem.error[op][choice])) start[op] = static_cast<uint8_t>(choice);
        }
        const Assignment a = improveAssignment(problem, price, start);
        best = std::min(best, assignmentError(problem, a) + price * assignmentBytes(problem, a));
      }
      ++cases;
      found += best <= least + 1e-9;
    }
  }
  // A local search promises no more than nearly always.
  CHECK(found >= cases - 1);
}

TEST_CASE("The trade-off rises in bytes, falls in error and begins and ends at the extremes", "[assignment]") {
  const AssignmentProblem problem = chain(40, 5, 20);
  const auto front = assignmentTradeOff(problem);
  REQUIRE(front.size() > 5);
  for (size_t i = 1; i < front.size(); ++i) {
    CHECK(assignmentBytes(problem, front[i - 1]) < assignmentBytes(problem, front[i]));
    CHECK(assignmentError(problem, front[i - 1]) > assignmentError(problem, front[i]));
  }
  CHECK(assignmentError(problem, front.back()) == 0);
  Assignment smallest(40);
  for (size_t op = 0; op < 40; ++op) smallest[op] = 2;
  // The highest price of a byte still has a price: within 1 % of what bytes alone would choose.
  const double smallestBytes = assignmentBytes(problem, smallest);
  CHECK(assignmentBytes(problem, front.front()) <= smallestBytes + 0.01 * std::abs(smallestBytes));
  CHECK(assignmentTradeOff(problem) == front);
}

TEST_CASE("Neighbours keep the bytes, differ in one or two operators and come by rising error", "[assignment]") {
  const AssignmentProblem problem = chain(8, 3, 20);
  const Assignment from{2, 2, 2, 2, 0, 0, 1, 1};
  const double most = assignmentBytes(problem, from);
  const auto neighbours = assignmentNeighbours(problem, from, most, 50);
  REQUIRE(!neighbours.empty());
  CHECK(neighbours.size() <= 50);
  for (size_t i = 0; i < neighbours.size(); ++i) {
    size_t changed = 0;
    for (size_t op = 0; op < from.size(); ++op) changed += neighbours[i][op] != from[op];
    CHECK((changed == 1 || changed == 2));
    CHECK(assignmentBytes(problem, neighbours[i]) <= most);
    CHECK(std::isfinite(assignmentError(problem, neighbours[i])));
    if (i > 0) CHECK(assignmentError(problem, neighbours[i - 1]) <= assignmentError(problem, neighbours[i]));
  }
}
