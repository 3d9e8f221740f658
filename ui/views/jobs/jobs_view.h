#pragma once

#include <vector>

#include "ui/workspace/view_registry.h"

class QLabel;
class QPushButton;
class QScrollArea;
class QTableView;
class QVBoxLayout;

namespace quantscope::ui {

class Document;
class JobCard;
class JobHistoryModel;

/// The Jobs panel: what runs and waits as cards, what is done as a list.
class JobsView : public View {
  Q_OBJECT
public:
  explicit JobsView(Document& document, QWidget* parent = nullptr);
  QWidget* headerWidget() override { return m_header; }

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  void addCard(int id);
  void updateCard(int id);
  void removeCard(int id);
  void refreshHeader();
  void fitCards();

  Document& m_document;
  JobHistoryModel* m_history;
  std::vector<JobCard*> m_cards;
  QVBoxLayout* m_cardLayout;
  QWidget* m_cardArea;
  QScrollArea* m_scroll;
  QLabel* m_empty;
  QTableView* m_table;
  QWidget* m_header;
  QLabel* m_count;
  QPushButton* m_clear;
};

}  // namespace quantscope::ui
