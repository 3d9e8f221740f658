#include "ui/views/layers/layers_table.h"

#include <QAbstractProxyModel>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QSet>
#include <algorithm>

#include "ui/views/layers/layers_model.h"
#include "ui/widgets/table_delegate.h"
#include "ui/widgets/tabular_text.h"
#include "ui/workspace/algorithm_menu.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

QIcon swatchIcon(const QColor& color, qreal ratio) {
  QPixmap pixmap(QSize(16, 16) * ratio);
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawRoundedRect(QRectF(3, 3, 10, 10), 2.5, 2.5);
  return QIcon(pixmap);
}

}  // namespace

LayersTable::LayersTable(Document& document, LayersModel& model, QAbstractProxyModel& proxy, QWidget* parent)
    : QTableView(parent), m_document(document), m_model(model), m_proxy(proxy) {
  setObjectName(QStringLiteral("layersTable"));
  setAccessibleName(tr("Layers"));
  setModel(&proxy);
  setUpTable(this);
  setSortingEnabled(true);
  sortByColumn(-1, Qt::AscendingOrder);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  horizontalHeader()->setStretchLastSection(false);
  horizontalHeader()->setContextMenuPolicy(Qt::NoContextMenu);
  connect(selectionModel(), &QItemSelectionModel::selectionChanged, this, &LayersTable::takeSelection);
  connect(selectionModel(), &QItemSelectionModel::currentChanged, this, &LayersTable::takeSelection);
  connect(&document.selection(), &Selection::changed, this, &LayersTable::showSelection);
  connect(&model, &LayersModel::differencesChanged, this, &LayersTable::measureColumns);
  connect(&model, &QAbstractItemModel::modelReset, this, &LayersTable::measureColumns);
  // A filter resets the rows: what is selected stays so.
  connect(&proxy, &QAbstractItemModel::modelReset, this, &LayersTable::showSelection);
  connect(horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &LayersTable::measureColumns);
  connect(&Theme::instance(), &Theme::changed, this, &LayersTable::applyMetrics);
  measureColumns();
}

void LayersTable::applyMetrics() {
  verticalHeader()->setDefaultSectionSize(tableRowHeight(fontMetrics()) + 1);
  horizontalHeader()->setFixedHeight(tableRowHeight(fontMetrics()) + 1);
  measureColumns();
}

// --- selection -------------------------------------------------------------------------------------------

void LayersTable::takeSelection() {
  if (m_syncing) return;
  std::vector<OperatorIndex> operators;
  for (const QModelIndex& index : selectionModel()->selectedRows())
    operators.emplace_back(m_proxy.mapToSource(index).row());
  const QModelIndex current = m_proxy.mapToSource(currentIndex());
  m_syncing = true;
  m_document.selection().setOperators(std::move(operators),
                                      current.isValid() ? OperatorIndex(current.row()) : OperatorIndex());
  m_syncing = false;
}

void LayersTable::showSelection() {
  if (m_syncing) return;
  m_syncing = true;
  const Selection& selection = m_document.selection();
  std::vector<int> shown;
  for (OperatorIndex op : selection.operators()) {
    const QModelIndex index = m_proxy.mapFromSource(m_model.index(op.value, 0));
    if (index.isValid()) shown.push_back(index.row());
  }
  // Neighbours as one range: a selection of thousands of ranges is slow.
  std::sort(shown.begin(), shown.end());
  QItemSelection rows;
  for (size_t first = 0, next = 0; first < shown.size(); first = next) {
    for (next = first + 1; next < shown.size() && shown[next] == shown[next - 1] + 1;) ++next;
    rows.select(m_proxy.index(shown[first], 0), m_proxy.index(shown[next - 1], LayersModel::ColumnCount - 1));
  }
  selectionModel()->select(rows, QItemSelectionModel::ClearAndSelect);
  const int column = currentIndex().isValid() ? currentIndex().column() : int(LayersModel::Type);
  const QModelIndex current = selection.current().valid()
                                  ? m_proxy.mapFromSource(m_model.index(selection.current().value, column))
                                  : QModelIndex();
  selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
  if (current.isValid()) scrollTo(current);
  m_syncing = false;
}

