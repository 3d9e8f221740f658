#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "core/data/dataset.h"

namespace quantscope::ui {

class Document;

/// A few samples as the model receives them, with the name of their class below; arrays that are no pictures are not
/// shown.
class DatasetPreview : public QWidget {
  Q_OBJECT
public:
  explicit DatasetPreview(Document& document, QWidget* parent = nullptr);
  /// Null: nothing. Loads beside the window.
  void setDataset(std::shared_ptr<const Dataset> dataset);
  int pictureCount() const { return static_cast<int>(m_pictures.size()); }
  QSize sizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  struct Picture {
    QImage image;
    QString caption;
  };
  Document& m_document;
  std::shared_ptr<const Dataset> m_dataset;
  std::vector<Picture> m_pictures;
};

/// A float32 sample of shape [1,] h, w, 1 or 3 as a picture, its own smallest value black and its greatest white; null
/// for others.
QImage sampleImage(const TensorValue& value);

}  // namespace quantscope::ui
