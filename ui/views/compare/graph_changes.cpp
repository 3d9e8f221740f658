#include "ui/views/compare/graph_changes.h"

#include <QLabel>
#include <QListWidget>
#include <QPointer>
#include <QVBoxLayout>
#include <algorithm>
#include <map>

#include "core/evaluation/graph_diff.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

constexpr int kMost = 300;
constexpr int kTensorRole = Qt::UserRole;

}  // namespace

struct GraphChanges::Changes {
  std::shared_ptr<const Model> before, after;
  GraphDiff diff;
};

GraphChanges::GraphChanges(Document& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_title(new QLabel(this)), m_list(new QListWidget(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(6);
  m_title->setProperty("sectionTitle", true);
  m_title->setWordWrap(true);
  layout->addWidget(m_title);
  m_list->setObjectName(QStringLiteral("graphChanges"));
  m_list->setAccessibleName(tr("Changes of the graph"));
  m_list->setMinimumHeight(120);
  layout->addWidget(m_list, 1);
  connect(m_list, &QListWidget::currentItemChanged, this, [this](const QListWidgetItem* item) {
    const TensorIndex tensor(item ? item->data(kTensorRole).toInt() : -1);
    if (!tensor.valid() || !m_document.hasModel()) return;
    const Subgraph& graph = m_document.model()->subgraphs.front();
    for (size_t i = 0; i < graph.operators.size(); ++i) {
      const auto& outputs = graph.operators[i].outputs;
      if (std::find(outputs.begin(), outputs.end(), tensor) == outputs.end()) continue;
      m_document.selection().setOperators({OperatorIndex(i)}, OperatorIndex(i));
      return;
    }
    m_document.selection().setTensor(tensor);
  });
  hide();
}

QString GraphChanges::title() const {
  return m_title->text();
}

void GraphChanges::show(const Variant* variant) {
  const auto model = variant && variant->id != 0 ? variant->model : nullptr;
  if (model == m_model) return;
  m_model = model;
  m_list->clear();
  setVisible(false);
  if (!model) return;
  auto work = [before = m_document.model(), model](Progress&) -> Result<std::shared_ptr<const Changes>> {
    return std::make_shared<const Changes>(Changes{before, model, diffGraphs(*before, *model)});
  };
  m_document.jobs().startQuiet<Changes>(
      JobController::Lane::Views, work,
      [self = QPointer(this), model](const Result<std::shared_ptr<const Changes>>& result) {
        if (self && self->m_model == model && result.ok()) self->showChanges(**result);
      });
}

void GraphChanges::showChanges(const Changes& changes) {
  const Subgraph& before = changes.before->subgraphs.front();
  const Subgraph& after = changes.after->subgraphs.front();
  const GraphDiff& diff = changes.diff;
  setVisible(true);
  m_title->setText(tr("Graph: %1 operators added, %2 removed; %3 tensors of another type")
                       .arg(countText(static_cast<int64_t>(diff.addedOperators.size())),
                            countText(static_cast<int64_t>(diff.removedOperators.size())),
                            countText(static_cast<int64_t>(diff.retyped.size()))));
  const auto add = [this](const QString& text, TensorIndex tensor) {
    if (m_list->count() >= kMost) return;
    auto* item = new QListWidgetItem(text, m_list);
    item->setData(kTensorRole, tensor.value);
    item->setToolTip(text);
  };
  for (const OperatorIndex op : diff.addedOperators) {
    const Operator& added = after.operators[op.position()];
    const TensorIndex output = added.output(0);
    add(tr("+ %1 that makes %2")
            .arg(fromStd(operatorName(*changes.after, added)),
                 output.valid() ? fromStd(after.tensor(output).name) : QString()),
        {});
  }
  for (const OperatorIndex op : diff.removedOperators) {
    const Operator& removed = before.operators[op.position()];
    add(tr("− %1").arg(operatorText(*changes.before, op)), removed.output(0));
  }
  for (const TensorChange& change : diff.retyped) {
    const Tensor& tensor = after.tensor(change.after);
    add(tr("%1: %2 → %3, %4")
            .arg(fromStd(before.tensor(change.before).name), fromStd(change.was), fromStd(change.is),
                 fromStd(quantizationText(tensor))),
        change.before);
  }
  for (const TensorChange& change : diff.revalued)
    add(tr("%1: other values").arg(fromStd(before.tensor(change.before).name)), change.before);
  if (diff.empty()) m_title->setText(tr("Graph: no difference"));
  m_list->setVisible(m_list->count() > 0);
}

}  // namespace quantscope::ui
