#include "ui/views/rules/rules_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/views/rules/rule_editor.h"
#include "ui/views/rules/rules_model.h"
#include "ui/widgets/table_copy.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

RulesView::RulesView(Document& document, QWidget* parent)
    : View(parent),
      m_document(document),
      m_model(new RulesModel(document, this)),
      m_table(new QTableView(this)),
      m_editor(new RuleEditor(document, this)) {
  setObjectName(QStringLiteral("rulesView"));
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* left = new QVBoxLayout;
  left->setSpacing(0);
  m_table->setModel(m_model);
  m_table->setObjectName(QStringLiteral("rulesTable"));
  m_table->setAccessibleName(tr("Rules"));
  setUpTable(m_table);
  enableTableCopy(m_table, tr("Copy as a table"));
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  left->addWidget(m_table, 1);
  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(8, 6, 8, 6);
  buttons->setSpacing(6);
  const auto add = [&](const QString& text, const char* icon, auto slot) {
    auto* button = new QPushButton(Theme::instance().icon(QString::fromLatin1(icon)), text, this);
    connect(button, &QPushButton::clicked, this, slot);
    buttons->addWidget(button);
    return button;
  };
  add(tr("Add"), "add", [this] {
    addRule();
  })->setToolTip(tr("Add a rule; begins with the type of the selected operators"));
  m_remove = add(tr("Remove"), "remove", [this] { removeRule(); });
  m_up = add(tr("Up"), "up", [this] { moveRule(-1); });
  m_down = add(tr("Down"), "down", [this] { moveRule(1); });
  buttons->addStretch(1);
  m_select = add(tr("Select its operators"), "select", [this] { selectMatches(); });
  left->addLayout(buttons);
  layout->addLayout(left, 3);
  auto* line = new QFrame(this);
  line->setFixedWidth(1);
  line->setStyleSheet(QStringLiteral("background: palette(mid);"));
  layout->addWidget(line);
  layout->addWidget(m_editor, 2);
  const auto key = [this](const QString& text, const char* keys, auto slot) {
    auto* action = new QAction(text, m_table);
    action->setShortcut(QKeySequence(QString::fromLatin1(keys)));
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, slot);
    m_table->addAction(action);
  };
  key(tr("Add a rule"), "Ins", [this] { addRule(); });
  key(tr("Remove the rule"), "Del", [this] { removeRule(); });
  key(tr("Move the rule up"), "Alt+Up", [this] { moveRule(-1); });
  key(tr("Move the rule down"), "Alt+Down", [this] { moveRule(1); });
  key(tr("Select the operators of the rule"), "Return", [this] { selectMatches(); });
  m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
  setFocusProxy(m_table);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &RulesView::showCurrent);
  connect(m_model, &QAbstractItemModel::modelReset, this, &RulesView::showCurrent);
  connect(m_model, &QAbstractItemModel::dataChanged, this, &RulesView::showCurrent);
  connect(m_editor, &RuleEditor::changed, this, &RulesView::commit);
  m_table->selectRow(0);
  showCurrent();
}

int RulesView::currentRow() const {
  return m_table->currentIndex().row();
}

void RulesView::showCurrent() {
  if (currentRow() < 0) m_table->selectRow(0);
  const int row = std::max(0, currentRow());
  const Recipe& recipe = m_document.recipe();
  const bool otherwise = m_model->isDefault(row);
  RecipeRule rule;
  if (otherwise)
    rule.scheme = recipe.defaultScheme;
  else if (row < static_cast<int>(recipe.rules.size()))
    rule = recipe.rules[static_cast<size_t>(row)];
  m_editor->show(rule, otherwise);
  const int last = static_cast<int>(recipe.rules.size()) - 1;
  m_remove->setEnabled(!otherwise);
  m_select->setEnabled(!otherwise);
  m_up->setEnabled(!otherwise && row > 0);
  m_down->setEnabled(!otherwise && row < last);
}