void LayersTable::selectWhere(const std::function<bool(int row)>& matches) {
  std::vector<OperatorIndex> operators;
  for (int row = 0; row < m_model.rowCount(); ++row) {
    if (matches(row)) operators.emplace_back(row);
  }
  m_document.selection().setOperators(std::move(operators), m_document.selection().current());
}

// --- modes -----------------------------------------------------------------------------------------------

QMenu* LayersTable::makeModeMenu(QWidget* parent) const {
  auto* menu = new QMenu(parent);
  const QModelIndex current = m_proxy.mapToSource(currentIndex());
  const QVariant now = current.isValid() ? current.siblingAtColumn(LayersModel::Mode).data(Qt::EditRole) : QVariant();
  const size_t count = m_document.selection().operators().size();
  if (count > 1) menu->addSection(tr("%1 operators").arg(countText(static_cast<int64_t>(count))));
  for (Precision precision : m_document.offeredPrecisions()) {
    QAction* action = menu->addAction(swatchIcon(Theme::instance().precisionColor(precision), devicePixelRatioF()),
                                      precisionText(precision));
    QFont font = action->font();
    font.setBold(now.isValid() && now.toInt() == static_cast<int>(precision));
    action->setFont(font);
    if (font.bold()) menu->setActiveAction(action);
    connect(action, &QAction::triggered, this,
            [this, precision] { m_document.setOperatorPrecision(m_document.selection().operators(), precision); });
  }
  menu->addSeparator();
  QAction* reset = menu->addAction(Theme::instance().icon(QStringLiteral("reset")), tr("Back to the rules"));
  const auto& selected = m_document.selection().operators();
  reset->setEnabled(
      std::any_of(selected.begin(), selected.end(), [this](OperatorIndex op) { return m_document.hasOwnScheme(op); }));
  connect(reset, &QAction::triggered, this,
          [this] { m_document.setOperatorScheme(m_document.selection().operators(), std::nullopt); });
  return menu;
}

void LayersTable::showMenuBelow(const QModelIndex& index) {
  QMenu* menu = makeModeMenu(this);
  menu->setObjectName(QStringLiteral("modeMenu"));
  menu->setAttribute(Qt::WA_DeleteOnClose);
  const QRect cell = visualRect(index);
  menu->popup(viewport()->mapToGlobal(
      TableDelegate::boxRect(cell, fontMetrics(), index.data().toString()).bottomLeft() + QPoint(0, 2)));
}

void LayersTable::openModeMenu() {
  if (!currentIndex().isValid()) return;
  const QModelIndex mode = currentIndex().siblingAtColumn(LayersModel::Mode);
  // One of several selected ones may have nothing to choose; alone it opens no menu.
  if (!mode.data(BoxRole).toBool() && m_document.selection().operators().size() < 2) return;
  scrollTo(mode);
  showMenuBelow(mode);
}

void LayersTable::mousePressEvent(QMouseEvent* event) {
  const QModelIndex index = indexAt(event->pos());
  const bool onMode =
      index.isValid() && index.column() == LayersModel::Mode && event->button() == Qt::LeftButton &&
      index.data(BoxRole).toBool() && event->modifiers() == Qt::NoModifier &&
      TableDelegate::boxRect(visualRect(index), fontMetrics(), index.data().toString()).contains(event->pos());
  if (!onMode) return QTableView::mousePressEvent(event);
  setFocus(Qt::MouseFocusReason);
  // A row of a multi-selection keeps it: the choice is for all of them.
  if (selectionModel()->isRowSelected(index.row(), {}))
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::NoUpdate);
  else
    selectionModel()->setCurrentIndex(index, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  showMenuBelow(index);
}

void LayersTable::keyPressEvent(QKeyEvent* event) {
  const bool opens = event->key() == Qt::Key_Space || event->key() == Qt::Key_F2 || event->key() == Qt::Key_Return ||
                     event->key() == Qt::Key_Enter;
  if (opens && !(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier))) return openModeMenu();
  if (event->matches(QKeySequence::Copy)) return QApplication::clipboard()->setText(selectionAsTsv());
  QTableView::keyPressEvent(event);
}

