#include "ui/views/graph/graph_view.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <algorithm>

#include "core/runtime/model_check.h"
#include "ui/widgets/filter_line.h"
#include "ui/workspace/document.h"
#include "ui/workspace/operator_filter.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {
constexpr int kOverlayMilliseconds = 40;
constexpr int kSearchWidth = 320;
}  // namespace

GraphView::GraphView(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_canvas(new GraphCanvas(this)),
      m_minimap(new GraphMinimap(m_canvas)),
      m_legend(new GraphLegend(m_canvas)),
      m_message(new QLabel(m_canvas)),
      m_breadcrumb(new QLabel(m_canvas)),
      m_search(new FilterLine(Theme::instance().icon(QStringLiteral("search"), IconTint::Secondary), m_canvas)),
      m_tools(new QFrame(m_canvas)),
      m_header(new QWidget(this)),
      m_overlay(new QComboBox(m_header)) {
  setObjectName(QStringLiteral("graphView"));
  setFocusProxy(m_canvas);
  m_message->setObjectName(QStringLiteral("graphMessage"));
  m_message->setAlignment(Qt::AlignCenter);
  m_message->setWordWrap(true);
  m_message->setAttribute(Qt::WA_TransparentForMouseEvents);
  for (QLabel* label : {m_message, m_breadcrumb}) {
    label->setStyleSheet(
        QStringLiteral("QLabel[floating=\"true\"] { background: palette(base); border: 1px solid palette(mid); "
                       "border-radius: 6px; padding: 5px 12px; }"));
  }
  m_breadcrumb->setObjectName(QStringLiteral("graphBreadcrumb"));
  m_breadcrumb->setProperty("floating", true);
  m_breadcrumb->setTextFormat(Qt::RichText);
  m_breadcrumb->setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
  m_breadcrumb->hide();
  makeHeader();
  makeSearch();
  // Results that arrive in quick succession are shown together.
  m_overlayTimer.setSingleShot(true);
  m_overlayTimer.setInterval(kOverlayMilliseconds);
  connect(&m_overlayTimer, &QTimer::timeout, this, &GraphView::updateOverlay);
  for (auto signal : {&Document::recipeChanged, &Document::planChanged, &Document::sqnrChanged,
                      &Document::sensitivityChanged, &Document::variantsChanged, &Document::currentVariantChanged}) {
    connect(&document, signal, this, [this] {
      if (!m_overlayTimer.isActive()) m_overlayTimer.start();
    });
  }
  connect(&document, &Document::modelChanged, this, &GraphView::reload);
  connect(&document.selection(), &Selection::changed, this, &GraphView::showSelection);
  connect(&Theme::instance(), &Theme::changed, this, &GraphView::updateOverlay);
  connect(&m_loader, &GraphLoader::loaded, this, &GraphView::showScene);
  connect(&m_loader, &GraphLoader::failed, this, [this](const QString& why) {
    m_failure = why;
    updateMessage();
  });
  connect(m_overlay, &QComboBox::currentIndexChanged, this, &GraphView::updateOverlay);
  connect(m_breadcrumb, &QLabel::linkActivated, this, &GraphView::follow);
  connect(m_canvas, &GraphCanvas::selectionRequested, this, &GraphView::takeSelection);
  connect(m_canvas, &GraphCanvas::activated, this, &GraphView::activate);
  connect(m_canvas, &GraphCanvas::leaveRequested, this, &GraphView::leave);
  connect(m_canvas, &GraphCanvas::searchRequested, this, &GraphView::openSearch);
  connect(m_canvas, &GraphCanvas::collapseRequested, this,
          [this](int32_t card, bool collapse) { collapseCard(card, collapse, false); });
  connect(m_canvas, &GraphCanvas::wireClicked, this, [this](TensorIndex tensor) {
    if (subgraph().value == 0) m_document.selection().setTensor(tensor);
  });
  reload();
}

void GraphView::makeSearch() {
  m_search->setObjectName(QStringLiteral("graphSearch"));
  m_search->setAccessibleName(tr("Search the graph"));
  m_search->setPlaceholderText(tr("Search: text, /regex/, op:ADD, sqnr<43 …"));
  m_search->setHelp(OperatorFilter::help());
  m_search->hide();
  connect(m_search, &QLineEdit::textChanged, this, &GraphView::search);
  connect(m_search, &FilterLine::entered, this, [this] { goToMatch(1); });
  connect(m_search, &FilterLine::escaped, this, &GraphView::closeSearch);
}

OverlayKind GraphView::overlay() const {
  return static_cast<OverlayKind>(m_overlay->currentData().toInt());
}

void GraphView::setOverlay(OverlayKind kind) {
  m_overlay->setCurrentIndex(m_overlay->findData(static_cast<int>(kind)));
}

// --- loading ---------------------------------------------------------------------------------------------

void GraphView::reload() {
  m_way.clear();
  m_scopes.reset();
  m_collapsed.clear();
  m_matches.clear();
  closeSearch();
  load(false);
}

void GraphView::load(bool keepPlaces) {
  m_failure.clear();
  m_keepPlaces = keepPlaces && m_canvas->drawing();
  if (!m_keepPlaces) m_canvas->setDrawing({}, false);
  if (m_document.hasModel() && subgraph().position() < m_document.model()->subgraphs.size()) {
    GraphRequest request;
    request.model = m_document.model();
    request.subgraph = subgraph();
    if (subgraph().value == 0) request.operatorParameters = m_document.summary().operatorParameters;
    request.scopes = m_scopes;
    request.collapsed = m_collapsed;
    if (m_keepPlaces) request.previous = m_canvas->drawing().shared();
    m_loader.load(std::move(request));
  } else {
    m_loader.cancel();
  }
  updateBreadcrumb();
  if (!m_keepPlaces) updateOverlay();
}

void GraphView::showScene(std::shared_ptr<const GraphScene> scene) {
  m_scopes = scene->picture.scopes;
  m_collapsed.resize(m_scopes->all().size(), 0);
  // The card that the change was asked at stays where it is; the eye does not have to search.
  const GraphDrawing& old = m_canvas->drawing();
  OperatorIndex anchor = m_anchor;
  if (m_keepPlaces && !anchor.valid()) {
    const QPointF middle = m_canvas->visibleArea().center();
    double nearest = INFINITY;
    old.scene().index.cards.visit(m_canvas->visibleArea(), [&](int32_t card) {
      const QPointF away = old.scene().cardRect(card).center() - middle;
      const double distance = QPointF::dotProduct(away, away);
      if (!old.scene().card(card).op.valid() || distance >= nearest) return;
      nearest = distance;
      anchor = old.scene().card(card).op;
    });
  }
  const bool anchored = m_keepPlaces && anchor.valid() && anchor.position() < old.scene().picture.cardOf.size();
  QPointF place;
  if (anchored) {
    const int32_t card = old.scene().picture.cardOf[anchor.position()];
    place = m_canvas->toWidget(old.scene().cardRect(card).topLeft());
  }
  const bool keepView = m_keepPlaces;
  m_anchor = {};
  m_canvas->setDrawing(GraphDrawing(scene), keepView);
  if (anchored) m_canvas->putAt(scene->cardRect(scene->picture.cardOf[anchor.position()]).topLeft(), place);
  updateOverlay();
  showSelection();
  if (!m_search->isHidden()) search(m_search->text());
  emit layoutReady();
}

void GraphView::updateOverlay() {
  m_overlayTimer.stop();
  Overlay now = makeOverlay(m_document, subgraph(), overlay());
  const bool laidOut = bool(m_canvas->drawing());
  m_legend->setEntries(laidOut ? now.legend : std::vector<LegendEntry>());
  m_canvas->setOverlay(std::move(now));
  m_minimap->setVisible(laidOut);
  m_tools->setVisible(laidOut);
  m_minimap->refresh();
  updateMessage();
}

void GraphView::updateMessage() {
  const bool laidOut = bool(m_canvas->drawing());
  QString text;
  if (!m_document.hasModel())
    text = tr("Open a model to see its graph.");
  else if (!m_failure.isEmpty())
    text = m_failure;
  else if (!laidOut)
    text = tr("Laying out %1 operators…")
               .arg(countText(
                   static_cast<int64_t>(m_document.model()->subgraphs[subgraph().position()].operators.size())));
  else
    text = m_canvas->drawing().overlay().missing;
  m_message->setProperty("floating", laidOut);
  m_message->setProperty("look", laidOut ? QVariant() : QVariant(QStringLiteral("secondary")));
  m_message->style()->unpolish(m_message);
  m_message->style()->polish(m_message);
  m_message->setText(text);
  m_message->setVisible(!text.isEmpty());
  placeFloating();
}

// --- selection -------------------------------------------------------------------------------------------

void GraphView::showSelection() {
  if (!m_canvas->drawing() || subgraph().value != 0) return;
  const std::vector<int32_t>& cardOf = m_canvas->drawing().scene().picture.cardOf;
  QSet<int32_t> cards;
  const auto cardOfOperator = [&cardOf](OperatorIndex op) {
    return op.valid() && op.position() < cardOf.size() ? cardOf[op.position()] : -1;
  };
  for (const OperatorIndex op : m_document.selection().operators()) {
    if (const int32_t card = cardOfOperator(op); card >= 0) cards.insert(card);
  }
  m_canvas->setSelected(cards, cardOfOperator(m_document.selection().current()), !m_selecting);
}

void GraphView::takeSelection(const std::vector<int32_t>& cards, int32_t current) {
  const GraphScene& scene = m_canvas->drawing().scene();
  // What is selected elsewhere is of the main graph; inside others the marks are the graph's own.
  if (subgraph().value != 0) return m_canvas->setSelected({cards.begin(), cards.end()}, current, false);
  std::vector<OperatorIndex> operators;
  TensorIndex end;
  for (const int32_t card : cards) {
    const std::vector<OperatorIndex> members = scene.picture.operatorsOf(card);
    operators.insert(operators.end(), members.begin(), members.end());
    if (members.empty()) end = scene.card(card).tensor;
  }
  std::sort(operators.begin(), operators.end());
  const OperatorIndex op = current >= 0 ? scene.card(current).op : OperatorIndex();
  m_selecting = true;
  m_document.selection().setOperators(std::move(operators), op);
  if (end.valid()) {
    m_document.selection().setTensor(end);
    m_canvas->setSelected({cards.begin(), cards.end()}, current, false);
  }
  m_selecting = false;
}

// --- search ----------------------------------------------------------------------------------------------

void GraphView::openSearch() {
  if (!m_canvas->drawing()) return;
  m_search->show();
  placeFloating();
  m_search->setFocus(Qt::ShortcutFocusReason);
  m_search->selectAll();
}

void GraphView::closeSearch() {
  m_search->clear();
  m_search->hide();
  m_canvas->setFound({}, false);
  if (m_search->hasFocus()) m_canvas->setFocus(Qt::OtherFocusReason);
}

int GraphView::search(const QString& text) {
  if (!m_canvas->drawing()) return 0;
  const Result<OperatorFilter> filter = OperatorFilter::parse(text);
  // While a word is half typed, the marks stay as they are.
  m_search->setProblem(filter.ok() ? QString()
                                   : QString::fromStdString(filter.error().where + ": " + filter.error().why));
  if (!filter.ok()) return static_cast<int>(m_matches.size());
  const GraphPicture& picture = m_canvas->drawing().scene().picture;
  QSet<int32_t> found;
  m_matches.clear();
  if (!filter->empty()) {
    for (size_t i = 0; i < picture.cardOf.size(); ++i) {
      const bool hit = subgraph().value == 0 ? filter->matches(m_document, OperatorIndex(i))
                                             : picture.cards[static_cast<size_t>(picture.cardOf[i])].title.contains(
                                                   text.trimmed(), Qt::CaseInsensitive);
      if (hit && !found.contains(picture.cardOf[i])) {
        found.insert(picture.cardOf[i]);
        m_matches.push_back(picture.cardOf[i]);
      }
    }
  }
  std::sort(m_matches.begin(), m_matches.end());
  m_canvas->setFound(found, !filter->empty());
  m_search->setCount(filter->empty() ? QString()
                                     : tr("%1 of %2")
                                           .arg(countText(static_cast<int64_t>(m_matches.size())),
                                                countText(m_canvas->drawing().scene().count())));
  if (!m_matches.empty()) m_canvas->reveal(m_matches.front());
  return static_cast<int>(m_matches.size());
}

void GraphView::goToMatch(int step) {
  if (m_matches.empty() || !m_canvas->drawing()) return;
  const int32_t current = m_canvas->marks().current;
  auto next = step > 0 ? std::upper_bound(m_matches.begin(), m_matches.end(), current)
                       : std::lower_bound(m_matches.begin(), m_matches.end(), current);
  if (step > 0 && next == m_matches.end()) next = m_matches.begin();
  if (step < 0) next = next == m_matches.begin() ? std::prev(m_matches.end()) : std::prev(next);
  takeSelection({*next}, *next);
  m_canvas->reveal(*next);
}

// --- scopes and subgraphs --------------------------------------------------------------------------------

void GraphView::setCollapsed(std::vector<char> collapsed, OperatorIndex anchor) {
  if (!m_scopes) return;
  collapsed.resize(m_scopes->all().size(), 0);
  if (collapsed == m_collapsed) return;
  m_collapsed = std::move(collapsed);
  m_anchor = anchor;
  load(true);
}

void GraphView::collapseToDepth(int32_t depth) {
  if (!m_scopes) return;
  std::vector<char> flags;
  for (const GraphScope& scope : m_scopes->all()) flags.push_back(scope.depth == depth);
  setCollapsed(std::move(flags));
}

/// `alike`: with all scopes of the same depth and content.
void GraphView::collapseCard(int32_t card, bool collapse, bool alike) {
  if (!m_scopes || !m_canvas->drawing()) return;
  const GraphCard& content = m_canvas->drawing().scene().card(card);
  const bool group = content.kind == GraphCard::Kind::Group;
  if (!content.op.valid() || (!collapse && !group)) return;
  int32_t scope = group ? content.scope : m_scopes->of(content.op);
  // A collapsed scope collapses into the one around it.
  if (collapse && group) scope = m_scopes->all()[static_cast<size_t>(scope)].parent;
  if (scope < 0) return;
  std::vector<char> flags = m_collapsed;
  const GraphScope& chosen = m_scopes->all()[static_cast<size_t>(scope)];
  for (size_t i = 0; i < flags.size(); ++i) {
    const GraphScope& other = m_scopes->all()[i];
    const bool same = alike && other.depth == chosen.depth && other.content == chosen.content;
    if (same || static_cast<int32_t>(i) == scope) flags[i] = collapse;
  }
  setCollapsed(std::move(flags), content.op);
}

void GraphView::activate(int32_t card) {
  const GraphCard& content = m_canvas->drawing().scene().card(card);
  if (content.kind == GraphCard::Kind::Group) return collapseCard(card, false, false);
  if (content.isOperator()) {
    // Of a loop the body says more than its condition.
    const Model& model = *m_document.model();
    const Operator& op = model.subgraphs[subgraph().position()].operators[content.op.position()];
    if (enter(content.op, model.code(op) == tflite::BuiltinOperator_WHILE ? 1 : 0)) return;
  }
  m_canvas->zoomTo(m_canvas->drawing().scene().cardRect(card).adjusted(-200, -150, 200, 150));
}

bool GraphView::enter(OperatorIndex op, size_t which) {
  if (!m_document.hasModel()) return false;
  const Model& model = *m_document.model();
  const Subgraph& graph = model.subgraphs[subgraph().position()];
  if (!op.valid() || op.position() >= graph.operators.size()) return false;
  const std::vector<SubgraphIndex> called = runtime::calledSubgraphs(model, graph.operators[op.position()]);
  if (which >= called.size() || !called[which].valid() || called[which].position() >= model.subgraphs.size())
    return false;
  m_way.push_back({op, which, called[which]});
  m_scopes.reset();
  m_collapsed.clear();
  m_matches.clear();
  load(false);
  return true;
}

void GraphView::leave() {
  if (m_way.empty()) return;
  m_way.pop_back();
  m_scopes.reset();
  m_collapsed.clear();
  m_matches.clear();
  load(false);
}

void GraphView::updateBreadcrumb() {
  m_breadcrumb->setVisible(!m_way.empty());
  if (m_way.empty() || !m_document.hasModel()) return;
  const Model& model = *m_document.model();
  const auto link = [](const QString& target, const QString& text) {
    return QStringLiteral("<a href='%1' style='color:%2; text-decoration:none'>%3</a>")
        .arg(target, Theme::hex(Theme::instance().colors().accent), text.toHtmlEscaped());
  };
  QString text = link(QStringLiteral("up 0"), tr("main graph"));
  SubgraphIndex around(0);
  for (size_t i = 0; i < m_way.size(); ++i) {
    const Step& step = m_way[i];
    const Operator& op = model.subgraphs[around.position()].operators[step.op.position()];
    const std::vector<SubgraphIndex> called = runtime::calledSubgraphs(model, op);
    QStringList parts;
    for (size_t which = 0; which < called.size(); ++which) {
      const bool loop = model.code(op) == tflite::BuiltinOperator_WHILE;
      const bool choice = model.code(op) == tflite::BuiltinOperator_IF;
      const QString names[] = {loop ? tr("condition") : tr("then"), loop ? tr("body") : tr("else")};
      const QString name = (loop || choice) && which < 2 ? names[which] : tr("graph %1").arg(called[which].value);
      const bool here = which == step.which;
      if (here)
        parts << (i + 1 == m_way.size() ? QStringLiteral("<b>%1</b>").arg(name)
                                        : link(QStringLiteral("up %1").arg(i + 1), name));
      else if (i + 1 == m_way.size())
        parts << link(QStringLiteral("other %1").arg(which), name);
    }
    text += QStringLiteral(" › ") + fromStd(operatorName(model, op)).toHtmlEscaped() +
            QStringLiteral(" %1 › ").arg(step.op.value) + parts.join(QStringLiteral(" · "));
    around = step.subgraph;
  }
  m_breadcrumb->setText(text);
  placeFloating();
}

void GraphView::follow(const QString& link) {
  const size_t number = link.section(u' ', 1).toUInt();
  if (m_way.empty()) return;
  if (link.startsWith(QLatin1String("other"))) {
    const Step last = m_way.back();
    m_way.pop_back();
    if (!enter(last.op, number)) m_way.push_back(last);
    return;
  }
  while (m_way.size() > number + 1) m_way.pop_back();
  leave();
}

// --- floating parts --------------------------------------------------------------------------------------

void GraphView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_canvas->setGeometry(rect());
  placeFloating();
}

