#include "ui/main_window/guide_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QVBoxLayout>

#include "core/quantization/targets/advice.h"
#include "ui/widgets/table_copy.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

enum Column { Mode, Bytes, Share, Suits, Why, ColumnCount };
constexpr int kShownReasons = 6;

QStandardItem* cell(const QString& text, bool right = false, Tone tone = Tone::Normal) {
  auto* item = new QStandardItem(text);
  item->setTextAlignment((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  item->setData(QVariant::fromValue(tone), ToneRole);
  item->setToolTip(text);
  return item;
}

}  // namespace

GuideDialog::GuideDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_target(new QComboBox(this)),
      m_samples(new QComboBox(this)),
      m_about(new QLabel(this)),
      m_verdict(new QLabel(this)),
      m_reasons(new QLabel(this)),
      m_model(new QStandardItemModel(0, ColumnCount, this)),
      m_table(new QTableView(this)) {
  setObjectName(QStringLiteral("guideDialog"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Guide to a mode"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->setSpacing(12);

  auto* questions = new QGridLayout;
  questions->setHorizontalSpacing(12);
  questions->setVerticalSpacing(8);
  questions->setColumnStretch(1, 1);
  m_target->setObjectName(QStringLiteral("guideTarget"));
  m_target->setAccessibleName(tr("What will run it"));
  for (const Target& target : targets()) m_target->addItem(fromStd(target.title), fromStd(target.name));
  m_target->setCurrentIndex(std::max(0, m_target->findData(fromStd(document.target().name))));
  m_samples->setObjectName(QStringLiteral("guideSamples"));
  m_samples->setAccessibleName(tr("Samples to calibrate with"));
  m_samples->addItem(tr("Yes, a few hundred like those the model will see"), true);
  m_samples->addItem(tr("No"), false);
  m_samples->setCurrentIndex(document.hasSamples() ? 0 : 1);
  questions->addWidget(new QLabel(tr("What will run it?"), this), 0, 0);
  questions->addWidget(m_target, 0, 1);
  m_about->setWordWrap(true);
  m_about->setProperty("look", QStringLiteral("secondary"));
  questions->addWidget(m_about, 1, 1);
  questions->addWidget(new QLabel(tr("Are there samples?"), this), 2, 0);
  questions->addWidget(m_samples, 2, 1);
  layout->addLayout(questions);

  m_verdict->setProperty("look", QStringLiteral("title"));
  m_reasons->setWordWrap(true);
  m_reasons->setTextFormat(Qt::PlainText);
  layout->addWidget(m_verdict);
  layout->addWidget(m_reasons);

  m_table->setObjectName(QStringLiteral("guideTable"));
  m_table->setAccessibleName(tr("Modes and how they suit"));
  m_model->setHorizontalHeaderLabels({tr("Mode"), tr("Bytes"), tr("Size"), tr("Suits"), tr("Why")});
  for (const int column : {int(Bytes), int(Share)})
    m_model->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_table->setModel(m_model);
  setUpTable(m_table);
  enableTableCopy(m_table, tr("Copy as a table"));
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->horizontalHeader()->setStretchLastSection(true);
  const std::pair<int, int> widths[] = {{Mode, 150}, {Bytes, 96}, {Share, 64}, {Suits, 64}};
  for (const auto& [column, width] : widths) m_table->setColumnWidth(column, width);
  layout->addWidget(m_table, 1);

  auto* presets = new QHBoxLayout;
  presets->setSpacing(8);
  presets->addWidget(new QLabel(tr("Or let rules be chosen for it:"), this));
  for (const Optimize optimize : {Optimize::Size, Optimize::Latency, Optimize::Balanced}) {
    auto* button = new QPushButton(optimizeText(optimize), this);
    button->setObjectName(QStringLiteral("guidePreset-") + fromStd(optimizeName(optimize)));
    button->setAccessibleName(tr("Optimize for %1").arg(optimizeText(optimize)));
    button->setAutoDefault(false);
    connect(button, &QPushButton::clicked, this, [this, optimize] { takePreset(optimize); });
    presets->addWidget(button);
    m_presets.push_back(button);
  }
  presets->addStretch(1);
  layout->addLayout(presets);

  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  m_take = buttons->addButton(QString(), QDialogButtonBox::AcceptRole);
  m_take->setObjectName(QStringLiteral("guideTake"));
  m_take->setDefault(true);
  connect(buttons, &QDialogButtonBox::accepted, this, &GuideDialog::takeMode);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  layout->addWidget(buttons);
  for (QComboBox* box : {m_target, m_samples}) connect(box, &QComboBox::currentIndexChanged, this, &GuideDialog::ask);
  connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &GuideDialog::refreshButton);
  resize(820, 620);
  ask();
}

GuideDialog::~GuideDialog() = default;

const Target& GuideDialog::target() const {
  return targets()[static_cast<size_t>(std::max(0, m_target->currentIndex()))];
}

bool GuideDialog::samples() const {
  return m_samples->currentData().toBool();
}

void GuideDialog::ask() {
  m_about->setText(fromStd(target().about));
  m_advice.reset();
  m_verdict->setText(tr("Planning every mode …"));
  m_reasons->clear();
  m_model->removeRows(0, m_model->rowCount());
  refreshButton();
  m_document.advise(std::string(target().name), samples(),
                    [self = QPointer(this), question = ++m_question](const Result<Advice>& result) {
                      if (!self || self->m_question != question) return;
                      if (result.ok()) return self->show(*result);
                      self->m_verdict->setText(tr("There is no advice"));
                      self->m_reasons->setText(QString::fromStdString(result.error().message()));
                    });
}

void GuideDialog::show(const Advice& advice) {
  m_advice = std::make_unique<const Advice>(advice);
  if (advice.mode == "keep")
    m_verdict->setText(tr("Leave the model as it is"));
  else if (advice.mode == "float32")
    m_verdict->setText(tr("No mode suits: stay in float32"));
  else
    m_verdict->setText(tr("Take %1").arg(fromStd(advice.mode)));
  QStringList reasons;
  for (const auto* list : {&advice.reasons, &advice.remarks}) {
    for (const std::string& reason : *list) {
      // What the device is stands above already.
      if (reason.find(target().about) == std::string::npos) reasons << QStringLiteral("• ") + fromStd(reason);
    }
  }
  if (const auto more = reasons.size() - kShownReasons; more > 1)
    reasons = reasons.mid(0, kShownReasons) << tr("• and %1 more").arg(more);
  m_reasons->setText(reasons.join(u'\n'));
  const double whole = static_cast<double>(m_document.loaded()->fileBytes);
  for (const AdviceOption& option : advice.options) {
    const Tone tone = option.suits ? Tone::Normal : Tone::Secondary;
    QList<QStandardItem*> row(ColumnCount);
    row[Mode] = cell(fromStd(option.mode), false, tone);
    row[Mode]->setData(option.mode == advice.mode, StrongRole);
    row[Bytes] = cell(option.bytes > 0 ? countText(option.bytes) : QStringLiteral("–"), true, tone);
    row[Share] =
        cell(option.bytes > 0 ? fixedText(static_cast<double>(option.bytes) / whole, 2) + u'×' : QString(), true, tone);
    row[Suits] = cell(option.suits ? tr("yes") : tr("no"), false, option.suits ? Tone::Good : Tone::Secondary);
    row[Why] = cell(fromStd(option.why), false, Tone::Secondary);
    m_model->appendRow(row);
  }
  m_table->selectRow(0);
  refreshButton();
}

void GuideDialog::refreshButton() {
  const int row = m_table->currentIndex().row();
  const bool chosen = m_advice && row >= 0 && row < static_cast<int>(m_advice->options.size());
  m_take->setEnabled(chosen);
  m_take->setText(chosen ? tr("Use %1").arg(fromStd(m_advice->options[static_cast<size_t>(row)].mode))
                         : tr("Use this mode"));
}

void GuideDialog::takeMode() {
  const int row = m_table->currentIndex().row();
  if (!m_advice || row < 0) return;
  m_document.useMode(m_advice->options[static_cast<size_t>(row)].mode, target());
  emit recipeTaken();
  accept();
}

void GuideDialog::takePreset(Optimize optimize) {
  m_document.usePreset(optimize, target(), samples());
  emit recipeTaken();
  accept();
}

}  // namespace quantscope::ui