void LayersTable::contextMenuEvent(QContextMenuEvent* event) {
  const QModelIndex index = m_proxy.mapToSource(indexAt(viewport()->mapFrom(this, event->pos())));
  if (!index.isValid() && !currentIndex().isValid()) return;
  const QModelIndex row = index.isValid() ? index : m_proxy.mapToSource(currentIndex());
  QMenu menu(this);
  QMenu* modes = makeModeMenu(&menu);
  modes->setTitle(tr("Set the mode"));
  menu.addMenu(modes);
  const auto& selected = m_document.selection().operators();
  connect(menu.addAction(Theme::instance().icon(QStringLiteral("keep")), tr("Keep in float32")), &QAction::triggered,
          this, [this, selected] { m_document.setOperatorPrecision(selected, Precision::Float32); });
  connect(menu.addAction(Theme::instance().icon(QStringLiteral("reset")), tr("Back to the rules")), &QAction::triggered,
          this, [this, selected] { m_document.setOperatorScheme(selected, std::nullopt); });
  QMenu* algorithms = menu.addMenu(tr("Algorithms"));
  algorithms->setEnabled(!selected.empty());
  if (!selected.empty()) fillAlgorithmMenu(m_document, selected, *algorithms);
  menu.addSeparator();
  const QString type = row.siblingAtColumn(LayersModel::Type).data().toString();
  connect(menu.addAction(Theme::instance().icon(QStringLiteral("select")), tr("Select all of type %1").arg(type)),
          &QAction::triggered, this, [this, type] {
            selectWhere([&](int r) { return m_model.index(r, LayersModel::Type).data().toString() == type; });
          });
  const QString mode = row.siblingAtColumn(LayersModel::Mode).data().toString();
  connect(menu.addAction(tr("Select all in %1").arg(mode)), &QAction::triggered, this, [this, mode] {
    selectWhere([&](int r) { return m_model.index(r, LayersModel::Mode).data().toString() == mode; });
  });
  menu.addSeparator();
  connect(menu.addAction(Theme::instance().icon(QStringLiteral("copy")), tr("Copy as a table")), &QAction::triggered,
          this, [this] { QApplication::clipboard()->setText(selectionAsTsv()); });
  menu.exec(event->globalPos());
}

QString LayersTable::selectionAsTsv() const {
  QList<int> columns;
  for (int column = 0; column < LayersModel::ColumnCount; ++column) {
    if (!isColumnHidden(column)) columns << column;
  }
  QStringList lines, header;
  for (int column : columns) header << m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  lines << header.join(u'\t');
  const bool all = !selectionModel()->hasSelection();
  for (int row = 0; row < m_proxy.rowCount(); ++row) {
    if (!all && !selectionModel()->isRowSelected(row, {})) continue;
    QStringList cells;
    for (int column : columns) cells << m_proxy.index(row, column).data().toString();
    lines << cells.join(u'\t');
  }
  return lines.join(u'\n') + u'\n';
}

// --- columns ---------------------------------------------------------------------------------------------

