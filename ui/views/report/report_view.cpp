#include "ui/views/report/report_view.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QVBoxLayout>

#include "ui/workspace/document.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

constexpr int kCommandHeight = 140;

/// Quoted only where the shell would read it otherwise.
QString shellWord(QString word) {
  static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_./,=+:@%-]+$"));
  if (plain.match(word).hasMatch()) return word;
  word.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
  return QLatin1Char('\'') + word + QLatin1Char('\'');
}

QString numbers(const std::vector<float>& values) {
  QStringList parts;
  for (const float value : values) parts << QString::number(static_cast<double>(value), 'g', 9);
  return parts.join(u',');
}

/// --data and what is done to its samples, as the command line has it.
QString dataOptions(const DatasetReference& reference) {
  QString options = QStringLiteral(" --data ") + shellWord(reference.path);
  if (!reference.labels.isEmpty()) options += QStringLiteral(" --labels ") + shellWord(reference.labels);
  if (!reference.preprocessing) return options;
  const Preprocessing& p = *reference.preprocessing;
  options +=
      QStringLiteral(" --scale %1 --mean %2 --std %3")
          .arg(QString::number(static_cast<double>(p.scale), 'g', 9), numbers(p.mean), numbers(p.standardDeviation));
  static const char* const kResize[] = {"exact", "center-crop", "fit"};
  static const char* const kPixels[] = {"bilinear", "antialias", "area", "nearest"};
  static const char* const kChannels[] = {"rgb", "bgr", "gray"};
  options += QStringLiteral(" --resize %1 --interpolation %2")
                 .arg(QLatin1String(kResize[int(p.resize)]), QLatin1String(kPixels[int(p.interpolation)]));
  if (p.channels) options += QStringLiteral(" --channels ") + QLatin1String(kChannels[int(*p.channels)]);
  return options;
}

/// --task and how the outputs are read; empty for what the command line does anyway.
QString taskOptions(const TaskChoice& task) {
  QString options;
  if (task.name != QLatin1String("classification")) options += QStringLiteral(" --task ") + task.name;
  if (task.labelOffset) options += QStringLiteral(" --label-offset %1").arg(*task.labelOffset);
  if (task.softmax) options += *task.softmax ? QStringLiteral(" --softmax yes") : QStringLiteral(" --softmax no");
  if (task.scoreThreshold > 0) options += QStringLiteral(" --score-threshold %1").arg(task.scoreThreshold);
  if (task.name == QLatin1String("anomaly"))
    options += QStringLiteral(" --normal-label %1 --max-fpr %2").arg(task.normalLabel).arg(task.maxFalsePositiveRate);
  // The command line writes its page for classification.
  if (task.classifies()) options += QStringLiteral(" --report report.html");
  return options;
}

/// The recipe of a model of many thousand operators is a book that nobody reads here and that takes long to lay out.
QString firstLines(const QString& text) {
  constexpr int kMostLines = 500;
  const auto lines = text.count(u'\n');
  if (lines <= kMostLines) return text;
  return text.section(u'\n', 0, kMostLines - 1) + u'\n' +
         ReportView::tr("… Lines left out here: %1. The file that Save recipe… writes has them all.")
             .arg(countText(lines - kMostLines));
}

}  // namespace

ReportView::ReportView(Document& document, QWidget* parent) : QWidget(parent), m_document(document) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 16);
  m_message = new QLabel(tr("Open a model and quantize it: its report is put together here."), this);
  m_message->setAlignment(Qt::AlignCenter);
  m_message->setProperty("emptyState", true);
  m_content = new QWidget(this);
  auto* content = new QVBoxLayout(m_content);
  content->setContentsMargins(0, 0, 0, 0);
  content->setSpacing(8);
  m_summary = new QLabel(m_content);
  m_summary->setWordWrap(true);
  m_summary->setTextFormat(Qt::RichText);
  auto* buttons = new QHBoxLayout;
  auto addButton = [&](const QString& text, bool primary, auto slot) {
    auto* button = new QPushButton(text, m_content);
    button->setProperty("primary", primary);
    connect(button, &QPushButton::clicked, this, slot);
    buttons->addWidget(button);
  };
  addButton(tr("Save report as HTML…"), true, [this] {
    save(tr("Save the report"), QStringLiteral("report.html"), tr("Web pages (*.html)"),
         renderHtmlReport(makeReport()));
  });
  addButton(tr("Save table as CSV…"), false, [this] {
    save(tr("Save the table"), QStringLiteral("variants.csv"), tr("Tables (*.csv)"), renderCsv(makeReport()));
  });
  addButton(tr("Save recipe…"), false, [this] {
    save(tr("Save the recipe"), QStringLiteral("recipe.json"), tr("Recipes (*.json)"),
         recipeToJson(m_document.recipe()));
  });
  buttons->addStretch(1);
  auto section = [&](const QString& text) {
    auto* label = new QLabel(text, m_content);
    label->setProperty("sectionTitle", true);
    return label;
  };
  auto makeText = [&](const QString& name) {
    auto* edit = new QPlainTextEdit(m_content);
    edit->setReadOnly(true);
    edit->setAccessibleName(name);
    edit->setProperty("code", true);
    return edit;
  };
  m_command = makeText(tr("The same on the command line"));
  m_command->setFixedHeight(kCommandHeight);
  m_recipe = makeText(tr("Recipe"));
  content->addWidget(m_summary);
  content->addLayout(buttons);
  auto* commandHead = new QHBoxLayout;
  commandHead->addWidget(section(tr("The same on the command line")), 1);
  auto* copy = new QPushButton(tr("Copy"), m_content);
  copy->setProperty("look", QStringLiteral("link"));
  copy->setAccessibleName(tr("Copy the command line"));
  connect(copy, &QPushButton::clicked, this, [this] {
    QGuiApplication::clipboard()->setText(m_command->toPlainText());
    emit m_document.notice(tr("The command line was copied; it needs the recipe as recipe.json."));
  });
  commandHead->addWidget(copy);
  content->addLayout(commandHead);
  content->addWidget(m_command);
  content->addWidget(section(tr("Recipe")));
  content->addWidget(m_recipe, 1);
  layout->addWidget(m_message, 1);
  layout->addWidget(m_content, 1);
  connect(&document, &Document::modelChanged, this, &ReportView::refresh);
  connect(&document, &Document::variantsChanged, this, &ReportView::refresh);
  connect(&document, &Document::recipeChanged, this, &ReportView::refresh);
  connect(&document, &Document::datasetsChanged, this, &ReportView::refresh);
  connect(&document, &Document::taskChanged, this, &ReportView::refresh);
  showState();
}

