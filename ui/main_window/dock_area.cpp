#include "ui/main_window/dock_area.h"

#include <QAction>
#include <QCoreApplication>
#include <QDockWidget>
#include <QEvent>
#include <QPainter>
#include <QTabBar>
#include <algorithm>
#include <functional>
#include <utility>

#include "ui/main_window/card_frame.h"
#include "ui/main_window/panel_header.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

QString titleOf(const ViewRow& row) {
  return QCoreApplication::translate("Views", row.title);
}

}  // namespace

DockArea::DockArea(Document& document, QWidget* parent) : QMainWindow(parent) {
  setObjectName(QStringLiteral("docks"));
  setWindowFlags(Qt::Widget);
  setDockOptions(AnimatedDocks | AllowNestedDocks | AllowTabbedDocks | GroupedDragging);
  setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::North);
  setDocumentMode(true);
  setContentsMargins(6, 6, 6, 6);
  m_sync.setSingleShot(true);
  m_sync.setInterval(0);
  connect(&m_sync, &QTimer::timeout, this, &DockArea::syncHeaders);
  for (const ViewRow& row : viewRows()) {
    if (row.place != ViewPlace::Welcome) addPanel(row, document);
  }
  arrange();
  connect(&Theme::instance(), &Theme::changed, this, [this] { m_sync.start(); });
}

void DockArea::addPanel(const ViewRow& row, Document& document) {
  Panel panel;
  panel.row = row;
  panel.dock = new QDockWidget(titleOf(row), this);
  panel.dock->setObjectName(row.id);
  panel.dock->setAccessibleName(titleOf(row));
  panel.view = row.create(document, nullptr);
  panel.header = new PanelHeader(titleOf(row), panel.dock);
  panel.dock->setTitleBarWidget(panel.header);
  panel.dock->setWidget(new CardFrame(panel.view, panel.dock));
  if (auto* view = qobject_cast<View*>(panel.view)) {
    panel.extra = view->headerWidget();
    panel.replacesTitle = view->headerReplacesTitle();
    connect(view, &View::badgeChanged, this, [this, id = row.id] {
      if (const Panel* changed = panelOf(id)) updateTitle(*changed);
    });
  } else {
    // A view that is another kind of widget says it by properties.
    panel.extra = panel.view->property("headerWidget").value<QWidget*>();
    panel.replacesTitle = panel.view->property("headerReplacesTitle").toBool();
    panel.ownsHeader = panel.view->property("ownsHeader").toBool();
  }
  for (auto signal : {&QDockWidget::visibilityChanged, &QDockWidget::topLevelChanged})
    connect(panel.dock, signal, this, [this] { m_sync.start(); });
  connect(panel.dock, &QDockWidget::dockLocationChanged, this, [this] { m_sync.start(); });
  panel.dock->installEventFilter(this);
  // What lies behind other tabs is brought to the front: only what is seen is closed.
  panel.action = new QAction(this);
  panel.action->setObjectName(QStringLiteral("view-") + row.id);
  panel.action->setCheckable(true);
  connect(panel.dock->toggleViewAction(), &QAction::toggled, panel.action, &QAction::setChecked);
  connect(panel.action, &QAction::triggered, this, [this, dock = panel.dock, action = panel.action, id = row.id] {
    if (dock->isHidden() || dock->visibleRegion().isEmpty())
      showView(id);
    else
      dock->close();
    action->setChecked(!dock->isHidden());
  });
  m_panels.push_back(panel);
  updateTitle(m_panels.back());
}

void DockArea::updateTitle(const Panel& panel) {
  const auto* view = qobject_cast<View*>(panel.view);
  const int badge = view ? view->badge() : 0;
  panel.header->setTitle(titleOf(panel.row));
  panel.dock->setWindowTitle(badge ? titleOf(panel.row) + u' ' + QString::number(badge) : titleOf(panel.row));
  panel.dock->toggleViewAction()->setText(titleOf(panel.row));
  panel.action->setText(titleOf(panel.row));
}

DockArea::Panel* DockArea::panelOf(const QDockWidget* dock) {
  const auto it = std::find_if(m_panels.begin(), m_panels.end(), [dock](const Panel& p) { return p.dock == dock; });
  return it == m_panels.end() ? nullptr : &*it;
}

DockArea::Panel* DockArea::panelOf(const QString& id) {
  const auto it = std::find_if(m_panels.begin(), m_panels.end(), [&id](const Panel& p) { return p.row.id == id; });
  return it == m_panels.end() ? nullptr : &*it;
}

QWidget* DockArea::view(const QString& id) const {
  const Panel* panel = const_cast<DockArea*>(this)->panelOf(id);
  return panel ? panel->view : nullptr;
}

void DockArea::showView(const QString& id) {
  Panel* panel = panelOf(id);
  if (!panel) return;
  panel->dock->show();
  panel->dock->raise();
  panel->view->setFocus(Qt::OtherFocusReason);
}

