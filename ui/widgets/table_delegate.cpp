#include "ui/widgets/table_delegate.h"

#include <QAbstractItemView>
#include <QHeaderView>
#include <QPainter>
#include <QTableView>
#include <QTreeView>

#include "ui/widgets/palette_colors.h"
#include "ui/widgets/tabular_text.h"

namespace quantscope::ui {

namespace {

constexpr int kMargin = 8;
constexpr int kBarWidth = 30;
constexpr int kSwatch = 9;

QColor toneColor(const PaletteColors& colors, Tone tone) {
  switch (tone) {
    case Tone::Secondary:
      return colors.secondary;
    case Tone::Accent:
      return colors.accent;
    case Tone::Bad:
      return colors.bad;
    case Tone::Good:
      return colors.good;
    case Tone::Normal:
      break;
  }
  return colors.text;
}

bool rowHovered(const QStyleOptionViewItem& option) {
  return option.state & QStyle::State_MouseOver;
}

}  // namespace

int tableRowHeight(const QFontMetrics& metrics) {
  return std::max(28, metrics.height() + 12);
}

TableDelegate::TableDelegate(QAbstractItemView* view) : QStyledItemDelegate(view) {}

QSize TableDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const QString text = index.data(Qt::DisplayRole).toString();
  int width = tabularWidth(option.fontMetrics, text) + 2 * kMargin;
  if (index.data(BoxRole).toBool())
    width = boxRect(QRect(0, 0, 1000, 28), option.fontMetrics, text).width() + 2 * kMargin;
  return {width, tableRowHeight(option.fontMetrics)};
}

QRect TableDelegate::boxRect(const QRect& cell, const QFontMetrics& metrics, const QString& text) {
  const int width = std::max(78, kSwatch + metrics.horizontalAdvance(text) + 42);
  return {cell.left() + kMargin, cell.top() + 3, std::min(width, cell.width() - kMargin - 2), cell.height() - 7};
}

void TableDelegate::paint(QPainter* painter, const QStyleOptionViewItem& given, const QModelIndex& index) const {
  QStyleOptionViewItem option = given;
  initStyleOption(&option, index);
  const PaletteColors colors(option.palette);
  painter->save();
  const bool selected = option.state & QStyle::State_Selected;
  if (selected)
    painter->fillRect(option.rect, colors.accentArea);
  else if (rowHovered(option))
    painter->fillRect(option.rect, colors.alternate);
  painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                    selected ? mixed(colors.accentArea, colors.line, 0.5) : colors.grid);

  painter->setFont(option.font);
  if (index.data(StrongRole).toBool()) {
    QFont strong = option.font;
    strong.setWeight(QFont::DemiBold);
    painter->setFont(strong);
  }
  QRect rect = option.rect.adjusted(kMargin + index.data(IndentRole).toInt(), 0, -kMargin, -1);
  const QString text = index.data(Qt::DisplayRole).toString();
  if (index.data(BoxRole).toBool()) {
    paintBox(painter, option.rect, option, index);
  } else {
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    if (const QVariant bar = index.data(BarRole); bar.isValid()) {
      const double width = std::max(2.0, std::clamp(bar.toDouble(), 0.0, 1.0) * kBarWidth);
      const QVariant color = index.data(BarColorRole);
      painter->setBrush(color.isValid() ? color.value<QColor>() : colors.accent);
      painter->drawRoundedRect(QRectF(rect.left(), rect.center().y() - 2.5, width, 6), std::min(3.0, width / 2),
                               std::min(3.0, width / 2));
      rect.setLeft(rect.left() + static_cast<int>(width) + 5);
    }
    if (const QVariant swatch = index.data(SwatchRole); swatch.isValid()) {
      painter->setBrush(swatch.value<QColor>());
      painter->drawRoundedRect(QRectF(rect.left(), rect.center().y() - kSwatch / 2.0 + 0.5, kSwatch, kSwatch), 2.5,
                               2.5);
      rect.setLeft(rect.left() + kSwatch + 6);
    }
    if (const QIcon icon = index.data(Qt::DecorationRole).value<QIcon>(); !icon.isNull()) {
      icon.paint(painter, QRect(rect.left(), rect.center().y() - 7, 16, 16));
      rect.setLeft(rect.left() + 22);
    }
    const bool enabled = option.state & QStyle::State_Enabled;
    painter->setPen(enabled ? toneColor(colors, index.data(ToneRole).value<Tone>()) : colors.secondary);
    drawTabularText(painter, rect, option.displayAlignment, text);
  }
  const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
  if (view && view->hasFocus() && view->currentIndex() == index) {
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(colors.accent, 1));
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -2.5), 4, 4);
  }
  painter->restore();
}

