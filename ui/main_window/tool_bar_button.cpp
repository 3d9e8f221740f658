#include "ui/main_window/tool_bar_button.h"

#include <QPainter>
#include <QStyleOptionToolButton>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kPadding = 12;
constexpr int kGap = 7;
constexpr int kIcon = 16;
constexpr int kArrow = 14;

}  // namespace

ToolBarButton::ToolBarButton(const QString& icon, bool primary, QWidget* parent)
    : QToolButton(parent), m_icon(icon), m_primary(primary) {
  if (primary) setProperty("look", QStringLiteral("primary"));
  setFocusPolicy(Qt::TabFocus);
}

QSize ToolBarButton::sizeHint() const {
  int width = 2 * kPadding;
  if (!m_icon.isEmpty()) width += kIcon;
  if (wordShown()) width += fontMetrics().horizontalAdvance(text()) + (m_icon.isEmpty() ? 0 : kGap);
  if (menu()) width += kArrow;
  if (!wordShown()) width -= kPadding / 2;
  return {width, std::max(30, fontMetrics().height() + 14)};
}

void ToolBarButton::initStyleOption(QStyleOptionToolButton* option) const {
  QToolButton::initStyleOption(option);
  // The style draws the background; what lies on it is drawn here.
  option->text.clear();
  option->icon = QIcon();
}

void ToolBarButton::paintEvent(QPaintEvent* event) {
  QToolButton::paintEvent(event);
  const ThemeColors& colors = Theme::instance().colors();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  QColor ink = m_primary ? colors.onAccent : property("look") == QLatin1String("hint") ? colors.secondary : colors.text;
  IconTint tint = m_primary ? IconTint::OnAccent : IconTint::Text;
  if (!isEnabled()) {
    ink = palette().color(QPalette::Disabled, QPalette::ButtonText);
    tint = IconTint::Text;
  }
  int x = wordShown() ? kPadding : (width() - kIcon) / 2;
  if (!m_icon.isEmpty()) {
    Theme::instance()
        .icon(m_icon, tint)
        .paint(&painter, QRect(x, (height() - kIcon) / 2, kIcon, kIcon), Qt::AlignCenter,
               isEnabled() ? QIcon::Normal : QIcon::Disabled);
    x += kIcon + kGap;
  }
  painter.setPen(ink);
  if (wordShown()) painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
  if (menu()) {
    const QPointF tip(width() - kPadding - 2, height() / 2.0 + 2.5);
    const QPointF triangle[] = {tip + QPointF(-4, -5), tip + QPointF(4, -5), tip};
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(triangle, 3);
  }
}

}  // namespace quantscope::ui
