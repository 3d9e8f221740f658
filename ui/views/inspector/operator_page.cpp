#include "ui/views/inspector/operator_page.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QVBoxLayout>

#include "core/model/option_fields.h"
#include "core/ops/operator_rules.h"
#include "ui/views/inspector/facts_grid.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

QString text(std::string_view view) {
  return QString::fromUtf8(view.data(), static_cast<int>(view.size()));
}

QLabel* sectionTitle(const QString& title, QWidget* parent) {
  auto* label = new QLabel(title, parent);
  label->setProperty("sectionTitle", true);
  return label;
}

}  // namespace

OperatorPage::OperatorPage(Document& document, QWidget* parent) : InspectorPage(parent), m_document(document) {
  QWidget* page = m_page;
  QVBoxLayout* layout = m_layout;
  m_reason = new QLabel(page);
  m_reason->setWordWrap(true);
  m_reason->setProperty("secondary", true);
  m_facts = new FactsGrid(2, page);
  m_optionsTitle = sectionTitle(tr("Options"), page);
  m_options = new FactsGrid(1, page);
  m_operandsTitle = sectionTitle(tr("Inputs and outputs"), page);
  m_operands = new QTableWidget(0, 4, page);
  m_operands->setHorizontalHeaderLabels({tr("Role"), tr("Tensor"), tr("Shape"), tr("Type")});
  setUpTable(m_operands);
  m_operands->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_operands->horizontalHeader()->setSectionResizeMode(1, QHeaderView::Stretch);
  m_operands->setSelectionMode(QAbstractItemView::SingleSelection);
  m_operands->setMinimumHeight(160);
  m_operands->setAccessibleName(tr("Inputs and outputs of the operator"));
  layout->addWidget(m_title);
  layout->addWidget(m_reason);
  layout->addWidget(m_facts);
  layout->addWidget(m_optionsTitle);
  layout->addWidget(m_options);
  layout->addWidget(m_operandsTitle);
  layout->addWidget(m_operands, 1);
  setWidget(page);

  connect(m_operands, &QTableWidget::currentCellChanged, this, [this](int row) {
    const QTableWidgetItem* item = row >= 0 ? m_operands->item(row, 0) : nullptr;
    if (item) m_document.selection().setTensor(TensorIndex(item->data(Qt::UserRole).toInt()));
  });
  connect(&document.selection(), &Selection::changed, this, &OperatorPage::refresh);
  connect(&document, &Document::modelChanged, this, &OperatorPage::refresh);
  connect(&document, &Document::planChanged, this, &OperatorPage::refresh);
  connect(&document, &Document::recipeChanged, this, &OperatorPage::refresh);
  connect(&document, &Document::planChanged, this, &OperatorPage::refresh);
  refresh();
}

void OperatorPage::refresh() {
  const OperatorIndex current = m_document.selection().current();
  const bool shown = m_document.hasModel() && current.valid() &&
                     current.position() < m_document.model()->subgraphs[0].operators.size();
  for (QWidget* part :
       {static_cast<QWidget*>(m_reason), static_cast<QWidget*>(m_facts), static_cast<QWidget*>(m_optionsTitle),
        static_cast<QWidget*>(m_options), static_cast<QWidget*>(m_operandsTitle), static_cast<QWidget*>(m_operands)}) {
    part->setVisible(shown);
  }
  if (!shown) {
    m_title->setText(m_document.hasModel() ? tr("Select an operator in the table or the graph.")
                                           : tr("Open a model to inspect its operators."));
    return;
  }
  const Model& model = *m_document.model();
  const Operator& op = model.subgraphs[0].operators[current.position()];
  m_title->setText(QStringLiteral("%1  %2").arg(current.value).arg(QString::fromStdString(operatorName(model, op))));

  std::vector<FactsGrid::Fact> facts;
  facts.push_back({tr("version"), QString::number(model.operatorCode(op).version), {}});
  const ModelSummary& summary = m_document.summary();
  if (current.position() < summary.operatorParameters.size()) {
    facts.push_back({tr("parameters"), countText(summary.operatorParameters[current.position()]), {}});
  }
  if (current.position() < summary.operatorMacs.size()) {
    facts.push_back({tr("MACs"), countText(summary.operatorMacs[current.position()]),
                     tr("Multiply-accumulate operations of one run")});
  }
  QString reason;
  if (const auto plan = m_document.plan(); plan && current.position() < plan->operators.size()) {
    const PlannedOperator& planned = plan->operators[current.position()];
    facts.push_back({tr("asked for"), text(precisionLabel(planned.requested)), {}});
    facts.push_back({tr("will get"), text(precisionLabel(planned.effective)), {}});
    facts.push_back({tr("bytes"),
                     tr("%1 → %2").arg(countText(planned.constantBytesBefore), countText(planned.constantBytesAfter)),
                     tr("Constants, before and after")});
    reason = QString::fromStdString(planned.reason);
  }
  if (const auto sqnr = m_document.weightSqnr(current))
    facts.push_back({tr("weight SQNR"), tr("%1 dB").arg(numberText(*sqnr)), {}});
  m_facts->setFacts(facts);
  m_reason->setText(reason);
  m_reason->setVisible(!reason.isEmpty());

  std::vector<FactsGrid::Fact> options;
  for (const OptionField& field : optionFields(op)) {
    options.push_back({QString::fromStdString(field.name), QString::fromStdString(field.value), {}});
  }
  if (op.customOptions)
    options.push_back(
        {tr("custom options"), tr("%1 bytes").arg(countText(static_cast<qint64>(op.customOptions->bytes.size()))), {}});
  m_options->setFacts(options);
  m_options->setVisible(!options.empty());
  m_optionsTitle->setVisible(!options.empty());
  fillOperands();
}

void OperatorPage::fillOperands() {
  const Model& model = *m_document.model();
  const Subgraph& graph = model.subgraphs[0];
  const Operator& op = graph.operators[m_document.selection().current().position()];
  const OperatorRules* rules = findRules(model.code(op));
  auto roleName = [&](size_t input) {
    if (!rules) return tr("input");
    switch (rules->role(input)) {
      case OperandRole::Activation:
        return tr("input");
      case OperandRole::Weight:
        return tr("weights");
      case OperandRole::Bias:
        return tr("bias");
      case OperandRole::Parameter:
        return tr("parameter");
      case OperandRole::State:
        return tr("state");
      case OperandRole::AnyType:
        return tr("input");
    }
    return QString();
  };
  const QSignalBlocker blocker(m_operands);
  m_operands->setRowCount(0);
  auto add = [&](const QString& role, TensorIndex index) {
    const int row = m_operands->rowCount();
    m_operands->insertRow(row);
    QString name = tr("left out"), shape, type;
    if (index.valid() && index.position() < graph.tensors.size()) {
      const Tensor& tensor = graph.tensor(index);
      name = QString::fromStdString(tensor.name);
      shape = QString::fromStdString(shapeText(tensor.shape));
      type = text(elementTypeName(tensor.type));
    }
    int column = 0;
    for (const QString& cell : {role, name, shape, type}) {
      // Of a path the last part tells tensors apart; the tooltip has all of it.
      auto* item = new QTableWidgetItem(column == 1 ? cell.mid(cell.lastIndexOf(u'/', -2) + 1) : cell);
      item->setData(Qt::UserRole, index.value);
      item->setToolTip(cell);
      m_operands->setItem(row, column++, item);
    }
  };
  for (size_t i = 0; i < op.inputs.size(); ++i) add(roleName(i), op.inputs[i]);
  for (const TensorIndex output : op.outputs) add(tr("output"), output);
}

}  // namespace quantscope::ui
