#pragma once

#include <QTableView>
#include <functional>

class QMenu;
class QAbstractProxyModel;

namespace quantscope::ui {

class Document;
class LayersModel;

/// The table of operators: selection shared with all views, a menu of modes on each mode cell (for the whole selection
/// where the row is part of it), context menu, copy. Columns that have nothing to say or no room are hidden.
class LayersTable : public QTableView {
  Q_OBJECT
public:
  LayersTable(Document& document, LayersModel& model, QAbstractProxyModel& proxy, QWidget* parent = nullptr);

  /// Opens the menu of modes for the selection, at the current row's mode cell.
  void openModeMenu();
  /// The selected rows (all where none is) with the visible columns, as TSV with a header.
  QString selectionAsTsv() const;

protected:
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

private:
  QMenu* makeModeMenu(QWidget* parent) const;
  void showMenuBelow(const QModelIndex& index);
  void takeSelection();
  void showSelection();
  void selectWhere(const std::function<bool(int row)>& matches);
  void measureColumns();
  void fitColumns();
  void applyMetrics();
  int m_widths[9] = {};  ///< by column: what header and contents need

  Document& m_document;
  LayersModel& m_model;
  QAbstractProxyModel& m_proxy;
  bool m_syncing = false;
};

}  // namespace quantscope::ui
