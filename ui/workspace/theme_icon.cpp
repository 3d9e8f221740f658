#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>
#include <cmath>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

/// Renders the drawing when it is painted, in the colour the theme has then.
class TintedIconEngine final : public QIconEngine {
public:
  TintedIconEngine(QString name, IconTint tint) : m_name(std::move(name)), m_tint(tint) {}

  void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
    const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
    painter->drawPixmap(rect, render(rect.size(), ratio, mode));
  }
  QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override { return render(size, 1.0, mode); }
  QPixmap scaledPixmap(const QSize& size, QIcon::Mode mode, QIcon::State, qreal scale) override {
    QPixmap pixmap = render(size / scale, scale, mode);
    return pixmap;
  }
  QIconEngine* clone() const override { return new TintedIconEngine(m_name, m_tint); }
  QString key() const override { return QStringLiteral("quantscope-tinted"); }
  QString iconName() override { return m_name; }
  bool isNull() override { return m_name.isEmpty(); }
  QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override { return size; }

private:
  QPixmap render(const QSize& size, qreal ratio, QIcon::Mode mode) const {
    QColor color = Theme::instance().tintColor(m_tint);
    if (mode == QIcon::Disabled) color.setAlphaF(0.4f);
    const QString key = QStringLiteral("qs-icon/%1/%2/%3x%4@%5")
                            .arg(m_name, color.name(QColor::HexArgb))
                            .arg(size.width())
                            .arg(size.height())
                            .arg(ratio);
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap)) return pixmap;
    QSvgRenderer renderer(QStringLiteral(":/icons/%1.svg").arg(m_name));
    QImage image((QSizeF(size) * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderer.render(&painter);
    painter.setCompositionMode(QPainter::CompositionMode_SourceIn);
    painter.fillRect(image.rect(), color);
    painter.end();
    image.setDevicePixelRatio(ratio);
    pixmap = QPixmap::fromImage(image);
    QPixmapCache::insert(key, pixmap);
    return pixmap;
  }

  QString m_name;
  IconTint m_tint;
};

}  // namespace

QIcon Theme::icon(const QString& name, IconTint tint) const {
  return QIcon(new TintedIconEngine(name, tint));
}

}  // namespace quantscope::ui
