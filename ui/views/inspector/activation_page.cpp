#include "ui/views/inspector/activation_page.h"

#include <QComboBox>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/quantization/preview.h"
#include "ui/views/inspector/facts_grid.h"
#include "ui/widgets/plots/histogram_plot.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

ActivationPage::ActivationPage(Document& document, QWidget* parent) : InspectorPage(parent), m_document(document) {
  QWidget* page = m_page;
  QVBoxLayout* layout = m_layout;
  m_facts = new FactsGrid(2, page);
  m_histogram = new HistogramPlot(page);
  m_histogram->setAxisTitle(tr("activation value"));
  // What a ReLU cuts off is one bar of zeros beside which the others vanish.
  m_histogram->setCountScale(HistogramPlot::CountScale::Logarithmic);
  m_scale = m_histogram->makeCountScaleBox(page);
  m_clipText = new QLabel(page);
  m_clipText->setWordWrap(true);
  m_reset = new QPushButton(tr("Use the calibrated range"), page);
  layout->addWidget(m_title);
  layout->addWidget(m_facts);
  layout->addWidget(m_scale, 0, Qt::AlignRight);
  layout->addWidget(m_histogram, 1);
  layout->addWidget(m_clipText);
  layout->addWidget(m_reset, 0, Qt::AlignLeft);
  layout->addStretch(0);
  setWidget(page);

  connect(m_histogram, &HistogramPlot::clipChanged, this, &ActivationPage::showClip);
  connect(m_histogram, &HistogramPlot::clipCommitted, this, &ActivationPage::commitClip);
  connect(m_reset, &QPushButton::clicked, this, &ActivationPage::resetClip);
  connect(&document.selection(), &Selection::changed, this, &ActivationPage::refresh);
  connect(&document, &Document::modelChanged, this, &ActivationPage::refresh);
  connect(&document, &Document::rangesChanged, this, &ActivationPage::refresh);
  connect(&document, &Document::recipeChanged, this, &ActivationPage::refresh);
  connect(&document, &Document::planChanged, this, &ActivationPage::refresh);
  refresh();
}

void ActivationPage::refresh() {
  const OperatorIndex current = m_document.selection().current();
  QString message;
  const TensorRange* range = nullptr;
  m_tensor = {};
  if (!m_document.hasModel()) {
    message = tr("Open a model to see what its operators produce.");
  } else if (!current.valid() || current.position() >= m_document.model()->subgraphs[0].operators.size()) {
    message = tr("Select an operator to see the values that it produces.");
  } else if (!m_document.ranges()) {
    message = tr("No values yet: choose calibration data, then Run ▸ Calibrate.");
  } else {
    m_tensor = m_document.model()->subgraphs[0].operators[current.position()].output(0);
    range = m_tensor.valid() ? m_document.ranges()->find(SubgraphIndex(0), m_tensor) : nullptr;
    if (!range) message = tr("The result of this operator has no real values to calibrate.");
  }
  const bool shown = range != nullptr;
  for (QWidget* part :
       {static_cast<QWidget*>(m_facts), static_cast<QWidget*>(m_histogram), static_cast<QWidget*>(m_scale),
        static_cast<QWidget*>(m_clipText), static_cast<QWidget*>(m_reset)}) {
    part->setVisible(shown);
  }
  if (!shown) {
    m_title->setText(message);
    return;
  }
  m_title->setText(QString::fromStdString(m_document.model()->subgraphs[0].tensor(m_tensor).name));
  m_facts->setFacts({{tr("seen min"), numberText(range->observedMin), QString::fromStdString(range->minSample)},
                     {tr("seen max"), numberText(range->observedMax), QString::fromStdString(range->maxSample)},
                     {tr("set by"), QString::fromStdString(range->minSample), tr("Sample with the smallest value")},
                     {tr("set by"), QString::fromStdString(range->maxSample), tr("Sample with the largest value")}});
  m_histogram->setHistogram(range->histogram, tr("values"));
  double low = range->min, high = range->max;
  const auto& overrides = m_document.recipe().ranges;
  const auto own = std::find_if(overrides.begin(), overrides.end(),
                                [&](const RangeOverride& entry) { return entry.tensor == m_tensor.value; });
  m_reset->setEnabled(own != overrides.end());
  if (own != overrides.end()) {
    low = own->min;
    high = own->max;
  }
  m_histogram->setClipRange(std::pair(low, high));
  showClip(low, high);
}

void ActivationPage::showClip(double low, double high) {
  const TensorRange* range = m_document.ranges() ? m_document.ranges()->find(SubgraphIndex(0), m_tensor) : nullptr;
  if (!range) return;
  const ClipPreview preview = previewClip(range->histogram, low, high);
  m_clipText->setText(
      tr("Range %1 to %2: %3 % of the values are cut off; SQNR in 8 bits %4 dB. Drag the two lines to change it.")
          .arg(numberText(low), numberText(high), QLocale().toString(preview.saturated * 100, 'f', 2),
               QLocale().toString(preview.sqnrDecibel, 'f', 1)));
}

void ActivationPage::commitClip(double low, double high) {
  Recipe recipe = m_document.recipe();
  const RangeOverride own{m_tensor.value, static_cast<float>(low), static_cast<float>(high)};
  const auto it = std::find_if(recipe.ranges.begin(), recipe.ranges.end(),
                               [&](const RangeOverride& entry) { return entry.tensor == own.tensor; });
  if (it == recipe.ranges.end()) {
    recipe.ranges.push_back(own);
  } else {
    *it = own;
  }
  m_document.setRecipe(recipe, tr("Clip operator %1 to %2 … %3")
                                   .arg(m_document.selection().current().value)
                                   .arg(numberText(low), numberText(high)));
}

void ActivationPage::resetClip() {
  Recipe recipe = m_document.recipe();
  std::erase_if(recipe.ranges, [&](const RangeOverride& entry) { return entry.tensor == m_tensor.value; });
  m_document.setRecipe(recipe,
                       tr("Use the calibrated range of operator %1").arg(m_document.selection().current().value));
}

}  // namespace quantscope::ui
