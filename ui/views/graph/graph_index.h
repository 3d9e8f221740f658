#pragma once

#include <QRectF>
#include <vector>

#include "core/layout/graph_layout.h"

namespace quantscope::ui {

/// Finds what lies in a part of the picture without looking at the rest: cells of one size hold the items that touch
/// them, in two flat arrays.
class RectIndex {
public:
  RectIndex() = default;
  /// Items that take several places (the two ends of a stub) come several times.
  RectIndex(const std::vector<std::pair<int32_t, QRectF>>& items, double width, double height);

  /// Calls visit(item) for every item that may touch the area: each place of an item once, in no particular order.
  template <typename Visit>
  void visit(const QRectF& area, Visit visit) const {
    if (m_places.empty()) return;
    const Range asked = rangeOf(area);
    for (int32_t row = asked.top; row <= asked.bottom; ++row) {
      for (int32_t column = asked.left; column <= asked.right; ++column) {
        const auto cell = static_cast<size_t>(row) * static_cast<size_t>(m_columns) + static_cast<size_t>(column);
        for (int32_t i = m_offsets[cell]; i < m_offsets[cell + 1]; ++i) {
          const Place& place = m_places[static_cast<size_t>(m_items[static_cast<size_t>(i)])];
          // Reported by the first asked cell that holds it, so that nothing has to be remembered.
          if (row == std::max(place.range.top, asked.top) && column == std::max(place.range.left, asked.left))
            visit(place.item);
        }
      }
    }
  }
  /// As a list, ascending, each item once.
  std::vector<int32_t> in(const QRectF& area) const;

private:
  struct Range {
    int32_t left, top, right, bottom;
  };
  struct Place {
    int32_t item;
    Range range;
  };
  Range rangeOf(const QRectF& area) const;

  double m_cellWidth = 1, m_cellHeight = 1;
  int32_t m_columns = 0, m_rows = 0;
  std::vector<Place> m_places;
  std::vector<int32_t> m_offsets, m_items;
};

/// Cards and wires of a layout.
struct GraphIndex {
  GraphIndex() = default;
  GraphIndex(const LayoutInput& input, const GraphLayout& layout);
  RectIndex cards, wires;
};

/// The area that an edge's curve stays in (its control points' bounding box).
QRectF wireBounds(const PlacedEdge& edge);

}  // namespace quantscope::ui
