#pragma once

#include <QScrollArea>

#include "core/base/index.h"
#include "ui/views/inspector/inspector_page.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace quantscope::ui {

class Document;
class FactsGrid;
class HistogramPlot;

/// What calibration saw of an operator's result, with handles that clip its range.
class ActivationPage : public InspectorPage {
  Q_OBJECT
public:
  ActivationPage(Document& document, QWidget* parent = nullptr);

private:
  void refresh();
  void showClip(double low, double high);
  void commitClip(double low, double high);
  void resetClip();

  Document& m_document;
  TensorIndex m_tensor;
  FactsGrid* m_facts;
  HistogramPlot* m_histogram;
  QComboBox* m_scale;
  QLabel* m_clipText;
  QPushButton* m_reset;
};

}  // namespace quantscope::ui
