#include "ui/widgets/plots/plot_menu.h"

#include <qcustomplot.h>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileDialog>
#include <QMessageBox>
#include <QSvgGenerator>

namespace quantscope::ui {

namespace {

/// The words of this file, for the catalogue of translations.
struct PlotWords {
  Q_DECLARE_TR_FUNCTIONS(Plots)
};

constexpr double kPictureScale = 2;  ///< pixels of a saved picture for one on the screen

}  // namespace

Result<void> savePlot(QCustomPlot& plot, const QString& path) {
  bool written = false;
  if (path.endsWith(QLatin1String(".png"), Qt::CaseInsensitive)) {
    written = plot.savePng(path, 0, 0, kPictureScale);
  } else if (path.endsWith(QLatin1String(".pdf"), Qt::CaseInsensitive)) {
    written = plot.savePdf(path);
  } else if (path.endsWith(QLatin1String(".svg"), Qt::CaseInsensitive)) {
    QSvgGenerator generator;
    generator.setFileName(path);
    generator.setSize(plot.size());
    generator.setViewBox(QRect(QPoint(), plot.size()));
    QCPPainter painter;
    written = painter.begin(&generator);
    if (written) {
      painter.setMode(QCPPainter::pmVectorized);
      plot.toPainter(&painter, plot.width(), plot.height());
      written = painter.end();
    }
  } else {
    return Error{ErrorCode::InvalidArgument, "cannot save the plot", path.toStdString(),
                 "the file name ends in neither .svg, .png nor .pdf", "choose one of these endings"};
  }
  if (written) return {};
  return Error{ErrorCode::Io, "cannot save the plot", path.toStdString(), "the file could not be written",
               "choose a folder that can be written to"};
}

void addPlotMenu(QCustomPlot& plot) {
  auto* copy = new QAction(PlotWords::tr("Copy as a picture"), &plot);
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QAction::triggered, &plot,
                   [&plot] { QApplication::clipboard()->setPixmap(plot.toPixmap(0, 0, kPictureScale)); });
  auto* save = new QAction(PlotWords::tr("Save as PNG, SVG or PDF…"), &plot);
  QObject::connect(save, &QAction::triggered, &plot, [&plot] {
    const QString path = QFileDialog::getSaveFileName(&plot, PlotWords::tr("Save the plot"), QStringLiteral("plot.svg"),
                                                      PlotWords::tr("Pictures (*.svg *.png *.pdf)"));
    if (path.isEmpty()) return;
    if (const auto saved = savePlot(plot, path); !saved.ok())
      QMessageBox::warning(&plot, PlotWords::tr("Save the plot"), QString::fromStdString(saved.error().message()));
  });
  plot.addActions({copy, save});
  plot.setContextMenuPolicy(Qt::ActionsContextMenu);
  plot.setFocusPolicy(Qt::ClickFocus);
}

}  // namespace quantscope::ui
