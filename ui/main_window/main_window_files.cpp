#include <QAction>
#include <QCoreApplication>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QRegularExpression>
#include <QStatusBar>
#include <QUrl>

#include "ui/main_window/main_window.h"
#include "ui/main_window/message_bar.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/autosave.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

bool opensAsModel(const QString& path) {
  for (const char* ending : {".tflite", ".qscope", ".lite", ".task", ".litertlm", ".zip", ".gz"}) {
    if (path.endsWith(QLatin1String(ending), Qt::CaseInsensitive)) return true;
  }
  return false;
}

bool isData(const QString& path) {
  if (QFileInfo(path).isDir()) return true;
  for (const char* ending : {".npz", ".npy", ".csv", ".tsv", ".jsonl", ".json"}) {
    if (path.endsWith(QLatin1String(ending), Qt::CaseInsensitive)) return true;
  }
  return false;
}

QString askOpen(QWidget* parent, const QString& purpose, const QString& title, const QString& filter) {
  const QString path = QFileDialog::getOpenFileName(parent, title, settings::lastFolder(purpose), filter);
  if (!path.isEmpty()) settings::setLastFolder(purpose, QFileInfo(path).path());
  return path;
}

QString askSave(QWidget* parent, const QString& purpose, const QString& title, const QString& name,
                const QString& filter) {
  const QString start = QFileInfo(name).isAbsolute() ? name : settings::lastFolder(purpose) + u'/' + name;
  const QString path = QFileDialog::getSaveFileName(parent, title, start, filter);
  if (!path.isEmpty()) settings::setLastFolder(purpose, QFileInfo(path).path());
  return path;
}

QString withEnding(const QString& path, const QString& ending) {
  return path.endsWith(ending, Qt::CaseInsensitive) ? path : path + ending;
}

}  // namespace

void MainWindow::connectFileActions() {
  connect(m_actions->open, &QAction::triggered, this, [this] {
    const QString path =
        askOpen(this, QStringLiteral("models"), tr("Open a model or a workspace"),
                tr("Models and workspaces (*.tflite *.lite *.qscope *.task *.litertlm *.zip);;All files (*)"));
    if (!path.isEmpty()) openPath(path);
  });
  connect(m_actions->openSample, &QAction::triggered, this, [this] { openPath(settings::samplePath()); });
  m_actions->openSample->setVisible(!settings::samplePath().isEmpty());
  connect(m_actions->save, &QAction::triggered, this, &MainWindow::save);
  connect(m_actions->saveAs, &QAction::triggered, this, &MainWindow::saveAs);
  connect(m_actions->exportVariant, &QAction::triggered, this, &MainWindow::exportCurrent);
  connect(m_actions->closeWorkspace, &QAction::triggered, this, [this] {
    if (mayDiscard()) m_document.closeWorkspace();
  });
  connect(m_actions->quit, &QAction::triggered, this, &QWidget::close);
  connect(m_actions->recent, &QMenu::aboutToShow, this, &MainWindow::fillRecentMenu);
  connect(m_actions->dataFolder, &QAction::triggered, this, &MainWindow::askForDataFolder);
  connect(m_actions->calibrationFolder, &QAction::triggered, this,
          [this] { askForData(DatasetUse::Calibration, true); });
  connect(m_actions->calibrationFile, &QAction::triggered, this,
          [this] { askForData(DatasetUse::Calibration, false); });
  connect(m_actions->evaluationFolder, &QAction::triggered, this, [this] { askForData(DatasetUse::Evaluation, true); });
  connect(m_actions->evaluationFile, &QAction::triggered, this, [this] { askForData(DatasetUse::Evaluation, false); });
  connect(m_actions->clearData, &QAction::triggered, this, [this] {
    m_document.setDataset(DatasetUse::Calibration, std::nullopt);
    m_document.setDataset(DatasetUse::Evaluation, std::nullopt);
  });
  connect(&m_document, &Document::modelChanged, this, [this] {
    if (!m_document.hasModel()) return;
    for (const QString& data : std::exchange(m_pendingData, {})) openPath(data);
    const QString path = m_document.workspacePath();
    settings::addRecentFile(path.isEmpty() ? QString::fromStdString(m_document.loaded()->path.string()) : path);
  });
}

void MainWindow::openPath(const QString& path) {
  if (path.isEmpty()) return;
  if (isData(path) && m_document.hasModel()) {
    m_document.setDatasetFolder(QFileInfo(path).absoluteFilePath());
    return;
  }
  if (isData(path) && m_document.opening()) {
    m_pendingData << path;
    return;
  }
  if (isData(path)) {
    m_messages->showNotice(tr("%1 is data. Open a model first, then drop it again.").arg(QFileInfo(path).fileName()));
    return;
  }
  if (mayDiscard()) m_document.open(path);
}

void MainWindow::fillRecentMenu() {
  QMenu* menu = m_actions->recent;
  menu->clear();
  for (const QString& path : settings::recentFiles()) {
    QAction* action = menu->addAction(QFileInfo(path).fileName());
    action->setToolTip(path);
    connect(action, &QAction::triggered, this, [this, path] { openPath(path); });
  }
  if (menu->isEmpty()) menu->addAction(tr("Nothing yet"))->setEnabled(false);
  menu->setToolTipsVisible(true);
}

bool MainWindow::save() {
  if (m_document.workspacePath().isEmpty()) return saveAs();
  const Result<void> saved = m_document.saveWorkspace(m_document.workspacePath());
  if (!saved.ok())
    m_messages->showError(saved.error());
  else
    statusBar()->showMessage(tr("Saved %1").arg(m_document.displayName()), 4000);
  refreshTitle();
  return saved.ok();
}

