#include "ui/views/datasets/input_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/workspace/settings.h"

namespace quantscope::ui {

namespace {

QString listText(const std::vector<float>& values) {
  QStringList parts;
  for (const float value : values) parts << QString::number(static_cast<double>(value), 'g', 7);
  return parts.join(QStringLiteral(", "));
}

/// One value or several with commas between; empty where it is none of these.
std::vector<float> listOf(const QString& text) {
  std::vector<float> values;
  for (const QString& part : text.split(u',')) {
    bool good = false;
    const float value = QLocale::c().toFloat(part.trimmed(), &good);
    if (!good) return {};
    values.push_back(value);
  }
  return values;
}

}  // namespace

InputDialog::InputDialog(const DatasetReference& reference, const Preprocessing* found, QWidget* parent)
    : QDialog(parent),
      m_reference(reference),
      m_automatic(new QRadioButton(tr("As the model's metadata says, else 0 to 255"), this)),
      m_own(new QRadioButton(tr("As said here"), this)),
      m_fields(new QWidget(this)),
      m_mean(new QLineEdit(m_fields)),
      m_deviation(new QLineEdit(m_fields)),
      m_labels(new QLineEdit(this)),
      m_scale(new QDoubleSpinBox(m_fields)),
      m_resize(new QComboBox(m_fields)),
      m_interpolation(new QComboBox(m_fields)),
      m_channels(new QComboBox(m_fields)),
      m_problem(new QLabel(this)) {
  setObjectName(QStringLiteral("inputDialog"));
  setWindowTitle(tr("How samples become inputs"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->setSpacing(10);
  layout->addWidget(m_automatic);
  layout->addWidget(m_own);
  const Preprocessing shown = reference.preprocessing ? *reference.preprocessing : found ? *found : Preprocessing{};
  auto* form = new QFormLayout(m_fields);
  form->setContentsMargins(24, 0, 0, 0);
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  form->setHorizontalSpacing(12);
  form->setVerticalSpacing(6);
  auto* formula = new QLabel(tr("input = (pixel · scale − mean) / deviation"), m_fields);
  formula->setProperty("look", QStringLiteral("secondary"));
  form->addRow(formula);
  m_scale->setDecimals(8);
  m_scale->setRange(-1e6, 1e6);
  m_scale->setValue(static_cast<double>(shown.scale));
  m_mean->setText(listText(shown.mean));
  m_deviation->setText(listText(shown.standardDeviation));
  for (QLineEdit* line : {m_mean, m_deviation})
    line->setToolTip(tr("One value, or one per channel: 123.7, 116.8, 103.9"));
  m_resize->addItem(tr("to the input's size"), int(ResizeMode::Exact));
  m_resize->addItem(tr("middle 87.5 %"), int(ResizeMode::CenterCrop));
  m_resize->addItem(tr("fit, fill with black"), int(ResizeMode::Fit));
  m_resize->setCurrentIndex(m_resize->findData(int(shown.resize)));
  m_interpolation->addItem(tr("bilinear (TensorFlow, OpenCV)"), int(Interpolation::Bilinear));
  m_interpolation->addItem(tr("antialiased (Pillow, PyTorch)"), int(Interpolation::Antialiased));
  m_interpolation->addItem(tr("area"), int(Interpolation::Area));
  m_interpolation->addItem(tr("nearest"), int(Interpolation::Nearest));
  m_interpolation->setCurrentIndex(m_interpolation->findData(int(shown.interpolation)));
  m_channels->addItem(tr("by the input"));
  m_channels->addItem(tr("red, green, blue"), int(ChannelOrder::Rgb));
  m_channels->addItem(tr("blue, green, red"), int(ChannelOrder::Bgr));
  m_channels->addItem(tr("grey"), int(ChannelOrder::Gray));
  m_channels->setCurrentIndex(shown.channels ? m_channels->findData(int(*shown.channels)) : 0);
  const std::pair<QString, QWidget*> rows[] = {{tr("Scale"), m_scale},          {tr("Mean"), m_mean},
                                               {tr("Deviation"), m_deviation},  {tr("Resize"), m_resize},
                                               {tr("Pixels"), m_interpolation}, {tr("Channels"), m_channels}};
  for (const auto& [text, field] : rows) {
    field->setAccessibleName(text);
    form->addRow(text, field);
  }
  layout->addWidget(m_fields);
  auto* labels = new QHBoxLayout;
  labels->addWidget(new QLabel(tr("Class names"), this));
  m_labels->setObjectName(QStringLiteral("classNamesFile"));
  m_labels->setAccessibleName(tr("File of class names"));
  m_labels->setPlaceholderText(tr("from the model's metadata, else sorted folder names"));
  m_labels->setText(reference.labels);
  labels->addWidget(m_labels, 1);
  auto* choose = new QPushButton(tr("File…"), this);
  choose->setAccessibleName(tr("Choose a file of class names"));
  choose->setToolTip(tr("A text file with one name per line, in the order of the outputs"));
  choose->setAutoDefault(false);
  connect(choose, &QPushButton::clicked, this, &InputDialog::chooseLabels);
  labels->addWidget(choose);
  layout->addLayout(labels);
  m_problem->setProperty("look", QStringLiteral("bad"));
  m_problem->setWordWrap(true);
  layout->addWidget(m_problem);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
  m_accept = buttons->button(QDialogButtonBox::Ok);
  m_accept->setDefault(true);
  connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  layout->addWidget(buttons);
  (reference.preprocessing ? m_own : m_automatic)->setChecked(true);
  connect(m_own, &QRadioButton::toggled, this, &InputDialog::refresh);
  for (QLineEdit* line : {m_mean, m_deviation}) connect(line, &QLineEdit::textChanged, this, &InputDialog::refresh);
  setMinimumWidth(480);
  refresh();
}

void InputDialog::chooseLabels() {
  const QString path =
      QFileDialog::getOpenFileName(this, tr("Choose a file of class names"),
                                   settings::lastFolder(QStringLiteral("data")), tr("Text (*.txt);;All files (*)"));
  if (!path.isEmpty()) m_labels->setText(path);
}

void InputDialog::refresh() {
  m_fields->setEnabled(m_own->isChecked());
  QString problem;
  if (m_own->isChecked()) {
    const std::vector<float> mean = listOf(m_mean->text()), deviation = listOf(m_deviation->text());
    if (mean.empty() || deviation.empty())
      problem = tr("Mean and deviation are numbers with commas between.");
    else if (std::find(deviation.begin(), deviation.end(), 0.0f) != deviation.end())
      problem = tr("A deviation of 0 cannot be divided by.");
  }
  m_problem->setText(problem);
  m_problem->setVisible(!problem.isEmpty());
  m_accept->setEnabled(problem.isEmpty());
}

DatasetReference InputDialog::reference() const {
  DatasetReference reference = m_reference;
  reference.labels = m_labels->text().trimmed();
  reference.preprocessing.reset();
  if (!m_own->isChecked()) return reference;
  Preprocessing& p = reference.preprocessing.emplace();
  p.scale = static_cast<float>(m_scale->value());
  p.mean = listOf(m_mean->text());
  p.standardDeviation = listOf(m_deviation->text());
  p.resize = static_cast<ResizeMode>(m_resize->currentData().toInt());
  p.interpolation = static_cast<Interpolation>(m_interpolation->currentData().toInt());
  if (m_channels->currentData().isValid()) p.channels = static_cast<ChannelOrder>(m_channels->currentData().toInt());
  p.source = "user";
  return reference;
}

}  // namespace quantscope::ui
