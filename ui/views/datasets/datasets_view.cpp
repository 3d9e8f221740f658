#include "ui/views/datasets/datasets_view.h"

#include <QHBoxLayout>
#include <QScrollArea>

#include "ui/views/datasets/dataset_card.h"
#include "ui/views/datasets/task_card.h"

namespace quantscope::ui {

DatasetsView::DatasetsView(Document& document, QWidget* parent) : View(parent) {
  setObjectName(QStringLiteral("datasetsView"));
  auto* page = new QWidget;
  page->setProperty("look", QStringLiteral("canvas"));
  auto* columns = new QHBoxLayout(page);
  columns->setContentsMargins(0, 0, 0, 0);
  columns->setSpacing(0);
  const auto addLine = [&] {
    auto* line = new QFrame(page);
    line->setFixedWidth(1);
    line->setStyleSheet(QStringLiteral("background: palette(mid);"));
    columns->addWidget(line);
  };
  columns->addWidget(new DatasetCard(document, DatasetUse::Calibration, page), 3);
  addLine();
  columns->addWidget(new DatasetCard(document, DatasetUse::Evaluation, page), 3);
  addLine();
  columns->addWidget(new TaskCard(document, page), 2);
  auto* scroll = new QScrollArea(this);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(page);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(scroll);
}

}  // namespace quantscope::ui