void GraphView::placeFloating() {
  m_minimap->move(m_canvas->width() - m_minimap->width() - 12, 12);
  m_legend->move(12, m_canvas->height() - m_legend->height() - 12);
  int top = 12;
  m_tools->move(12, top);
  if (!m_search->isHidden()) {
    const int left = m_tools->geometry().right() + 9;
    m_search->setGeometry(left, top, std::min(kSearchWidth, m_canvas->width() - left - 12), m_tools->height());
  }
  top += m_tools->height() + 8;
  m_breadcrumb->adjustSize();
  m_breadcrumb->move(12, top);
  const bool laidOut = bool(m_canvas->drawing());
  const int most = std::max(80, std::min(420, m_canvas->width() - 2 * (m_minimap->width() + 24)));
  m_message->setMargin(laidOut ? 8 : 0);
  m_message->setFixedWidth(laidOut ? std::min(most, m_message->fontMetrics().horizontalAdvance(m_message->text()) + 48)
                                   : std::min(420, m_canvas->width() - 40));
  m_message->resize(m_message->width(), std::max(28, m_message->heightForWidth(m_message->width())));
  m_message->move((m_canvas->width() - m_message->width()) / 2,
                  laidOut ? 12 : (m_canvas->height() - m_message->height()) / 2);
  if (m_header->parentWidget() == this) {
    m_header->adjustSize();
    m_header->move(12, 12);
    m_header->raise();
  }
}

}  // namespace quantscope::ui
