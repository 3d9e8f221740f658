#include "ui/main_window/search_dialog.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QRadioButton>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>

#include "core/quantization/targets/target.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

constexpr int kUsualTrials = 60;

}  // namespace

SearchDialog::SearchDialog(Document& document, QWidget* parent)
    : QDialog(parent),
      m_document(document),
      m_byDrop(new QRadioButton(tr("Smallest file that loses at most"), this)),
      m_bySize(new QRadioButton(tr("Most accurate file of at most"), this)),
      m_drop(new QDoubleSpinBox(this)),
      m_size(new QDoubleSpinBox(this)),
      m_trials(new QSpinBox(this)),
      m_samples(new QSpinBox(this)),
      m_note(new QLabel(this)) {
  setObjectName(QStringLiteral("searchDialog"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Search mixed precision"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->setSpacing(12);
  auto* intro =
      new QLabel(tr("Gives every operator a precision of its own. Mixtures are planned from what each operator "
                    "costs alone, then really made and evaluated; every one becomes a variant."),
                 this);
  intro->setWordWrap(true);
  intro->setProperty("look", QStringLiteral("secondary"));
  layout->addWidget(intro);

  auto* budget = new QGridLayout;
  budget->setHorizontalSpacing(10);
  budget->setVerticalSpacing(8);
  budget->setColumnStretch(2, 1);
  m_byDrop->setChecked(true);
  m_drop->setRange(0, 100);
  m_drop->setDecimals(2);
  m_drop->setSingleStep(0.25);
  m_drop->setValue(1);
  m_drop->setSuffix(tr(" percentage points"));
  m_drop->setAccessibleName(tr("Greatest loss in percentage points"));
  m_size->setRange(1, 1e13);
  m_size->setDecimals(0);
  m_size->setGroupSeparatorShown(true);
  m_size->setSuffix(tr(" bytes"));
  m_size->setAccessibleName(tr("Greatest size in bytes"));
  const auto plan = document.plan();
  m_size->setValue(static_cast<double>(plan ? plan->predictedBytes : document.loaded()->fileBytes / 4));
  m_size->setSingleStep(std::max(1.0, m_size->value() / 20));
  budget->addWidget(m_byDrop, 0, 0);
  budget->addWidget(m_drop, 0, 1);
  budget->addWidget(m_bySize, 1, 0);
  budget->addWidget(m_size, 1, 1);
  layout->addLayout(budget);

  auto* title = new QLabel(tr("Precisions to choose from, beside float32"), this);
  title->setProperty("look", QStringLiteral("strong"));
  layout->addWidget(title);
  auto* schemes = new QGridLayout;
  schemes->setHorizontalSpacing(16);
  schemes->setVerticalSpacing(6);
  const Target& target = document.target();
  int place = 0;
  for (const Precision precision : document.offeredPrecisions()) {
    if (precision == Precision::Float32) continue;
    auto* box = new QCheckBox(precisionText(precision), this);
    box->setObjectName(QStringLiteral("scheme-") + fromStd(precisionName(precision)));
    const bool taken = target.all & formOf(precision);
    box->setChecked(taken);
    box->setEnabled(taken);
    if (!taken) box->setToolTip(tr("%1 does not compute in this form").arg(fromStd(target.title)));
    schemes->addWidget(box, place / 3, place % 3);
    ++place;
    m_schemes.emplace_back(precision, box);
    connect(box, &QCheckBox::toggled, this, &SearchDialog::refresh);
  }
  layout->addLayout(schemes);

  auto* effort = new QGridLayout;
  effort->setHorizontalSpacing(10);
  effort->setVerticalSpacing(8);
  effort->setColumnStretch(2, 1);
  m_trials->setRange(2, 10'000);
  m_trials->setValue(kUsualTrials);
  m_trials->setAccessibleName(tr("Variants to evaluate at most"));
  m_samples->setRange(0, 10'000'000);
  m_samples->setSpecialValueText(tr("all"));
  m_samples->setAccessibleName(tr("Samples to evaluate on"));
  effort->addWidget(new QLabel(tr("Variants to evaluate at most"), this), 0, 0);
  effort->addWidget(m_trials, 0, 1);
  effort->addWidget(new QLabel(tr("Samples to evaluate on"), this), 1, 0);
  effort->addWidget(m_samples, 1, 1);
  layout->addLayout(effort);
  m_note->setWordWrap(true);
  m_note->setProperty("look", QStringLiteral("secondary"));
  layout->addWidget(m_note);

  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m_start = buttons->addButton(tr("Search"), QDialogButtonBox::AcceptRole);
  m_start->setObjectName(QStringLiteral("searchStart"));
  m_start->setDefault(true);
  connect(buttons, &QDialogButtonBox::accepted, this, [this] {
    emit wished(wish());
    accept();
  });
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  layout->addWidget(buttons);
  connect(m_byDrop, &QRadioButton::toggled, this, &SearchDialog::refresh);
  connect(m_trials, &QSpinBox::valueChanged, this, &SearchDialog::refresh);
  setMinimumWidth(520);
  refresh();
}

SearchWish SearchDialog::wish() const {
  SearchWish wish;
  if (m_byDrop->isChecked())
    wish.maxDrop = m_drop->value() / 100;
  else
    wish.maxBytes = static_cast<int64_t>(m_size->value());
  for (const auto& [precision, box] : m_schemes) {
    if (box->isChecked()) wish.schemes.push_back(precision);
  }
  wish.trials = static_cast<size_t>(m_trials->value());
  wish.samples = static_cast<size_t>(m_samples->value());
  return wish;
}

void SearchDialog::refresh() {
  m_drop->setEnabled(m_byDrop->isChecked());
  m_size->setEnabled(!m_byDrop->isChecked());
  const bool any = std::any_of(m_schemes.begin(), m_schemes.end(), [](const auto& s) { return s.second->isChecked(); });
  m_start->setEnabled(any);
  if (!any)
    m_note->setText(tr("Choose at least one precision."));
  else
    m_note->setText(tr("It can be stopped at any time; the best variant found so far is kept. Made for %1.")
                        .arg(fromStd(m_document.target().title)));
}

}  // namespace quantscope::ui
