#include "core/evaluation/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace quantscope {

namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr size_t kLongestRun = 32;
constexpr int kMostSweeps = 20;
constexpr int kPrices = 48;
constexpr size_t kMostForPairs = 400;

/// Domains that a value is wanted in but not made in. There are only a few domains, so a mask holds them.
size_t conversionsOf(const AssignmentProblem& problem, const AssignmentProblem::Value& value,
                     const Assignment& assignment) {
  uint64_t wanted = value.graphOutput ? 1 : 0;
  for (const size_t consumer : value.consumers) wanted |= uint64_t{1} << problem.domain[assignment[consumer]];
  const int made = value.producer < 0 ? 0 : problem.domain[assignment[static_cast<size_t>(value.producer)]];
  wanted &= ~(uint64_t{1} << made);
  size_t count = 0;
  for (; wanted; wanted &= wanted - 1) ++count;
  return count;
}

/// Cost of what a change of some operators touches.
class Costs {
public:
  Costs(const AssignmentProblem& problem, double price)
      : m_problem(problem), m_price(price), m_valuesOf(problem.operators()), m_stamp(problem.values.size()) {
    for (size_t v = 0; v < problem.values.size(); ++v) {
      const auto& value = problem.values[v];
      if (value.producer >= 0) m_valuesOf[static_cast<size_t>(value.producer)].push_back(v);
      for (const size_t consumer : value.consumers) m_valuesOf[consumer].push_back(v);
    }
  }

  /// Of operators [begin, end) and the values around them.
  double around(size_t begin, size_t end, const Assignment& assignment) {
    ++m_round;
    double cost = 0;
    size_t conversions = 0;
    for (size_t op = begin; op < end; ++op) {
      cost += m_problem.error[op][assignment[op]] + m_price * m_problem.bytes[op][assignment[op]];
      for (const size_t v : m_valuesOf[op]) {
        if (m_stamp[v] == m_round) continue;
        m_stamp[v] = m_round;
        conversions += conversionsOf(m_problem, m_problem.values[v], assignment);
      }
    }
    return cost + m_price * m_problem.conversionBytes * static_cast<double>(conversions);
  }

  /// The cheapest allowed choice of one operator within a domain; `fallback` where there is none.
  uint8_t cheapest(size_t op, int domain, uint8_t fallback) const {
    double best = kInfinite;
    uint8_t chosen = fallback;
    for (size_t c = 0; c < m_problem.choices(); ++c) {
      if (m_problem.domain[c] != domain) continue;
      const double cost = m_problem.error[op][c] + m_price * m_problem.bytes[op][c];
      if (cost < best) best = cost, chosen = static_cast<uint8_t>(c);
    }
    return chosen;
  }

private:
  const AssignmentProblem& m_problem;
  double m_price;
  std::vector<std::vector<size_t>> m_valuesOf;
  std::vector<uint64_t> m_stamp;
  uint64_t m_round = 0;
};

double costOf(const AssignmentProblem& problem, double price, const Assignment& assignment) {
  return assignmentError(problem, assignment) + price * assignmentBytes(problem, assignment);
}

/// Every operator in this choice, where it is allowed.
Assignment uniform(const AssignmentProblem& problem, size_t choice) {
  Assignment assignment(problem.operators());
  for (size_t op = 0; op < assignment.size(); ++op) {
    if (std::isfinite(problem.error[op][choice])) assignment[op] = static_cast<uint8_t>(choice);
  }
  return assignment;
}

/// The least and the greatest price of a byte at which some operator would change its mind.
std::pair<double, double> priceRange(const AssignmentProblem& problem) {
  double least = kInfinite, most = 0;
  for (size_t op = 0; op < problem.operators(); ++op) {
    for (size_t a = 0; a < problem.choices(); ++a) {
      for (size_t b = 0; b < problem.choices(); ++b) {
        const double saved = problem.bytes[op][a] - problem.bytes[op][b];
        const double worse = problem.error[op][b] - problem.error[op][a];
        if (!std::isfinite(worse) || !(saved > 0) || !(worse > 0)) continue;
        least = std::min(least, worse / saved);
        most = std::max(most, worse / saved);
      }
    }
  }
  if (most == 0) return {1, 1};
  return {least / 4, most * 4};
}

std::set<uint8_t> allowedChoices(const AssignmentProblem& problem, size_t op) {
  std::set<uint8_t> allowed;
  for (size_t c = 0; c < problem.choices(); ++c) {
    if (std::isfinite(problem.error[op][c])) allowed.insert(static_cast<uint8_t>(c));
  }
  return allowed;
}

}  // namespace

double assignmentError(const AssignmentProblem& problem, const Assignment& assignment) {
  double sum = 0;
  for (size_t op = 0; op < assignment.size(); ++op) sum += problem.error[op][assignment[op]];
  return sum;
}

size_t assignmentConversions(const AssignmentProblem& problem, const Assignment& assignment) {
  size_t count = 0;
  for (const auto& value : problem.values) count += conversionsOf(problem, value, assignment);
  return count;
}