/// Wide enough for the header, with its arrow where the rows are sorted by it, and for every text of the column.
void LayersTable::measureColumns() {
  constexpr int kPadding = 17, kArrow = 14, kBar = 35, kMark = 20;
  const QFontMetrics metrics = fontMetrics();
  // Of a large model some thousand rows, evenly spread, stand for all.
  const int step = std::max(1, m_model.rowCount() / 2000);
  const auto texts = [&](int column) {
    QSet<QString> found;
    for (int row = 0; row < m_model.rowCount(); row += step) found.insert(m_model.index(row, column).data().toString());
    return found;
  };
  const auto widest = [&](int column) {
    int width = 0;
    for (const QString& text : texts(column)) width = std::max(width, tabularWidth(metrics, text));
    return width;
  };
  const auto boxWidth = [&metrics](const QString& text) {
    return TableDelegate::boxRect(QRect(0, 0, 1000, 28), metrics, text).width();
  };
  int box = boxWidth(precisionText(Precision::Int8));
  for (const QString& text : texts(LayersModel::Mode)) box = std::max(box, boxWidth(text));
  const int mark = m_model.anyDifference() ? kMark : 0;
  const auto& parameters = m_document.summary().operatorParameters;
  const auto most = std::max_element(parameters.begin(), parameters.end());

  int content[LayersModel::ColumnCount] = {};
  content[LayersModel::Position] = tabularWidth(metrics, QString::number(std::max(10, m_model.rowCount() - 1)));
  content[LayersModel::Type] = widest(LayersModel::Type);
  content[LayersModel::Output] = widest(LayersModel::Output);
  content[LayersModel::Parameters] = most == parameters.end() ? 0 : tabularWidth(metrics, countText(*most));
  content[LayersModel::Mode] = box - 6 + mark;
  content[LayersModel::Effective] = widest(LayersModel::Effective) + mark;
  content[LayersModel::Bytes] = widest(LayersModel::Bytes);
  content[LayersModel::Sqnr] = tabularWidth(metrics, QStringLiteral("88.8"));
  content[LayersModel::Sensitivity] = m_model.hasSensitivity() ? kBar + widest(LayersModel::Sensitivity) : 0;
  for (int column = 0; column < LayersModel::ColumnCount; ++column) {
    const QString title = m_model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    const int arrow = horizontalHeader()->sortIndicatorSection() == column ? kArrow : 0;
    const int header = horizontalHeader()->fontMetrics().horizontalAdvance(title) + arrow;
    m_widths[column] = std::max(header, content[column]) + kPadding;
  }
  fitColumns();
}

void LayersTable::fitColumns() {
  constexpr int kLeastType = 104, kLeastOutput = 60;
  const int room = viewport()->width();
  // What was measured is shown: waiting for it and not seeing it is worse than shorter names.
  const bool measured = m_model.hasSensitivity();
  const auto optional = [measured](int column) {
    return column == LayersModel::Effective || column == LayersModel::Bytes ||
           (column == LayersModel::Sensitivity && !measured);
  };
  int widths[LayersModel::ColumnCount];
  std::copy(std::begin(m_widths), std::end(m_widths), widths);
  int used = 0;
  for (int column = 0; column < LayersModel::ColumnCount; ++column) used += optional(column) ? 0 : widths[column];
  // Where even the needed ones have no room, long shapes and names are elided; their tooltip has them in full.
  for (const auto& [column, least] :
       {std::pair<int, int>(LayersModel::Output, kLeastOutput), std::pair<int, int>(LayersModel::Type, kLeastType)}) {
    const int cut = std::clamp(used - room, 0, std::max(0, widths[column] - least));
    widths[column] -= cut;
    used -= cut;
  }
  // In the order of what says most.
  bool visible[LayersModel::ColumnCount] = {};
  visible[LayersModel::Sensitivity] = measured;
  const auto show = [&](int column, bool wanted) {
    if (visible[column] || !wanted || used + widths[column] > room) return;
    used += widths[column];
    visible[column] = true;
  };
  show(LayersModel::Effective, m_model.anyDifference());
  show(LayersModel::Sensitivity, true);
  show(LayersModel::Bytes, true);
  widths[LayersModel::Type] += std::max(0, room - used);
  for (int column = 0; column < LayersModel::ColumnCount; ++column) {
    if (optional(column)) setColumnHidden(column, !visible[column]);
    setColumnWidth(column, widths[column]);
  }
  if (measured) setColumnHidden(LayersModel::Sensitivity, false);
}

void LayersTable::resizeEvent(QResizeEvent* event) {
  QTableView::resizeEvent(event);
  fitColumns();
}

void LayersTable::paintEvent(QPaintEvent* event) {
  QTableView::paintEvent(event);
  if (m_proxy.rowCount() > 0 || !m_document.hasModel()) return;
  QPainter painter(viewport());
  painter.setPen(Theme::instance().colors().secondary);
  painter.drawText(viewport()->rect().adjusted(20, 24, -20, 0), Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                   tr("No operator matches the filter."));
}

}  // namespace quantscope::ui
