#include "tests/conformance/conformance_table.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "core/ops/registry.h"

namespace quantscope::tests {

std::string KernelVerdict::text() const {
  if (different > 0) return "**differs**: " + reason;
  if (unsupported > 0 && exact + within == 0) return "unsupported";
  if (exact + within + corrected == 0) return "not compared";
  std::string text = "exact";
  char number[48];
  if (within > 0) {
    std::snprintf(number, sizeof number, "within %.1e", worstFloat * 1e-5);
    text = number;
  }
  if (corrected > 0) text = exact + within > 0 ? text + ", a defect corrected" : "a defect corrected";
  if (unsupported > 0) text += ", in part unsupported";
  return text;
}

void ConformanceTable::judge(const LoadedRun& run, OperatorIndex index, const std::string& name, KernelSet kernels,
                             KernelVerdict& verdict) {
  const auto unsupported = [&](const std::string& why) {
    ++verdict.unsupported;
    verdict.reason = name + ": " + why;
  };
  const auto model = isolated(run, index);
  if (!model) return;
  const Subgraph& graph = model->subgraphs[0];
  InterpreterOptions options;
  options.kernels = kernels;
  options.preserveAllTensors = true;
  auto prepared = PreparedModel::prepare(model, options);
  if (!prepared.ok()) return unsupported(prepared.error().message());
  Session session(*prepared);
  for (size_t k = 0; k < graph.inputs.size(); ++k) {
    const auto set = session.setInput(k, run.tensor(graph.inputs[k])->view());
    if (!set.ok()) return unsupported(set.error().message());
  }
  const auto ran = session.run();
  if (!ran.ok()) return unsupported(ran.error().message());
  for (size_t o = 0; o < graph.outputs.size(); ++o) {
    const TensorValue* golden = graph.outputs[o].valid() ? run.tensor(graph.outputs[o]) : nullptr;
    if (!golden) continue;
    const Difference found = difference(session.output(o), golden->view());
    (found.isFloat ? verdict.worstFloat : verdict.worstSteps) =
        std::max(found.isFloat ? verdict.worstFloat : verdict.worstSteps, found.worst);
    if (found.exact) {
      ++verdict.exact;
    } else if (found.acceptable()) {
      ++verdict.within;
    } else if (kernels == KernelSet::Fast && recordsDefect(name)) {
      ++verdict.corrected;
    } else {
      ++verdict.different;
      verdict.reason = name + " operator " + std::to_string(index.value) + ": " + describe(found);
    }
  }
}

void ConformanceTable::add(const LoadedRun& run, const std::string& name) {
  const Model& model = *run.model;
  const auto& operators = model.subgraphs[0].operators;
  for (size_t i = 0; i < operators.size(); ++i) {
    ConformanceRow& row = m_rows[{operatorName(model, operators[i]), operandTypes(model, operators[i])}];
    ++row.cases;
    judge(run, OperatorIndex(i), name, KernelSet::Reference, row.reference);
    judge(run, OperatorIndex(i), name, KernelSet::Fast, row.fast);
  }
}

namespace {

/// Operators of the format that no row is about: those without a kernel, with the reason, and those that nothing has
/// compared yet.
std::string absentOperators(const std::set<std::string>& compared) {
  std::string text = "\n## Operators that are not compared\n\n| operator | |\n|---|---|\n";
  for (const tflite::BuiltinOperator code : tflite::EnumValuesBuiltinOperator()) {
    const std::string name = tflite::EnumNameBuiltinOperator(code);
    if (compared.count(name)) continue;
    const KernelRow* row = findKernel(code);
    const std::string why(whyWithoutKernel(code));
    text += "| " + name + " | " +
            (row ? "has a kernel, no golden run" : "unsupported" + (why.empty() ? "" : ": " + why)) + " |\n";
  }
  return text;
}

}  // namespace

std::string ConformanceTable::markdown() const {
  std::string text =
      "# Conformance\n\n"
      "Each operator of each golden run, alone on the tensors of the real runtime's reference kernels. `exact`: bit "
      "for\n"
      "bit. `within 1e-6`: floats whose order of summation differs, relative to the value and the largest of the "
      "tensor.\n"
      "Made by `conformance_report docs/conformance.md`, with `QUANTSCOPE_PYTHON` naming a Python that has the real\n"
      "runtime (`tests/conformance/random_operators.py` asks it) and without; not written by hand.\n\n"
      "| operator | types | cases | reference kernels | fast kernels |\n|---|---|---|---|---|\n";
  for (const auto& [key, row] : m_rows) {
    text += "| " + key.first + " | " + key.second + " | " + std::to_string(row.cases) + " | " + row.reference.text() +
            " | " + row.fast.text() + " |\n";
  }
  std::set<std::string> compared;
  for (const auto& entry : m_rows) compared.insert(entry.first.first);
  return text + absentOperators(compared);
}

}  // namespace quantscope::tests
