#include "ui/views/layers/layers_order.h"

#include <algorithm>

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

/// What a row is sorted by: a number or a text.
struct SortKey {
  double number = 0;
  QString text;
  int row = 0;
};

}  // namespace

LayersOrder::LayersOrder(Document& document, QAbstractItemModel& source, QObject* parent)
    : QAbstractProxyModel(parent), m_document(document) {
  setSourceModel(&source);
  connect(&source, &QAbstractItemModel::modelAboutToBeReset, this, [this] { beginResetModel(); });
  connect(&source, &QAbstractItemModel::modelReset, this, [this] {
    m_rows.clear();
    m_place.clear();
    take(wanted());
    endResetModel();
  });
  connect(&source, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& first, const QModelIndex& last) {
    follow(first.row(), last.row(), first.column(), last.column());
  });
  take(wanted());
}

std::vector<int> LayersOrder::wanted() const {
  std::vector<int> rows;
  const int count = sourceModel()->rowCount();
  rows.reserve(static_cast<size_t>(count));
  for (int row = 0; row < count; ++row) {
    if (m_filter.empty() || m_filter.matches(m_document, OperatorIndex(row))) rows.push_back(row);
  }
  if (m_sortColumn < 0) return rows;
  std::vector<SortKey> keys;
  keys.reserve(rows.size());
  for (const int row : rows) {
    const QVariant value = sourceModel()->index(row, m_sortColumn).data(SortRole);
    SortKey key{0, {}, row};
    if (value.typeId() == QMetaType::QString)
      key.text = value.toString();
    else
      key.number = value.toDouble();
    keys.push_back(std::move(key));
  }
  const bool ascending = m_sortOrder == Qt::AscendingOrder;
  std::stable_sort(keys.begin(), keys.end(), [ascending](const SortKey& left, const SortKey& right) {
    const SortKey &a = ascending ? left : right, &b = ascending ? right : left;
    return a.number != b.number ? a.number < b.number : a.text < b.text;
  });
  for (size_t i = 0; i < keys.size(); ++i) rows[i] = keys[i].row;
  return rows;
}

void LayersOrder::take(std::vector<int> rows) {
  m_rows = std::move(rows);
  m_place.assign(static_cast<size_t>(sourceModel()->rowCount()), -1);
  for (size_t i = 0; i < m_rows.size(); ++i) m_place[static_cast<size_t>(m_rows[i])] = static_cast<int>(i);
}

void LayersOrder::setFilter(OperatorFilter filter) {
  m_filter = std::move(filter);
  std::vector<int> rows = wanted();
  if (rows == m_rows) return;
  beginResetModel();
  take(std::move(rows));
  endResetModel();
}

void LayersOrder::sort(int column, Qt::SortOrder order) {
  m_sortColumn = column;
  m_sortOrder = order;
  std::vector<int> rows = wanted();
  if (rows == m_rows) return;
  if (rows.size() != m_rows.size()) {
    beginResetModel();
    take(std::move(rows));
    endResetModel();
    return;
  }
  emit layoutAboutToBeChanged({}, VerticalSortHint);
  const QModelIndexList before = persistentIndexList();
  QModelIndexList sources, after;
  for (const QModelIndex& index : before) sources << mapToSource(index);
  take(std::move(rows));
  for (const QModelIndex& source : sources) after << mapFromSource(source);
  changePersistentIndexList(before, after);
  emit layoutChanged({}, VerticalSortHint);
}

/// The source's rows changed: shown anew, and sorted anew where the column that is sorted by is among them.
void LayersOrder::follow(int firstRow, int lastRow, int firstColumn, int lastColumn) {
  if (m_rows.empty()) return;
  if (m_sortColumn >= firstColumn && m_sortColumn <= lastColumn) sort(m_sortColumn, m_sortOrder);
  int top = 0, bottom = static_cast<int>(m_rows.size()) - 1;
  if (firstRow == lastRow) top = bottom = m_place[static_cast<size_t>(firstRow)];
  if (top >= 0) emit dataChanged(index(top, firstColumn), index(bottom, lastColumn));
}

QModelIndex LayersOrder::mapToSource(const QModelIndex& proxy) const {
  if (!proxy.isValid() || static_cast<size_t>(proxy.row()) >= m_rows.size()) return {};
  return sourceModel()->index(m_rows[static_cast<size_t>(proxy.row())], proxy.column());
}

QModelIndex LayersOrder::mapFromSource(const QModelIndex& source) const {
  if (!source.isValid() || static_cast<size_t>(source.row()) >= m_place.size()) return {};
  const int place = m_place[static_cast<size_t>(source.row())];
  return place < 0 ? QModelIndex() : index(place, source.column());
}

QModelIndex LayersOrder::index(int row, int column, const QModelIndex& parent) const {
  return hasIndex(row, column, parent) ? createIndex(row, column) : QModelIndex();
}

int LayersOrder::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int LayersOrder::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : sourceModel()->columnCount();
}

QVariant LayersOrder::headerData(int section, Qt::Orientation orientation, int role) const {
  return sourceModel()->headerData(section, orientation, role);
}

}  // namespace quantscope::ui
