#include "ui/main_window/window_actions.h"

#include <QAction>
#include <QActionGroup>
#include <QKeySequence>
#include <QMenu>
#include <QMenuBar>
#include <QUndoStack>
#include <functional>

#include "core/quantization/targets/presets.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

QKeySequence keys(const char* text) {
  return QKeySequence(QString::fromLatin1(text));
}

}  // namespace

WindowActions::WindowActions(Document& document, QObject* parent) : QObject(parent), m_document(document) {
  makeFileActions();
  makeRecipeActions();
  makeRunActions();
  makeViewActions();
}

QAction* WindowActions::make(const QString& name, const QString& text, const QString& icon,
                             const QKeySequence& shortcut, const QString& tip) {
  auto* action = new QAction(text, this);
  action->setObjectName(name);
  if (!icon.isEmpty()) action->setIcon(Theme::instance().icon(icon));
  action->setShortcut(shortcut);
  QString full = tip;
  if (!shortcut.isEmpty()) full += QStringLiteral("  (%1)").arg(shortcut.toString(QKeySequence::NativeText));
  action->setToolTip(full);
  action->setStatusTip(tip);
  return action;
}

void WindowActions::makeFileActions() {
  open = make("open", tr("&Open…"), "open", QKeySequence::Open, tr("Open a model (.tflite) or a workspace (.qscope)"));
  open->setIconText(tr("Open"));
  openSample = make("openSample", tr("Open the sample workspace"), "picture", {},
                    tr("A small network that names drawn shapes, with its pictures"));
  save = make("save", tr("&Save workspace"), "save", QKeySequence::Save,
              tr("Save model, data, recipe, variants and results as one file"));
  saveAs = make("saveAs", tr("Save workspace &as…"), {}, QKeySequence::SaveAs, tr("Save under another name"));
  exportVariant = make("exportVariant", tr("&Export the current variant…"), "export", keys("Ctrl+E"),
                       tr("Write the current variant as a .tflite file"));
  closeWorkspace =
      make("closeWorkspace", tr("&Close workspace"), "close", QKeySequence::Close, tr("Back to the welcome page"));
  quit = make("quit", tr("&Quit"), "quit", QKeySequence::Quit, tr("End Quantscope"));
  quit->setMenuRole(QAction::QuitRole);
  undo = make("undo", tr("&Undo"), "undo", QKeySequence::Undo, tr("Undo"));
  redo = make("redo", tr("&Redo"), "redo", keys("Ctrl+Shift+Z"), tr("Redo"));
  redo->setShortcuts({keys("Ctrl+Shift+Z"), keys("Ctrl+Y")});
  find = make("find", tr("&Find operators"), "search", QKeySequence::Find,
              tr("Filter the layers by text, type or number"));
  palette = make("palette", tr("All &commands…"), "command", keys("Ctrl+K"), tr("Every command, by typing"));
}

