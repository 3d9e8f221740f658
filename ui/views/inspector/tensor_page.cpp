#include "ui/views/inspector/tensor_page.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>
#include <cmath>

#include "core/ops/operator_rules.h"
#include "ui/views/inspector/facts_grid.h"
#include "ui/views/inspector/inspected_tensor.h"
#include "ui/widgets/plots/channel_range_plot.h"
#include "ui/widgets/plots/histogram_plot.h"
#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

QString text(std::string_view view) {
  return QString::fromUtf8(view.data(), static_cast<int>(view.size()));
}

QString swatch(const QColor& color, const QString& words) {
  return QStringLiteral("<span style='color:%1'>■</span> %2").arg(color.name(), words.toHtmlEscaped());
}

}  // namespace

TensorPage::TensorPage(Document& document, QWidget* parent) : InspectorPage(parent), m_document(document) {
  QWidget* page = m_page;
  QVBoxLayout* layout = m_layout;
  m_facts = new FactsGrid(2, page);
  m_formula = new QLabel(page);
  m_formula->setWordWrap(true);
  m_formula->setProperty("secondary", true);
  m_formula->setTextInteractionFlags(Qt::TextSelectableByMouse);

  m_valuesBar = new QWidget(page);
  auto* bar = new QHBoxLayout(m_valuesBar);
  bar->setContentsMargins(0, 4, 0, 0);
  auto* title = new QLabel(tr("Values"), m_valuesBar);
  title->setProperty("sectionTitle", true);
  m_legend = new QLabel(m_valuesBar);
  m_legend->setProperty("secondary", true);
  m_histogram = new HistogramPlot(page);
  bar->addWidget(title);
  bar->addWidget(m_legend, 1);
  bar->addWidget(m_histogram->makeCountScaleBox(m_valuesBar));

  m_channelsTitle = new QLabel(tr("Range of each output channel"), page);
  m_channelsTitle->setProperty("sectionTitle", true);
  m_channelsNote = new QLabel(page);
  m_channelsNote->setProperty("secondary", true);
  auto* channelsBar = new QHBoxLayout;
  channelsBar->addWidget(m_channelsTitle);
  channelsBar->addWidget(m_channelsNote, 1);
  m_channels = new ChannelRangePlot(page);
  // Notes give way before the panel has to grow.
  for (QLabel* note : {m_legend, m_channelsNote}) {
    note->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    note->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  }

  layout->addWidget(m_title);
  layout->addWidget(m_facts);
  layout->addWidget(m_formula);
  layout->addWidget(m_valuesBar);
  layout->addWidget(m_histogram, 3);
  layout->addLayout(channelsBar);
  layout->addWidget(m_channels, 2);
  layout->addStretch(0);
  setWidget(page);

  connect(&document.selection(), &Selection::changed, this, &TensorPage::refresh);
  connect(&document.selection(), &Selection::tensorChanged, this, &TensorPage::refresh);
  connect(&document, &Document::modelChanged, this, &TensorPage::refresh);
  connect(&document, &Document::recipeChanged, this, &TensorPage::refresh);
  connect(&document, &Document::planChanged, this, &TensorPage::refresh);
  connect(&document, &Document::rangesChanged, this, &TensorPage::refresh);
  connect(&document, &Document::statisticsReady, this, [this](TensorIndex tensor) {
    if (tensor == m_tensor) refresh();
  });
  refresh();
}

void TensorPage::showMessage(const QString& message) {
  m_title->setText(message);
  m_facts->setFacts({});
  m_formula->clear();
}

std::optional<PlannedTensor> TensorPage::planned() const {
  const auto plan = m_document.plan();
  if (!plan || m_tensor.position() >= plan->tensors.size()) return std::nullopt;
  return plan->tensors[m_tensor.position()];
}

