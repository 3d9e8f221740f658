#pragma once

#include <QToolBar>

class QToolButton;

namespace quantscope::ui {

class Document;
class WindowActions;

/// The toolbar (46 px): icon and word for the way from a model to results, data and target as drop-downs, the hint to
/// the palette.
class ToolBar : public QToolBar {
  Q_OBJECT
public:
  ToolBar(Document& document, WindowActions& actions, QWidget* parent = nullptr);

private:
  QToolButton* addButton(QAction* action, bool primary = false);
  QToolButton* addMenuButton(const QString& icon, QMenu* menu, const QString& name);
  void addLine();
  void refresh();

  Document& m_document;
  QToolButton* m_data;
  QToolButton* m_target;
};

/// What the data button says: the folder that both data sets lie in, or the name of the one that is chosen.
QString dataTitle(const Document& document);

}  // namespace quantscope::ui