void WindowActions::makeRecipeActions() {
  dataFolder = make("dataFolder", tr("Data &folder…"), "folder", keys("Ctrl+D"),
                    tr("A folder with calibration and evaluation inside, or one that serves for both"));
  calibrationFolder = make("calibrationFolder", tr("Calibration folder…"), {}, {},
                           tr("Pictures to observe ranges on, in one folder or one folder per class"));
  calibrationFile = make("calibrationFile", tr("Calibration file…"), {}, {},
                         tr("Samples in an .npz, .npy, .csv, .tsv, .jsonl or COCO .json file"));
  evaluationFolder =
      make("evaluationFolder", tr("Evaluation folder…"), {}, {}, tr("Labelled pictures, one folder per class"));
  evaluationFile = make("evaluationFile", tr("Evaluation file…"), {}, {},
                        tr("Samples in an .npz, .npy, .csv, .tsv, .jsonl or COCO .json file"));
  clearData = make("clearData", tr("Remove the data"), {}, {}, tr("No calibration and evaluation data"));
  for (Precision precision : m_document.offeredPrecisions()) {
    QAction* action =
        make(QStringLiteral("set-%1").arg(fromStd(precisionName(precision))),
             tr("Set the selection to %1").arg(precisionText(precision)), {}, {}, tr("For every selected operator"));
    if (precision == Precision::Float32) action->setText(tr("Keep the selection in float32"));
    if (precision == Precision::Float32) action->setShortcut(keys("Alt+0"));
    setSelection.emplace_back(precision, action);
  }
  // The first nine precisions are one key away.
  for (size_t i = 1; i < setSelection.size() && i < 10; ++i)
    setSelection[i].second->setShortcut(QKeySequence(QStringLiteral("Alt+%1").arg(i)));
  for (const std::string& mode : modeNames()) {
    const QString name = fromStd(mode);
    startFrom.emplace_back(name, make(QStringLiteral("start-%1").arg(name), name, {}, {},
                                      tr("Replace the recipe by the mode %1").arg(name)));
  }
  for (const Target& target : quantscope::targets()) {
    QAction* action = make(QStringLiteral("target-%1").arg(fromStd(target.name)), targetText(target), {}, {},
                           tr("Make the model for this device"));
    // The device's own words; a menu shows them as the tooltip.
    action->setToolTip(fromStd(target.title) + u'\n' + fromStd(target.about));
    action->setCheckable(true);
    targets.emplace_back(fromStd(target.name), action);
  }
  for (const Optimize optimize : {Optimize::Size, Optimize::Latency, Optimize::Balanced}) {
    presets.emplace_back(static_cast<int>(optimize),
                         make(QStringLiteral("optimize-%1").arg(fromStd(optimizeName(optimize))),
                              tr("Optimize for %1").arg(optimizeText(optimize)), {}, {},
                              tr("Replace the recipe by rules that suit the device")));
  }
  guide = make("guide", tr("&Guide…"), "help", keys("Ctrl+G"),
               tr("From \"what will run it, are there samples\" to a mode, with reasons"));
  resetSelection = make("resetSelection", tr("Set the selection back to the rules"), "reset", keys("Alt+Backspace"),
                        tr("Forget the choices of the selected operators"));
  editRules = make("editRules", tr("&Rules"), "rules", keys("Ctrl+R"), tr("Rules that set many operators at once"));
  loadRecipe = make("loadRecipe", tr("&Load recipe…"), "import", {}, tr("Read a recipe from a JSON file"));
  saveRecipe = make("saveRecipe", tr("Save recipe as…"), "export", {}, tr("Write the recipe as a JSON file"));
}

void WindowActions::makeRunActions() {
  calibrate = make("calibrate", tr("&Calibrate"), "calibrate", keys("F5"),
                   tr("Observe the range of every activation on the calibration data"));
  quantize = make("quantize", tr("&Quantize"), "quantize", keys("F6"),
                  tr("Make a variant from the recipe; calibrates first where needed"));
  evaluate = make("evaluate", tr("&Evaluate"), "evaluate", keys("F7"),
                  tr("Measure accuracy and latency of every variant that has no results yet"));
  evaluateCurrent = make("evaluateCurrent", tr("Evaluate the current variant again"), {}, keys("Shift+F7"),
                         tr("Measure it on the present data"));
  sensitivity = make("sensitivity", tr("&Sensitivity"), "sensitivity", keys("F8"),
                     tr("What each operator costs when it alone is quantized"));
  search = make("search", tr("Sear&ch…"), "optimize", keys("Shift+F8"),
                tr("Find a precision for every operator, under a budget of accuracy or bytes"));
  search->setIconText(tr("Search"));
  compareLayers = make("compareLayers", tr("Compare the &layers of the current variant"), "compare", keys("F9"),
                       tr("Error of every operator against the float model"));
  cancelJobs =
      make("cancelJobs", tr("Cancel all &jobs"), "cancel", keys("Ctrl+."), tr("Stop what runs and forget what waits"));
}

