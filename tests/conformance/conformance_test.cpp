#include <cstdio>

#include <optional>

#include "core/runtime/cpu_level.h"
#include "tests/conformance/conformance_table.h"
#include "tests/support/catch.h"

namespace quantscope::tests {

namespace {

struct WholeRun {
  int compared = 0, exact = 0;
  std::vector<std::string> problems;
};

/// Every tensor that both kept, of the whole model.
WholeRun compareAll(const LoadedRun& run, KernelSet kernels, std::optional<CpuLevel> cpu = {}) {
  WholeRun result;
  InterpreterOptions options;
  options.kernels = kernels;
  options.cpu = cpu;
  options.preserveAllTensors = true;
  options.inputShapes = run.inputShapes;
  auto prepared = PreparedModel::prepare(run.model, options);
  if (!prepared.ok()) {
    result.problems.push_back(prepared.error().message());
    return result;
  }
  Session session(*prepared);
  for (size_t k = 0; k < run.inputShapes.size(); ++k) {
    const auto set = session.setInput(k, run.arrays.at("input_" + std::to_string(k)).view());
    if (!set.ok()) result.problems.push_back(set.error().message());
  }
  const auto ran = session.run();
  if (!ran.ok()) {
    result.problems.push_back(ran.error().message());
    return result;
  }
  const Subgraph& graph = run.model->subgraphs[0];
  for (size_t i = 0; i < graph.tensors.size(); ++i) {
    const TensorIndex index(i);
    const TensorValue* golden = run.tensor(index);
    const auto ours = session.tensor(index);
    if (!golden || !ours || isConstant(*run.model, graph.tensor(index)) || bitsPerElement(ours->type) < 8) continue;
    const Difference found = difference(*ours, golden->view());
    ++result.compared;
    if (found.exact) ++result.exact;
    if (!found.acceptable()) {
      result.problems.push_back("tensor " + std::to_string(i) + " " + graph.tensor(index).name + ": " +
                                describe(found));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("whole models give the tensors of the real runtime's reference kernels", "[conformance]") {
  for (const GoldenRun& golden : goldenRuns()) {
    const auto run = load(golden);
    INFO((run.ok() ? golden.name : run.error().message()));
    REQUIRE(run.ok());
    for (const KernelSet kernels : {KernelSet::Reference, KernelSet::Fast}) {
      if (kernels == KernelSet::Fast && recordsDefect(golden.name)) continue;
      const WholeRun result = compareAll(*run, kernels);
      INFO(golden.name << (kernels == KernelSet::Fast ? " (fast)" : " (reference)"));
      if (!result.problems.empty()) {
        FAIL_CHECK(result.problems.size() << " of " << result.compared << " tensors: " << result.problems[0]);
      }
    }
  }
}

TEST_CASE("the fast kernels of every level of this processor conform", "[conformance]") {
  for (int level = 0; level <= static_cast<int>(detectCpuLevel()); ++level) {
    const auto cpu = static_cast<CpuLevel>(level);
    for (const GoldenRun& golden : goldenRuns()) {
      if (recordsDefect(golden.name)) continue;
      const auto run = load(golden);
      REQUIRE(run.ok());
      const WholeRun result = compareAll(*run, KernelSet::Fast, cpu);
      INFO(golden.name << " on " << cpuLevelName(cpu));
      if (!result.problems.empty()) {
        FAIL_CHECK(result.problems.size() << " of " << result.compared << " tensors: " << result.problems[0]);
      }
    }
  }
}

TEST_CASE("each operator alone gives what the real runtime's reference kernels give", "[conformance]") {
  ConformanceTable table;
  for (const GoldenRun& golden : goldenRuns()) {
    const auto run = load(golden);
    INFO((run.ok() ? golden.name : run.error().message()));
    REQUIRE(run.ok());
    table.add(*run, golden.name);
  }
  std::printf("%s", table.markdown().c_str());
  for (const auto& [key, row] : table.rows()) {
    INFO(key.first << " " << key.second);
    if (!row.reference.conforms()) FAIL_CHECK("reference kernels: " << row.reference.reason);
    if (!row.fast.conforms()) FAIL_CHECK("fast kernels: " << row.fast.reason);
  }
}

}  // namespace quantscope::tests
