#include "ui/views/datasets/dataset_card.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/views/datasets/dataset_preview.h"
#include "ui/views/datasets/input_dialog.h"
#include "ui/widgets/elided_label.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

DatasetCard::DatasetCard(Document& document, DatasetUse use, QWidget* parent)
    : QFrame(parent),
      m_document(document),
      m_use(use),
      m_title(new QLabel(use == DatasetUse::Calibration ? tr("Calibration") : tr("Evaluation"), this)),
      m_path(new ElidedLabel(Qt::ElideMiddle, this)),
      m_found(new QLabel(this)),
      m_preprocessing(new QLabel(this)),
      m_problem(new QLabel(this)),
      m_folder(new QPushButton(tr("Folder…"), this)),
      m_file(new QPushButton(tr("File…"), this)),
      m_input(new QPushButton(tr("Input…"), this)),
      m_remove(new QPushButton(tr("Remove"), this)),
      m_preview(new DatasetPreview(document, this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->setSpacing(5);
  auto* head = new QHBoxLayout;
  head->setSpacing(8);
  m_title->setProperty("look", QStringLiteral("strong"));
  head->addWidget(m_title);
  m_path->setProperty("look", QStringLiteral("secondary"));
  head->addStretch(1);
  for (QPushButton* button : {m_folder, m_file, m_input, m_remove}) {
    button->setProperty("look", QStringLiteral("link"));
    button->setCursor(Qt::PointingHandCursor);
    head->addWidget(button);
  }
  m_folder->setAccessibleName(tr("Choose a folder for %1").arg(m_title->text()));
  m_file->setAccessibleName(tr("Choose a file for %1").arg(m_title->text()));
  m_input->setObjectName(use == DatasetUse::Calibration ? QStringLiteral("calibrationInput")
                                                        : QStringLiteral("evaluationInput"));
  m_input->setAccessibleName(tr("How samples for %1 become inputs").arg(m_title->text()));
  m_input->setToolTip(tr("Scale, mean, resizing, order of the channels, names of the classes"));
  m_remove->setAccessibleName(tr("Remove the data for %1").arg(m_title->text()));
  layout->addLayout(head);
  layout->addWidget(m_path);
  for (QLabel* label : {m_found, m_preprocessing, m_problem}) {
    label->setWordWrap(true);
    layout->addWidget(label);
  }
  m_preprocessing->setProperty("look", QStringLiteral("secondary"));
  m_problem->setProperty("look", QStringLiteral("bad"));
  if (use == DatasetUse::Calibration) {
    auto* row = new QHBoxLayout;
    m_observer = new QComboBox(this);
    m_observer->setObjectName(QStringLiteral("observerChoice"));
    m_observer->setAccessibleName(tr("How ranges are chosen"));
    m_observer->setToolTip(tr("How the range of an activation follows from the values that were seen"));
    for (const Observer observer : {Observer::MinMax, Observer::MovingAverage, Observer::Percentile,
                                    Observer::MeanSquaredError, Observer::Entropy})
      m_observer->addItem(observerText(observer), static_cast<int>(observer));
    connect(m_observer, &QComboBox::activated, this,
            [this] { m_document.setObserver(static_cast<Observer>(m_observer->currentData().toInt())); });
    row->addWidget(new QLabel(tr("Ranges"), this));
    row->addWidget(m_observer);
    row->addStretch(1);
    layout->addLayout(row);
  }
  layout->addSpacing(4);
  layout->addWidget(m_preview);
  layout->addStretch(1);
  connect(m_folder, &QPushButton::clicked, this, [this] { choose(true); });
  connect(m_file, &QPushButton::clicked, this, [this] { choose(false); });
  connect(m_input, &QPushButton::clicked, this, &DatasetCard::changeInput);
  connect(m_remove, &QPushButton::clicked, this, [this] { m_document.setDataset(m_use, std::nullopt); });
  for (auto signal : {&Document::datasetsChanged, &Document::modelChanged})
    connect(&document, signal, this, &DatasetCard::refresh);
  refresh();
}

QString DatasetCard::skippedText(const Dataset& dataset) const {
  if (dataset.skipped().empty()) return {};
  const SkippedItem& first = dataset.skipped().front();
  const auto count = static_cast<int64_t>(dataset.skipped().size());
  const QString one = tr("%1: %2").arg(fromStd(first.path), fromStd(first.why));
  return count == 1 ? tr("Skipped %1").arg(one) : tr("%1 items skipped, the first %2").arg(countText(count), one);
}

void DatasetCard::refresh() {
  const auto& reference = m_document.dataset(m_use);
  const DatasetState& state = m_document.datasetState(m_use);
  for (QPushButton* button : {m_input, m_remove}) button->setVisible(reference.has_value());
  if (m_observer) m_observer->setCurrentIndex(m_observer->findData(static_cast<int>(m_document.observer())));
  m_path->setVisible(reference.has_value());
  m_path->setText(reference ? reference->path : QString());
  QString found, preprocessing, problem;
  switch (state.status) {
    case DatasetState::Status::None:
      found = m_use == DatasetUse::Calibration ? tr("A few hundred samples like those the model will see. Integer "
                                                    "modes observe the range of every activation on them.")
                                               : tr("Labelled samples, one folder per class, that calibration does not "
                                                    "use. Accuracy is measured on them.");
      break;
    case DatasetState::Status::Loading:
      found = tr("Listing …");
      break;
    case DatasetState::Status::Failed:
      problem = QString::fromStdString(state.error->message());
      break;
    case DatasetState::Status::Ready:
      found = fromStd(state.dataset->description());
      preprocessing = fromStd(state.dataset->preprocessing().describe());
      problem = skippedText(*state.dataset);
      break;
  }
  m_found->setText(found);
  m_preprocessing->setText(preprocessing);
  m_problem->setText(problem);
  m_found->setVisible(!found.isEmpty());
  m_preprocessing->setVisible(!preprocessing.isEmpty());
  m_problem->setVisible(!problem.isEmpty());
  m_preview->setDataset(state.dataset);
  m_preview->setVisible(state.dataset != nullptr);
}

void DatasetCard::changeInput() {
  const auto& reference = m_document.dataset(m_use);
  if (!reference) return;
  const auto& open = m_document.datasetState(m_use).dataset;
  auto* dialog = new InputDialog(*reference, open ? &open->preprocessing() : nullptr, this);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(dialog, &QDialog::accepted, this, [this, dialog] { m_document.setDataset(m_use, dialog->reference()); });
  dialog->open();
}

void DatasetCard::choose(bool folder) {
  const QString title =
      m_use == DatasetUse::Calibration ? tr("Choose the calibration data") : tr("Choose the evaluation data");
  const QString start = settings::lastFolder(QStringLiteral("data"));
  const QString path =
      folder ? QFileDialog::getExistingDirectory(this, title, start)
             : QFileDialog::getOpenFileName(this, title, start,
                                            tr("Samples (*.npz *.npy *.csv *.tsv *.jsonl *.json);;All files (*)"));
  if (path.isEmpty()) return;
  settings::setLastFolder(QStringLiteral("data"), folder ? path : QFileInfo(path).path());
  m_document.setDataset(m_use, DatasetReference{path, {}, 0});
}

}  // namespace quantscope::ui