void WindowActions::makeViewActions() {
  resetLayout = make("resetLayout", tr("Restore the &arrangement"), "dock", {},
                     tr("All panels where they were in the beginning"));
  auto* themes = new QActionGroup(this);
  const auto theme = [&](const char* name, const QString& text) {
    QAction* action = make(QString::fromLatin1(name), text, {}, {}, text);
    action->setCheckable(true);
    themes->addAction(action);
    return action;
  };
  themeSystem = theme("themeSystem", tr("Follow the system"));
  themeLight = theme("themeLight", tr("Light"));
  themeDark = theme("themeDark", tr("Dark"));
  textLarger = make("textLarger", tr("Larger text"), {}, QKeySequence::ZoomIn, tr("Larger text and rows"));
  textLarger->setShortcuts({keys("Ctrl++"), keys("Ctrl+=")});
  textSmaller = make("textSmaller", tr("Smaller text"), {}, QKeySequence::ZoomOut, tr("Smaller text and rows"));
  textNormal = make("textNormal", tr("Normal text"), {}, {}, tr("Text in its usual size"));
  fullScreen = make("fullScreen", tr("&Full screen"), "fit", keys("F11"), tr("Use the whole screen"));
  fullScreen->setCheckable(true);
  shortcuts = make("shortcuts", tr("&Keyboard shortcuts"), "keyboard", keys("F1"), tr("All shortcuts on one page"));
  settings = make("settings", tr("&Settings…"), "settings", QKeySequence::Preferences,
                  tr("Language, theme, text size, what happens at the start"));
  settings->setMenuRole(QAction::PreferencesRole);
  about = make("about", tr("&About Quantscope"), "help", {}, tr("Version and licence"));
}

void WindowActions::fillMenuBar(QMenuBar& bar, const QList<QAction*>& viewActions) {
  QMenu* file = bar.addMenu(tr("&File"));
  file->addAction(open);
  recent = file->addMenu(Theme::instance().icon("recent"), tr("Open &recent"));
  file->addActions(
      {openSample, file->addSeparator(), save, saveAs, exportVariant, file->addSeparator(), closeWorkspace, quit});
  QMenu* edit = bar.addMenu(tr("&Edit"));
  edit->addActions({undo, redo, edit->addSeparator(), find, palette, edit->addSeparator(), settings});
  QMenu* model = bar.addMenu(tr("&Model"));
  dataMenu = model->addMenu(Theme::instance().icon("dataset"), tr("&Data"));
  dataMenu->addActions({dataFolder, dataMenu->addSeparator(), calibrationFolder, calibrationFile,
                        dataMenu->addSeparator(), evaluationFolder, evaluationFile, dataMenu->addSeparator(),
                        clearData});
  targetMenu = model->addMenu(Theme::instance().icon("target"), tr("&Target"));
  targetMenu->setToolTipsVisible(true);
  for (const auto& [name, action] : targets) targetMenu->addAction(action);
  targetMenu->addSeparator();
  for (const auto& [optimize, action] : presets) targetMenu->addAction(action);
  targetMenu->addAction(guide);
  QMenu* recipe = bar.addMenu(tr("&Recipe"));
  QMenu* start = recipe->addMenu(tr("&Start from"));
  for (const auto& [name, action] : startFrom) start->addAction(action);
  QMenu* optimize = recipe->addMenu(tr("&Optimize for"));
  for (const auto& [preset, action] : presets) optimize->addAction(action);
  recipe->addAction(guide);
  recipe->addSeparator();
  for (const auto& [precision, action] : setSelection) recipe->addAction(action);
  recipe->addAction(resetSelection);
  selectionAlgorithmMenu = recipe->addMenu(tr("Algorithms of the se&lection"));
  recipe->addSeparator();
  algorithmMenu = recipe->addMenu(tr("&Algorithms of all operators"));
  for (QMenu* menu : {selectionAlgorithmMenu, algorithmMenu}) menu->setToolTipsVisible(true);
  recipe->addActions({editRules, recipe->addSeparator(), loadRecipe, saveRecipe});
  QMenu* run = bar.addMenu(tr("R&un"));
  run->addActions({calibrate, quantize, evaluate, evaluateCurrent, run->addSeparator(), sensitivity, search,
                   compareLayers, run->addSeparator(), cancelJobs});
  QMenu* view = bar.addMenu(tr("&View"));
  view->addActions(viewActions);
  view->addActions({view->addSeparator(), resetLayout, view->addSeparator()});
  QMenu* theme = view->addMenu(Theme::instance().icon("theme"), tr("&Theme"));
  theme->addActions({themeSystem, themeLight, themeDark});
  view->addActions({textLarger, textSmaller, textNormal, view->addSeparator(), fullScreen});
  QMenu* help = bar.addMenu(tr("&Help"));
  help->addActions({shortcuts, about});
}

