#pragma once

#include <QList>
#include <QObject>
#include <vector>

#include "core/quantization/recipe.h"

class QAction;
class QActionGroup;
class QMenu;
class QMenuBar;

namespace quantscope::ui {

class Document;

/// Every action of the window: word, icon, shortcut, tooltip; and the menus they stand in. What they do is connected by
/// the window.
class WindowActions : public QObject {
  Q_OBJECT
public:
  explicit WindowActions(Document& document, QObject* parent = nullptr);

  void fillMenuBar(QMenuBar& bar, const QList<QAction*>& viewActions);
  /// Enables what can be done now.
  void update();
  /// All actions of the menus with the way to them, for the palette.
  QList<std::pair<QString, QAction*>> all(const QMenuBar& bar) const;

  QAction *open, *openSample, *save, *saveAs, *saveRecipe, *loadRecipe, *exportVariant, *closeWorkspace, *quit;
  QAction *undo, *redo, *find, *palette;
  QAction *dataFolder, *calibrationFolder, *calibrationFile, *evaluationFolder, *evaluationFile, *clearData;
  QAction *resetSelection, *editRules, *guide;
  QAction *calibrate, *quantize, *evaluate, *evaluateCurrent, *sensitivity, *search, *compareLayers, *cancelJobs;
  QAction *resetLayout, *themeSystem, *themeLight, *themeDark, *textLarger, *textSmaller, *textNormal, *fullScreen;
  QAction *shortcuts, *about, *settings;
  QMenu* recent = nullptr;
  QMenu* dataMenu = nullptr;
  QMenu* targetMenu = nullptr;
  QMenu* algorithmMenu = nullptr;                            ///< of the whole recipe, filled when it opens
  QMenu* selectionAlgorithmMenu = nullptr;                   ///< of the selected operators
  std::vector<std::pair<QString, QAction*>> targets;         ///< by the device's name
  std::vector<std::pair<int, QAction*>> presets;             ///< by Optimize: "Optimize for small size"
  std::vector<std::pair<Precision, QAction*>> setSelection;  ///< "Set the selection to int8"
  std::vector<std::pair<QString, QAction*>> startFrom;       ///< by mode name: "Start from int8"

private:
  QAction* make(const QString& name, const QString& text, const QString& icon, const QKeySequence& keys,
                const QString& tip);
  void makeFileActions();
  void makeRecipeActions();
  void makeRunActions();
  void makeViewActions();
  Document& m_document;
};

}  // namespace quantscope::ui
