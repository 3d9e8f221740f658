#pragma once

#include <QWidget>
#include <vector>

#include "ui/views/graph/graph_overlay.h"

namespace quantscope::ui {

/// What the colours mean, in words. Floats over the lower left corner; lets the mouse through.
class GraphLegend : public QWidget {
  Q_OBJECT
public:
  explicit GraphLegend(QWidget* parent);
  /// Takes the room that the entries need; hidden where there are none.
  void setEntries(std::vector<LegendEntry> entries);
  const std::vector<LegendEntry>& entries() const { return m_entries; }

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  int rowHeight() const;
  std::vector<LegendEntry> m_entries;
};

}  // namespace quantscope::ui
