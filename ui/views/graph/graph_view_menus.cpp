#include <QAction>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenu>
#include <QToolButton>

#include "core/runtime/model_check.h"
#include "ui/views/graph/graph_export.h"
#include "ui/views/graph/graph_view.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

/// Header, menus and shortcuts of the Graph tab.
namespace quantscope::ui {

void GraphView::makeHeader() {
  m_overlay->setObjectName(QStringLiteral("graphOverlay"));
  m_overlay->setAccessibleName(tr("Meaning of the colours"));
  // The header of a panel is 34 px high; other lists need more.
  m_overlay->setStyleSheet(QStringLiteral("QComboBox { min-height: 24px; }"));
  m_overlay->setToolTip(tr("What the colour of an operator shows"));
  for (const OverlayKind kind : kOverlayKinds)
    m_overlay->addItem(tr("Colour: %1").arg(overlayName(kind)), static_cast<int>(kind));
  // Beside the tabs there is room for the words of the colours only; the buttons float above the graph.
  auto* layout = new QHBoxLayout(m_header);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_overlay);
  m_tools->setObjectName(QStringLiteral("graphTools"));
  m_tools->setProperty("look", QStringLiteral("card"));
  auto* tools = new QHBoxLayout(m_tools);
  tools->setContentsMargins(3, 2, 3, 2);
  tools->setSpacing(2);
  const auto add = [&](const char* name, const char* icon, const QString& text) {
    auto* button = new QToolButton(m_tools);
    button->setObjectName(QString::fromLatin1(name));
    button->setIcon(Theme::instance().icon(QString::fromLatin1(icon)));
    button->setProperty("look", QStringLiteral("small"));
    button->setAutoRaise(true);
    button->setToolTip(text);
    button->setAccessibleName(text);
    tools->addWidget(button);
    return button;
  };
  connect(add("graphSearchButton", "search", tr("Search the graph  (/)")), &QToolButton::clicked, this,
          &GraphView::openSearch);
  auto* more = add("graphMenuButton", "more", tr("Collapse, zoom, export"));
  auto* menu = new QMenu(more);
  menu->setObjectName(QStringLiteral("graphMenu"));
  connect(menu, &QMenu::aboutToShow, this, [this, menu] {
    menu->clear();
    fillMenu(*menu);
  });
  more->setMenu(menu);
  more->setPopupMode(QToolButton::InstantPopup);
  m_tools->adjustSize();
  // The window puts it into the tab bar, beside the tab's name.
  setProperty("headerWidget", QVariant::fromValue<QWidget*>(m_header));

  const auto shortcut = [this](const QString& text, const char* keys, auto slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(QKeySequence(QString::fromLatin1(keys)));
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
  };
  shortcut(tr("Show the whole graph"), "Ctrl+0", [this] { m_canvas->fitAll(); });
  shortcut(tr("Zoom to the selection"), "Ctrl+Shift+F", [this] { m_canvas->zoomToSelection(); });
  shortcut(tr("Export the graph as a picture…"), "Ctrl+Shift+E", [this] { askExport(); });
  m_canvas->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(m_canvas, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
    auto* context = new QMenu(this);
    context->setObjectName(QStringLiteral("graphContextMenu"));
    context->setAttribute(Qt::WA_DeleteOnClose);
    if (const int32_t card = m_canvas->cardAt(at); card >= 0) fillCardMenu(*context, card);
    fillMenu(*context);
    context->popup(m_canvas->mapToGlobal(at));
  });
}

