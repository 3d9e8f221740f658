#pragma once

#include <QAbstractProxyModel>
#include <vector>

#include "ui/workspace/operator_filter.h"

namespace quantscope::ui {

class Document;

/// The rows of the layers that the filter lets through, in the wanted order. Filters and sorts in one go and tells it
/// in one signal: the usual proxy tells every gap of its own, which takes seconds at ten thousand rows.
class LayersOrder : public QAbstractProxyModel {
  Q_OBJECT
public:
  LayersOrder(Document& document, QAbstractItemModel& source, QObject* parent = nullptr);

  void setFilter(OperatorFilter filter);
  /// By SortRole; -1: in execution order. Equal rows stay in execution order.
  void sort(int column, Qt::SortOrder order = Qt::AscendingOrder) override;

  QModelIndex mapToSource(const QModelIndex& proxy) const override;
  QModelIndex mapFromSource(const QModelIndex& source) const override;
  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex&) const override { return {}; }
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  std::vector<int> wanted() const;
  void take(std::vector<int> rows);
  void follow(int firstRow, int lastRow, int firstColumn, int lastColumn);

  Document& m_document;
  OperatorFilter m_filter;
  int m_sortColumn = -1;
  Qt::SortOrder m_sortOrder = Qt::AscendingOrder;
  std::vector<int> m_rows;   ///< shown row -> row of the source
  std::vector<int> m_place;  ///< row of the source -> shown row; -1: filtered out
};

}  // namespace quantscope::ui