void TensorPage::refresh() {
  m_preview.reset();
  m_sqnr.reset();
  m_tensor = inspectedTensor(m_document);
  const bool shown = m_tensor.valid();
  m_facts->setVisible(shown);
  m_formula->setVisible(false);
  m_valuesBar->setVisible(false);
  m_histogram->setVisible(false);
  m_channels->setVisible(false);
  m_channelsTitle->setVisible(false);
  m_channelsNote->setVisible(false);
  if (!shown) {
    showMessage(m_document.hasModel() ? tr("Select an operator or a wire to see its tensor.")
                                      : tr("Open a model to inspect its tensors."));
    return;
  }
  const Model& model = *m_document.model();
  const Tensor& tensor = model.subgraphs[0].tensor(m_tensor);
  m_title->setText(tensorTitle(model, m_tensor));
  if (!isConstant(model, tensor)) {
    showFacts(tensor, nullptr);
    return;
  }
  const auto statistics = m_document.statistics(m_tensor);
  showFacts(tensor, statistics.get());
  if (statistics) showStatistics(*statistics);
}

void TensorPage::showFacts(const Tensor& tensor, const TensorStatistics* statistics) {
  QString type = text(elementTypeName(tensor.type));
  const auto after = planned();
  if (after && after->type != tensor.type) type += QStringLiteral(" → ") + text(elementTypeName(after->type));
  std::vector<FactsGrid::Fact> facts{{tr("shape"), QString::fromStdString(shapeText(tensor.shape)), {}},
                                     {tr("type"), type, {}}};
  if (statistics) {
    const ValueSummary& values = statistics->values;
    facts.push_back({tr("min"), numberText(values.min), {}});
    facts.push_back({tr("max"), numberText(values.max), {}});
    facts.push_back({tr("mean"), numberText(values.mean), {}});
    facts.push_back({tr("std"), numberText(values.standardDeviation), tr("Standard deviation")});
    facts.push_back(
        {tr("0.1–99.9 %"),
         tr("%1 to %2").arg(numberText(statistics->percentile01, 3), numberText(statistics->percentile99_9, 3)),
         tr("Between these lie all values but the smallest and the largest thousandth")});
    facts.push_back({tr("SQNR"), m_sqnr ? tr("%1 dB").arg(QLocale().toString(*m_sqnr, 'f', 1)) : tr("–"),
                     tr("Signal-to-quantization-noise ratio of the values under the plan")});
    if (values.nan + values.infinite > 0) {
      facts.push_back({tr("NaN, infinite"),
                       tr("%1, %2").arg(countText(static_cast<qint64>(values.nan)),
                                        countText(static_cast<qint64>(values.infinite))),
                       {}});
    }
  } else if (const CalibrationResult* ranges = m_document.ranges().get()) {
    if (const TensorRange* range = ranges->find(SubgraphIndex(0), m_tensor)) {
      facts.push_back({tr("min"), numberText(range->min), tr("Calibrated")});
      facts.push_back({tr("max"), numberText(range->max), tr("Calibrated")});
    }
  }
  m_facts->setFacts(facts);

  // What the integers will mean, in words.
  const bool own = tensor.quantized() && tensor.quantization->scale.size() == 1;
  const bool plannedOne = after && after->scale.size() == 1;
  if (own || plannedOne) {
    const float scale = plannedOne ? after->scale[0] : tensor.quantization->scale[0];
    const int64_t zero = plannedOne ? (after->zeroPoint.empty() ? 0 : after->zeroPoint[0])
                                    : (tensor.quantization->zeroPoint.empty() ? 0 : tensor.quantization->zeroPoint[0]);
    m_formula->setText(tr("real value = %1 × (integer − %2)").arg(QLocale().toString(scale, 'g', 6)).arg(zero));
    m_formula->setVisible(true);
  } else if (after && after->scale.size() > 1) {
    m_formula->setText(tr("one scale for each of %n channels", nullptr, static_cast<int>(after->scale.size())));
    m_formula->setVisible(true);
  }
}

