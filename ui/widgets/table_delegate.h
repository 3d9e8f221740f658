#pragma once

#include <QStyledItemDelegate>

class QAbstractItemView;

namespace quantscope::ui {

/// How a cell wants to look, beside the roles of Qt.
enum TableRole {
  ToneRole = Qt::UserRole + 100,  ///< Tone
  StrongRole,                     ///< bool: semi-bold
  BarRole,                        ///< double 0..1: a bar in front of the text
  BarColorRole,                   ///< QColor of the bar
  SwatchRole,                     ///< QColor: a small square in front of the text
  BoxRole,         ///< bool: drawn as a button with ▾ (a choice); a decoration stands behind it as a mark
  BoxEnabledRole,  ///< bool: false: the box has no arrow
  SortRole,        ///< value to sort by
  IndentRole       ///< int: pixels
};
enum class Tone { Normal, Secondary, Accent, Bad, Good };

/// Draws the cells of every table: rows with a line below, tabular figures, the selection as an area, the cell with the
/// keyboard focus in a ring. Colours come from the palette.
class TableDelegate : public QStyledItemDelegate {
  Q_OBJECT
public:
  explicit TableDelegate(QAbstractItemView* view);
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
  /// The clickable box of a cell with BoxRole.
  static QRect boxRect(const QRect& cell, const QFontMetrics& metrics, const QString& text);

private:
  void paintBox(QPainter* painter, const QRect& cell, const QStyleOptionViewItem& option,
                const QModelIndex& index) const;
};

/// Height of a row at a text size: 28 px at the standard.
int tableRowHeight(const QFontMetrics& metrics);
/// Header, selection and scrolling of a table as all tables here have them.
void setUpTable(QAbstractItemView* view);

}  // namespace quantscope::ui
