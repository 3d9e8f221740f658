#pragma once

#include <QImage>
#include <QWidget>
#include <memory>
#include <vector>

#include "core/jobs/job.h"
#include "core/model/model.h"

namespace quantscope::ui {

/// The slices of a weight tensor as small images.
struct TileSheet {
  int tileWidth = 0, tileHeight = 0;  ///< in values
  int64_t tiles = 0;                  ///< of the tensor; the sheet holds the first of them
  int inputs = 1;                     ///< input channels to choose from
  double greatest = 0;                ///< absolute value at the end of the scale of colours
  std::vector<float> values;          ///< tile after tile, rows from the top
  int64_t shown() const {
    return tileWidth && tileHeight ? static_cast<int64_t>(values.size()) / (int64_t{tileWidth} * tileHeight) : 0;
  }
};

/// The tiles of a constant of rank 2 to 4, along the axis of its output channels: [O,H,W,I] gives O tiles of H x W for
/// one input channel, [1,H,W,C] of depthwise convolutions C tiles, a matrix one tile (thinned above 512 a side).
/// Errors: InvalidArgument (another rank), what reading gives, Cancelled.
Result<TileSheet> readTiles(const Model& model, TensorIndex tensor, int input, Progress& progress);

/// Draws a sheet: blue below zero, orange above, the colour of the panel at zero. Wraps to its width.
class KernelTiles : public QWidget {
  Q_OBJECT
public:
  explicit KernelTiles(QWidget* parent = nullptr);
  /// Null: nothing is shown.
  void setSheet(std::shared_ptr<const TileSheet> sheet);
  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override;
  /// Number of the tile below a point; -1: none.
  int tileAt(const QPoint& point) const;

protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;

private:
  int zoom() const;  ///< pixels per value
  int columns(int width) const;
  QImage image(int64_t tile) const;
  std::shared_ptr<const TileSheet> m_sheet;
};

}  // namespace quantscope::ui
