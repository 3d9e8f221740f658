#include "ui/views/inspector/kernel_tiles.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/statistics/real_values.h"
#include "core/statistics/tensor_statistics.h"
#include "ui/views/inspector/facts_grid.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kMostTiles = 1024;
constexpr int kLargestSide = 512;
constexpr int kGap = 4;

/// Where tile, row and column of a weight lie in memory.
struct Layout {
  int64_t tiles = 1, height = 1, width = 1, inputs = 1;
  int64_t tileStride = 0, rowStride = 0, columnStride = 1, inputStride = 0;
};

Result<Layout> layoutOf(std::span<const int32_t> shape, int32_t channelAxis) {
  Layout l;
  if (shape.size() == 4 && channelAxis == 3) {  // depthwise: [1, H, W, C]
    l = {shape[3], shape[1], shape[2], 1, 1, int64_t{shape[2]} * shape[3], shape[3], 0};
  } else if (shape.size() == 4) {  // [O, H, W, I]
    const int64_t inputs = shape[3];
    l = {shape[0],        shape[1], shape[2], inputs, int64_t{shape[1]} * shape[2] * inputs, int64_t{shape[2]} * inputs,
         int64_t{inputs}, 1};
  } else if (shape.size() == 3) {
    l = {shape[0], shape[1], shape[2], 1, int64_t{shape[1]} * shape[2], shape[2], 1, 0};
  } else if (shape.size() == 2) {
    l = {1, shape[0], shape[1], 1, 0, shape[1], 1, 0};
  } else {
    return Error{ErrorCode::InvalidArgument, "cannot draw the tensor as tiles", "",
                 "it has " + std::to_string(shape.size()) + " dimensions; two to four can be drawn", ""};
  }
  // A convolution of one pixel is a matrix of outputs and inputs.
  if (shape.size() == 4 && channelAxis != 3 && shape[1] == 1 && shape[2] == 1)
    l = {1, shape[0], shape[3], 1, 0, shape[3], 1, 0};
  if (l.tiles <= 0 || l.height <= 0 || l.width <= 0 || l.inputs <= 0)
    return Error{ErrorCode::InvalidArgument, "cannot draw the tensor as tiles", "", "it is empty", ""};
  return l;
}

}  // namespace

Result<TileSheet> readTiles(const Model& model, TensorIndex tensor, int input, Progress& progress) {
  QS_ASSIGN(const TensorReader reader, TensorReader::constant(model, SubgraphIndex(0), tensor));
  QS_ASSIGN(const Layout l, layoutOf(reader.shape(), weightChannelAxis(model, SubgraphIndex(0), tensor)));
  TileSheet sheet;
  const int64_t stepY = (l.height + kLargestSide - 1) / kLargestSide,
                stepX = (l.width + kLargestSide - 1) / kLargestSide;
  sheet.tileHeight = static_cast<int>(l.height / stepY);
  sheet.tileWidth = static_cast<int>(l.width / stepX);
  sheet.tiles = l.tiles;
  sheet.inputs = static_cast<int>(std::min<int64_t>(l.inputs, 1'000'000));
  const int64_t fitting = int64_t{4 << 20} / (int64_t{sheet.tileHeight} * sheet.tileWidth);
  const int64_t shown = std::clamp<int64_t>(fitting, 1, std::min<int64_t>(kMostTiles, l.tiles));
  const int64_t chosen = std::clamp<int64_t>(input, 0, l.inputs - 1) * l.inputStride;
  sheet.values.reserve(static_cast<size_t>(shown * sheet.tileHeight * sheet.tileWidth));
  for (int64_t tile = 0; tile < shown; ++tile) {
    if (!progress.goOn()) return Error::cancelled();
    for (int y = 0; y < sheet.tileHeight; ++y) {
      for (int x = 0; x < sheet.tileWidth; ++x) {
        const auto value = static_cast<float>(
            reader.at(tile * l.tileStride + y * stepY * l.rowStride + x * stepX * l.columnStride + chosen));
        sheet.values.push_back(value);
        if (std::isfinite(value)) sheet.greatest = std::max(sheet.greatest, std::abs(static_cast<double>(value)));
      }
    }
  }
  return sheet;
}

KernelTiles::KernelTiles(QWidget* parent) : QWidget(parent) {
  setObjectName(QStringLiteral("kernelTiles"));
  setAccessibleName(tr("Weights as images"));
  QSizePolicy policy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  setMouseTracking(true);
}

