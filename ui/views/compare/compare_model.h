#pragma once

#include <QAbstractTableModel>
#include <functional>
#include <vector>

namespace quantscope::ui {

class Document;
struct Variant;

/// One column per variant, one row per figure; formats what the document holds. Which rows there are follows from what
/// was measured. Trials of a search are left out, but for the best and the current one.
class CompareModel : public QAbstractTableModel {
  Q_OBJECT
public:
  explicit CompareModel(Document& document, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  /// All of it with titles, cells between tabs, for the clipboard.
  QString asTsv() const;

private:
  struct Row {
    QString title, toolTip;
    std::function<QString(const Variant&)> text;
    bool verdict = false;  ///< coloured by better and worse
  };
  void reload();
  void addMetricRows();
  void addTaskRows();
  Document& m_document;
  std::vector<int> m_ids;
  std::vector<Row> m_rows;
};

}  // namespace quantscope::ui
