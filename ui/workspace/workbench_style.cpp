#include "ui/workspace/workbench_style.h"

#include <QPainter>
#include <QRegularExpression>
#include <QStyleOption>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kTabPadding = 16;
constexpr int kBadgeGap = 6;

/// "Problems 2" is the title "Problems" with the badge "2".
std::pair<QString, QString> splitBadge(const QString& text) {
  static const QRegularExpression pattern(QStringLiteral("^(.*\\S) (\\d[\\d,.]*)$"));
  const auto match = pattern.match(text);
  if (!match.hasMatch()) return {text, {}};
  return {match.captured(1), match.captured(2)};
}

QFont badgeFont(QFont font) {
  if (font.pixelSize() > 2) font.setPixelSize(font.pixelSize() - 2);
  font.setWeight(QFont::DemiBold);
  return font;
}

int badgeWidth(const QFont& font, const QString& badge) {
  return badge.isEmpty() ? 0 : QFontMetrics(badgeFont(font)).horizontalAdvance(badge) + 12;
}

void drawTab(const QStyleOptionTab& option, QPainter* painter) {
  const ThemeColors& colors = Theme::instance().colors();
  const bool selected = option.state & QStyle::State_Selected;
  const bool hovered = option.state & QStyle::State_MouseOver;
  const auto [title, badge] = splitBadge(option.text);

  painter->save();
  painter->setRenderHint(QPainter::Antialiasing);
  if (selected)
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom() - 1, option.rect.width(), 2), colors.accent);
  if ((option.state & QStyle::State_HasFocus) && selected) {
    painter->setPen(QPen(colors.accent, 1));
    painter->drawRoundedRect(QRectF(option.rect).adjusted(4.5, 5.5, -4.5, -6.5), 4, 4);
  }
  const QRect inner = option.rect.adjusted(kTabPadding, 0, -kTabPadding / 2, -1);
  painter->setPen(selected || hovered ? colors.text : colors.secondary);
  const int width = badgeWidth(painter->font(), badge);
  const QRect text = inner.adjusted(0, 0, badge.isEmpty() ? 0 : -width - kBadgeGap, 0);
  const QString shown = painter->fontMetrics().elidedText(title, Qt::ElideRight, text.width());
  painter->drawText(text, Qt::AlignVCenter | Qt::AlignLeft, shown);
  if (!badge.isEmpty()) {
    const int x = inner.left() + painter->fontMetrics().horizontalAdvance(shown) + kBadgeGap;
    const QFont font = badgeFont(painter->font());
    const int height = QFontMetrics(font).height() + 2;
    const QRectF pill(x, inner.center().y() - height / 2.0 + 0.5, width, height);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colors.accentArea);
    painter->drawRoundedRect(pill, height / 2.0, height / 2.0);
    painter->setFont(font);
    painter->setPen(colors.accent);
    painter->drawText(pill, Qt::AlignCenter, badge);
  }
  painter->restore();
}

}  // namespace

WorkbenchStyle::WorkbenchStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

int WorkbenchStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
  switch (metric) {
    case PM_SmallIconSize:
    case PM_ToolBarIconSize:
    case PM_ButtonIconSize:
    case PM_ListViewIconSize:
      return 16;
    case PM_TabBarTabHSpace:
      return 2 * kTabPadding;
    case PM_TabBarTabVSpace:
      return 16;
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
    case PM_TabBarTabOverlap:
    case PM_TabBarBaseOverlap:
    case PM_TabBarBaseHeight:
      return 0;
    case PM_DockWidgetFrameWidth:
    case PM_DockWidgetTitleMargin:
      return 0;
    case PM_DockWidgetSeparatorExtent:
      return 8;
    default:
      return QProxyStyle::pixelMetric(metric, option, widget);
  }
}

int WorkbenchStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                              QStyleHintReturn* data) const {
  switch (hint) {
    case SH_TabBar_Alignment:
      return Qt::AlignLeft;
    case SH_ItemView_ShowDecorationSelected:
      return 1;
    case SH_ToolTip_WakeUpDelay:
      return 500;
    case SH_UnderlineShortcut:
      return 0;
    case SH_DialogButtonBox_ButtonsHaveIcons:
      return 0;
    default:
      return QProxyStyle::styleHint(hint, option, widget, data);
  }
}

QSize WorkbenchStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                                       const QWidget* widget) const {
  if (type == CT_TabBarTab) {
    const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option);
    if (tab && widget) {
      const auto [title, badge] = splitBadge(tab->text);
      const QFontMetrics metrics(widget->font());
      const int width = metrics.horizontalAdvance(title) + 2 + 2 * kTabPadding +
                        (badge.isEmpty() ? 0 : badgeWidth(widget->font(), badge) + kBadgeGap - kTabPadding / 2);
      return {width, std::max(34, metrics.height() + 18)};
    }
  }
  return QProxyStyle::sizeFromContents(type, option, size, widget);
}

void WorkbenchStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                                 const QWidget* widget) const {
  if (element == CE_TabBarTab) {
    if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) drawTab(*tab, painter);
    return;
  }
  if (element == CE_TabBarTabShape || element == CE_TabBarTabLabel) return;
  QProxyStyle::drawControl(element, option, painter, widget);
}

void WorkbenchStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                                   const QWidget* widget) const {
  if (element == PE_FrameTabBarBase) {
    const QRect rect = widget ? widget->rect() : option->rect;
    painter->fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), Theme::instance().colors().line);
    return;
  }
  QProxyStyle::drawPrimitive(element, option, painter, widget);
}

}  // namespace quantscope::ui
