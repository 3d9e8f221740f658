#include "ui/views/datasets/task_card.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/workspace/document.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// What a task needs of the data and what it tells.
QString needsText(const QString& task) {
  static const std::pair<const char*, const char*> kNeeds[] = {
      {"classification",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "Labelled samples: top-1 and top-5 of one score per class.")},
      {"keywords",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "Labelled WAV sounds: top-1 and top-5 of one score per word.")},
      {"agreement",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "No labels: how near the answers are to the float model's.")},
      {"detection",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "Boxes (COCO .json or .jsonl): mAP of the detections.")},
      {"segmentation",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "Masks (images/ and masks/): mean IoU of the pixels' classes.")},
      {"regression",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "Values (.npz, .csv or .jsonl): mean absolute error.")},
      {"anomaly",
       QT_TRANSLATE_NOOP("quantscope::ui::TaskCard", "Labels of normal and other samples: area under the ROC curve.")},
      {"embedding", QT_TRANSLATE_NOOP("quantscope::ui::TaskCard",
                                      "Labelled samples: whether the nearest other one has the same label.")}};
  for (const auto& [name, text] : kNeeds) {
    if (task == QLatin1String(name)) return TaskCard::tr(text);
  }
  return {};
}

}  // namespace

TaskCard::TaskCard(Document& document, QWidget* parent)
    : QFrame(parent),
      m_document(document),
      m_task(new QComboBox(this)),
      m_softmax(new QComboBox(this)),
      m_needs(new QLabel(this)),
      m_form(new QFormLayout),
      m_hasOffset(new QCheckBox(tr("Label offset"), this)),
      m_offset(new QSpinBox(this)),
      m_normal(new QSpinBox(this)),
      m_threshold(new QDoubleSpinBox(this)),
      m_falsePositives(new QDoubleSpinBox(this)) {
  setObjectName(QStringLiteral("taskCard"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(12, 10, 12, 10);
  layout->setSpacing(6);
  auto* head = new QHBoxLayout;
  auto* title = new QLabel(tr("Task"), this);
  title->setProperty("look", QStringLiteral("strong"));
  head->addWidget(title);
  m_task->setObjectName(QStringLiteral("taskChoice"));
  m_task->setAccessibleName(tr("What the outputs mean"));
  m_task->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  for (const char* name : {"classification", "keywords", "agreement"})
    m_task->addItem(taskText(QString::fromLatin1(name)), QString::fromLatin1(name));
  for (const TaskEntry& task : taskList()) m_task->addItem(taskText(fromStd(task.name)), fromStd(task.name));
  head->addWidget(m_task, 1);
  layout->addLayout(head);
  m_needs->setWordWrap(true);
  m_needs->setProperty("look", QStringLiteral("secondary"));
  layout->addWidget(m_needs);

  m_form->setContentsMargins(0, 0, 0, 0);
  m_form->setHorizontalSpacing(10);
  m_form->setVerticalSpacing(6);
  m_form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  m_hasOffset->setToolTip(
      tr("Output index (detection: category id) = label + offset; 1 where output 0 is a background "
         "class that no label has"));
  m_offset->setRange(-1'000'000, 1'000'000);
  m_offset->setAccessibleName(tr("Label offset"));
  m_softmax->addItem(tr("found out"));
  m_softmax->addItem(tr("take the softmax"), true);
  m_softmax->addItem(tr("are probabilities"), false);
  m_softmax->setAccessibleName(tr("What the scores are"));
  m_softmax->setToolTip(
      tr("Whether confidences are the softmax of the scores; found out: unless a SOFTMAX made them or "
         "they sum to 1"));
  m_threshold->setRange(0, 1);
  m_threshold->setSingleStep(0.05);
  m_threshold->setAccessibleName(tr("Least score of a box"));
  m_normal->setRange(0, 1'000'000);
  m_normal->setAccessibleName(tr("Label of normal samples"));
  m_falsePositives->setRange(0.001, 1);
  m_falsePositives->setDecimals(3);
  m_falsePositives->setSingleStep(0.05);
  m_falsePositives->setAccessibleName(tr("False positives of the partial AUC"));
  m_form->addRow(m_hasOffset, m_offset);
  m_form->addRow(tr("Scores"), m_softmax);
  m_form->addRow(tr("Least score"), m_threshold);
  m_form->addRow(tr("Normal label"), m_normal);
  m_form->addRow(tr("False positives up to"), m_falsePositives);
  layout->addLayout(m_form);
  layout->addStretch(1);

  for (QComboBox* box : {m_task, m_softmax}) connect(box, &QComboBox::activated, this, &TaskCard::read);
  for (QSpinBox* box : {m_offset, m_normal}) connect(box, &QSpinBox::valueChanged, this, &TaskCard::read);
  for (QDoubleSpinBox* box : {m_threshold, m_falsePositives})
    connect(box, &QDoubleSpinBox::valueChanged, this, &TaskCard::read);
  connect(m_hasOffset, &QCheckBox::toggled, this, &TaskCard::read);
  for (auto signal : {&Document::taskChanged, &Document::modelChanged})
    connect(&document, signal, this, &TaskCard::refresh);
  refresh();
}

void TaskCard::refresh() {
  const TaskChoice& task = m_document.task();
  m_showing = true;
  m_task->setCurrentIndex(m_task->findData(task.name));
  m_needs->setText(needsText(task.name));
  m_hasOffset->setChecked(task.labelOffset.has_value());
  m_offset->setValue(task.labelOffset.value_or(0));
  m_offset->setEnabled(task.labelOffset.has_value());
  m_softmax->setCurrentIndex(task.softmax ? (*task.softmax ? 1 : 2) : 0);
  m_threshold->setValue(task.scoreThreshold);
  m_normal->setValue(task.normalLabel);
  m_falsePositives->setValue(task.maxFalsePositiveRate);
  const bool detection = task.name == QLatin1String("detection"), anomaly = task.name == QLatin1String("anomaly");
  const bool offset = task.classifies() || detection || task.name == QLatin1String("segmentation");
  const std::pair<QWidget*, bool> fields[] = {{m_offset, offset},
                                              {m_softmax, task.classifies()},
                                              {m_threshold, detection},
                                              {m_normal, anomaly},
                                              {m_falsePositives, anomaly}};
  for (const auto& [field, shown] : fields) m_form->setRowVisible(field, shown);
  m_showing = false;
}

void TaskCard::read() {
  if (m_showing) return;
  TaskChoice task = m_document.task();
  task.name = m_task->currentData().toString();
  task.labelOffset = m_hasOffset->isChecked() ? std::optional(m_offset->value()) : std::nullopt;
  const QVariant softmax = m_softmax->currentData();
  task.softmax = softmax.isValid() ? std::optional(softmax.toBool()) : std::nullopt;
  task.scoreThreshold = m_threshold->value();
  task.normalLabel = m_normal->value();
  task.maxFalsePositiveRate = m_falsePositives->value();
  m_document.setTask(task);
}

}  // namespace quantscope::ui
