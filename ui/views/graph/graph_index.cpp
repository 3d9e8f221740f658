#include "ui/views/graph/graph_index.h"

#include <algorithm>
#include <cmath>

namespace quantscope::ui {

namespace {

constexpr double kCell = 640;

int64_t key(int64_t column, int64_t row) {
  return (column << 32) ^ (row & 0xffffffff);
}

int64_t cellOf(double coordinate) {
  return static_cast<int64_t>(std::floor(coordinate / kCell));
}

}  // namespace

QRectF wireBounds(const PlacedEdge& edge) {
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  for (const LayoutPoint& point : edge.points) {
    left = std::min(left, point.x);
    right = std::max(right, point.x);
    top = std::min(top, point.y);
    bottom = std::max(bottom, point.y);
  }
  return edge.points.empty() ? QRectF() : QRectF(QPointF(left, top), QPointF(right, bottom));
}

GraphIndex::GraphIndex(const LayoutInput& input, const GraphLayout& layout) {
  for (size_t i = 0; i < layout.nodes.size(); ++i) {
    insert(m_cards, {layout.nodes[i].x, layout.nodes[i].y, input.nodes[i].width, input.nodes[i].height},
           static_cast<int32_t>(i));
  }
  for (size_t i = 0; i < layout.edges.size(); ++i) {
    const PlacedEdge& edge = layout.edges[i];
    if (edge.points.size() < 4) continue;
    if (edge.stub) {
      // Its two ends may be a whole page apart; nothing is drawn between them.
      insert(m_wires, QRectF(QPointF(edge.points[0].x, edge.points[0].y), QSizeF(1, 1)), static_cast<int32_t>(i));
      insert(m_wires, QRectF(QPointF(edge.points[3].x, edge.points[3].y), QSizeF(1, 1)), static_cast<int32_t>(i));
    } else {
      insert(m_wires, wireBounds(edge), static_cast<int32_t>(i));
    }
  }
}

void GraphIndex::insert(Cells& cells, const QRectF& area, int32_t item) {
  for (int64_t row = cellOf(area.top()); row <= cellOf(area.bottom()); ++row) {
    for (int64_t column = cellOf(area.left()); column <= cellOf(area.right()); ++column) {
      cells[key(column, row)].push_back(item);
    }
  }
}

std::vector<int32_t> GraphIndex::collect(const Cells& cells, const QRectF& area) {
  std::vector<int32_t> items;
  const int64_t rows = cellOf(area.bottom()) - cellOf(area.top()) + 1;
  const int64_t columns = cellOf(area.right()) - cellOf(area.left()) + 1;
  if (rows * columns > static_cast<int64_t>(cells.size())) {
    for (const auto& [ignored, cell] : cells) items.insert(items.end(), cell.begin(), cell.end());
  } else {
    for (int64_t row = cellOf(area.top()); row <= cellOf(area.bottom()); ++row) {
      for (int64_t column = cellOf(area.left()); column <= cellOf(area.right()); ++column) {
        const auto it = cells.find(key(column, row));
        if (it != cells.end()) items.insert(items.end(), it->second.begin(), it->second.end());
      }
    }
  }
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

}  // namespace quantscope::ui
