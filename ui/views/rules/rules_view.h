#pragma once

#include "ui/workspace/view_registry.h"

class QPushButton;
class QTableView;

namespace quantscope::ui {

class Document;
class RuleEditor;
class RulesModel;

/// The Rules panel: the list in order with live counts, the chosen rule's fields beside it.
class RulesView : public View {
  Q_OBJECT
public:
  explicit RulesView(Document& document, QWidget* parent = nullptr);

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  int currentRow() const;
  void showCurrent();
  void addRule();
  void removeRule();
  void moveRule(int step);
  void commit();
  void selectMatches();
  void fitColumns();

  Document& m_document;
  RulesModel* m_model;
  QTableView* m_table;
  RuleEditor* m_editor;
  QPushButton *m_remove, *m_up, *m_down, *m_select;
};

}  // namespace quantscope::ui
