#pragma once

#include <QAbstractTableModel>

namespace quantscope::ui {

class Document;

/// One column per variant, one row per measure; formats what the document holds.
class CompareModel : public QAbstractTableModel {
  Q_OBJECT
public:
  explicit CompareModel(Document& document, QObject* parent = nullptr);

  enum Row { Bytes, Ratio, Top1, Interval, Top5, Difference, Agreement, Latency, Rate, Samples, RowCount };
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  QString text(int variant, int row) const;
  Document& m_document;
};

}  // namespace quantscope::ui
