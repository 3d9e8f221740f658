#include "ui/views/pareto/pareto_view.h"

#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/widgets/empty_state.h"
#include "ui/widgets/plots/scatter_plot.h"
#include "ui/workspace/document.h"
#include "ui/workspace/figures.h"
#include "ui/workspace/text.h"
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
  m_empty = new EmptyState(Theme::instance().icon(QStringLiteral("pareto"), IconTint::Secondary), {}, this);
  m_content = new QWidget(this);
  auto* content = new QVBoxLayout(m_content);
  content->setContentsMargins(0, 0, 0, 0);
  m_legend = new QLabel(m_content);
  m_legend->setProperty("secondary", true);
  m_legend->setWordWrap(true);
  m_plot = new ScatterPlot(m_content);
  m_current = new QLabel(m_content);
  m_current->setWordWrap(true);
  m_current->setTextFormat(Qt::RichText);
  content->addWidget(m_legend);
  content->addWidget(m_plot, 1);
  content->addWidget(m_current);
  layout->addWidget(m_empty, 1);
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
  std::vector<std::pair<const Variant*, Figures>> shown;
  QString name;
  for (const Variant& variant : m_document.variants()) {
    const auto figures = figuresOf(m_document, variant);
    if (!figures || std::isnan(figures->value) || variant.bytes <= 0) continue;
    // Figures of different kinds share no axis: those of the first one are shown.
    if (name.isEmpty()) name = figures->name;
    if (figures->name != name) continue;
    shown.emplace_back(&variant, *figures);
    if (!variant.latency) continue;
    quickest = std::min(quickest, variant.latency->medianMicroseconds);
    slowest = std::max(slowest, variant.latency->medianMicroseconds);
  }
  m_empty->setVisible(shown.size() < 2);
  m_content->setVisible(shown.size() >= 2);
  m_empty->setText(m_document.hasModel()
                       ? tr("Evaluate at least two variants, or search: each becomes a point, accuracy against bytes.")
                       : tr("Open a model, quantize it and evaluate the variants: each becomes a point here."));
  if (shown.size() < 2) return;

  const double unit = shown.front().second.share ? 100 : 1;
  std::vector<ScatterPlot::Point> points;
  for (const auto& [variant, figures] : shown) {
    ScatterPlot::Point point;
    point.id = variant->id;
    point.x = static_cast<double>(variant->bytes) / 1000.0;
    point.y = figures.value * unit;
    point.low = std::isnan(figures.low) ? point.y : figures.low * unit;
    point.high = std::isnan(figures.high) ? point.y : figures.high * unit;
    const bool trial = variant->searched && !variant->searched->best && !variant->measured();
    // Of what a search tried the points say enough; names of dozens would cover them.
    point.name = trial ? QString() : variant->name;
    if (trial) point.low = point.high = point.y;
    point.faded = variant->stale || (trial && !variant->searched->onFront);
    point.color = Theme::instance().colors().secondary;
    QString latency = tr("latency not measured");
    if (variant->latency) {
      const double time = variant->latency->medianMicroseconds;
      point.color = latencyColor(slowest > quickest ? (time - quickest) / (slowest - quickest) : 0);
      latency = tr("%1 µs").arg(fixedText(time, 0));
    }
    QStringList lines{variant->name, tr("%1 %2").arg(figures.name, figureText(figures, figures.value)),
                      bytesText(variant->bytes), latency};
    if (const QString difference = differenceText(figures); !difference.isEmpty()) lines.insert(2, difference);
    point.toolTip = lines.join(u'\n');
    points.push_back(std::move(point));
  }
  const QString title = figureTitle(m_document);
  m_plot->setAxes(tr("size, kB"),
                  std::isnan(shown.front().second.low) ? title : tr("%1 with 95 % interval").arg(title));
  m_plot->setPoints(std::move(points));
  QString legend =
      slowest > quickest
          ? tr("Colour: latency, <span style='color:%1'>■</span> %2 µs to <span style='color:%3'>■</span> "
               "%4 µs. ")
                .arg(latencyColor(0).name(), fixedText(quickest, 0), latencyColor(1).name(), fixedText(slowest, 0))
          : QString();
  legend += tr("The dashed line joins variants that no other beats in both size and accuracy.");
  m_legend->setText(legend);
  showCurrent();
}

void ParetoView::showCurrent() {
  m_plot->setCurrent(m_document.currentVariant());
  const Variant* variant = m_document.variant(m_document.currentVariant());
  const Variant* baseline = m_document.variant(0);
  const auto figures = variant ? figuresOf(m_document, *variant) : std::nullopt;
  if (!figures || !baseline || variant->id == 0 || baseline->bytes <= 0) {
    m_current->setText(tr("Click a point to make that variant the current one."));
    return;
  }
  QString text = tr("<b>%1</b>: %2, %3× the size of the float model")
                     .arg(variant->name.toHtmlEscaped(), bytesText(variant->bytes),
                          fixedText(static_cast<double>(variant->bytes) / static_cast<double>(baseline->bytes), 2));
  if (!std::isnan(figures->difference)) {
    text += QStringLiteral("; ") + (figures->share ? tr("%1 percentage points").arg(pointsText(figures->difference))
                                                   : figureText(*figures, figures->difference));
    const QString verdict = verdictText(figures->verdict);
    if (!verdict.isEmpty()) text += QStringLiteral(", ") + verdict;
  }
  if (figures->agreement) text += tr("; %1 % of the same answers").arg(percentText(*figures->agreement));
  m_current->setText(text + u'.');
}

}  // namespace quantscope::ui
