#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/model/structure.h"
#include "core/ops/runtime_dependence.h"
#include "core/pipeline/pipeline.h"
#include "core/quantization/overflow_findings.h"
#include "core/quantization/targets/target.h"
#include "core/runtime/interpreter.h"
#include "core/runtime/operator_findings.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, target;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  command.add_option("--target", options.target, "Also name every operator that this device does not take as it is")
      ->check(CLI::IsMember(targetNames()));
}

Json findingJson(const Model& model, const Finding& finding) {
  return {{"operator", finding.op.valid() ? Json(finding.op.value) : Json()},
          {"tensor", finding.tensor.valid() ? Json(finding.tensor.value) : Json()},
          {"severity", finding.severity == Severity::Error ? "error" : "warning"},
          {"what", finding.what},
          {"why", finding.why},
          {"subgraph", finding.subgraph},
          {"place", findingPlace(model, finding)}};
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const Model& model = *loaded->model;
  std::vector<Finding> findings = structuralFindings(model);
  const auto ofOperators = operatorFindings(loaded->model);
  findings.insert(findings.end(), ofOperators.begin(), ofOperators.end());
  for (Finding& finding : runtimeDependentFindings(model)) findings.push_back(std::move(finding));
  for (Finding& finding : overflowFindings(model)) findings.push_back(std::move(finding));
  Json list = Json::array();
  std::string lines;
  size_t errors = 0;
  for (const Finding& finding : findings) {
    errors += finding.severity == Severity::Error;
    list.push_back(findingJson(model, finding));
    lines += std::string(finding.severity == Severity::Error ? "error" : "warning") + ": " +
             findingPlace(model, finding) + ": " + finding.what + ": " + finding.why + "\n";
  }
  // What only shows when the graph as a whole is made ready to run: control flow, memory.
  if (errors == 0 && ofOperators.empty()) {
    InterpreterOptions plain;
    plain.kernels = KernelSet::Reference;  // packs no weights
    if (const auto prepared = PreparedModel::prepare(loaded->model, plain); !prepared) {
      const Error& error = prepared.error();
      const bool broken = error.code == ErrorCode::Malformed;
      errors += broken;
      list.push_back({{"operator", Json()},
                      {"tensor", Json()},
                      {"severity", broken ? "error" : "warning"},
                      {"what", broken ? error.what : "cannot be executed by this program"},
                      {"why", error.message()},
                      {"subgraph", 0},
                      {"place", error.where}});
      lines +=
          std::string(broken ? "error: " : "warning: cannot be executed by this program: ") + error.message() + "\n";
    }
  }
  if (errors == 0 && !options.target.empty()) {
    QS_ASSIGN(const Target* target, findTarget(options.target));
    for (const Finding& finding : targetFindings(model, *target)) {
      ++errors;
      list.push_back(findingJson(model, finding));
      lines += "error: " + findingPlace(model, finding) + ": " + finding.what + ": " + finding.why + "\n";
    }
  }
  console.print(lines + options.model + ": " +
                (errors ? std::to_string(errors) + (errors == 1 ? " error\n" : " errors\n") : "in order\n"));
  console.result({{"ok", errors == 0},
                  {"target", options.target.empty() ? Json() : Json(options.target)},
                  {"findings", std::move(list)}});
  return errors == 0 ? 0 : 1;
}

}  // namespace

void addVerify(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "verify", "Is the model legal? Names each offence", declare, run);
}

}  // namespace quantscope::cli
