#include "ui/views/inspector/inspected_tensor.h"

#include <QCoreApplication>

#include "core/ops/operator_rules.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

TensorIndex inspectedTensor(const Document& document) {
  const Selection& selection = document.selection();
  if (!document.hasModel()) return {};
  const Model& model = *document.model();
  const Subgraph& graph = model.subgraphs[0];
  TensorIndex chosen = selection.tensor();
  if (!chosen.valid() && selection.current().valid() && selection.current().position() < graph.operators.size()) {
    const Operator& op = graph.operators[selection.current().position()];
    const OperatorRules* rules = findRules(model.code(op));
    if (rules && rules->weightInput >= 0) chosen = op.input(static_cast<size_t>(rules->weightInput));
    if (!chosen.valid()) chosen = op.output(0);
  }
  return chosen.valid() && chosen.position() < graph.tensors.size() ? chosen : TensorIndex();
}

QString tensorTitle(const Model& model, TensorIndex tensor) {
  const std::string& name = model.subgraphs[0].tensor(tensor).name;
  return name.empty() ? QCoreApplication::translate("TensorPage", "tensor %1 (no name)").arg(tensor.value)
                      : QString::fromStdString(name);
}

}  // namespace quantscope::ui
