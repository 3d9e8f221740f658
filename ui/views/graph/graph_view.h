#pragma once

#include <QComboBox>
#include <QLabel>
#include <QWidget>
#include <memory>

#include "core/jobs/job.h"
#include "ui/views/graph/graph_canvas.h"
#include "ui/views/graph/graph_minimap.h"

namespace quantscope::ui {

class Document;

/// The Graph tab: canvas, minimap, legend, the choice of what colours mean, search, export.
class GraphView : public QWidget {
  Q_OBJECT
public:
  GraphView(Document& document, QWidget* parent = nullptr);
  ~GraphView() override;

  OverlayKind overlay() const;
  void setOverlay(OverlayKind kind);
  /// Marks every operator that the text matches (name, type, or /regex/); empty: none. Returns how many.
  int search(const QString& text);
  /// Writes the whole graph as .png, .svg or .pdf, by the name's ending.
  Result<void> exportPicture(const QString& path) const;
  GraphCanvas& canvas() { return *m_canvas; }

signals:
  void layoutReady();

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  class Legend;
  void reload();
  void showLayout(const Result<std::shared_ptr<const GraphLayout>>& result);
  void updateOverlay();
  void showSelection();
  void takeSelection(const std::vector<int32_t>& cards, int32_t current);
  void placeFloating();
  void addActions();
  void askExport();

  Document& m_document;
  GraphCanvas* m_canvas;
  GraphMinimap* m_minimap;
  Legend* m_legend;
  QLabel* m_message;
  QComboBox* m_overlay;
  GraphPicture m_picture;
  LayoutInput m_input;
  bool m_selecting = false;
  std::unique_ptr<Job<GraphLayout>> m_job;  // last: joins before the rest goes
};

}  // namespace quantscope::ui
