#include "ui/views/compare/compare_view.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>
#include <map>

#include "ui/views/compare/compare_model.h"
#include "ui/widgets/plots/layer_error_plot.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {
constexpr int kMostPictures = 200;
}

CompareView::CompareView(Document& document, QWidget* parent) : QWidget(parent), m_document(document) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 12, 12, 12);
  m_message = new QLabel(this);
  m_message->setAlignment(Qt::AlignCenter);
  m_message->setWordWrap(true);
  m_message->setProperty("emptyState", true);
  m_parts = new QSplitter(Qt::Vertical, this);
  m_parts->setChildrenCollapsible(false);

  m_model = new CompareModel(document, this);
  m_table = new QTableView(m_parts);
  m_table->setModel(m_model);
  m_table->setObjectName(QStringLiteral("compareTable"));
  m_table->setShowGrid(false);
  m_table->setAlternatingRowColors(true);
  m_table->verticalHeader()->setDefaultSectionSize(28);
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->setAccessibleName(tr("Variants side by side"));

  auto* lower = new QWidget(m_parts);
  auto* lowerLayout = new QVBoxLayout(lower);
  lowerLayout->setContentsMargins(0, 8, 0, 0);
  auto* choice = new QHBoxLayout;
  auto* title = new QLabel(tr("In detail"), lower);
  title->setProperty("sectionTitle", true);
  m_variant = new QComboBox(lower);
  m_variant->setAccessibleName(tr("Variant to compare with the float model"));
  m_variant->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  auto* measure = new QPushButton(tr("Measure the error of each layer"), lower);
  m_summary = new QLabel(lower);
  m_summary->setProperty("secondary", true);
  choice->addWidget(title);
  choice->addWidget(m_variant);
  choice->addWidget(m_summary, 1);
  choice->addWidget(measure);
  m_plot = new LayerErrorPlot(lower);
  m_plotMessage = new QLabel(tr("The error of each layer has not been measured for this variant."), lower);
  m_plotMessage->setProperty("secondary", true);
  m_plotMessage->setAlignment(Qt::AlignCenter);
  m_picturesTitle = new QLabel(lower);
  m_picturesTitle->setProperty("sectionTitle", true);
  m_pictures = new QListWidget(lower);
  m_pictures->setViewMode(QListView::IconMode);
  m_pictures->setResizeMode(QListView::Adjust);
  m_pictures->setMovement(QListView::Static);
  m_pictures->setIconSize(QSize(64, 64));
  m_pictures->setGridSize(QSize(120, 116));
  m_pictures->setWordWrap(true);
  m_pictures->setAccessibleName(tr("Samples whose answer changed"));
  lowerLayout->addLayout(choice);
  lowerLayout->addWidget(m_plot, 2);
  lowerLayout->addWidget(m_plotMessage);
  lowerLayout->addWidget(m_picturesTitle);
  lowerLayout->addWidget(m_pictures, 2);
  m_parts->setStretchFactor(1, 1);
  layout->addWidget(m_message);
  layout->addWidget(m_parts, 1);

  connect(m_variant, &QComboBox::currentIndexChanged, this, [this] {
    refreshLayers();
    refreshPictures();
  });
  connect(measure, &QPushButton::clicked, this, [this] {
    if (const Variant* variant = chosen()) m_document.compareLayersOf(variant->id);
  });
  connect(m_plot, &LayerErrorPlot::layerClicked, this, [this](int layer) {
    const Variant* variant = chosen();
    if (!variant || !variant->layerErrors || layer >= static_cast<int>(variant->layerErrors->accumulated.size()))
      return;
    const OperatorIndex op = variant->layerErrors->accumulated[static_cast<size_t>(layer)].floatOperator;
    if (op.valid()) m_document.selection().setOperators({op}, op);
  });
  connect(&document, &Document::variantsChanged, this, &CompareView::refresh);
  connect(&document, &Document::modelChanged, this, &CompareView::refresh);
  refresh();
}

const Variant* CompareView::chosen() const {
  return m_variant->currentIndex() >= 0 ? m_document.variant(m_variant->currentData().toInt()) : nullptr;
}

void CompareView::refresh() {
  const bool any = m_document.variants().size() > 1;
  m_message->setVisible(!any);
  m_parts->setVisible(any);
  m_message->setText(m_document.hasModel() ? tr("Quantize the model: its variants will stand here side by side.")
                                           : tr("Open a model, quantize it, and compare the variants here."));
  const QVariant before = m_variant->currentData();
  const QSignalBlocker blocker(m_variant);
  m_variant->clear();
  for (const Variant& variant : m_document.variants()) {
    if (variant.id != 0) m_variant->addItem(variant.name, variant.id);
  }
  const int again = m_variant->findData(before);
  m_variant->setCurrentIndex(again >= 0 ? again : m_variant->count() - 1);
  refreshLayers();
  refreshPictures();
}

void CompareView::refreshLayers() {
  const Variant* variant = chosen();
  const bool measured = variant && variant->layerErrors;
  m_plot->setVisible(measured);
  m_plotMessage->setVisible(!measured);
  if (!measured) return;
  QVector<double> accumulated, local;
  QStringList names;
  for (const LayerError& error : variant->layerErrors->accumulated) {
    accumulated.append(error.sqnrDecibel);
    names.append(QStringLiteral("%1 %2").arg(error.floatOperator.value).arg(QString::fromStdString(error.name)));
  }
  for (const LayerError& error : variant->layerErrors->local) local.append(error.sqnrDecibel);
  m_plot->setErrors(accumulated, local, names);
}

void CompareView::refreshPictures() {
  m_pictures->clear();
  const Variant* variant = chosen();
  const Variant* baseline = m_document.variant(0);
  const bool both = variant && baseline && variant->evaluation && baseline->evaluation;
  m_pictures->setVisible(both);
  m_picturesTitle->setVisible(both);
  m_summary->clear();
  if (!both) return;
  std::map<uint32_t, const Prediction*> before;
  for (const Prediction& prediction : baseline->evaluation->predictions) before[prediction.sample] = &prediction;
  int changed = 0;
  const auto dataset = m_document.openedDataset(DatasetUse::Evaluation);
  auto className = [&](int32_t index) {
    const bool named = dataset && index >= 0 && static_cast<size_t>(index) < dataset->classNames().size();
    return named ? QString::fromStdString(dataset->classNames()[static_cast<size_t>(index)]) : QString::number(index);
  };
  for (const Prediction& now : variant->evaluation->predictions) {
    const auto it = before.find(now.sample);
    if (it == before.end() || it->second->top1 == now.top1) continue;
    if (++changed > kMostPictures) continue;
    auto* item = new QListWidgetItem(tr("%1 → %2").arg(className(it->second->top1), className(now.top1)), m_pictures);
    const bool known = dataset && now.sample < dataset->size();
    const QString path = known ? QString::fromStdString(dataset->picturePath(now.sample).string()) : QString();
    if (!path.isEmpty())
      item->setIcon(QIcon(QPixmap(path).scaled(64, 64, Qt::KeepAspectRatio, Qt::FastTransformation)));
    item->setToolTip(now.label >= 0 ? tr("%1\nTruth: %2").arg(path, className(now.label)) : path);
    item->setTextAlignment(Qt::AlignHCenter | Qt::AlignTop);
  }
  m_picturesTitle->setText(changed > kMostPictures
                               ? tr("%1 answers changed; the first %2 of them").arg(changed).arg(kMostPictures)
                               : tr("%n answer(s) changed", nullptr, changed));
}

}  // namespace quantscope::ui