void TensorPage::showStatistics(const TensorStatistics& statistics) {
  const bool plottable = !statistics.histogram.counts.empty();
  m_valuesBar->setVisible(plottable);
  m_histogram->setVisible(plottable);
  const Theme& theme = Theme::instance();
  m_legend->setText(swatch(theme.precisionColor(Precision::Int8), tr("values")));
  m_histogram->setHistogram(statistics.histogram, tr("values"));
  m_histogram->setOverlay(std::nullopt, {});
  m_histogram->setBucketEdges({});
  const bool channels = statistics.channels.size() > 1;
  m_channels->setVisible(channels);
  m_channelsTitle->setVisible(channels);
  m_channelsNote->setVisible(channels);
  if (channels) {
    m_channels->setChannels(statistics.channels);
    m_channelsNote->setText(tr("%1 channels · widest: %2").arg(statistics.channels.size()).arg(m_channels->widest()));
  }
  startPreview(statistics);
}

std::optional<std::pair<OperatorIndex, Scheme>> TensorPage::weightScheme() const {
  const auto plan = m_document.plan();
  if (!plan || m_document.planPending()) return std::nullopt;
  const Model& model = *m_document.model();
  const auto& operators = model.subgraphs[0].operators;
  const auto takesIt = [&](OperatorIndex op) {
    if (!op.valid() || op.position() >= operators.size()) return false;
    const Operator& candidate = operators[op.position()];
    const OperatorRules* rules = findRules(model.code(candidate));
    return rules && rules->weightInput >= 0 && candidate.input(static_cast<size_t>(rules->weightInput)) == m_tensor;
  };
  OperatorIndex user = m_document.selection().current();
  for (size_t i = 0; !takesIt(user) && i < operators.size(); ++i) user = OperatorIndex(static_cast<int32_t>(i));
  if (!takesIt(user) || user.position() >= plan->operators.size()) return std::nullopt;
  Scheme scheme = plan->schemes[user.position()];
  scheme.precision = plan->operators[user.position()].effective;
  scheme.granularity = plan->operators[user.position()].granularity;
  if (scheme.precision == Precision::Float32) return std::nullopt;
  return std::pair(user, scheme);
}

void TensorPage::startPreview(const TensorStatistics& statistics) {
  const auto after = planned();
  const auto weight = weightScheme();
  const bool scaled = after && !after->scale.empty() && after->type != ElementType::Float16;
  if (!weight && !scaled) return;
  const QString name =
      tr("after %1").arg(weight ? text(precisionLabel(weight->second.precision)) : text(elementTypeName(after->type)));
  m_preview = std::make_unique<Job<QuantizationPreview>>(
      [model = m_document.model(), tensor = m_tensor, weight, after,
       histogram = statistics.histogram](Progress& progress) -> Result<std::shared_ptr<const QuantizationPreview>> {
        auto preview = weight ? previewWeights(*model, weight->first, tensor, weight->second, histogram, progress)
                              : previewQuantization(*model, SubgraphIndex(0), tensor, *after, histogram, progress);
        if (!preview) return preview.error();
        return std::make_shared<const QuantizationPreview>(std::move(*preview));
      },
      Progress::Listener{},
      [this, name] {
        QMetaObject::invokeMethod(
            this, [this, name] { showPreview(name); }, Qt::QueuedConnection);
      });
}

void TensorPage::showPreview(const QString& name) {
  if (!m_preview || !m_preview->ready() || !m_preview->result().ok()) return;
  const QuantizationPreview& preview = **m_preview->result();
  m_histogram->setOverlay(preview.histogram, name);
  m_histogram->setBucketEdges(preview.bucketEdges);
  const Theme& theme = Theme::instance();
  m_legend->setText(swatch(theme.precisionColor(Precision::Int8), tr("float32")) + QStringLiteral("  ") +
                    swatch(theme.precisionColor(Precision::DynamicRange), name));
  m_sqnr = preview.sqnrDecibel;
  const auto statistics = m_document.statistics(m_tensor);
  showFacts(m_document.model()->subgraphs[0].tensor(m_tensor), statistics.get());
}

}  // namespace quantscope::ui
