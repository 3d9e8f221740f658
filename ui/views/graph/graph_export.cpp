#include "ui/views/graph/graph_export.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFileInfo>
#include <QImage>
#include <QPdfWriter>
#include <QSvgGenerator>
#include <algorithm>

#include "core/base/atomic_file.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

constexpr double kMargin = 24, kLargestSide = 16384;

/// The words of this file, for the catalogue of translations.
struct ExportWords {
  Q_DECLARE_TR_FUNCTIONS(GraphExport)
};

void paintAll(QPainter& painter, const GraphDrawing& drawing, double scale, bool vector) {
  const GraphLayout& layout = *drawing.scene().layout;
  const QSizeF size(layout.width + 2 * kMargin, layout.height + 2 * kMargin);
  painter.fillRect(QRectF(QPointF(), size * scale), Theme::instance().colors().alternate);
  GraphPainter graph(vector);
  const auto detail = vector ? GraphPainter::Detail::All : GraphPainter::detailAt(scale);
  graph.paint(painter, drawing, {}, QPointF(-kMargin, -kMargin), scale, size * scale, detail);
}

QByteArray asSvg(const GraphDrawing& drawing, const QSizeF& size) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(size.toSize());
  generator.setViewBox(QRectF(QPointF(), size));
  generator.setTitle(ExportWords::tr("Graph"));
  QPainter painter(&generator);
  paintAll(painter, drawing, 1.0, true);
  painter.end();
  return buffer.data();
}

QByteArray asPdf(const GraphDrawing& drawing, const QSizeF& size) {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setResolution(96);
  writer.setPageMargins(QMarginsF());
  writer.setPageSize(QPageSize(size * 0.75, QPageSize::Point, {}, QPageSize::ExactMatch));
  QPainter painter(&writer);
  paintAll(painter, drawing, 1.0, true);
  painter.end();
  return buffer.data();
}

QByteArray asPng(const GraphDrawing& drawing, const QSizeF& size) {
  const double scale = std::min({2.0, kLargestSide / size.width(), kLargestSide / size.height()});
  QImage image((size * scale).toSize().expandedTo(QSize(1, 1)), QImage::Format_ARGB32_Premultiplied);
  if (image.isNull()) return {};
  QPainter painter(&image);
  paintAll(painter, drawing, scale, false);
  painter.end();
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, "PNG");
  return buffer.data();
}

}  // namespace

Result<void> exportGraph(const GraphDrawing& drawing, const QString& path) {
  const std::string where = path.toStdString();
  const std::string what = ExportWords::tr("cannot export the graph").toStdString();
  if (!drawing)
    return Error{ErrorCode::InvalidArgument, what, where, ExportWords::tr("it is not laid out yet").toStdString(), ""};
  const GraphLayout& layout = *drawing.scene().layout;
  const QSizeF size(layout.width + 2 * kMargin, layout.height + 2 * kMargin);
  const QString ending = QFileInfo(path).suffix().toLower();
  QByteArray bytes;
  if (ending == QLatin1String("svg")) {
    bytes = asSvg(drawing, size);
  } else if (ending == QLatin1String("pdf")) {
    bytes = asPdf(drawing, size);
  } else if (ending == QLatin1String("png")) {
    bytes = asPng(drawing, size);
  } else {
    return Error{ErrorCode::Unsupported, what, where,
                 ExportWords::tr("the file name ends in neither .svg, .png nor .pdf").toStdString(),
                 ExportWords::tr("choose one of these endings").toStdString()};
  }
  if (bytes.isEmpty()) {
    return Error{ErrorCode::ResourceLimit, what, where,
                 ExportWords::tr("there is not enough memory for the picture").toStdString(),
                 ExportWords::tr("export it as .svg").toStdString()};
  }
  return writeFileAtomically(where, bytes.toStdString(), IfExists::Replace);
}

}  // namespace quantscope::ui
