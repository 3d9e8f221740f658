#include "ui/views/graph/graph_view.h"

#include <QAction>
#include <QFileDialog>
#include <QPainter>
#include <QRegularExpression>
#include <algorithm>

#include "ui/views/graph/graph_export.h"
#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

/// What the colours mean, in words. Floats over the lower left corner.
class GraphView::Legend : public QWidget {
public:
  explicit Legend(QWidget* parent) : QWidget(parent) { setAttribute(Qt::WA_TransparentForMouseEvents); }

  void setEntries(std::vector<LegendEntry> entries) {
    m_entries = std::move(entries);
    int width = 0;
    for (const LegendEntry& entry : m_entries) width = std::max(width, fontMetrics().horizontalAdvance(entry.text));
    setVisible(!m_entries.empty());
    resize(width + 46, static_cast<int>(m_entries.size()) * kRow + 16);
    update();
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const ThemeColors& colors = Theme::instance().colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colors.line);
    painter.setBrush(colors.panel);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    for (size_t i = 0; i < m_entries.size(); ++i) {
      const double top = 8 + static_cast<double>(i) * kRow;
      painter.setPen(Qt::NoPen);
      painter.setBrush(m_entries[i].color);
      painter.drawRoundedRect(QRectF(12, top + (kRow - 10) / 2.0, 10, 10), 2.5, 2.5);
      painter.setPen(colors.text);
      painter.drawText(QRectF(30, top, width() - 34, kRow), Qt::AlignLeft | Qt::AlignVCenter, m_entries[i].text);
    }
  }

private:
  static constexpr int kRow = 20;
  std::vector<LegendEntry> m_entries;
};

GraphView::GraphView(Document& document, QWidget* parent)
    : QWidget(parent),
      m_document(document),
      m_canvas(new GraphCanvas(this)),
      m_minimap(new GraphMinimap(m_canvas)),
      m_legend(new Legend(m_canvas)),
      m_message(new QLabel(m_canvas)),
      m_overlay(new QComboBox(this)) {
  m_message->setObjectName(QStringLiteral("graphMessage"));
  m_message->setAlignment(Qt::AlignCenter);
  m_message->setWordWrap(true);
  m_message->setAttribute(Qt::WA_TransparentForMouseEvents);
  m_overlay->setObjectName(QStringLiteral("graphOverlay"));
  m_overlay->setAccessibleName(tr("Meaning of the colours"));
  m_overlay->setToolTip(tr("What the colour of an operator shows"));
  for (const OverlayKind kind : kOverlayKinds) {
    m_overlay->addItem(tr("Colour: %1").arg(overlayName(kind)), static_cast<int>(kind));
  }
  // The window puts it into the tab bar, beside the tab's name.
  setProperty("headerWidget", QVariant::fromValue<QWidget*>(m_overlay));

  connect(m_overlay, &QComboBox::currentIndexChanged, this, &GraphView::updateOverlay);
  connect(m_canvas, &GraphCanvas::selectionRequested, this, &GraphView::takeSelection);
  connect(m_canvas, &GraphCanvas::wireClicked, this,
          [this](TensorIndex tensor) { m_document.selection().setTensor(tensor); });
  connect(&document, &Document::modelChanged, this, &GraphView::reload);
  connect(&document, &Document::recipeChanged, this, &GraphView::updateOverlay);
  connect(&document, &Document::planChanged, this, &GraphView::updateOverlay);
  connect(&document, &Document::sqnrChanged, this, &GraphView::updateOverlay);
  connect(&document, &Document::sensitivityChanged, this, &GraphView::updateOverlay);
  connect(&document, &Document::variantsChanged, this, &GraphView::updateOverlay);
  connect(&document, &Document::currentVariantChanged, this, &GraphView::updateOverlay);
  connect(&document.selection(), &Selection::changed, this, &GraphView::showSelection);
  connect(&Theme::instance(), &Theme::changed, this, &GraphView::updateOverlay);
  addActions();
  reload();
}

GraphView::~GraphView() = default;

void GraphView::addActions() {
  auto add = [this](const QString& text, const QKeySequence& keys, auto slot) {
    auto* action = new QAction(text, this);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
  };
  add(tr("Show the whole graph"), QKeySequence(QStringLiteral("Ctrl+0")), [this] { m_canvas->fitAll(); });
  add(tr("Zoom to the selection"), QKeySequence(QStringLiteral("Ctrl+Shift+F")),
      [this] { m_canvas->zoomToSelection(); });
  add(tr("Export the graph as a picture…"), QKeySequence(QStringLiteral("Ctrl+Shift+E")), [this] { askExport(); });
  m_canvas->setContextMenuPolicy(Qt::ActionsContextMenu);
  m_canvas->addActions(actions());
}

OverlayKind GraphView::overlay() const {
  return static_cast<OverlayKind>(m_overlay->currentData().toInt());
}

void GraphView::setOverlay(OverlayKind kind) {
  m_overlay->setCurrentIndex(m_overlay->findData(static_cast<int>(kind)));
}

void GraphView::reload() {
  m_job.reset();
  m_picture = m_document.hasModel() && !m_document.model()->subgraphs.empty()
                  ? makeGraphPicture(*m_document.model(), SubgraphIndex(0), m_document.summary().operatorParameters)
                  : GraphPicture{};
  m_input = m_picture.layoutInput();
  m_canvas->setDrawing({}, false);
  m_minimap->refresh();
  updateOverlay();
  if (m_picture.cards.empty()) return;
  m_job = std::make_unique<Job<GraphLayout>>(
      [input = m_input](Progress& progress) { return layoutGraph(input, progress); }, Progress::Listener{},
      [this] {
        QMetaObject::invokeMethod(
            this,
            [this] {
              if (m_job && m_job->ready()) showLayout(m_job->result());
            },
            Qt::QueuedConnection);
      });
}

