#pragma once

#include <QRectF>
#include <unordered_map>
#include <vector>

#include "core/layout/graph_layout.h"

namespace quantscope::ui {

/// Finds what lies in a part of the picture without looking at the rest. Cells of a fixed size hold the cards
/// and wires that touch them.
class GraphIndex {
public:
  GraphIndex() = default;
  GraphIndex(const LayoutInput& input, const GraphLayout& layout);

  /// Cards, or wires, that may touch the area; ascending, each once.
  std::vector<int32_t> cardsIn(const QRectF& area) const { return collect(m_cards, area); }
  std::vector<int32_t> wiresIn(const QRectF& area) const { return collect(m_wires, area); }

private:
  using Cells = std::unordered_map<int64_t, std::vector<int32_t>>;
  static void insert(Cells& cells, const QRectF& area, int32_t item);
  static std::vector<int32_t> collect(const Cells& cells, const QRectF& area);

  Cells m_cards, m_wires;
};

/// The area that an edge's curve stays in (its control points' bounding box).
QRectF wireBounds(const PlacedEdge& edge);

}  // namespace quantscope::ui