void RulesView::commit() {
  const int row = currentRow();
  if (row < 0) return;
  Recipe recipe = m_document.recipe();
  if (m_model->isDefault(row)) {
    recipe.defaultScheme = m_editor->rule().scheme;
    m_document.setRecipe(recipe, tr("Otherwise %1").arg(schemeText(recipe.defaultScheme)),
                         QStringLiteral("rule default"));
    return;
  }
  recipe.rules[static_cast<size_t>(row)] = m_editor->rule();
  m_document.setRecipe(
      recipe, tr("Rule %1: %2 → %3").arg(row + 1).arg(ruleText(m_editor->rule()), schemeText(m_editor->rule().scheme)),
      QStringLiteral("rule %1").arg(row));
}

void RulesView::addRule() {
  if (!m_document.hasModel()) return;
  Recipe recipe = m_document.recipe();
  RecipeRule rule;
  rule.scheme = recipe.defaultScheme;
  const OperatorIndex current = m_document.selection().current();
  if (current.valid())
    rule.operatorType =
        operatorName(*m_document.model(), m_document.model()->subgraphs.front().operators[current.position()]);
  recipe.rules.push_back(rule);
  const int row = static_cast<int>(recipe.rules.size()) - 1;
  m_document.setRecipe(recipe, tr("Add the rule %1").arg(ruleText(rule)));
  m_table->selectRow(row);
}

void RulesView::removeRule() {
  const int row = currentRow();
  Recipe recipe = m_document.recipe();
  if (row < 0 || row >= static_cast<int>(recipe.rules.size())) return;
  const QString text = ruleText(recipe.rules[static_cast<size_t>(row)]);
  recipe.rules.erase(recipe.rules.begin() + row);
  m_document.setRecipe(recipe, tr("Remove the rule %1").arg(text));
  m_table->selectRow(std::max(0, row - 1));
}

void RulesView::moveRule(int step) {
  const int row = currentRow();
  Recipe recipe = m_document.recipe();
  const int to = row + step, count = static_cast<int>(recipe.rules.size());
  if (row < 0 || row >= count || to < 0 || to >= count) return;
  std::swap(recipe.rules[static_cast<size_t>(row)], recipe.rules[static_cast<size_t>(to)]);
  m_document.setRecipe(recipe, step < 0 ? tr("Move rule %1 up").arg(row + 1) : tr("Move rule %1 down").arg(row + 1));
  m_table->selectRow(to);
}

void RulesView::selectMatches() {
  // The rule alone, over operators that ask for float32: what it changes is what it matches.
  const int row = currentRow();
  const Recipe& recipe = m_document.recipe();
  if (row < 0 || row >= static_cast<int>(recipe.rules.size())) return;
  Recipe alone;
  alone.rules = {recipe.rules[static_cast<size_t>(row)]};
  alone.rules.front().scheme = Scheme{};
  alone.rules.front().scheme.precision = Precision::Int8;
  const Result<ResolvedRecipe> resolved = resolveRecipe(alone, *m_document.model());
  if (!resolved.ok()) return;
  std::vector<OperatorIndex> operators;
  for (size_t i = 0; i < resolved->operators.size(); ++i) {
    if (resolved->operators[i].precision == Precision::Int8) operators.emplace_back(i);
  }
  m_document.selection().setOperators(std::move(operators), {});
}

void RulesView::fitColumns() {
  const int width = m_table->viewport()->width();
  m_table->setColumnWidth(RulesModel::Position, 36);
  m_table->setColumnWidth(RulesModel::Matches, 80);
  m_table->setColumnWidth(RulesModel::Wins, 80);
  const int rest = std::max(240, width - 196);
  m_table->setColumnWidth(RulesModel::Applies, rest / 2);
  m_table->setColumnWidth(RulesModel::Sets, rest - rest / 2);
}

void RulesView::resizeEvent(QResizeEvent* event) {
  View::resizeEvent(event);
  fitColumns();
}

}  // namespace quantscope::ui
