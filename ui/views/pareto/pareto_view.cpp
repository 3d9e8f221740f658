#include "ui/views/pareto/pareto_view.h"

#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/widgets/plots/scatter_plot.h"
#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

/// From quick (blue) to slow (orange): two colours that stay apart for colour-blind eyes.
QColor latencyColor(double share) {
  const QColor quick = Theme::instance().precisionColor(Precision::Int8), slow = Theme::instance().colors().bad;
  auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
  return {mix(quick.red(), slow.red()), mix(quick.green(), slow.green()), mix(quick.blue(), slow.blue())};
}

}  // namespace

ParetoView::ParetoView(Document& document, QWidget* parent) : QWidget(parent), m_document(document) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 12, 12, 12);
  m_message = new QLabel(this);
  m_message->setAlignment(Qt::AlignCenter);
  m_message->setWordWrap(true);
  m_message->setProperty("emptyState", true);
  m_content = new QWidget(this);
  auto* content = new QVBoxLayout(m_content);
  content->setContentsMargins(0, 0, 0, 0);
  m_legend = new QLabel(m_content);
  m_legend->setProperty("secondary", true);
  m_plot = new ScatterPlot(m_content);
  m_current = new QLabel(m_content);
  m_current->setWordWrap(true);
  content->addWidget(m_legend);
  content->addWidget(m_plot, 1);
  content->addWidget(m_current);
  layout->addWidget(m_message, 1);
  layout->addWidget(m_content, 1);
  connect(m_plot, &ScatterPlot::pointClicked, &document, &Document::setCurrentVariant);
  connect(&document, &Document::variantsChanged, this, &ParetoView::refresh);
  connect(&document, &Document::modelChanged, this, &ParetoView::refresh);
  connect(&document, &Document::currentVariantChanged, this, &ParetoView::showCurrent);
  connect(&Theme::instance(), &Theme::changed, this, &ParetoView::refresh);
  refresh();
}

void ParetoView::refresh() {
  double quickest = INFINITY, slowest = -INFINITY;
  std::vector<const Variant*> shown;
  for (const Variant& variant : m_document.variants()) {
    if (!variant.evaluation || variant.bytes <= 0) continue;
    shown.push_back(&variant);
    if (!variant.latency) continue;
    quickest = std::min(quickest, variant.latency->medianMicroseconds);
    slowest = std::max(slowest, variant.latency->medianMicroseconds);
  }
  m_message->setVisible(shown.size() < 2);
  m_content->setVisible(shown.size() >= 2);
  m_message->setText(tr("Evaluate at least two variants: each becomes a point, accuracy against bytes."));
  if (shown.size() < 2) return;

  const bool labelled = shown.front()->evaluation->labelled;
  const QLocale locale;
  std::vector<ScatterPlot::Point> points;
  for (const Variant* variant : shown) {
    const EvaluationResult& result = *variant->evaluation;
    const Proportion metric = labelled ? result.top1 : result.agreement.value_or(Proportion{1, 1});
    ScatterPlot::Point point;
    point.id = variant->id;
    point.x = static_cast<double>(variant->bytes) / 1000.0;
    point.y = metric.value() * 100;
    point.low = metric.low() * 100;
    point.high = metric.high() * 100;
    point.name = variant->name;
    point.faded = variant->stale;
    point.color = Theme::instance().colors().secondary;
    QString latency = tr("not measured");
    if (variant->latency) {
      const double time = variant->latency->medianMicroseconds;
      point.color = latencyColor(slowest > quickest ? (time - quickest) / (slowest - quickest) : 0);
      latency = tr("%1 µs").arg(locale.toString(time, 'f', 0));
    }
    point.toolTip = tr("%1\n%2 %\n%3 bytes\nlatency %4")
                        .arg(variant->name, locale.toString(point.y, 'f', 1),
                             locale.toString(static_cast<qlonglong>(variant->bytes)), latency);
    points.push_back(std::move(point));
  }
  m_plot->setAxes(tr("size, kB"), labelled ? tr("top-1, % with 95 % interval") : tr("agreement with float, %"));
  m_plot->setPoints(std::move(points));
  m_legend->setText(
      slowest > quickest
          ? tr("Colour: latency, <span style='color:%1'>■</span> %2 µs to <span style='color:%3'>■</span> %4 µs. "
               "The dashed line joins variants that no other beats in both size and accuracy.")
                .arg(latencyColor(0).name(), locale.toString(quickest, 'f', 0), latencyColor(1).name(),
                     locale.toString(slowest, 'f', 0))
          : tr("The dashed line joins variants that no other beats in both size and accuracy."));
  m_legend->setWordWrap(true);
  showCurrent();
}

void ParetoView::showCurrent() {
  m_plot->setCurrent(m_document.currentVariant());
  const Variant* variant = m_document.variant(m_document.currentVariant());
  const Variant* baseline = m_document.variant(0);
  if (!variant || !baseline || variant->id == 0 || !variant->evaluation || !baseline->evaluation ||
      baseline->bytes <= 0) {
    m_current->clear();
    return;
  }
  const double points = (variant->evaluation->top1.value() - baseline->evaluation->top1.value()) * 100;
  m_current->setText(
      tr("%1 against float: %2× the size, %3 percentage points.")
          .arg(variant->name,
               QLocale().toString(static_cast<double>(variant->bytes) / static_cast<double>(baseline->bytes), 'f', 2),
               (points >= 0 ? QStringLiteral("+") : QStringLiteral("−")) +
                   QLocale().toString(std::abs(points), 'f', 1)));
}

}  // namespace quantscope::ui
