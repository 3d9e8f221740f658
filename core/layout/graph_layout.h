#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/progress.h"

namespace quantscope {

/// A directed graph to be drawn, by size only; knows no models.
struct LayoutNode {
  double width = 160, height = 40;
  /// Column of an earlier layout (GraphLayout::columns) that it should keep where that is possible; nothing: anywhere.
  std::optional<int32_t> column = std::nullopt;
};
struct LayoutEdge {
  int32_t from = 0, to = 0;  ///< node indices
  double labelWidth = 0;     ///< room the label wants; 0: none
};
struct LayoutInput {
  std::vector<LayoutNode> nodes;
  std::vector<LayoutEdge> edges;
  double layerGap = 28, columnGap = 24;
  /// Edges longer than this many layers, across more columns than stubColumns, or from a node with more consumers than
  /// stubFanOut become stubs: they are never routed across the page.
  int32_t stubLength = 64, stubFanOut = 24, stubColumns = 24;
};
struct LayoutPoint {
  double x = 0, y = 0;
};
struct PlacedEdge {
  std::vector<LayoutPoint> points;  ///< cubic Bézier: 1 + 3n points; a stub has two short pieces (see stub)
  LayoutPoint label;                ///< middle of the label
  bool stub = false;                ///< drawn as a short piece at both ends: points[0..1] and points[2..3]
};
/// Top-left corners of nodes, routes of edges, and the size of the picture. Flow is downwards.
struct GraphLayout {
  std::vector<LayoutPoint> nodes;
  std::vector<int32_t> columns;  ///< of each node; 0 is the trunk, positive to its right
  std::vector<PlacedEdge> edges;
  double width = 0, height = 0;
};

/// Layered layout (cycle-safe). Deterministic; stops within 200 ms when asked. bench_layout prints the times.
/// Errors: Cancelled, InvalidArgument (an edge names a node that is not there).
Result<std::shared_ptr<const GraphLayout>> layoutGraph(const LayoutInput& input, Progress& progress);

}  // namespace quantscope
