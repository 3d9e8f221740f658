#pragma once

#include <QAbstractTableModel>

namespace quantscope::ui {

class Document;

/// The rules of the recipe in order (of several that match, the last one wins), and as last row what holds otherwise.
class RulesModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Position, Applies, Sets, Matches, Wins, ColumnCount };
  explicit RulesModel(Document& document, QObject* parent = nullptr);
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  bool isDefault(int row) const { return row == m_rules; }

private:
  void refresh();
  Document& m_document;
  int m_rules = 0;
};

}  // namespace quantscope::ui
