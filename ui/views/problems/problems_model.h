#pragma once

#include <QAbstractTableModel>

namespace quantscope::ui {

class Document;

/// The problems of the workspace, one row each: severity, operator, what it means, what can be done.
class ProblemsModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Severity, Operator, What, Why, Remedy, ColumnCount };
  explicit ProblemsModel(Document& document, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  Document& m_document;
  int m_rows = 0;
};

}  // namespace quantscope::ui