QList<QAction*> DockArea::viewActions() const {
  QList<QAction*> actions;
  for (const Panel& panel : m_panels) actions << panel.action;
  return actions;
}

// --- arrangement -----------------------------------------------------------------------------------------

void DockArea::arrange() {
  std::map<ViewPlace, QDockWidget*> first;
  const auto group = [](ViewPlace place) { return place == ViewPlace::Hidden ? ViewPlace::Bottom : place; };
  for (const Panel& panel : m_panels) first.try_emplace(group(panel.row.place), panel.dock);
  // One nest: ((left | center) over bottom) | (right over bottom right).
  QDockWidget* left = nullptr;
  for (ViewPlace place :
       {ViewPlace::Left, ViewPlace::Center, ViewPlace::Bottom, ViewPlace::Right, ViewPlace::BottomRight}) {
    if (first.contains(place) && !left) left = first[place];
  }
  if (!left) return;
  addDockWidget(Qt::LeftDockWidgetArea, left);
  const auto split = [&](ViewPlace place, ViewPlace beside, Qt::Orientation orientation) {
    if (!first.contains(place) || first[place] == left) return;
    splitDockWidget(first.contains(beside) ? first[beside] : left, first[place], orientation);
  };
  split(ViewPlace::Right, ViewPlace::Left, Qt::Horizontal);
  split(ViewPlace::Bottom, ViewPlace::Left, Qt::Vertical);
  split(ViewPlace::Center, ViewPlace::Left, Qt::Horizontal);
  split(ViewPlace::BottomRight, ViewPlace::Right, Qt::Vertical);
  for (const Panel& panel : m_panels) {
    QDockWidget* front = first[group(panel.row.place)];
    if (panel.dock != front) tabifyDockWidget(front, panel.dock);
    panel.dock->setVisible(panel.row.place != ViewPlace::Hidden);
  }
  for (const auto& [place, dock] : first) dock->raise();
  m_sync.start();
}

void DockArea::restoreDefault() {
  for (const Panel& panel : m_panels) {
    panel.dock->setFloating(false);
    removeDockWidget(panel.dock);
  }
  arrange();
  applyDefaultSizes();
}

bool DockArea::restoreArrangement(const QByteArray& state, int version) {
  m_sized = restoreState(state, version);
  // Before the panels have a size their shares are lost: they are brought back once more when they are seen.
  if (m_sized && !isVisible()) m_pending = {state, version};
  return m_sized;
}

void DockArea::applyDefaultSizes() {
  // The shares of docs/mock-light.png at 1600 x 1000.
  QList<QDockWidget*> columns, rows;
  QList<int> widths, heights;
  const auto add = [this](ViewPlace place, QList<QDockWidget*>& docks, QList<int>& sizes, int size) {
    for (const Panel& panel : m_panels) {
      if (panel.row.place != place) continue;
      docks << panel.dock;
      sizes << size;
      return;
    }
  };
  add(ViewPlace::Left, columns, widths, width() * 610 / 1600);
  add(ViewPlace::Center, columns, widths, width() * 576 / 1600);
  add(ViewPlace::Right, columns, widths, width() * 390 / 1600);
  resizeDocks(columns, widths, Qt::Horizontal);
  add(ViewPlace::Left, rows, heights, height() * 634 / 890);
  add(ViewPlace::Bottom, rows, heights, height() * 250 / 890);
  resizeDocks(rows, heights, Qt::Vertical);
  rows.clear();
  heights.clear();
  add(ViewPlace::Right, rows, heights, height() * 634 / 890);
  add(ViewPlace::BottomRight, rows, heights, height() * 250 / 890);
  resizeDocks(rows, heights, Qt::Vertical);
}

void DockArea::showEvent(QShowEvent* event) {
  QMainWindow::showEvent(event);
  if (!m_pending.first.isEmpty()) {
    QTimer::singleShot(0, this, [this, pending = std::exchange(m_pending, {})] {
      restoreState(pending.first, pending.second);
      m_sync.start();
    });
  }
  if (m_sized) return;
  m_sized = true;
  // After the first layout: before, the sizes would be those of an empty window.
  QTimer::singleShot(0, this, &DockArea::applyDefaultSizes);
}

// --- headers and tabs ------------------------------------------------------------------------------------

QDockWidget* DockArea::dockOfTab(const QTabBar* bar, int index) const {
  const QString title = bar->tabText(index);
  for (const Panel& panel : m_panels) {
    if (panel.dock->windowTitle() == title) return panel.dock;
  }
  return nullptr;
}

