#include "ui/main_window/card_frame.h"

#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

/// Covers one lower corner of whatever view lies below it: the window's colour outside of the arc, the border on it.
class Corner : public QWidget {
public:
  Corner(bool left, QWidget* parent) : QWidget(parent), m_left(left) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFixedSize(CardFrame::kRadius + 1, CardFrame::kRadius + 1);
  }

protected:
  void paintEvent(QPaintEvent*) override {
    constexpr int r = CardFrame::kRadius;
    const ThemeColors& colors = Theme::instance().colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    // The card as it would lie around this corner.
    const QRectF card = QRectF(m_left ? 0.5 : -3.0 * r, -3.0 * r, 4.0 * r + 0.5, 4.0 * r + 0.5);
    QPainterPath outside, inside;
    outside.addRect(rect());
    inside.addRoundedRect(card, r, r);
    painter.fillPath(outside - inside, colors.window);
    painter.setPen(QPen(colors.line, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(inside);
  }

private:
  bool m_left;
};

}  // namespace

CardFrame::CardFrame(QWidget* view, QWidget* parent) : QWidget(parent) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(1, 0, 1, 1);
  layout->addWidget(view);
  setFocusProxy(view);
  m_corners[0] = new Corner(true, this);
  m_corners[1] = new Corner(false, this);
}

void CardFrame::paintEvent(QPaintEvent*) {
  const ThemeColors& colors = Theme::instance().colors();
  QPainter painter(this);
  painter.fillRect(rect(), colors.panel);
  painter.fillRect(QRect(0, 0, 1, height()), colors.line);
  painter.fillRect(QRect(width() - 1, 0, 1, height()), colors.line);
  painter.fillRect(QRect(0, height() - 1, width(), 1), colors.line);
}

void CardFrame::resizeEvent(QResizeEvent*) {
  const int y = height() - m_corners[0]->height();
  m_corners[0]->move(0, y);
  m_corners[1]->move(width() - m_corners[1]->width(), y);
  for (QWidget* corner : m_corners) corner->raise();
}

}  // namespace quantscope::ui
