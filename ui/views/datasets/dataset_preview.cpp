#include "ui/views/datasets/dataset_preview.h"

#include <QPainter>
#include <QPointer>
#include <algorithm>
#include <cmath>

#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr int kPictures = 12;
constexpr int kSide = 56;
constexpr int kGap = 10;
constexpr int kCaption = 16;
/// Larger samples are not previewed: they are decoded in full to be shown small.
constexpr int64_t kMostElements = int64_t{4} << 20;

}  // namespace

QImage sampleImage(const TensorValue& value) {
  std::vector<int32_t> shape = value.shape;
  if (shape.size() == 4 && shape.front() == 1) shape.erase(shape.begin());
  const bool picture = value.type == ElementType::Float32 && shape.size() == 3 && (shape[2] == 1 || shape[2] == 3) &&
                       shape[0] > 0 && shape[1] > 0;
  if (!picture || int64_t{shape[0]} * shape[1] * shape[2] > kMostElements) return {};
  const auto values = value.values<float>();
  const size_t channels = static_cast<size_t>(shape[2]);
  if (values.size() != static_cast<size_t>(shape[0]) * static_cast<size_t>(shape[1]) * channels) return {};
  float low = 0, high = 0;
  bool any = false;
  for (float v : values) {
    if (!std::isfinite(v)) continue;
    low = any ? std::min(low, v) : v;
    high = any ? std::max(high, v) : v;
    any = true;
  }
  const float scale = high > low ? 255.0f / (high - low) : 0.0f;
  QImage image(shape[1], shape[0], QImage::Format_RGB32);
  for (int y = 0; y < image.height(); ++y) {
    for (int x = 0; x < image.width(); ++x) {
      const float* pixel =
          &values[(static_cast<size_t>(y) * static_cast<size_t>(image.width()) + static_cast<size_t>(x)) * channels];
      const auto level = [&](size_t c) {
        const float v = pixel[channels == 1 ? 0 : c];
        return std::isfinite(v) ? static_cast<int>(std::lround((v - low) * scale)) : 0;
      };
      image.setPixel(x, y, qRgb(level(0), level(1), level(2)));
    }
  }
  return image;
}

DatasetPreview::DatasetPreview(Document& document, QWidget* parent) : QWidget(parent), m_document(document) {
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
}

QSize DatasetPreview::sizeHint() const {
  return {200, m_pictures.empty() ? 0 : kSide + kCaption + 4};
}

void DatasetPreview::setDataset(std::shared_ptr<const Dataset> dataset) {
  if (dataset == m_dataset) return;
  m_dataset = dataset;
  m_pictures.clear();
  updateGeometry();
  update();
  if (!dataset || dataset->size() == 0) return;
  using Pictures = std::vector<Picture>;
  auto work = [dataset](Progress& progress) -> Result<std::shared_ptr<const Pictures>> {
    auto pictures = std::make_shared<Pictures>();
    const size_t count = std::min<size_t>(kPictures, dataset->size());
    for (size_t i = 0; i < count && progress.goOn(); ++i) {
      // Evenly over the whole: the first items are often all of one class.
      const size_t index = i * dataset->size() / count;
      const Result<Sample> sample = dataset->load(index);
      if (!sample.ok() || sample->inputs.empty()) continue;
      const QImage image = sampleImage(sample->inputs.front());
      if (image.isNull()) break;
      const auto& names = dataset->classNames();
      const bool named = sample->label && *sample->label >= 0 && static_cast<size_t>(*sample->label) < names.size();
      pictures->push_back({image, named ? fromStd(names[static_cast<size_t>(*sample->label)]) : QString()});
    }
    return std::shared_ptr<const Pictures>(std::move(pictures));
  };
  m_document.jobs().startQuiet<Pictures>(
      JobController::Lane::Views, work,
      [self = QPointer(this), dataset](const Result<std::shared_ptr<const Pictures>>& result) {
        if (!self || self->m_dataset != dataset || !result.ok()) return;
        self->m_pictures = **result;
        self->updateGeometry();
        self->update();
      });
}

void DatasetPreview::paintEvent(QPaintEvent*) {
  const Theme& theme = Theme::instance();
  QPainter painter(this);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  QFont font = theme.smallFont();
  font.setPixelSize(font.pixelSize() - 1);
  painter.setFont(font);
  int x = 0;
  for (const Picture& picture : m_pictures) {
    if (x + kSide > width()) break;
    const QSize size = picture.image.size().scaled(kSide, kSide, Qt::KeepAspectRatio);
    const QRect frame(QPoint(x + (kSide - size.width()) / 2, (kSide - size.height()) / 2), size);
    painter.drawImage(frame, picture.image);
    painter.setPen(theme.colors().line);
    painter.drawRect(frame.adjusted(0, 0, -1, -1));
    painter.setPen(theme.colors().secondary);
    const QRect caption(x - kGap / 2, kSide + 2, kSide + kGap, kCaption);
    painter.drawText(caption, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(picture.caption, Qt::ElideRight, caption.width()));
    x += kSide + kGap;
  }
}

}  // namespace quantscope::ui
