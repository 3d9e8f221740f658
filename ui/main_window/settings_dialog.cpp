#include "ui/main_window/settings_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>
#include <cmath>

#include "ui/workspace/settings.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

SettingsDialog::SettingsDialog(QWidget* parent) : QDialog(parent) {
  setObjectName(QStringLiteral("settingsDialog"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Settings"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->setSpacing(14);
  auto* form = new QFormLayout;
  form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  form->setHorizontalSpacing(16);
  form->setVerticalSpacing(10);

  auto* language = new QComboBox(this);
  language->setObjectName(QStringLiteral("settingsLanguage"));
  language->addItem(tr("As the system"), QString());
  // Each language in its own words.
  language->addItem(QStringLiteral("English"), QStringLiteral("en"));
  language->addItem(QStringLiteral("Deutsch"), QStringLiteral("de"));
  language->setCurrentIndex(std::max(0, language->findData(settings::language())));
  auto* later = new QLabel(tr("The next start takes it up."), this);
  later->setProperty("look", QStringLiteral("secondary"));
  later->hide();
  connect(language, &QComboBox::activated, this, [language, later] {
    settings::setLanguage(language->currentData().toString());
    later->show();
  });
  form->addRow(tr("Language"), language);
  form->addRow(QString(), later);

  auto* theme = new QComboBox(this);
  theme->setObjectName(QStringLiteral("settingsTheme"));
  theme->addItem(tr("As the system"), int(Theme::Choice::System));
  theme->addItem(tr("Light"), int(Theme::Choice::Light));
  theme->addItem(tr("Dark"), int(Theme::Choice::Dark));
  theme->setCurrentIndex(theme->findData(int(Theme::instance().choice())));
  connect(theme, &QComboBox::activated, this, [theme] {
    const auto choice = static_cast<Theme::Choice>(theme->currentData().toInt());
    Theme::instance().setChoice(choice);
    settings::setThemeChoice(choice);
  });
  form->addRow(tr("Theme"), theme);

  auto* scale = new QSpinBox(this);
  scale->setObjectName(QStringLiteral("settingsTextSize"));
  scale->setRange(75, 200);
  scale->setSingleStep(5);
  scale->setSuffix(QStringLiteral(" %"));
  scale->setValue(static_cast<int>(std::lround(100 * Theme::instance().textScale())));
  connect(scale, &QSpinBox::valueChanged, this, [](int percent) {
    Theme::instance().setTextScale(percent / 100.0);
    settings::setTextScale(Theme::instance().textScale());
  });
  form->addRow(tr("Size of the text"), scale);
  for (int row = 0; row < form->rowCount(); ++row) {
    const auto* label = form->itemAt(row, QFormLayout::LabelRole);
    auto* field = form->itemAt(row, QFormLayout::FieldRole)->widget();
    if (label && label->widget()) field->setAccessibleName(static_cast<QLabel*>(label->widget())->text());
  }
  layout->addLayout(form);

  auto* restore = new QCheckBox(tr("Open at the start what was open last"), this);
  restore->setObjectName(QStringLiteral("settingsRestore"));
  restore->setChecked(settings::restoresSession());
  connect(restore, &QCheckBox::toggled, this, &settings::setRestoresSession);
  layout->addWidget(restore);
  auto* single = new QCheckBox(tr("Open further files in the window that is there"), this);
  single->setObjectName(QStringLiteral("settingsSingle"));
  single->setToolTip(tr("Otherwise every start has a window of its own"));
  single->setChecked(settings::singleInstance());
  connect(single, &QCheckBox::toggled, this, &settings::setSingleInstance);
  layout->addWidget(single);
  layout->addStretch(1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  layout->addWidget(buttons);
  setMinimumWidth(440);
}

}  // namespace quantscope::ui