void TableDelegate::paintBox(QPainter* painter, const QRect& cell, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
  const PaletteColors colors(option.palette);
  const QString text = index.data(Qt::DisplayRole).toString();
  const QRect box = boxRect(cell, option.fontMetrics, text);
  painter->setRenderHint(QPainter::Antialiasing);
  const bool dark = colors.panel.lightness() < 128;
  painter->setPen(QPen(rowHovered(option) ? mixed(colors.line, colors.secondary, 0.5) : colors.line, 1));
  painter->setBrush(dark ? colors.grid : colors.panel);
  painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
  int x = box.left() + 8;
  if (const QVariant swatch = index.data(SwatchRole); swatch.isValid()) {
    painter->setPen(Qt::NoPen);
    painter->setBrush(swatch.value<QColor>());
    painter->drawRoundedRect(QRectF(x, box.center().y() - kSwatch / 2.0 + 0.5, kSwatch, kSwatch), 2.5, 2.5);
    x += kSwatch + 5;
  }
  painter->setPen(colors.text);
  const QRect textRect(x, box.top(), box.right() - 16 - x, box.height());
  painter->drawText(textRect, Qt::AlignVCenter | Qt::AlignLeft,
                    painter->fontMetrics().elidedText(text, Qt::ElideRight, textRect.width()));
  painter->setPen(Qt::NoPen);
  painter->setBrush(colors.secondary);
  const QPointF tip(box.right() - 9, box.center().y() + 2.5);
  const QPointF triangle[] = {tip + QPointF(-3, -5), tip + QPointF(3, -5), tip};
  painter->drawPolygon(triangle, 3);
  if (const QIcon mark = index.data(Qt::DecorationRole).value<QIcon>(); !mark.isNull())
    mark.paint(painter, QRect(box.right() + 5, box.center().y() - 6, 13, 13));
}

void setUpTable(QAbstractItemView* view) {
  view->setItemDelegate(new TableDelegate(view));
  view->setSelectionBehavior(QAbstractItemView::SelectRows);
  view->setSelectionMode(QAbstractItemView::ExtendedSelection);
  view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  view->setMouseTracking(true);
  view->setFrameShape(QFrame::NoFrame);
  view->setEditTriggers(QAbstractItemView::NoEditTriggers);
  QHeaderView* header = nullptr;
  if (auto* table = qobject_cast<QTableView*>(view)) {
    table->setShowGrid(false);
    table->setWordWrap(false);
    table->setCornerButtonEnabled(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table->verticalHeader()->setMinimumSectionSize(20);
    table->verticalHeader()->setDefaultSectionSize(tableRowHeight(table->fontMetrics()) + 1);
    header = table->horizontalHeader();
  } else if (auto* tree = qobject_cast<QTreeView*>(view)) {
    tree->setUniformRowHeights(true);
    tree->setAllColumnsShowFocus(true);
    header = tree->header();
  }
  if (!header) return;
  header->setHighlightSections(false);
  header->setMinimumSectionSize(24);
  header->setSectionsMovable(true);
  header->setFixedHeight(tableRowHeight(view->fontMetrics()) + 1);
  header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

}  // namespace quantscope::ui
