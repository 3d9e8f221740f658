#include "ui/views/layers/rules_strip.h"

#include <QKeyEvent>
#include <QPainter>

#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

int32_t at(const std::vector<int32_t>& counts, size_t rule) {
  return rule < counts.size() ? counts[rule] : 0;
}

/// Writes pieces from left to right until there is no room.
class LinePainter {
public:
  LinePainter(QPainter& painter, const QRect& rect) : m_painter(painter), m_rect(rect), m_x(rect.left()) {}

  /// False where it does not fit; nothing is drawn then.
  bool write(const QString& text, const QFont& font, const QColor& color, int gap) {
    const int width = QFontMetrics(font).horizontalAdvance(text);
    if (m_x + width > m_rect.right()) return false;
    m_painter.setFont(font);
    m_painter.setPen(color);
    m_painter.drawText(QRect(m_x, m_rect.top(), width + 1, m_rect.height()), Qt::AlignVCenter, text);
    m_x += width + gap;
    return true;
  }
  /// `bad`: the rule decides nothing.
  bool badge(const QString& text, const ThemeColors& colors, bool bad, int gap) {
    QFont font = Theme::instance().strongFont();
    font.setPixelSize(font.pixelSize() - 2);
    const QFontMetrics metrics(font);
    const int width = metrics.horizontalAdvance(text) + 12, height = metrics.height() + 2;
    if (m_x + width > m_rect.right()) return false;
    const QRectF pill(m_x, m_rect.center().y() - height / 2.0 + 1, width, height);
    m_painter.setPen(Qt::NoPen);
    QColor area = bad ? colors.bad : colors.accentArea;
    if (bad) area.setAlphaF(0.14f);
    m_painter.setBrush(area);
    m_painter.drawRoundedRect(pill, height / 2.0, height / 2.0);
    m_painter.setFont(font);
    m_painter.setPen(bad ? colors.bad : colors.accent);
    m_painter.drawText(pill, Qt::AlignCenter, text);
    m_x += width + gap;
    return true;
  }
  int x() const { return m_x; }

private:
  QPainter& m_painter;
  QRect m_rect;
  int m_x;
};

}  // namespace

RulesStrip::RulesStrip(Document& document, QWidget* parent) : QWidget(parent), m_document(document) {
  setObjectName(QStringLiteral("rulesStrip"));
  setFocusPolicy(Qt::TabFocus);
  setCursor(Qt::PointingHandCursor);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
  for (auto signal : {&Document::recipeChanged, &Document::modelChanged, &Document::planChanged})
    connect(&document, signal, this, &RulesStrip::refresh);
  connect(&Theme::instance(), &Theme::changed, this, &QWidget::updateGeometry);
  refresh();
}

void RulesStrip::refresh() {
  const Recipe& recipe = m_document.recipe();
  const ResolvedRecipe& resolved = m_document.resolved();
  QStringList lines{tr("Otherwise: %1").arg(schemeText(recipe.defaultScheme))};
  for (size_t i = 0; i < recipe.rules.size(); ++i) {
    const int32_t matches = at(resolved.matches, i), decides = at(resolved.wins, i);
    QString line = tr("%1  %2 → %3: %4 operators")
                       .arg(i + 1)
                       .arg(ruleText(recipe.rules[i]), schemeText(recipe.rules[i].scheme), countText(matches));
    if (matches == 0)
      line += tr(", it matches nothing");
    else if (decides < matches)
      line += tr(", %1 of them set by a later rule or by hand").arg(countText(matches - decides));
    lines << line;
  }
  if (!m_document.planError().isEmpty()) lines << m_document.planError();
  setToolTip(lines.join(u'\n'));
  setAccessibleName(tr("Rules"));
  setAccessibleDescription(lines.join(QStringLiteral(", ")));
  update();
}

QSize RulesStrip::sizeHint() const {
  return {200, std::max(38, fontMetrics().height() + 22)};
}

void RulesStrip::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::instance();
  const ThemeColors& colors = theme.colors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.fillRect(rect(), m_hovered ? colors.alternate : colors.panel);
  painter.fillRect(QRect(0, 0, width(), 1), colors.line);
  if (hasFocus()) {
    painter.setPen(colors.accent);
    painter.drawRoundedRect(QRectF(rect()).adjusted(3.5, 4.5, -3.5, -3.5), 4, 4);
  }
  LinePainter line(painter, rect().adjusted(12, 0, -40, 0));
  line.write(tr("Rules"), theme.strongFont(), colors.text, 12);
  const Recipe& recipe = m_document.recipe();
  const ResolvedRecipe& resolved = m_document.resolved();
  if (!m_document.planError().isEmpty()) {
    line.write(painter.fontMetrics().elidedText(m_document.planError(), Qt::ElideRight, width() - line.x() - 48),
               theme.font(), colors.bad, 0);
    return;
  }
  if (recipe.rules.empty()) {
    line.write(tr("all operators →"), theme.font(), colors.secondary, 4);
    line.write(schemeText(recipe.defaultScheme), theme.font(), colors.text, 6);
    return;
  }
  for (size_t i = 0; i < recipe.rules.size(); ++i) {
    const int before = line.x();
    const QString expression = ruleText(recipe.rules[i]),
                  scheme = QStringLiteral("→ ") + schemeText(recipe.rules[i].scheme);
    // Where another choice stands above the rule, both numbers are told.
    const int32_t matches = at(resolved.matches, i), decides = at(resolved.wins, i);
    const QString count =
        decides == matches ? countText(matches) : tr("%1 of %2").arg(countText(decides), countText(matches));
    const int needed = QFontMetrics(theme.monoFont()).horizontalAdvance(expression) +
                       fontMetrics().horizontalAdvance(scheme + count) + 60;
    if (before + needed > width() - 40) {
      line.write(tr("+%1").arg(recipe.rules.size() - i), theme.font(), colors.accent, 0);
      return;
    }
    line.write(QString::number(i + 1), theme.font(), colors.secondary, 8);
    line.write(expression, theme.monoFont(), colors.secondary, 5);
    line.write(scheme, theme.font(), colors.secondary, 7);
    line.badge(count, colors, decides == 0, 14);
  }
}

void RulesStrip::open() {
  m_document.showView(QStringLiteral("rules"));
}

void RulesStrip::mouseReleaseEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && rect().contains(event->pos())) open();
}

void RulesStrip::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Space)
    open();
  else
    QWidget::keyPressEvent(event);
}

void RulesStrip::enterEvent(QEnterEvent*) {
  m_hovered = true;
  update();
}

void RulesStrip::leaveEvent(QEvent*) {
  m_hovered = false;
  update();
}

}  // namespace quantscope::ui
