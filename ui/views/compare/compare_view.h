#pragma once

#include <QScrollArea>

class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;
class QTableView;
class QVBoxLayout;

namespace quantscope::ui {

class AnswerList;
class CompareModel;
class Document;
class EmptyState;
class GraphChanges;
class LayerErrorPlot;
struct Variant;

/// Variants side by side: the numbers with their intervals; of one of them the error of every layer and what stands
/// out, the samples whose answer changed, and what became of the graph.
class CompareView : public QScrollArea {
  Q_OBJECT
public:
  CompareView(Document& document, QWidget* parent = nullptr);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  void refresh();
  void refreshDetail();
  void refreshLayers();
  void markCurrentLayer();
  void fitTable();
  const Variant* chosen() const;

  Document& m_document;
  EmptyState* m_empty;
  QWidget* m_content;
  CompareModel* m_model;
  QTableView* m_table;
  QComboBox* m_variant;
  QPushButton* m_measure;
  LayerErrorPlot* m_plot;
  QLabel* m_plotMessage;
  QListWidget* m_findings;
  AnswerList* m_answers;
  GraphChanges* m_changes;
};

}  // namespace quantscope::ui
