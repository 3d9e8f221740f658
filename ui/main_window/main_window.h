#pragma once

#include <QMainWindow>
#include <functional>
#include <memory>

#include "ui/workspace/document.h"

class QLabel;
class QStackedWidget;

namespace quantscope::ui {

class Autosave;
class DockArea;
class MessageBar;
class WindowActions;

/// The workbench window: menus, toolbar, messages, the welcome page or the panels, status. Names no view.
class MainWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit MainWindow(QWidget* parent = nullptr);
  ~MainWindow() override;

  Document& document() { return m_document; }
  WindowActions& actions() { return *m_actions; }
  DockArea& docks() { return *m_docks; }
  MessageBar& messages() { return *m_messages; }

  /// A workspace, a model, or a data folder or file: does the expected thing. Asks about unsaved changes first.
  void openPath(const QString& path);
  /// Offers workspaces that a crash left behind; false where there are none.
  bool offerRecovery();
  /// Saves, asking for a name where there is none. False where it was not saved.
  bool save();
  /// Answer to "save the changes?" without a dialog, for tests: 1 save, 0 discard, -1 cancel.
  void setUnsavedAnswer(std::function<int()> answer) { m_unsavedAnswer = std::move(answer); }

protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  void connectFileActions();
  void connectEditActions();
  void connectRunActions();
  void connectViewActions();
  void connectDocument();
  void connectRecipeActions();
  void showGuide();
  void showSearch();
  void fillRecentMenu();
  void refreshTitle();
  void refreshStatus();
  void restoreWindow();
  bool saveAs();
  /// Saves, discards or keeps: true where the workspace may go.
  bool mayDiscard();
  void askForData(DatasetUse use, bool folder, std::function<void()> then = {});
  void askForDataFolder();
  void exportCurrent();
  void loadRecipeFile();
  void saveRecipeFile();
  void showPalette();

  Document m_document;
  std::unique_ptr<Autosave> m_autosave;
  WindowActions* m_actions;
  MessageBar* m_messages;
  QStackedWidget* m_stack;
  DockArea* m_docks;
  QLabel *m_corner, *m_statusModel, *m_statusData, *m_statusTarget, *m_statusJobs;
  std::function<int()> m_unsavedAnswer;
  QStringList m_pendingData;  ///< dropped together with a model that is still being opened
};

}  // namespace quantscope::ui
