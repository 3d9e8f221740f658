#include "core/model/structure.h"

#include <algorithm>

#include "core/model/finding_list.h"

namespace quantscope {

namespace {

std::string tensorText(const Subgraph& subgraph, TensorIndex index) {
  std::string text = "tensor " + std::to_string(index.value);
  const bool known = index.valid() && index.position() < subgraph.tensors.size();
  if (known && !subgraph.tensor(index).name.empty()) text += " " + subgraph.tensor(index).name;
  return text;
}

void findInOperatorCodes(const Model& model, FindingList& findings) {
  for (size_t i = 0; i < model.operatorCodes.size(); ++i) {
    const OperatorCode& code = model.operatorCodes[i];
    if (code.code() == tflite::BuiltinOperator_CUSTOM && code.customCode.empty()) {
      findings.error({}, "custom operator without a name",
                     "operator code " + std::to_string(i) + " is CUSTOM but names no operator");
    }
    if (code.version < 1) {
      findings.error({}, "operator version out of range",
                     "operator code " + std::to_string(i) + " has version " + std::to_string(code.version));
    }
  }
}

}  // namespace

std::string findingPlace(const Model& model, const Finding& finding) {
  std::string text;
  auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const auto index = static_cast<size_t>(finding.subgraph);
  if (index >= model.subgraphs.size()) return "model";
  const Subgraph& subgraph = model.subgraphs[index];
  if (model.subgraphs.size() > 1) add("subgraph " + std::to_string(index));
  if (finding.op.valid() && finding.op.position() < subgraph.operators.size()) {
    add("operator " + std::to_string(finding.op.value) + " " +
        operatorName(model, subgraph.operators[finding.op.position()]));
  }
  if (finding.tensor.valid()) add(tensorText(subgraph, finding.tensor));
  return text.empty() ? "model" : text;
}

std::vector<Finding> structuralFindings(const Model& model) {
  FindingList findings;
  for (const std::string& notice : model.notices) findings.warning({}, "not known to this version", notice);
  findInOperatorCodes(model, findings);
  if (!model.buffers.empty() && !model.buffers[0].bytes.empty()) {
    findings.warning(
        {}, "buffer 0 is not empty",
        "it stands for \"no constant\"; its " + std::to_string(model.buffers[0].bytes.size()) + " bytes are not used");
  }
  findInReferences(model, findings);
  for (size_t g = 0; g < model.subgraphs.size() && !findings.full(); ++g) {
    const auto subgraph = static_cast<int>(g);
    for (size_t i = 0; i < model.subgraphs[g].tensors.size() && !findings.full(); ++i) {
      findInTensor(model, subgraph, TensorIndex(i), findings);
    }
    findInGraph(model, subgraph, findings);
  }
  std::vector<Finding> list = findings.take();
  std::ranges::stable_sort(list, [](const Finding& a, const Finding& b) { return a.subgraph < b.subgraph; });
  return list;
}

}  // namespace quantscope
