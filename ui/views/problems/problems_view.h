#pragma once

#include "ui/workspace/view_registry.h"

class QTableView;

namespace quantscope::ui {

class Document;
class EmptyState;
class ProblemsModel;

/// The Problems panel: every warning with the operator, its meaning, and remedies that one click (or Enter) applies.
class ProblemsView : public View {
  Q_OBJECT
public:
  explicit ProblemsView(Document& document, QWidget* parent = nullptr);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void refresh();
  void fitColumns();
  void selectOperator(int row);
  Document& m_document;
  ProblemsModel* m_model;
  QTableView* m_table;
  EmptyState* m_empty;
};

}  // namespace quantscope::ui
