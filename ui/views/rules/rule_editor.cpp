#include "ui/views/rules/rule_editor.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QRegularExpression>
#include <QSpinBox>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <set>

#include "core/quantization/algorithms/registry.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

RuleEditor::RuleEditor(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_type(new QComboBox(this)),
      m_precision(new QComboBox(this)),
      m_granularity(new QComboBox(this)),
      m_algorithms(new QToolButton(this)),
      m_scope(new QLineEdit(this)),
      m_first(new QSpinBox(this)),
      m_last(new QSpinBox(this)),
      m_problem(new QLabel(this)),
      m_where(new QWidget(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->setSpacing(8);
  const auto makeForm = [] {
    auto* form = new QFormLayout;
    form->setContentsMargins(0, 0, 0, 0);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(6);
    return form;
  };
  auto* where = makeForm();
  m_where->setLayout(where);
  m_type->setAccessibleName(tr("Operator type"));
  where->addRow(tr("Type"), m_type);
  m_scope->setPlaceholderText(tr("regular expression over names"));
  m_scope->setAccessibleName(tr("Name expression"));
  where->addRow(tr("Name"), m_scope);
  auto* positions = new QHBoxLayout;
  for (QSpinBox* box : {m_first, m_last}) {
    box->setRange(-1, 1'000'000);
    box->setSpecialValueText(box == m_first ? tr("first") : tr("last"));
    box->setPrefix(QStringLiteral("#"));
    positions->addWidget(box, 1);
  }
  m_first->setAccessibleName(tr("From position"));
  m_last->setAccessibleName(tr("To position"));
  positions->insertWidget(1, new QLabel(QStringLiteral("–"), this));
  where->addRow(tr("Position"), positions);
  layout->addWidget(m_where);
  auto* sets = makeForm();
  m_precision->setAccessibleName(tr("Precision"));
  sets->addRow(tr("Sets"), m_precision);
  m_granularity->addItem(tr("per-channel"), static_cast<int>(Granularity::PerChannel));
  m_granularity->addItem(tr("per-tensor"), static_cast<int>(Granularity::PerTensor));
  m_granularity->addItem(tr("blockwise"), static_cast<int>(Granularity::Blockwise));
  m_granularity->setAccessibleName(tr("Granularity of weights"));
  sets->addRow(tr("Weights"), m_granularity);
  m_algorithms->setObjectName(QStringLiteral("ruleAlgorithms"));
  m_algorithms->setProperty("look", QStringLiteral("outlined"));
  m_algorithms->setPopupMode(QToolButton::InstantPopup);
  m_algorithms->setToolButtonStyle(Qt::ToolButtonTextOnly);
  m_algorithms->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  m_algorithms->setAccessibleName(tr("Algorithms that choose parameters"));
  auto* menu = new QMenu(m_algorithms);
  menu->setToolTipsVisible(true);
  for (const Algorithm& algorithm : algorithms()) {
    QString text = fromStd(algorithm.name);
    if (algorithm.needsSamples) text += u'\t' + tr("needs samples");
    QAction* action = menu->addAction(text);
    action->setData(fromStd(algorithm.name));
    action->setCheckable(true);
    action->setToolTip(algorithmText(algorithm.name));
    connect(action, &QAction::triggered, this, &RuleEditor::read);
  }
  m_algorithms->setMenu(menu);
  sets->addRow(tr("Algorithms"), m_algorithms);
  layout->addLayout(sets);
  // The fields of both forms begin in one line.
  int widest = 0;
  for (const QFormLayout* form : {where, sets}) {
    for (int row = 0; row < form->rowCount(); ++row)
      widest = std::max(widest, form->itemAt(row, QFormLayout::LabelRole)->widget()->sizeHint().width());
  }
  for (const QFormLayout* form : {where, sets}) {
    for (int row = 0; row < form->rowCount(); ++row)
      form->itemAt(row, QFormLayout::LabelRole)->widget()->setMinimumWidth(widest);
  }
  m_problem->setProperty("look", QStringLiteral("bad"));
  m_problem->setWordWrap(true);
  m_problem->hide();
  layout->addWidget(m_problem);
  layout->addStretch(1);
  fillChoices();
  connect(&document, &Document::modelChanged, this, &RuleEditor::fillChoices);
  for (QComboBox* box : {m_type, m_precision, m_granularity})
    connect(box, &QComboBox::activated, this, &RuleEditor::read);
  for (QSpinBox* box : {m_first, m_last}) connect(box, &QSpinBox::valueChanged, this, &RuleEditor::read);
  connect(m_scope, &QLineEdit::textEdited, this, &RuleEditor::read);
}

void RuleEditor::fillChoices() {
  m_type->clear();
  m_type->addItem(tr("all types"), QString());
  std::set<QString> types;
  if (m_document.hasModel()) {
    for (const Operator& op : m_document.model()->subgraphs.front().operators)
      types.insert(fromStd(operatorName(*m_document.model(), op)));
  }
  for (const QString& type : types) m_type->addItem(type, type);
  m_precision->clear();
  for (Precision precision : m_document.offeredPrecisions())
    m_precision->addItem(precisionText(precision), static_cast<int>(precision));
}

void RuleEditor::show(const RecipeRule& rule, bool otherwise) {
  m_showing = true;
  if (rule.scope != m_rule.scope || fromStd(rule.scope) != m_scope->text()) m_scope->setText(fromStd(rule.scope));
  m_rule = rule;
  m_where->setVisible(!otherwise);
  const QString type = fromStd(rule.operatorType);
  if (!type.isEmpty() && m_type->findData(type) < 0) m_type->addItem(type, type);
  m_type->setCurrentIndex(m_type->findData(type));
  m_first->setValue(rule.first.value_or(-1));
  m_last->setValue(rule.last.value_or(-1));
  const int precision = static_cast<int>(rule.scheme.precision);
  if (m_precision->findData(precision) < 0) m_precision->addItem(precisionText(rule.scheme.precision), precision);
  m_precision->setCurrentIndex(m_precision->findData(precision));
  m_granularity->setCurrentIndex(std::max(0, m_granularity->findData(static_cast<int>(rule.scheme.granularity))));
  m_granularity->setEnabled(rule.scheme.precision != Precision::Float32 && rule.scheme.precision != Precision::Float16);
  m_algorithms->setEnabled(rule.scheme.precision != Precision::Float32);
  QStringList names;
  for (QAction* action : m_algorithms->menu()->actions()) {
    const QString name = action->data().toString();
    action->setChecked(namesAlgorithm(rule.scheme.algorithms, name.toStdString()));
    if (action->isChecked()) names << name;
  }
  m_algorithms->setText((names.isEmpty() ? tr("none: nearest rounding") : names.join(QStringLiteral(", "))) +
                        QStringLiteral("  ▾"));
  m_showing = false;
}

void RuleEditor::read() {
  if (m_showing) return;
  RecipeRule rule = m_rule;
  rule.operatorType = m_type->currentData().toString().toStdString();
  rule.scope = m_scope->text().toStdString();
  rule.first = m_first->value() < 0 ? std::nullopt : std::optional<int32_t>(m_first->value());
  rule.last = m_last->value() < 0 ? std::nullopt : std::optional<int32_t>(m_last->value());
  rule.scheme.precision = static_cast<Precision>(m_precision->currentData().toInt());
  if (m_granularity->isEnabled())
    rule.scheme.granularity = static_cast<Granularity>(m_granularity->currentData().toInt());
  for (const QAction* action : m_algorithms->menu()->actions()) {
    const std::string name = action->data().toString().toStdString();
    if (!action->isChecked())
      std::erase(rule.scheme.algorithms, name);
    else if (!namesAlgorithm(rule.scheme.algorithms, name))
      rule.scheme.algorithms.push_back(name);
  }
  // A half-typed expression stays in the line and does not reach the recipe.
  const QRegularExpression pattern(m_scope->text());
  m_problem->setText(pattern.isValid() ? QString()
                                       : tr("The expression is not complete: %1").arg(pattern.errorString()));
  m_problem->setVisible(!pattern.isValid());
  m_scope->setProperty("invalid", !pattern.isValid());
  m_scope->style()->unpolish(m_scope);
  m_scope->style()->polish(m_scope);
  if (!pattern.isValid() || rule == m_rule) return;
  m_rule = rule;
  emit changed();
}

}  // namespace quantscope::ui
