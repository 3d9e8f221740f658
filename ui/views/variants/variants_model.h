#pragma once

#include <QAbstractItemModel>
#include <vector>

namespace quantscope::ui {

class Document;
struct Variant;

/// The variants as a tree (made from which), with what was measured of each. Formats only.
class VariantsModel : public QAbstractItemModel {
  Q_OBJECT
public:
  enum Column { Name, Made, Bytes, Size, Accuracy, Interval, Difference, Agreement, Latency, State, ColumnCount };

  explicit VariantsModel(Document& document, QObject* parent = nullptr);

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& child) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  /// Renames.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  QModelIndex indexOf(int variantId, int column = 0) const;
  static int idOf(const QModelIndex& index);

private:
  void refresh();
  void refreshRow(int jobId);
  std::vector<int> children(int parent) const;
  QString text(const Variant& variant, int column) const;
  QString state(const Variant& variant) const;
  QString toolTip(const Variant& variant, int column) const;

  Document& m_document;
  std::vector<std::pair<int, int>> m_shape;  ///< ids and parents that the views know
};

}  // namespace quantscope::ui
