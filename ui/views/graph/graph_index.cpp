#include "ui/views/graph/graph_index.h"

#include <algorithm>
#include <cmath>

namespace quantscope::ui {

namespace {
constexpr double kCell = 640;
}

QRectF wireBounds(const PlacedEdge& edge) {
  if (edge.points.empty()) return {};
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  for (const LayoutPoint& point : edge.points) {
    left = std::min(left, point.x);
    right = std::max(right, point.x);
    top = std::min(top, point.y);
    bottom = std::max(bottom, point.y);
  }
  return {QPointF(left, top), QPointF(right, bottom)};
}

RectIndex::RectIndex(const std::vector<std::pair<int32_t, QRectF>>& items, double width, double height) {
  if (items.empty()) return;
  // A wide and tall page with little on it gets larger cells, never more of them than a few per item.
  const double most = 4.0 * static_cast<double>(items.size()) + 1024;
  const double cells = (std::max(width, 1.0) / kCell + 1) * (std::max(height, 1.0) / kCell + 1);
  const double cell = kCell * std::max(1.0, std::sqrt(cells / most));
  m_cellWidth = m_cellHeight = cell;
  m_columns = static_cast<int32_t>(std::floor(std::max(width, 0.0) / cell)) + 1;
  m_rows = static_cast<int32_t>(std::floor(std::max(height, 0.0) / cell)) + 1;

  m_places.reserve(items.size());
  m_offsets.assign(static_cast<size_t>(m_columns) * static_cast<size_t>(m_rows) + 1, 0);
  const auto eachCell = [this](const Range& range, auto take) {
    for (int32_t row = range.top; row <= range.bottom; ++row) {
      for (int32_t column = range.left; column <= range.right; ++column)
        take(static_cast<size_t>(row) * static_cast<size_t>(m_columns) + static_cast<size_t>(column));
    }
  };
  for (const auto& [item, area] : items) {
    m_places.push_back({item, rangeOf(area)});
    eachCell(m_places.back().range, [this](size_t at) { ++m_offsets[at + 1]; });
  }
  for (size_t i = 1; i < m_offsets.size(); ++i) m_offsets[i] += m_offsets[i - 1];
  m_items.resize(static_cast<size_t>(m_offsets.back()));
  std::vector<int32_t> next(m_offsets.begin(), m_offsets.end() - 1);
  for (size_t place = 0; place < m_places.size(); ++place) {
    eachCell(m_places[place].range,
             [&](size_t at) { m_items[static_cast<size_t>(next[at]++)] = static_cast<int32_t>(place); });
  }
}

RectIndex::Range RectIndex::rangeOf(const QRectF& area) const {
  const auto cell = [](double coordinate, double size, int32_t count) {
    return static_cast<int32_t>(std::clamp(std::floor(coordinate / size), 0.0, static_cast<double>(count - 1)));
  };
  return {cell(area.left(), m_cellWidth, m_columns), cell(area.top(), m_cellHeight, m_rows),
          cell(area.right(), m_cellWidth, m_columns), cell(area.bottom(), m_cellHeight, m_rows)};
}

std::vector<int32_t> RectIndex::in(const QRectF& area) const {
  std::vector<int32_t> items;
  visit(area, [&items](int32_t item) { items.push_back(item); });
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  return items;
}

GraphIndex::GraphIndex(const LayoutInput& input, const GraphLayout& layout) {
  std::vector<std::pair<int32_t, QRectF>> places;
  places.reserve(layout.nodes.size());
  for (size_t i = 0; i < layout.nodes.size(); ++i) {
    places.emplace_back(static_cast<int32_t>(i),
                        QRectF(layout.nodes[i].x, layout.nodes[i].y, input.nodes[i].width, input.nodes[i].height));
  }
  cards = RectIndex(places, layout.width, layout.height);
  places.clear();
  places.reserve(layout.edges.size());
  for (size_t i = 0; i < layout.edges.size(); ++i) {
    const PlacedEdge& edge = layout.edges[i];
    if (edge.points.size() < 4) continue;
    const auto item = static_cast<int32_t>(i);
    if (edge.stub) {
      // Its two ends may be a whole page apart; nothing is drawn between them.
      for (const size_t end : {size_t{0}, size_t{3}})
        places.emplace_back(item, QRectF(QPointF(edge.points[end].x, edge.points[end].y), QSizeF(1, 1)));
    } else {
      places.emplace_back(item, wireBounds(edge));
    }
  }
  wires = RectIndex(places, layout.width, layout.height);
}

}  // namespace quantscope::ui