bool MainWindow::saveAs() {
  QString name = m_document.workspacePath();
  if (name.isEmpty())
    name =
        QString::fromStdString(std::filesystem::path(m_document.loaded()->path).replace_extension(".qscope").string());
  const QString path =
      askSave(this, QStringLiteral("workspaces"), tr("Save the workspace"), name, tr("Workspaces (*.qscope)"));
  if (path.isEmpty()) return false;
  const Result<void> saved = m_document.saveWorkspace(withEnding(path, QStringLiteral(".qscope")));
  if (!saved.ok()) {
    m_messages->showError(saved.error());
    return false;
  }
  settings::addRecentFile(m_document.workspacePath());
  refreshTitle();
  return true;
}

bool MainWindow::mayDiscard() {
  if (!m_document.modified()) return true;
  int answer = 0;
  if (m_unsavedAnswer) {
    answer = m_unsavedAnswer();
  } else {
    QMessageBox box(QMessageBox::NoIcon, tr("Unsaved changes"),
                    tr("Save the changes to %1?").arg(m_document.displayName()),
                    QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box.setInformativeText(tr("Otherwise recipe, variants and results since the last save are lost."));
    box.setDefaultButton(QMessageBox::Save);
    const int button = box.exec();
    answer = button == QMessageBox::Save ? 1 : button == QMessageBox::Discard ? 0 : -1;
  }
  return answer == 1 ? save() : answer == 0;
}

void MainWindow::askForDataFolder() {
  const QString path = QFileDialog::getExistingDirectory(
      this, tr("Choose a folder with calibration and evaluation data"), settings::lastFolder(QStringLiteral("data")));
  if (path.isEmpty()) return;
  settings::setLastFolder(QStringLiteral("data"), path);
  m_document.setDatasetFolder(path);
}

void MainWindow::askForData(DatasetUse use, bool folder, std::function<void()> then) {
  const QString title =
      use == DatasetUse::Calibration ? tr("Choose the calibration data") : tr("Choose the evaluation data");
  QString path;
  if (folder) {
    path = QFileDialog::getExistingDirectory(this, title, settings::lastFolder(QStringLiteral("data")));
    if (!path.isEmpty()) settings::setLastFolder(QStringLiteral("data"), path);
  } else {
    path = askOpen(this, QStringLiteral("data"), title,
                   tr("Samples (*.npz *.npy *.csv *.tsv *.jsonl *.json);;All files (*)"));
  }
  if (path.isEmpty()) return;
  m_document.setDataset(use, DatasetReference{path, {}, 0});
  if (then) then();
}

void MainWindow::exportCurrent() {
  const Variant* variant = m_document.variant(m_document.currentVariant());
  if (!variant) return;
  QString name = QString::fromStdString(m_document.loaded()->path.stem().string()) + u'_' + variant->name +
                 QStringLiteral(".tflite");
  name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9_.-]+")), QStringLiteral("_"));
  const QString path = askSave(this, QStringLiteral("models"), tr("Export %1").arg(variant->name), name,
                               tr("TensorFlow Lite models (*.tflite)"));
  // The dialog has asked about replacing.
  if (!path.isEmpty())
    m_document.exportVariant(variant->id, withEnding(path, QStringLiteral(".tflite")), IfExists::Replace);
}

void MainWindow::loadRecipeFile() {
  const QString path =
      askOpen(this, QStringLiteral("recipes"), tr("Load a recipe"), tr("Recipes (*.json);;All files (*)"));
  if (path.isEmpty()) return;
  const Result<Recipe> recipe = loadRecipe(std::filesystem::path(path.toStdU16String()));
  if (recipe.ok())
    m_document.setRecipe(*recipe, tr("Load the recipe %1").arg(QFileInfo(path).fileName()));
  else
    m_messages->showError(recipe.error());
}

void MainWindow::saveRecipeFile() {
  const QString path = askSave(this, QStringLiteral("recipes"), tr("Save the recipe"), QStringLiteral("recipe.json"),
                               tr("Recipes (*.json)"));
  if (path.isEmpty()) return;
  const Result<void> saved = quantscope::saveRecipe(
      m_document.recipe(), std::filesystem::path(withEnding(path, QStringLiteral(".json")).toStdU16String()),
      IfExists::Replace);
  if (!saved.ok()) m_messages->showError(saved.error());
}

bool MainWindow::offerRecovery() {
  const auto all = m_autosave->left();
  for (const LeftWorkspace& left : all) {
    m_messages->showNotice(tr("Quantscope ended unexpectedly. It kept the unsaved changes of %1.").arg(left.title),
                           {{tr("Recover"),
                             [this, left] {
                               if (!mayDiscard()) return;
                               m_document.openWorkspace(left.file, left.savedAs);
                             }},
                            {tr("Discard"), [left] { Autosave::discard(left); }}});
  }
  return !all.empty();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
  for (const QUrl& url : event->mimeData()->urls()) {
    const QString path = url.toLocalFile();
    if (!path.isEmpty() && (opensAsModel(path) || isData(path))) return event->acceptProposedAction();
  }
}

void MainWindow::dropEvent(QDropEvent* event) {
  // A model first, then the data that was dropped with it.
  QStringList data;
  for (const QUrl& url : event->mimeData()->urls()) {
    const QString path = url.toLocalFile();
    if (opensAsModel(path))
      openPath(path);
    else if (isData(path))
      data << path;
  }
  // What is open now is about to go: the data is meant for the model that comes.
  if (m_document.opening())
    m_pendingData << data;
  else
    for (const QString& path : data) openPath(path);
  event->acceptProposedAction();
}

}  // namespace quantscope::ui
