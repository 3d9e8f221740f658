#pragma once

#include <QRectF>
#include <QSet>
#include <memory>
#include <unordered_map>

#include "ui/views/graph/graph_index.h"
#include "ui/views/graph/graph_overlay.h"
#include "ui/views/graph/graph_picture.h"

namespace quantscope::ui {

/// A graph with its layout: made beside the window, never changed after.
struct GraphScene {
  GraphPicture picture;
  LayoutInput input;
  std::shared_ptr<const GraphLayout> layout;
  GraphIndex index;

  QRectF cardRect(int32_t card) const {
    const auto i = static_cast<size_t>(card);
    return {layout->nodes[i].x, layout->nodes[i].y, input.nodes[i].width, input.nodes[i].height};
  }
  const GraphCard& card(int32_t index) const { return picture.cards[static_cast<size_t>(index)]; }
  const GraphWire& wire(int32_t index) const { return picture.wires[static_cast<size_t>(index)]; }
  const PlacedEdge& edge(int32_t wire) const { return layout->edges[static_cast<size_t>(wire)]; }
  int32_t count() const { return static_cast<int32_t>(picture.cards.size()); }
};

/// Share of a group's operators in one colour.
struct ColorShare {
  QRgb color;
  double share;
};

/// Everything that is needed to draw a graph: values only, so that it can be drawn on a window, a picture or a page.
class GraphDrawing {
public:
  GraphDrawing() = default;
  explicit GraphDrawing(std::shared_ptr<const GraphScene> scene) : m_scene(std::move(scene)) {}

  explicit operator bool() const { return m_scene != nullptr; }
  const GraphScene& scene() const { return *m_scene; }
  std::shared_ptr<const GraphScene> shared() const { return m_scene; }
  const Overlay& overlay() const { return m_overlay; }
  void setOverlay(Overlay overlay);
  /// Colour of a card: its operator's, or the most frequent one of a group; `none` where there is none.
  QRgb colorOf(int32_t card, QRgb none) const;
  /// Of a group, the greatest first; empty for other cards.
  const std::vector<ColorShare>& sharesOf(int32_t card) const;
  /// What stands at the top right: "int8"; "mixed" of a group whose operators differ.
  QString wordOf(int32_t card) const;
  /// The second line: "448 params · 46.0 dB".
  QString detailOf(int32_t card) const;

private:
  std::shared_ptr<const GraphScene> m_scene;
  Overlay m_overlay;
  std::unordered_map<int32_t, std::vector<ColorShare>> m_shares;
};

/// What is marked while drawing.
struct GraphMarks {
  QSet<int32_t> selected;  ///< cards
  int32_t current = -1, hovered = -1;
  QSet<int32_t> found;  ///< of a search; others are dimmed while `searching`
  bool searching = false;
  bool focused = false;
};

}  // namespace quantscope::ui