void KernelTiles::setSheet(std::shared_ptr<const TileSheet> sheet) {
  m_sheet = std::move(sheet);
  updateGeometry();
  update();
}

int KernelTiles::zoom() const {
  if (!m_sheet || !m_sheet->tileWidth) return 1;
  const int side = std::max(m_sheet->tileWidth, m_sheet->tileHeight);
  if (m_sheet->tiles == 1) return std::max(1, width() / m_sheet->tileWidth);
  return std::max(1, 30 / side);
}

int KernelTiles::columns(int width) const {
  return m_sheet && m_sheet->tileWidth ? std::max(1, (width + kGap) / (m_sheet->tileWidth * zoom() + kGap)) : 1;
}

int KernelTiles::heightForWidth(int width) const {
  if (!m_sheet || !m_sheet->shown()) return 0;
  const int64_t rows = (m_sheet->shown() + columns(width) - 1) / columns(width);
  return static_cast<int>(rows * (m_sheet->tileHeight * zoom() + kGap));
}

QSize KernelTiles::sizeHint() const {
  return {200, heightForWidth(std::max(200, width()))};
}

int KernelTiles::tileAt(const QPoint& point) const {
  if (!m_sheet || !m_sheet->shown()) return -1;
  const int stepX = m_sheet->tileWidth * zoom() + kGap, stepY = m_sheet->tileHeight * zoom() + kGap;
  const int column = point.x() / stepX, row = point.y() / stepY, across = columns(width());
  const int64_t tile = int64_t{row} * across + column;
  return point.x() >= 0 && point.y() >= 0 && column < across && tile < m_sheet->shown() ? static_cast<int>(tile) : -1;
}

QImage KernelTiles::image(int64_t tile) const {
  const ThemeColors& colors = Theme::instance().colors();
  const QColor below = Theme::instance().precisionColor(Precision::Int8),
               above = Theme::instance().precisionColor(Precision::DynamicRange), zero = colors.panel;
  QImage image(m_sheet->tileWidth, m_sheet->tileHeight, QImage::Format_RGB32);
  const float* value = m_sheet->values.data() + tile * m_sheet->tileWidth * m_sheet->tileHeight;
  const auto mix = [](int a, int b, double share) { return static_cast<int>(std::lround(a + (b - a) * share)); };
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x, ++value) {
      const double share = std::isfinite(*value) && m_sheet->greatest > 0
                               ? std::clamp(std::abs(static_cast<double>(*value)) / m_sheet->greatest, 0.0, 1.0)
                               : 0;
      const QColor& end = *value < 0 ? below : above;
      image.setPixel(x, y,
                     qRgb(mix(zero.red(), end.red(), share), mix(zero.green(), end.green(), share),
                          mix(zero.blue(), end.blue(), share)));
    }
  }
  return image;
}

void KernelTiles::paintEvent(QPaintEvent* event) {
  if (!m_sheet || !m_sheet->shown()) return;
  QPainter painter(this);
  painter.setPen(Theme::instance().colors().line);
  const int tileWidth = m_sheet->tileWidth * zoom(), tileHeight = m_sheet->tileHeight * zoom(),
            across = columns(width());
  for (int64_t tile = 0; tile < m_sheet->shown(); ++tile) {
    const QRect place(static_cast<int>(tile % across) * (tileWidth + kGap),
                      static_cast<int>(tile / across) * (tileHeight + kGap), tileWidth, tileHeight);
    if (!place.intersects(event->rect())) continue;
    painter.drawImage(place, image(tile));
    painter.drawRect(place.adjusted(-1, -1, 0, 0));
  }
}

bool KernelTiles::event(QEvent* event) {
  if (event->type() == QEvent::ToolTip) {
    const auto* help = static_cast<QHelpEvent*>(event);
    const int tile = tileAt(help->pos());
    if (tile < 0) {
      QToolTip::hideText();
      return true;
    }
    const int64_t size = int64_t{m_sheet->tileWidth} * m_sheet->tileHeight;
    const auto begin = m_sheet->values.begin() + tile * size;
    const auto [low, high] = std::minmax_element(begin, begin + size);
    QToolTip::showText(
        help->globalPos(),
        m_sheet->tiles > 1
            ? tr("channel %1: %2 to %3")
                  .arg(tile)
                  .arg(numberText(static_cast<double>(*low)), numberText(static_cast<double>(*high)))
            : tr("%1 to %2").arg(numberText(static_cast<double>(*low)), numberText(static_cast<double>(*high))),
        this);
    return true;
  }
  return QWidget::event(event);
}

}  // namespace quantscope::ui
