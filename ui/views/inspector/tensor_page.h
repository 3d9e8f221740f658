#pragma once

#include <QScrollArea>
#include <memory>
#include <optional>
#include <utility>

#include "core/jobs/job.h"
#include "core/quantization/preview.h"
#include "ui/views/inspector/inspector_page.h"

class QLabel;

namespace quantscope::ui {

class ChannelRangePlot;
class Document;
class FactsGrid;
class HistogramPlot;

/// One tensor: facts, histogram before and after quantization, range of each channel.
class TensorPage : public InspectorPage {
  Q_OBJECT
public:
  TensorPage(Document& document, QWidget* parent = nullptr);

private:
  void refresh();
  void showMessage(const QString& message);
  void showFacts(const Tensor& tensor, const TensorStatistics* statistics);
  void showStatistics(const TensorStatistics& statistics);
  void startPreview(const TensorStatistics& statistics);
  void showPreview(const QString& name);
  std::optional<PlannedTensor> planned() const;
  /// Where the tensor is a weight: its operator (the chosen one first) and what the plan gives it.
  std::optional<std::pair<OperatorIndex, Scheme>> weightScheme() const;

  Document& m_document;
  TensorIndex m_tensor;
  FactsGrid* m_facts;
  QLabel* m_formula;
  QWidget* m_valuesBar;
  QLabel* m_legend;
  HistogramPlot* m_histogram;
  QLabel* m_channelsTitle;
  QLabel* m_channelsNote;
  ChannelRangePlot* m_channels;
  std::optional<double> m_sqnr;
  std::unique_ptr<Job<QuantizationPreview>> m_preview;  // last: joins before the rest goes
};

}  // namespace quantscope::ui
