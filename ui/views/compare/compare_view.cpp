#include "ui/views/compare/compare_view.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>
#include <algorithm>

#include "core/evaluation/layer_findings.h"
#include "ui/views/compare/answer_list.h"
#include "ui/views/compare/compare_model.h"
#include "ui/views/compare/graph_changes.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/plots/layer_error_plot.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kTitleWidth = 128;
constexpr int kLeastColumn = 96, kMostColumn = 190;

}  // namespace

CompareView::CompareView(Document& document, QWidget* parent)
    : QScrollArea(parent),
      m_document(document),
      m_empty(new EmptyState(Theme::instance().icon(QStringLiteral("compare"), IconTint::Secondary), {}, this)),
      m_content(new QWidget(this)),
      m_model(new CompareModel(document, this)),
      m_table(new QTableView(m_content)),
      m_variant(new QComboBox(m_content)),
      m_measure(new QPushButton(tr("Measure each layer"), m_content)),
      m_plot(new LayerErrorPlot(m_content)),
      m_plotMessage(new QLabel(m_content)),
      m_findings(new QListWidget(m_content)),
      m_answers(new AnswerList(document, m_content)),
      m_changes(new GraphChanges(document, m_content)) {
  setObjectName(QStringLiteral("compareView"));
  setWidgetResizable(true);
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* page = new QWidget;
  auto* pageLayout = new QVBoxLayout(page);
  pageLayout->setContentsMargins(0, 0, 0, 0);
  pageLayout->addWidget(m_empty, 1);
  pageLayout->addWidget(m_content, 1);
  setWidget(page);

  m_table->setObjectName(QStringLiteral("compareTable"));
  m_table->setAccessibleName(tr("Variants side by side"));
  m_table->setModel(m_model);
  setUpTable(m_table);
  m_table->horizontalHeader()->setSectionsMovable(false);
  m_table->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  m_table->installEventFilter(this);
  m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
  auto* copy = new QAction(Theme::instance().icon(QStringLiteral("copy")), tr("Copy as a table"), m_table);
  connect(copy, &QAction::triggered, this, [this] { QApplication::clipboard()->setText(m_model->asTsv()); });
  m_table->addAction(copy);

  auto* layout = new QVBoxLayout(m_content);
  layout->setContentsMargins(0, 0, 0, 12);
  layout->setSpacing(0);
  layout->addWidget(m_table);
  auto* detail = new QVBoxLayout;
  detail->setContentsMargins(12, 12, 12, 0);
  detail->setSpacing(8);
  auto* choice = new QHBoxLayout;
  auto* title = new QLabel(tr("In detail"), m_content);
  title->setProperty("sectionTitle", true);
  m_variant->setObjectName(QStringLiteral("compareVariant"));
  m_variant->setAccessibleName(tr("Variant to compare with the float model"));
  m_variant->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_variant->setMinimumContentsLength(14);
  m_measure->setToolTip(tr("Error of every operator against the float model, on its own and added up"));
  choice->addWidget(title);
  choice->addWidget(m_variant, 1);
  choice->addWidget(m_measure);
  m_plotMessage->setProperty("look", QStringLiteral("secondary"));
  m_plotMessage->setWordWrap(true);
  m_plot->setMinimumHeight(190);
  m_findings->setObjectName(QStringLiteral("layerFindings"));
  m_findings->setAccessibleName(tr("Operators that stand out"));
  m_findings->setWordWrap(true);
  m_findings->setMinimumHeight(64);
  detail->addLayout(choice);
  detail->addWidget(m_plotMessage);
  detail->addWidget(m_plot, 2);
  detail->addWidget(m_findings);
  detail->addWidget(m_answers, 2);
  detail->addWidget(m_changes, 1);
  detail->addStretch(0);
  layout->addLayout(detail, 1);

  connect(m_variant, &QComboBox::currentIndexChanged, this, &CompareView::refreshDetail);
  connect(m_measure, &QPushButton::clicked, this, [this] {
    if (const Variant* variant = chosen()) m_document.compareLayersOf(variant->id);
  });
  const auto selectLayer = [this](int layer) {
    const Variant* variant = chosen();
    if (!variant || !variant->layerErrors || layer >= static_cast<int>(variant->layerErrors->accumulated.size()))
      return;
    const OperatorIndex op = variant->layerErrors->accumulated[static_cast<size_t>(layer)].floatOperator;
    if (op.valid()) m_document.selection().setOperators({op}, op);
  };
  connect(m_plot, &LayerErrorPlot::layerClicked, this, selectLayer);
  connect(m_findings, &QListWidget::currentItemChanged, this, [selectLayer](const QListWidgetItem* item) {
    if (item) selectLayer(item->data(Qt::UserRole).toInt());
  });
  connect(&document.selection(), &Selection::changed, this, &CompareView::markCurrentLayer);
  for (auto signal : {&Document::variantsChanged, &Document::modelChanged, &Document::datasetsChanged})
    connect(&document, signal, this, &CompareView::refresh);
  connect(&document, &Document::currentVariantChanged, this, [this] {
    const int current = m_variant->findData(m_document.currentVariant());
    if (current >= 0) m_variant->setCurrentIndex(current);
    fitTable();
  });
  connect(&Theme::instance(), &Theme::changed, this, &CompareView::fitTable);
  setFocusProxy(m_table);
  refresh();
}