double assignmentBytes(const AssignmentProblem& problem, const Assignment& assignment) {
  double sum = problem.conversionBytes * static_cast<double>(assignmentConversions(problem, assignment));
  for (size_t op = 0; op < assignment.size(); ++op) sum += problem.bytes[op][assignment[op]];
  return sum;
}

Assignment improveAssignment(const AssignmentProblem& problem, double price, Assignment assignment) {
  Costs costs(problem, price);
  const size_t count = problem.operators();
  int domains = 0;
  for (const int domain : problem.domain) domains = std::max(domains, domain + 1);
  auto keepBest = [&](size_t begin, size_t end, const Assignment& changed) {
    if (std::equal(changed.begin() + static_cast<std::ptrdiff_t>(begin),
                   changed.begin() + static_cast<std::ptrdiff_t>(end),
                   assignment.begin() + static_cast<std::ptrdiff_t>(begin))) {
      return false;
    }
    const double before = costs.around(begin, end, assignment), after = costs.around(begin, end, changed);
    // A hair better is no reason to go round in circles.
    if (!(after < before - 1e-12 * std::abs(before))) return false;
    std::copy(changed.begin() + static_cast<std::ptrdiff_t>(begin), changed.begin() + static_cast<std::ptrdiff_t>(end),
              assignment.begin() + static_cast<std::ptrdiff_t>(begin));
    return true;
  };
  bool changed = true;
  for (int sweep = 0; changed && sweep < kMostSweeps; ++sweep) {
    changed = false;
    for (size_t op = 0; op < count; ++op) {
      for (const uint8_t choice : allowedChoices(problem, op)) {
        Assignment candidate = assignment;
        candidate[op] = choice;
        changed |= keepBest(op, op + 1, candidate);
      }
    }
    for (size_t begin = 0; begin < count; ++begin) {
      for (int domain = 0; domain < domains; ++domain) {
        Assignment candidate = assignment;
        for (size_t end = begin + 1; end <= std::min(count, begin + kLongestRun); ++end) {
          candidate[end - 1] = costs.cheapest(end - 1, domain, assignment[end - 1]);
          changed |= keepBest(begin, end, candidate);
        }
      }
    }
  }
  return assignment;
}

std::vector<Assignment> assignmentTradeOff(const AssignmentProblem& problem) {
  const auto [least, most] = priceRange(problem);
  std::set<Assignment> found;
  Assignment previous(problem.operators());
  for (int i = 0; i < kPrices; ++i) {
    const double price = least * std::pow(most / least, static_cast<double>(i) / (kPrices - 1));
    Assignment best = improveAssignment(problem, price, previous);
    for (size_t choice = 0; choice < problem.choices(); ++choice) {
      Assignment other = improveAssignment(problem, price, uniform(problem, choice));
      if (costOf(problem, price, other) < costOf(problem, price, best)) best = std::move(other);
    }
    found.insert(best);
    previous = std::move(best);
  }
  std::vector<Assignment> sorted(found.begin(), found.end());
  std::stable_sort(sorted.begin(), sorted.end(), [&](const Assignment& a, const Assignment& b) {
    const double x = assignmentBytes(problem, a), y = assignmentBytes(problem, b);
    return x != y ? x < y : assignmentError(problem, a) < assignmentError(problem, b);
  });
  std::vector<Assignment> front;
  double leastError = kInfinite;
  for (Assignment& assignment : sorted) {
    const double error = assignmentError(problem, assignment);
    if (error >= leastError) continue;
    leastError = error;
    front.push_back(std::move(assignment));
  }
  return front;
}

std::vector<Assignment> assignmentNeighbours(const AssignmentProblem& problem, const Assignment& from, double mostBytes,
                                             size_t count) {
  struct Neighbour {
    double error = 0;
    Assignment assignment;
    bool operator<(const Neighbour& other) const {
      return error != other.error ? error < other.error : assignment < other.assignment;
    }
  };
  std::vector<Neighbour> found;
  auto add = [&](const Assignment& assignment) {
    if (assignmentBytes(problem, assignment) > mostBytes) return;
    found.push_back({assignmentError(problem, assignment), assignment});
    if (found.size() > 8 * count + 1024) {  // holds memory down
      std::sort(found.begin(), found.end());
      found.resize(count);
    }
  };
  const bool pairs = problem.operators() * problem.choices() <= kMostForPairs;
  Assignment changed = from;
  for (size_t a = 0; a < from.size(); ++a) {
    for (const uint8_t x : allowedChoices(problem, a)) {
      if (x == from[a]) continue;
      changed[a] = x;
      add(changed);
      for (size_t b = a + 1; pairs && b < from.size(); ++b) {
        for (const uint8_t y : allowedChoices(problem, b)) {
          if (y == from[b]) continue;
          changed[b] = y;
          add(changed);
        }
        changed[b] = from[b];
      }
    }
    changed[a] = from[a];
  }
  std::sort(found.begin(), found.end());
  if (found.size() > count) found.resize(count);
  std::vector<Assignment> result;
  for (Neighbour& neighbour : found) result.push_back(std::move(neighbour.assignment));
  return result;
}

}  // namespace quantscope