void GraphView::showLayout(const Result<std::shared_ptr<const GraphLayout>>& result) {
  if (!result.ok()) {
    m_message->setText(QString::fromStdString(result.error().message()));
    return;
  }
  GraphDrawing drawing;
  drawing.picture = m_picture;
  drawing.input = m_input;
  drawing.layout = *result;
  drawing.index = GraphIndex(m_input, **result);
  drawing.overlay = makeOverlay(m_document, overlay());
  m_canvas->setDrawing(std::move(drawing), false);
  m_minimap->refresh();
  showSelection();
  updateOverlay();
  emit layoutReady();
}

void GraphView::updateOverlay() {
  Overlay overlayNow = makeOverlay(m_document, overlay());
  m_legend->setEntries(overlayNow.legend);
  const bool laidOut = m_canvas->drawing().layout != nullptr;
  const QString empty = m_document.hasModel() ? tr("Laying out the graph…") : tr("Open a model to see its graph.");
  m_message->setText(laidOut ? overlayNow.missing : empty);
  m_message->setVisible(!m_message->text().isEmpty());
  m_minimap->setVisible(laidOut);
  m_canvas->setOverlay(std::move(overlayNow));
  m_minimap->refresh();
  placeFloating();
}

void GraphView::showSelection() {
  if (!m_canvas->drawing().layout) return;
  QSet<int32_t> cards;
  for (const OperatorIndex op : m_document.selection().operators()) cards.insert(op.value);
  m_canvas->setSelected(cards, m_document.selection().current().value, !m_selecting);
}

void GraphView::takeSelection(const std::vector<int32_t>& cards, int32_t current) {
  std::vector<OperatorIndex> operators;
  TensorIndex end;
  for (const int32_t card : cards) {
    const GraphCard& content = m_canvas->drawing().picture.cards[static_cast<size_t>(card)];
    if (content.op.valid()) {
      operators.push_back(content.op);
    } else {
      end = content.tensor;
    }
  }
  std::sort(operators.begin(), operators.end());
  const bool isOperator = current >= 0 && m_canvas->drawing().picture.cards[static_cast<size_t>(current)].op.valid();
  m_selecting = true;
  m_document.selection().setOperators(std::move(operators), isOperator ? OperatorIndex(current) : OperatorIndex());
  if (end.valid()) {
    m_document.selection().setTensor(end);
    m_canvas->setSelected({cards.begin(), cards.end()}, current, false);
  }
  m_selecting = false;
}

int GraphView::search(const QString& text) {
  QSet<int32_t> found;
  if (!text.trimmed().isEmpty() && m_document.hasModel()) {
    const bool regex = text.size() > 2 && text.startsWith('/') && text.endsWith('/');
    const QRegularExpression pattern(regex ? text.mid(1, text.size() - 2) : QRegularExpression::escape(text.trimmed()),
                                     QRegularExpression::CaseInsensitiveOption);
    const Subgraph& graph = m_document.model()->subgraphs[0];
    for (size_t card = 0; pattern.isValid() && card < m_picture.cards.size(); ++card) {
      const GraphCard& content = m_picture.cards[card];
      QString words = content.title;
      if (content.tensor.valid() && content.tensor.position() < graph.tensors.size()) {
        words += QLatin1Char(' ') + QString::fromStdString(graph.tensor(content.tensor).name);
      }
      if (pattern.match(words).hasMatch()) found.insert(static_cast<int32_t>(card));
    }
  }
  m_canvas->setFound(found);
  if (!found.isEmpty()) m_canvas->reveal(*std::min_element(found.begin(), found.end()));
  return static_cast<int>(found.size());
}

Result<void> GraphView::exportPicture(const QString& path) const {
  return exportGraph(m_canvas->drawing(), path);
}

void GraphView::askExport() {
  if (!m_canvas->drawing().layout) return;
  const QString path = QFileDialog::getSaveFileName(this, tr("Export the graph"), QStringLiteral("graph.svg"),
                                                    tr("Pictures (*.svg *.png *.pdf)"));
  if (path.isEmpty()) return;
  if (const auto result = exportPicture(path); !result.ok()) {
    emit m_document.failed(result.error());
  } else {
    emit m_document.notice(tr("Saved %1").arg(path));
  }
}

void GraphView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  m_canvas->setGeometry(rect());
  placeFloating();
}

void GraphView::placeFloating() {
  m_minimap->move(m_canvas->width() - m_minimap->width() - 12, 12);
  m_legend->move(12, m_canvas->height() - m_legend->height() - 12);
  const int width = std::min(420, m_canvas->width() - 40);
  m_message->resize(width, std::max(40, m_message->heightForWidth(width)));
  const bool laidOut = m_canvas->drawing().layout != nullptr;
  m_message->move((m_canvas->width() - width) / 2, laidOut ? 12 : (m_canvas->height() - m_message->height()) / 2);
  if (m_overlay->parentWidget() == this) {
    m_overlay->move(12, 12);
    m_overlay->raise();
  }
}

}  // namespace quantscope::ui