Report ReportView::makeReport() const {
  Report report;
  report.title = m_document.displayName().toStdString();
  if (m_document.hasModel()) report.modelPath = m_document.loaded()->path.filename().string();
  if (const auto& data = m_document.dataset(DatasetUse::Evaluation)) report.dataset = data->path.toStdString();
  report.sensitivity = m_document.sensitivity();
  for (const Variant& variant : m_document.variants()) {
    ReportVariant entry;
    entry.name = variant.name.toStdString();
    if (const Variant* parent = m_document.variant(variant.parent)) entry.madeFrom = parent->name.toStdString();
    entry.model = variant.model;
    entry.bytes = variant.bytes;
    entry.evaluation = variant.evaluation;
    entry.taskResult = variant.taskResult;
    entry.paired = variant.paired;
    entry.latency = variant.latency;
    entry.layerErrors = variant.layerErrors;
    if (variant.id != 0) entry.recipeJson = recipeToJson(variant.recipe);
    report.variants.push_back(std::move(entry));
  }
  return report;
}

void ReportView::save(const QString& title, const QString& name, const QString& filter, const std::string& text) {
  const QString path = QFileDialog::getSaveFileName(this, title, name, filter);
  if (path.isEmpty()) return;
  const auto result = writeFileAtomically(path.toStdString(), text, IfExists::Replace);
  if (result.ok()) {
    emit m_document.notice(tr("Saved %1").arg(path));
  } else {
    emit m_document.failed(result.error());
  }
}

void ReportView::refresh() {
  m_stale = true;
  // Behind another tab a dock is not hidden, it lies outside the window.
  if (!visibleRegion().isEmpty()) showState();
}

void ReportView::showEvent(QShowEvent* event) {
  if (m_stale) showState();
  QWidget::showEvent(event);
}

void ReportView::paintEvent(QPaintEvent* event) {
  if (m_stale) QMetaObject::invokeMethod(this, &ReportView::showState, Qt::QueuedConnection);
  QWidget::paintEvent(event);
}

void ReportView::showState() {
  m_stale = false;
  m_message->setVisible(!m_document.hasModel());
  m_content->setVisible(m_document.hasModel());
  if (!m_document.hasModel()) return;
  int measured = 0;
  for (const Variant& variant : m_document.variants()) measured += variant.measured();
  m_summary->setText(
      tr("<b>%1</b><br>%n variant(s), %2 of them evaluated. The report is one page with tables, plots, the "
         "recipe and the way to make it again; it needs no network.",
         nullptr, static_cast<int>(m_document.variants().size()))
          .arg(m_document.displayName().toHtmlEscaped())
          .arg(measured));
  const QString model = QString::fromStdString(m_document.loaded()->path.string());
  QString command = QStringLiteral("quantscope-cli quantize %1 -o quantized.tflite --mode recipe --recipe recipe.json")
                        .arg(shellWord(model));
  if (const auto& data = m_document.dataset(DatasetUse::Calibration)) command += dataOptions(*data);
  if (const auto& data = m_document.dataset(DatasetUse::Evaluation)) {
    command += QStringLiteral("\nquantscope-cli evaluate %1 quantized.tflite").arg(shellWord(model)) +
               dataOptions(*data) + taskOptions(m_document.task());
  }
  m_command->setPlainText(command);
  m_recipe->setPlainText(firstLines(QString::fromStdString(recipeToJson(m_document.recipe()))));
}

}  // namespace quantscope::ui