const Variant* CompareView::chosen() const {
  return m_variant->currentIndex() >= 0 ? m_document.variant(m_variant->currentData().toInt()) : nullptr;
}

void CompareView::refresh() {
  const bool any = m_document.variants().size() > 1;
  m_empty->setVisible(!any);
  m_content->setVisible(any);
  m_empty->setText(m_document.hasModel() ? tr("Quantize the model: its variants will stand here side by side.")
                                         : tr("Open a model, quantize it, and compare the variants here."));
  const QVariant before = m_variant->currentData();
  {
    const QSignalBlocker blocker(m_variant);
    m_variant->clear();
    for (const Variant& variant : m_document.variants()) {
      if (variant.id != 0) m_variant->addItem(variant.name, variant.id);
    }
    const int again = m_variant->findData(before.isValid() ? before : QVariant(m_document.currentVariant()));
    m_variant->setCurrentIndex(again >= 0 ? again : m_variant->count() - 1);
  }
  fitTable();
  refreshDetail();
}

void CompareView::refreshDetail() {
  const Variant* variant = chosen();
  refreshLayers();
  m_answers->show(variant);
  m_changes->show(variant);
}

void CompareView::refreshLayers() {
  const Variant* variant = chosen();
  const bool measured = variant && variant->layerErrors;
  m_plot->setVisible(measured);
  m_plotMessage->setText(measured ? tr("Error of each layer on %1 samples; more dB are better. Click one to select it.")
                                        .arg(countText(static_cast<int64_t>(variant->layerErrors->samples)))
                                  : tr("The error of each layer has not been measured for this variant."));
  m_findings->setVisible(false);
  if (!measured) return;
  QVector<double> accumulated, local;
  QStringList names;
  for (const LayerError& error : variant->layerErrors->accumulated) {
    accumulated.append(error.sqnrDecibel);
    names.append(QStringLiteral("%1 %2").arg(error.floatOperator.value).arg(fromStd(error.name)));
  }
  for (const LayerError& error : variant->layerErrors->local) local.append(error.sqnrDecibel);
  m_plot->setErrors(accumulated, local, names);
  markCurrentLayer();
  const QSignalBlocker blocker(m_findings);
  m_findings->clear();
  for (const LayerFinding& finding : interpretLayers(*variant->layerErrors)) {
    const LayerError& layer = variant->layerErrors->accumulated[finding.layer];
    auto* item = new QListWidgetItem(tr("%1 %2: %3. Remedy: %4")
                                         .arg(QString::number(layer.floatOperator.value), fromStd(layer.op),
                                              fromStd(finding.what), fromStd(finding.remedy)),
                                     m_findings);
    item->setData(Qt::UserRole, static_cast<int>(finding.layer));
  }
  m_findings->setVisible(m_findings->count() > 0);
}

void CompareView::markCurrentLayer() {
  const Variant* variant = chosen();
  if (!variant || !variant->layerErrors || !isVisible()) return;
  const OperatorIndex current = m_document.selection().current();
  const auto& layers = variant->layerErrors->accumulated;
  const auto it = std::find_if(layers.begin(), layers.end(), [current](const LayerError& e) {
    return current.valid() && e.floatOperator == current;
  });
  m_plot->setCurrent(it == layers.end() ? -1 : static_cast<int>(it - layers.begin()));
}

/// All rows are seen without scrolling inside; columns share the width as far as they can be read.
void CompareView::fitTable() {
  const int variants = m_model->columnCount() - 1;
  if (variants < 1) return;
  const int width = viewport()->width();
  const int column = std::clamp((width - kTitleWidth) / variants, kLeastColumn, kMostColumn);
  m_table->setColumnWidth(0, kTitleWidth);
  for (int i = 1; i <= variants; ++i) m_table->setColumnWidth(i, column);
  int height = m_table->horizontalHeader()->height();
  for (int row = 0; row < m_model->rowCount(); ++row) height += m_table->rowHeight(row);
  if (kTitleWidth + variants * column > width) height += m_table->style()->pixelMetric(QStyle::PM_ScrollBarExtent);
  m_table->setFixedHeight(height);
}

bool CompareView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_table && event->type() == QEvent::KeyPress &&
      static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
    QApplication::clipboard()->setText(m_model->asTsv());
    return true;
  }
  return QScrollArea::eventFilter(watched, event);
}

void CompareView::resizeEvent(QResizeEvent* event) {
  QScrollArea::resizeEvent(event);
  fitTable();
}

}  // namespace quantscope::ui