void WindowActions::update() {
  const bool model = m_document.hasModel();
  const bool selection = model && !m_document.selection().operators().empty();
  const bool variant = model && m_document.currentVariant() != 0;
  for (QAction* action : {save,
                          saveAs,
                          closeWorkspace,
                          find,
                          dataFolder,
                          calibrationFolder,
                          calibrationFile,
                          evaluationFolder,
                          evaluationFile,
                          editRules,
                          loadRecipe,
                          saveRecipe,
                          calibrate,
                          quantize,
                          evaluate,
                          evaluateCurrent,
                          sensitivity,
                          search,
                          guide,
                          resetLayout})
    action->setEnabled(model);
  for (const auto& [name, action] : targets) {
    action->setEnabled(model);
    action->setChecked(name == fromStd(m_document.target().name));
  }
  for (const auto& [optimize, action] : presets) action->setEnabled(model);
  if (algorithmMenu) algorithmMenu->setEnabled(model);
  if (selectionAlgorithmMenu) selectionAlgorithmMenu->setEnabled(selection);
  for (const auto& [precision, action] : setSelection) action->setEnabled(selection);
  for (const auto& [name, action] : startFrom) action->setEnabled(model);
  resetSelection->setEnabled(selection);
  exportVariant->setEnabled(model);
  compareLayers->setEnabled(variant);
  clearData->setEnabled(model &&
                        (m_document.dataset(DatasetUse::Calibration) || m_document.dataset(DatasetUse::Evaluation)));
  cancelJobs->setEnabled(m_document.jobs().runningCount() > 0);
  const QUndoStack& stack = *m_document.undoStack();
  undo->setEnabled(stack.canUndo());
  redo->setEnabled(stack.canRedo());
  undo->setText(stack.canUndo() ? tr("&Undo: %1").arg(stack.undoText()) : tr("&Undo"));
  redo->setText(stack.canRedo() ? tr("&Redo: %1").arg(stack.redoText()) : tr("&Redo"));
  undo->setToolTip(stack.canUndo() ? tr("Undo: %1  (Ctrl+Z)").arg(stack.undoText()) : tr("Nothing to undo"));
  redo->setToolTip(stack.canRedo() ? tr("Redo: %1  (Ctrl+Shift+Z)").arg(stack.redoText()) : tr("Nothing to redo"));
}

QList<std::pair<QString, QAction*>> WindowActions::all(const QMenuBar& bar) const {
  QList<std::pair<QString, QAction*>> found;
  const std::function<void(const QMenu&, const QString&)> collect = [&](const QMenu& menu, const QString& way) {
    for (QAction* action : menu.actions()) {
      if (const QMenu* inner = action->menu())
        collect(*inner, way + QStringLiteral(" › ") + inner->title());
      else if (!action->isSeparator() && action != palette)
        found << std::pair(way, action);
    }
  };
  for (const QAction* top : bar.actions()) {
    if (top->menu()) collect(*top->menu(), top->menu()->title());
  }
  return found;
}

}  // namespace quantscope::ui