void GraphView::fillCardMenu(QMenu& menu, int32_t card) {
  const GraphCard content = m_canvas->drawing().scene().card(card);
  if (!content.op.valid()) return;
  const bool group = content.kind == GraphCard::Kind::Group;
  const Model& model = *m_document.model();
  if (group)
    connect(menu.addAction(tr("Expand\tE")), &QAction::triggered, this,
            [this, card] { collapseCard(card, false, false); });
  const int32_t own = group ? content.scope : m_scopes->of(content.op);
  const int32_t scope = group ? m_scopes->all()[static_cast<size_t>(own)].parent : own;
  if (scope >= 0) {
    const GraphScope& chosen = m_scopes->all()[static_cast<size_t>(scope)];
    connect(menu.addAction(tr("Collapse %1 (%2 operators)\tC").arg(chosen.path, countText(chosen.operators))),
            &QAction::triggered, this, [this, card] { collapseCard(card, true, false); });
    if (chosen.alike > 1) {
      connect(menu.addAction(tr("Collapse all %1 blocks like this").arg(countText(chosen.alike))), &QAction::triggered,
              this, [this, card] { collapseCard(card, true, true); });
    }
  }
  if (group && m_scopes->all()[static_cast<size_t>(own)].alike > 1) {
    connect(menu.addAction(
                tr("Expand all %1 blocks like this").arg(countText(m_scopes->all()[static_cast<size_t>(own)].alike))),
            &QAction::triggered, this, [this, card] { collapseCard(card, false, true); });
  }
  if (!group) {
    const Operator& op = model.subgraphs[subgraph().position()].operators[content.op.position()];
    const std::vector<SubgraphIndex> called = runtime::calledSubgraphs(model, op);
    for (size_t which = 0; which < called.size(); ++which) {
      connect(menu.addAction(tr("Enter graph %1").arg(called[which].value)), &QAction::triggered, this,
              [this, op = content.op, which] { enter(op, which); });
    }
  }
  if (subgraph().value == 0) {
    const size_t count = m_document.selection().operators().size();
    QMenu* modes = menu.addMenu(count > 1 ? tr("Set %1 operators to").arg(countText(static_cast<int64_t>(count)))
                                          : tr("Set the mode"));
    for (const Precision precision : m_document.offeredPrecisions()) {
      connect(modes->addAction(precisionText(precision)), &QAction::triggered, this,
              [this, precision] { m_document.setOperatorPrecision(m_document.selection().operators(), precision); });
    }
  }
  menu.addSeparator();
}

void GraphView::fillMenu(QMenu& menu) {
  const bool laidOut = bool(m_canvas->drawing());
  const auto add = [&](const QString& text, const char* icon, bool enabled, auto slot) {
    QAction* action = menu.addAction(text);
    if (*icon) action->setIcon(Theme::instance().icon(QString::fromLatin1(icon)));
    action->setEnabled(enabled);
    connect(action, &QAction::triggered, this, slot);
    return action;
  };
  const int32_t deepest = m_scopes ? m_scopes->greatestDepth() : -1;
  for (int32_t depth = 0; depth <= std::min(deepest, 3); ++depth) {
    add(depth == 0 ? tr("Collapse to outer scopes") : tr("Collapse to scopes of level %1").arg(depth + 1), "", laidOut,
        [this, depth] { collapseToDepth(depth); });
  }
  if (deepest < 0) add(tr("No scopes: the tensors have no paths as names"), "", false, [] {});
  const bool any = std::find(m_collapsed.begin(), m_collapsed.end(), char(1)) != m_collapsed.end();
  add(tr("Expand everything"), "", any, [this] { collapseToDepth(-1); });
  menu.addSeparator();
  add(tr("Search…\t/"), "search", laidOut, [this] { openSearch(); });
  add(tr("Show the whole graph\tCtrl+0"), "fit", laidOut, [this] { m_canvas->fitAll(); });
  add(tr("Zoom to the selection\tF"), "zoom-in", laidOut, [this] { m_canvas->zoomToSelection(); });
  if (!m_way.empty()) add(tr("Back to the graph around\tBackspace"), "up", true, [this] { leave(); });
  menu.addSeparator();
  add(tr("Export as PNG, SVG or PDF…\tCtrl+Shift+E"), "export", laidOut, [this] { askExport(); });
}

Result<void> GraphView::exportPicture(const QString& path) const {
  return exportGraph(m_canvas->drawing(), path);
}

void GraphView::askExport() {
  if (!m_canvas->drawing()) return;
  const QString path = QFileDialog::getSaveFileName(this, tr("Export the graph"), QStringLiteral("graph.svg"),
                                                    tr("Pictures (*.svg *.png *.pdf)"));
  if (path.isEmpty()) return;
  if (const auto result = exportPicture(path); !result.ok()) {
    emit m_document.failed(result.error());
  } else {
    emit m_document.notice(tr("Saved %1").arg(path));
  }
}

}  // namespace quantscope::ui
