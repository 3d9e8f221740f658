#include <QAction>
#include <QApplication>
#include <QDir>
#include <QFileInfo>
#include <QMenu>

#include "core/quantization/targets/presets.h"
#include "ui/main_window/dock_area.h"
#include "ui/main_window/guide_dialog.h"
#include "ui/main_window/help_dialogs.h"
#include "ui/main_window/main_window.h"
#include "ui/main_window/message_bar.h"
#include "ui/main_window/search_dialog.h"
#include "ui/main_window/settings_dialog.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/algorithm_menu.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

void MainWindow::connectEditActions() {
  connect(m_actions->undo, &QAction::triggered, m_document.undoStack(), &QUndoStack::undo);
  connect(m_actions->redo, &QAction::triggered, m_document.undoStack(), &QUndoStack::redo);
  connect(m_actions->find, &QAction::triggered, this, [this] { m_docks->showView(QStringLiteral("layers")); });
  connect(m_actions->palette, &QAction::triggered, this, &MainWindow::showPalette);
  connect(m_actions->editRules, &QAction::triggered, this, [this] { m_docks->showView(QStringLiteral("rules")); });
  connect(m_actions->loadRecipe, &QAction::triggered, this, &MainWindow::loadRecipeFile);
  connect(m_actions->saveRecipe, &QAction::triggered, this, &MainWindow::saveRecipeFile);
}

void MainWindow::connectRecipeActions() {
  for (const auto& [precision, action] : m_actions->setSelection) {
    connect(action, &QAction::triggered, this, [this, precision = precision] {
      m_document.setOperatorPrecision(m_document.selection().operators(), precision);
    });
  }
  connect(m_actions->resetSelection, &QAction::triggered, this,
          [this] { m_document.setOperatorScheme(m_document.selection().operators(), std::nullopt); });
  for (const auto& [mode, action] : m_actions->startFrom) {
    connect(action, &QAction::triggered, this, [this, mode = mode] {
      const Result<Recipe> recipe = recipeForMode(mode.toStdString());
      if (recipe.ok())
        m_document.setRecipe(*recipe, tr("Start from the mode %1").arg(mode));
      else
        m_messages->showError(recipe.error());
    });
  }
  for (const auto& [name, action] : m_actions->targets) {
    connect(action, &QAction::triggered, this, [this, name = name.toStdString()] {
      m_document.setTarget(name);
      m_actions->update();
    });
  }
  for (const auto& [optimize, action] : m_actions->presets) {
    connect(action, &QAction::triggered, this, [this, optimize = static_cast<Optimize>(optimize)] {
      m_document.usePreset(optimize, m_document.target(), m_document.hasSamples());
      m_docks->showView(QStringLiteral("rules"));
    });
  }
  connect(m_actions->guide, &QAction::triggered, this, &MainWindow::showGuide);
  connect(m_actions->algorithmMenu, &QMenu::aboutToShow, this, [this] {
    m_actions->algorithmMenu->clear();
    fillAlgorithmMenu(m_document, {}, *m_actions->algorithmMenu);
  });
  connect(m_actions->selectionAlgorithmMenu, &QMenu::aboutToShow, this, [this] {
    m_actions->selectionAlgorithmMenu->clear();
    fillAlgorithmMenu(m_document, m_document.selection().operators(), *m_actions->selectionAlgorithmMenu);
  });
}

void MainWindow::showGuide() {
  auto* guide = new GuideDialog(m_document, this);
  connect(guide, &GuideDialog::recipeTaken, this, [this] { m_docks->showView(QStringLiteral("rules")); });
  guide->open();
}

void MainWindow::showSearch() {
  auto* dialog = new SearchDialog(m_document, this);
  connect(dialog, &SearchDialog::wished, &m_document, [this](const SearchWish& wish) {
    m_document.search(wish);
    m_docks->showView(QStringLiteral("pareto"));
  });
  dialog->open();
}

void MainWindow::connectRunActions() {
  connect(m_actions->calibrate, &QAction::triggered, &m_document, &Document::calibrate);
  connect(m_actions->quantize, &QAction::triggered, &m_document, [this] { m_document.quantize(); });
  connect(m_actions->evaluate, &QAction::triggered, &m_document, &Document::evaluateOutstanding);
  connect(m_actions->evaluateCurrent, &QAction::triggered, &m_document,
          [this] { m_document.evaluate({m_document.currentVariant()}); });
  connect(m_actions->sensitivity, &QAction::triggered, &m_document, &Document::measureSensitivity);
  connect(m_actions->search, &QAction::triggered, this, &MainWindow::showSearch);
  connect(m_actions->compareLayers, &QAction::triggered, &m_document, [this] {
    m_document.compareLayersOf(m_document.currentVariant());
    m_docks->showView(QStringLiteral("compare"));
  });
  connect(m_actions->cancelJobs, &QAction::triggered, this, [this] {
    for (const JobInfo& job : std::vector<JobInfo>(m_document.jobs().jobs())) m_document.jobs().cancel(job.id);
  });
}

void MainWindow::connectViewActions() {
  connect(m_actions->resetLayout, &QAction::triggered, m_docks, &DockArea::restoreDefault);
  const auto choose = [](Theme::Choice choice) {
    Theme::instance().setChoice(choice);
    settings::setThemeChoice(choice);
  };
  connect(m_actions->themeSystem, &QAction::triggered, this, [choose] { choose(Theme::Choice::System); });
  connect(m_actions->themeLight, &QAction::triggered, this, [choose] { choose(Theme::Choice::Light); });
  connect(m_actions->themeDark, &QAction::triggered, this, [choose] { choose(Theme::Choice::Dark); });
  const auto showChoice = [this] {
    const Theme::Choice choice = Theme::instance().choice();
    m_actions->themeSystem->setChecked(choice == Theme::Choice::System);
    m_actions->themeLight->setChecked(choice == Theme::Choice::Light);
    m_actions->themeDark->setChecked(choice == Theme::Choice::Dark);
  };
  connect(&Theme::instance(), &Theme::changed, this, showChoice);
  showChoice();
  const auto scaleTo = [](double scale) {
    Theme::instance().setTextScale(scale);
    settings::setTextScale(Theme::instance().textScale());
  };
  connect(m_actions->textLarger, &QAction::triggered, this,
          [scaleTo] { scaleTo(Theme::instance().textScale() * 1.1); });
  connect(m_actions->textSmaller, &QAction::triggered, this,
          [scaleTo] { scaleTo(Theme::instance().textScale() / 1.1); });
  connect(m_actions->textNormal, &QAction::triggered, this, [scaleTo] { scaleTo(1.0); });
  connect(m_actions->fullScreen, &QAction::toggled, this, [this](bool on) { on ? showFullScreen() : showNormal(); });
  connect(m_actions->shortcuts, &QAction::triggered, this, [this] { showShortcuts(*m_actions, this); });
  connect(m_actions->settings, &QAction::triggered, this, [this] { (new SettingsDialog(this))->open(); });
  connect(m_actions->about, &QAction::triggered, this, [this] { showAbout(this); });
}

}  // namespace quantscope::ui
