#pragma once

#include <QMainWindow>
#include <QTimer>
#include <map>
#include <vector>

#include "ui/workspace/view_registry.h"

class QAction;
class QTabBar;

namespace quantscope::ui {

class Document;
class PanelHeader;

/// All views as panels that can be moved, tabbed, floated and closed. Draws each panel (or group of tabs) as a card
/// with a 34 px header. Knows views by the registry only.
class DockArea : public QMainWindow {
  Q_OBJECT
public:
  DockArea(Document& document, QWidget* parent = nullptr);

  /// Makes the view visible, in front of its tabs, with the focus. Unknown ids do nothing.
  void showView(const QString& id);
  /// One checkable action per view, in the order of the registry.
  QList<QAction*> viewActions() const;
  /// The arrangement of a new window.
  void restoreDefault();
  /// An arrangement that saveState() gave; false (and the default) where it is of another version.
  bool restoreArrangement(const QByteArray& state, int version);
  QWidget* view(const QString& id) const;

protected:
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  bool event(QEvent* event) override;
  void showEvent(QShowEvent* event) override;

private:
  struct Panel {
    ViewRow row;
    QDockWidget* dock = nullptr;
    QAction* action = nullptr;  ///< of the View menu
    QWidget* view = nullptr;
    PanelHeader* header = nullptr;
    QWidget* extra = nullptr;  ///< the view's header widget
    bool replacesTitle = false;
    bool ownsHeader = false;  ///< begins with tabs of its own, 34 px high
  };
  Panel* panelOf(const QDockWidget* dock);
  Panel* panelOf(const QString& id);
  void addPanel(const ViewRow& row, Document& document);
  void arrange();
  void applyDefaultSizes();
  void updateTitle(const Panel& panel);
  /// Header or tab bar for every panel, header widgets where they belong, badges.
  void syncHeaders();
  void placeCorner(QTabBar* bar);
  QDockWidget* dockOfTab(const QTabBar* bar, int index) const;
  std::vector<QRect> cards(std::vector<int>* headerBottoms) const;

  std::vector<Panel> m_panels;
  std::map<QTabBar*, QWidget*> m_corners;  ///< header widget that stands at the right end of a tab bar
  QTimer m_sync;
  bool m_syncing = false;
  bool m_sized = false;
  std::pair<QByteArray, int> m_pending{};  ///< arrangement and version for the first time the panels are seen
};

}  // namespace quantscope::ui