void DockArea::syncHeaders() {
  if (m_syncing) return;
  m_syncing = true;
  std::map<const QDockWidget*, QTabBar*> barOf;
  m_corners.clear();
  for (QTabBar* bar : findChildren<QTabBar*>(Qt::FindDirectChildrenOnly)) {
    if (!bar->isVisible() || bar->count() < 2) continue;
    bar->setDrawBase(false);
    bar->setElideMode(Qt::ElideNone);
    bar->setUsesScrollButtons(true);
    bar->installEventFilter(this);
    connect(bar, &QTabBar::currentChanged, &m_sync, qOverload<>(&QTimer::start), Qt::UniqueConnection);
    for (int i = 0; i < bar->count(); ++i) {
      if (const QDockWidget* dock = dockOfTab(bar, i)) barOf[dock] = bar;
    }
    if (const QDockWidget* current = dockOfTab(bar, bar->currentIndex())) m_corners[bar] = panelOf(current)->extra;
  }
  for (Panel& panel : m_panels) {
    const auto bar = barOf.find(panel.dock);
    const bool tabbed = bar != barOf.end() && !panel.dock->isFloating();
    panel.header->setTabbed(tabbed || panel.ownsHeader);
    panel.header->setTitleVisible(!panel.replacesTitle || !panel.extra);
    if (!panel.extra) continue;
    if (!tabbed) {
      panel.header->setExtra(panel.extra);
    } else if (panel.replacesTitle) {
      // Tabs of its own do not fit beside the tabs of the group: they stand above the view.
      panel.header->setTabbed(false);
      panel.header->setExtra(panel.extra);
    } else {
      panel.extra->setParent(bar->second);
      panel.extra->setVisible(m_corners[bar->second] == panel.extra);
    }
  }
  for (const auto& [bar, extra] : m_corners) placeCorner(bar);
  update();
  m_syncing = false;
}

void DockArea::placeCorner(QTabBar* bar) {
  const auto it = m_corners.find(bar);
  QWidget* extra = it == m_corners.end() ? nullptr : it->second;
  if (!extra || extra->parentWidget() != bar) return;
  const int free = bar->width() - bar->tabRect(bar->count() - 1).right() - 24;
  const int width = std::min(extra->sizeHint().width(), std::max(0, free));
  const int height = std::min(extra->sizeHint().height(), bar->height() - 6);
  extra->setGeometry(bar->width() - width - 8, (bar->height() - height) / 2, width, height);
  extra->setVisible(width > 24);
}

bool DockArea::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() == QEvent::Resize || event->type() == QEvent::Move || event->type() == QEvent::Show ||
      event->type() == QEvent::Hide) {
    if (auto* bar = qobject_cast<QTabBar*>(watched)) placeCorner(bar);
    update();
  }
  return QMainWindow::eventFilter(watched, event);
}

bool DockArea::event(QEvent* event) {
  // Tab bars come and go as children; a layout that was done may have moved every panel.
  if (event->type() == QEvent::ChildAdded || event->type() == QEvent::ChildRemoved ||
      event->type() == QEvent::LayoutRequest)
    m_sync.start();
  return QMainWindow::event(event);
}

// --- cards -----------------------------------------------------------------------------------------------

std::vector<QRect> DockArea::cards(std::vector<int>* headerBottoms) const {
  std::vector<QRect> rects;
  const QList<QTabBar*> bars = findChildren<QTabBar*>(Qt::FindDirectChildrenOnly);
  for (const Panel& panel : m_panels) {
    if (!panel.dock->isVisible() || panel.dock->isFloating() || panel.dock->visibleRegion().isEmpty()) continue;
    QRect rect = panel.dock->geometry();
    int bottom = rect.top() + panel.header->height() - 1;
    for (const QTabBar* bar : bars) {
      const bool above =
          bar->isVisible() && bar->geometry().bottom() + 1 == rect.top() && bar->geometry().left() == rect.left();
      if (!above) continue;
      bottom = bar->geometry().bottom();
      rect.setTop(bar->geometry().top());
    }
    rects.push_back(rect);
    if (headerBottoms) headerBottoms->push_back(bottom);
  }
  return rects;
}

void DockArea::paintEvent(QPaintEvent*) {
  const ThemeColors& colors = Theme::instance().colors();
  QPainter painter(this);
  painter.fillRect(rect(), colors.window);
  painter.setRenderHint(QPainter::Antialiasing);
  std::vector<int> bottoms;
  const std::vector<QRect> rects = cards(&bottoms);
  for (size_t i = 0; i < rects.size(); ++i) {
    painter.setPen(QPen(colors.line, 1));
    painter.setBrush(colors.panel);
    painter.drawRoundedRect(QRectF(rects[i]).adjusted(0.5, 0.5, -0.5, -0.5), CardFrame::kRadius, CardFrame::kRadius);
    painter.fillRect(QRect(rects[i].left() + 1, bottoms[i], rects[i].width() - 2, 1), colors.line);
  }
}

}  // namespace quantscope::ui
