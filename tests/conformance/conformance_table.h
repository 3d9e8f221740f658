#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/conformance/golden_runs.h"

namespace quantscope::tests {

/// What a set of kernels did on all operators of one kind and with the same types.
struct KernelVerdict {
  int exact = 0, within = 0, different = 0, unsupported = 0;
  int corrected = 0;        ///< differs, because the reference kernel is wrong
  double worstFloat = 0.0;  ///< in units of the tolerance
  double worstSteps = 0.0;  ///< in steps of the last place
  std::string reason;       ///< of the last unsupported or different case

  bool conforms() const { return different == 0 && unsupported == 0; }
  std::string text() const;
};

struct ConformanceRow {
  KernelVerdict reference, fast;
  int cases = 0;
};

/// Operator and operand types → verdict, over every operator of every golden run, each run alone on the golden
/// tensors, so that one operator's rounding is not another one's difference.
class ConformanceTable {
public:
  void add(const LoadedRun& run, const std::string& name);
  const std::map<std::pair<std::string, std::string>, ConformanceRow>& rows() const { return m_rows; }
  std::string markdown() const;

private:
  void judge(const LoadedRun& run, OperatorIndex index, const std::string& name, KernelSet kernels,
             KernelVerdict& verdict);
  std::map<std::pair<std::string, std::string>, ConformanceRow> m_rows;
};

}  // namespace quantscope::tests
