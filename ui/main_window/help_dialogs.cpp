#include "ui/main_window/help_dialogs.h"

#include <QAction>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/main_window/window_actions.h"

namespace quantscope::ui {

namespace {

/// The words of this file, for the catalogue of translations.
struct HelpWords {
  Q_DECLARE_TR_FUNCTIONS(Help)
};

QDialog* makeDialog(const QString& title, QWidget* content, QWidget* parent) {
  auto* dialog = new QDialog(parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(title);
  auto* layout = new QVBoxLayout(dialog);
  layout->setContentsMargins(16, 16, 16, 16);
  layout->setSpacing(12);
  layout->addWidget(content, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
  QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
  layout->addWidget(buttons);
  return dialog;
}

}  // namespace

void showShortcuts(const WindowActions& actions, QWidget* parent) {
  auto* page = new QWidget;
  page->setProperty("look", QStringLiteral("canvas"));
  auto* grid = new QGridLayout(page);
  grid->setContentsMargins(16, 12, 16, 12);
  grid->setHorizontalSpacing(24);
  grid->setVerticalSpacing(8);
  int row = 0;
  const auto add = [&](const QString& text, const QString& shortcut) {
    auto* keys = new QLabel(shortcut);
    keys->setProperty("look", QStringLiteral("secondary"));
    grid->addWidget(new QLabel(text), row, 0);
    grid->addWidget(keys, row++, 1, Qt::AlignRight);
  };
  for (const QAction* action : actions.findChildren<QAction*>(Qt::FindDirectChildrenOnly)) {
    if (action->shortcut().isEmpty()) continue;
    QString text = action->text().remove(u'&').remove(QStringLiteral("…"));
    // Undo and redo carry what they would do.
    if (const auto colon = text.indexOf(QStringLiteral(": ")); colon > 0) text = text.left(colon);
    add(text, action->shortcut().toString(QKeySequence::NativeText));
  }
  add(HelpWords::tr("Layers: choose the mode of the selection"), HelpWords::tr("Space or F2"));
  add(HelpWords::tr("Next and previous panel"), HelpWords::tr("Tab, Shift+Tab"));
  auto* scroll = new QScrollArea;
  scroll->setWidget(page);
  scroll->setWidgetResizable(true);
  QDialog* dialog = makeDialog(HelpWords::tr("Keyboard shortcuts"), scroll, parent);
  dialog->resize(480, 620);
  dialog->show();
}

void showAbout(QWidget* parent) {
  auto* text = new QLabel(
      HelpWords::tr("<h3>Quantscope %1</h3><p>Inspect, quantize, calibrate and evaluate TensorFlow Lite models.</p>"
                    "<p>Free software under the GNU General Public License, version 3 or later.</p>")
          .arg(QCoreApplication::applicationVersion()));
  text->setWordWrap(true);
  QDialog* dialog = makeDialog(HelpWords::tr("About Quantscope"), text, parent);
  dialog->resize(420, 220);
  dialog->show();
}

}  // namespace quantscope::ui
