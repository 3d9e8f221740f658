#include "ui/views/layers/layers_table.h"

#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QSortFilterProxyModel>

#include "ui/views/layers/layers_model.h"
#include "ui/widgets/table_delegate.h"
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

LayersTable::LayersTable(Document& document, LayersModel& model, QSortFilterProxyModel& proxy, QWidget* parent)
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
  connect(&model, &LayersModel::differencesChanged, this, &LayersTable::fitColumns);
  connect(&model, &QAbstractItemModel::modelReset, this, &LayersTable::fitColumns);
  connect(&Theme::instance(), &Theme::changed, this, &LayersTable::applyMetrics);
  fitColumns();
}

void LayersTable::applyMetrics() {
  verticalHeader()->setDefaultSectionSize(tableRowHeight(fontMetrics()) + 1);
  horizontalHeader()->setFixedHeight(tableRowHeight(fontMetrics()) + 1);
  fitColumns();
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
  QItemSelection rows;
  const Selection& selection = m_document.selection();
  for (OperatorIndex op : selection.operators()) {
    const QModelIndex index = m_proxy.mapFromSource(m_model.index(op.value, 0));
    if (index.isValid()) rows.select(index, index.siblingAtColumn(LayersModel::ColumnCount - 1));
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
  scrollTo(mode);
  showMenuBelow(mode);
}

void LayersTable::mousePressEvent(QMouseEvent* event) {
  const QModelIndex index = indexAt(event->pos());
  const bool onMode =
      index.isValid() && index.column() == LayersModel::Mode && event->button() == Qt::LeftButton &&
      event->modifiers() == Qt::NoModifier &&
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

void LayersTable::fitColumns() {
  const double scale = fontMetrics().height() / 16.0;
  const auto px = [scale](int width) { return static_cast<int>(width * std::max(1.0, scale)); };
  const std::pair<int, int> widths[] = {{LayersModel::Position, px(m_model.rowCount() > 999 ? 52 : 32)},
                                        {LayersModel::Output, px(80)},
                                        {LayersModel::Parameters, px(68)},
                                        {LayersModel::Mode, px(126)},
                                        {LayersModel::Effective, px(112)},
                                        {LayersModel::Bytes, px(146)},
                                        {LayersModel::Sqnr, px(66)},
                                        {LayersModel::Sensitivity, px(92)}};
  constexpr int kLeastType = 128;
  int used = px(kLeastType);
  for (const auto& [column, width] : widths) {
    const bool optional =
        column == LayersModel::Effective || column == LayersModel::Bytes || column == LayersModel::Sensitivity;
    if (!optional) used += width;
  }
  // In the order of what says most.
  const auto show = [&](int column, bool wanted, int width) {
    const bool visible = wanted && used + width <= viewport()->width();
    if (visible) used += width;
    setColumnHidden(column, !visible);
  };
  const auto widthOf = [&](int column) {
    return std::find_if(std::begin(widths), std::end(widths), [column](const auto& w) { return w.first == column; })
        ->second;
  };
  show(LayersModel::Sensitivity, m_model.hasSensitivity(), widthOf(LayersModel::Sensitivity));
  show(LayersModel::Effective, m_model.anyDifference(), widthOf(LayersModel::Effective));
  show(LayersModel::Bytes, true, widthOf(LayersModel::Bytes));
  for (const auto& [column, width] : widths) setColumnWidth(column, width);
  setColumnWidth(LayersModel::Type, std::max(px(kLeastType), px(kLeastType) + viewport()->width() - used));
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
