#pragma once

#include <QWidget>

class QLabel;

namespace quantscope::ui {

class Document;
class EmptyState;
class ScatterPlot;

/// Every variant as a point: accuracy against bytes, colour for latency. Click selects the variant.
class ParetoView : public QWidget {
  Q_OBJECT
public:
  ParetoView(Document& document, QWidget* parent = nullptr);

private:
  void refresh();
  void showCurrent();
  Document& m_document;
  EmptyState* m_empty;
  QWidget* m_content;
  ScatterPlot* m_plot;
  QLabel* m_legend;
  QLabel* m_current;
};

}  // namespace quantscope::ui
