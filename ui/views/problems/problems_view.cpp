#include "ui/views/problems/problems_view.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/views/problems/problems_model.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/table_copy.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

/// Buttons for so many problems; below them Enter and the context of the operator serve as well.
constexpr int kMostButtons = 200;

}  // namespace

ProblemsView::ProblemsView(Document& document, QWidget* parent)
    : View(parent),
      m_document(document),
      m_model(new ProblemsModel(document, this)),
      m_table(new QTableView(this)),
      m_empty(
          new EmptyState(Theme::instance().icon(QStringLiteral("done"), IconTint::Good), tr("No problems."), this)) {
  setObjectName(QStringLiteral("problemsView"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_table);
  layout->addWidget(m_empty);
  m_table->setModel(m_model);
  m_table->setAccessibleName(tr("Problems"));
  setUpTable(m_table);
  enableTableCopy(m_table, tr("Copy as a table"));
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->installEventFilter(this);
  setFocusProxy(m_table);
  connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) { selectOperator(index.row()); });
  connect(m_model, &QAbstractItemModel::modelReset, this, &ProblemsView::refresh);
  refresh();
}

void ProblemsView::selectOperator(int row) {
  const OperatorIndex op = m_document.problems()[static_cast<size_t>(row)].op;
  if (op.valid()) m_document.selection().setOperators({op}, op);
}

void ProblemsView::refresh() {
  const auto& problems = m_document.problems();
  m_table->setVisible(!problems.empty());
  m_empty->setVisible(problems.empty());
  setBadge(static_cast<int>(problems.size()));
  for (int row = 0; row < std::min(m_model->rowCount(), kMostButtons); ++row) {
    const Problem& problem = problems[static_cast<size_t>(row)];
    if (problem.remedies.empty()) continue;
    auto* cell = new QWidget;
    auto* buttons = new QHBoxLayout(cell);
    buttons->setContentsMargins(8, 0, 8, 1);
    buttons->setSpacing(8);
    for (const Problem::Remedy& remedy : problem.remedies) {
      auto* button = new QPushButton(remedy.label, cell);
      button->setProperty("look", QStringLiteral("link"));
      button->setCursor(Qt::PointingHandCursor);
      // Queued: what it does makes the list anew, and this button with it.
      connect(button, &QPushButton::clicked, this, remedy.apply, Qt::QueuedConnection);
      buttons->addWidget(button);
    }
    buttons->addStretch(1);
    m_table->setIndexWidget(m_model->index(row, ProblemsModel::Remedy), cell);
  }
  fitColumns();
}

bool ProblemsView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_table && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    const QModelIndex current = m_table->currentIndex();
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && current.isValid()) {
      const auto& remedies = m_document.problems()[static_cast<size_t>(current.row())].remedies;
      if (!remedies.empty())
        QMetaObject::invokeMethod(this, remedies.front().apply, Qt::QueuedConnection);
      else
        selectOperator(current.row());
      return true;
    }
  }
  return View::eventFilter(watched, event);
}

void ProblemsView::fitColumns() {
  const int width = m_table->viewport()->width();
  m_table->setColumnWidth(ProblemsModel::Severity, 104);
  m_table->setColumnWidth(ProblemsModel::Operator, 76);
  const int rest = std::max(300, width - 180);
  m_table->setColumnWidth(ProblemsModel::What, rest * 36 / 100);
  m_table->setColumnWidth(ProblemsModel::Why, rest * 42 / 100);
  m_table->setColumnWidth(ProblemsModel::Remedy, rest - rest * 36 / 100 - rest * 42 / 100);
}

void ProblemsView::resizeEvent(QResizeEvent* event) {
  View::resizeEvent(event);
  fitColumns();
}

}  // namespace quantscope::ui
