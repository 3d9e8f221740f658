#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

/// Which scheme for which operator: the planning part of a search, on estimates alone. Knows no models.
namespace quantscope {

/// A choice per operator.
using Assignment = std::vector<uint8_t>;

/// The estimates: errors and bytes of operators add up, and every change of type between two operators costs bytes.
struct AssignmentProblem {
  std::vector<std::vector<double>> error;  ///< [operator][choice], any unit; infinity: not allowed
  std::vector<std::vector<double>> bytes;  ///< [operator][choice]; may be negative (against choice 0)
  std::vector<int> domain;                 ///< by choice: kind of values that go in and out (float, int8, ...)
  /// A value that flows: made by an operator, or (-1) by the caller of the graph, in domain 0.
  struct Value {
    int producer = -1;
    std::vector<size_t> consumers;
    bool graphOutput = false;  ///< also wanted in domain 0
  };
  std::vector<Value> values;
  double conversionBytes = 0;  ///< of each conversion: one per value and domain that it is wanted in but not made in

  size_t operators() const { return error.size(); }
  size_t choices() const { return domain.size(); }
};

double assignmentError(const AssignmentProblem& problem, const Assignment& assignment);
double assignmentBytes(const AssignmentProblem& problem, const Assignment& assignment);
/// Conversions that an assignment needs.
size_t assignmentConversions(const AssignmentProblem& problem, const Assignment& assignment);

/// A least sum of error and `price` times bytes near `start`: single operators and runs of neighbours are changed
/// until none of that helps (iterated conditional modes; Besag 1986). Deterministic.
Assignment improveAssignment(const AssignmentProblem& problem, double price, Assignment start);

/// Assignments none of which is beaten in both error and bytes, by rising bytes: the minima for many prices of a byte
/// (Lagrangian relaxation; Everett 1963), each reached from its neighbour's and from every uniform start.
std::vector<Assignment> assignmentTradeOff(const AssignmentProblem& problem);

/// Assignments that differ from `from` in one or two operators, within `mostBytes`, by rising error; at most `count`.
/// `from` itself is not among them. Pairs are tried where operators times choices are no more than 400.
std::vector<Assignment> assignmentNeighbours(const AssignmentProblem& problem, const Assignment& from, double mostBytes,
                                             size_t count);

}  // namespace quantscope
