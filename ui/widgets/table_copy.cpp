#include "ui/widgets/table_copy.h"

#include <QAbstractItemView>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QTableView>

namespace quantscope::ui {

QString tableAsTsv(const QAbstractItemView& view) {
  const QAbstractItemModel& model = *view.model();
  const auto* table = qobject_cast<const QTableView*>(&view);
  QList<int> columns;
  for (int column = 0; column < model.columnCount(); ++column) {
    if (!table || !table->isColumnHidden(column)) columns << column;
  }
  QStringList lines, header;
  for (int column : columns) header << model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  if (!header.join(QString()).isEmpty()) lines << header.join(u'\t');
  const bool all = !view.selectionModel()->hasSelection();
  for (int row = 0; row < model.rowCount(); ++row) {
    if (!all && !view.selectionModel()->rowIntersectsSelection(row)) continue;
    QStringList cells;
    for (int column : columns) {
      const QModelIndex index = model.index(row, column);
      QString text = index.data().toString();
      // Cells of buttons say what they offer to screen readers; that is what they are in a table, too.
      if (text.isEmpty()) text = index.data(Qt::AccessibleTextRole).toString();
      cells << text.replace(u'\n', u' ');
    }
    lines << cells.join(u'\t');
  }
  return lines.join(u'\n') + u'\n';
}

void enableTableCopy(QAbstractItemView* view, const QString& actionText) {
  auto* copy = new QAction(actionText, view);
  copy->setObjectName(QStringLiteral("copyTable"));
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QAction::triggered, view, [view] { QApplication::clipboard()->setText(tableAsTsv(*view)); });
  view->addAction(copy);
  view->setContextMenuPolicy(Qt::ActionsContextMenu);
}

}  // namespace quantscope::ui
