#include "core/layout/graph_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "core/layout/layered_graph.h"

namespace quantscope {

namespace {

using namespace layout;

constexpr double kLaneWidth = 14;
/// Beside one column, at the same height; what finds no lane becomes a stub.
constexpr size_t kMostLanes = 16;

/// How an edge gets past the nodes between its ends.
struct Way {
  enum class Kind { Direct, AlongTarget, AlongSource, Lane, Stub } kind = Kind::Direct;
  int32_t column = 0;  ///< of the lane
  int32_t lane = 0;    ///< 0: next to the cards of the column
};

/// Lanes for skip connections, outside a column: on the left of the trunk and of columns left of it, else on the right.
class Lanes {
public:
  /// The innermost free lane; -1 where there are too many.
  int32_t take(int32_t column, int32_t first, int32_t last) {
    auto& lanes = m_lanes[column];
    for (size_t i = 0; i < lanes.size(); ++i) {
      if (lanes[i].isFree(first, last)) {
        lanes[i].take(first, last);
        return static_cast<int32_t>(i);
      }
    }
    if (lanes.size() >= kMostLanes) return -1;
    lanes.emplace_back().take(first, last);
    return static_cast<int32_t>(lanes.size() - 1);
  }
  int32_t count(int32_t column) const {
    const auto it = m_lanes.find(column);
    return it == m_lanes.end() ? 0 : static_cast<int32_t>(it->second.size());
  }

private:
  std::map<int32_t, std::vector<Occupancy>> m_lanes;
};

struct Geometry {
  std::vector<double> layerTop, layerBottom;
  std::map<int32_t, double> columnCenter, columnHalf;
  double width = 0, height = 0;
};

Geometry placeGrid(const LayoutInput& input, const std::vector<int32_t>& layers, const Columns& columns,
                   const Lanes& lanes) {
  Geometry grid;
  const int32_t layerCount = layers.empty() ? 0 : *std::max_element(layers.begin(), layers.end()) + 1;
  std::vector<double> heights(static_cast<size_t>(layerCount), 0.0);
  for (size_t node = 0; node < input.nodes.size(); ++node) {
    auto& height = heights[static_cast<size_t>(layers[node])];
    height = std::max(height, input.nodes[node].height);
    auto& half = grid.columnHalf[columns.columnOf[node]];
    half = std::max(half, input.nodes[node].width / 2);
  }
  double y = 0;
  for (const double height : heights) {
    grid.layerTop.push_back(y);
    grid.layerBottom.push_back(y + height);
    y += height + input.layerGap;
  }
  grid.height = std::max(0.0, y - input.layerGap);
  double x = 0;
  for (const auto& [column, half] : grid.columnHalf) {
    const double lane = lanes.count(column) > 0 ? kLaneWidth * (lanes.count(column) + 0.5) : 0;
    if (column <= 0) x += lane;
    grid.columnCenter[column] = x + half;
    x += 2 * half;
    if (column > 0) x += lane;
    x += input.columnGap;
  }
  grid.width = std::max(0.0, x - input.columnGap);
  return grid;
}

void curveTo(std::vector<LayoutPoint>& points, LayoutPoint to) {
  const LayoutPoint from = points.back();
  const double reach = (to.y - from.y) / 2;
  points.push_back({from.x, from.y + reach});
  points.push_back({to.x, to.y - reach});
  points.push_back(to);
}

void lineTo(std::vector<LayoutPoint>& points, LayoutPoint to) {
  const LayoutPoint from = points.back();
  points.push_back({from.x + (to.x - from.x) / 3, from.y + (to.y - from.y) / 3});
  points.push_back({from.x + (to.x - from.x) * 2 / 3, from.y + (to.y - from.y) * 2 / 3});
  points.push_back(to);
}

class Router {
public:
  Router(const LayoutInput& input, const std::vector<int32_t>& layers, const Columns& columns)
      : m_input(input), m_layers(layers), m_columns(columns) {
    m_nodes.reserve(1024);
    for (size_t node = 0; node < layers.size(); ++node) {
      m_nodes[columns.columnOf[node]].push_back(layers[node]);
    }
    for (auto& [column, taken] : m_nodes) std::sort(taken.begin(), taken.end());
    m_fanOut.assign(layers.size(), 0);
    for (const LayoutEdge& edge : input.edges) ++m_fanOut[static_cast<size_t>(edge.from)];
  }

  Way choose(const LayoutEdge& edge, Lanes& lanes) const {
    const int32_t top = m_layers[static_cast<size_t>(edge.from)], bottom = m_layers[static_cast<size_t>(edge.to)];
    const int32_t from = m_columns.columnOf[static_cast<size_t>(edge.from)];
    const int32_t to = m_columns.columnOf[static_cast<size_t>(edge.to)];
    if (bottom - top == 1 && std::abs(from - to) <= m_input.stubColumns) return {};
    if (bottom <= top || bottom - top > m_input.stubLength || std::abs(from - to) > m_input.stubColumns ||
        (m_fanOut[static_cast<size_t>(edge.from)] > m_input.stubFanOut)) {
      return {Way::Kind::Stub, 0, 0};
    }
    if (noNodes(to, top + 1, bottom - 1) && from != to) return {Way::Kind::AlongTarget, to, 0};
    if (noNodes(from, top + 1, bottom - 1)) return {Way::Kind::AlongSource, from, 0};
    const int32_t column = std::abs(from) > std::abs(to) ? from : to;
    const int32_t lane = lanes.take(column, top + 1, bottom - 1);
    return {lane < 0 ? Way::Kind::Stub : Way::Kind::Lane, column, lane};
  }

  PlacedEdge route(const LayoutEdge& edge, const Way& way, const Geometry& grid) const {
    const auto from = static_cast<size_t>(edge.from), to = static_cast<size_t>(edge.to);
    const LayoutPoint start{grid.columnCenter.at(m_columns.columnOf[from]),
                            grid.layerTop[static_cast<size_t>(m_layers[from])] + m_input.nodes[from].height};
    const LayoutPoint end{grid.columnCenter.at(m_columns.columnOf[to]),
                          grid.layerTop[static_cast<size_t>(m_layers[to])]};
    PlacedEdge placed;
    auto& points = placed.points;
    points.push_back(start);
    if (way.kind == Way::Kind::Stub) {
      // Beside the middle, where whole wires leave and arrive.
      const double reach = m_input.layerGap * 0.45;
      const double out = start.x + m_input.nodes[from].width / 4, in = end.x - m_input.nodes[to].width / 4;
      points = {{out, start.y}, {out, start.y + reach}, {in, end.y - reach}, {in, end.y}};
      placed.stub = true;
      placed.label = points[1];
      return placed;
    }
    const double nextTop = grid.layerTop[static_cast<size_t>(m_layers[from]) + 1];
    const double lastBottom = grid.layerBottom[static_cast<size_t>(m_layers[to]) - 1];
    switch (way.kind) {
      case Way::Kind::AlongTarget:
        curveTo(points, {end.x, nextTop});
        lineTo(points, end);
        break;
      case Way::Kind::AlongSource:
        lineTo(points, {start.x, lastBottom});
        curveTo(points, end);
        break;
      case Way::Kind::Lane: {
        const double half = grid.columnHalf.at(way.column);
        const double outside = half + kLaneWidth * (way.lane + 1);
        const double center = grid.columnCenter.at(way.column);
        const double x = way.column <= 0 ? center - outside : center + outside;
        // One wide bow where the way is short; a straight lane between two bends where it is long.
        const double reach = std::min((lastBottom - nextTop) / 2, 1.5 * m_input.layerGap + m_input.nodes[from].height);
        curveTo(points, {x, nextTop + reach});
        if (lastBottom - reach > nextTop + reach) lineTo(points, {x, lastBottom - reach});
        curveTo(points, end);
        break;
      }
      default:
        if (start.x == end.x) {
          lineTo(points, end);
        } else {
          curveTo(points, end);
        }
    }
    placed.label = {(start.x + end.x) / 2, (start.y + nextTop) / 2};
    if (way.kind != Way::Kind::Direct && way.kind != Way::Kind::AlongSource) placed.label = points[points.size() / 2];
    if (way.kind == Way::Kind::AlongSource) placed.label.x = start.x;
    return placed;
  }

private:
  bool noNodes(int32_t column, int32_t first, int32_t last) const {
    const auto it = m_nodes.find(column);
    if (it == m_nodes.end()) return true;
    const auto next = std::lower_bound(it->second.begin(), it->second.end(), first);
    return next == it->second.end() || *next > last;
  }

  const LayoutInput& m_input;
  const std::vector<int32_t>& m_layers;
  const Columns& m_columns;
  std::unordered_map<int32_t, std::vector<int32_t>> m_nodes;  ///< column -> layers with a node, ascending
  std::vector<int32_t> m_fanOut;
};

}  // namespace

Result<std::shared_ptr<const GraphLayout>> layoutGraph(const LayoutInput& input, Progress& progress) {
  const auto count = static_cast<int32_t>(input.nodes.size());
  for (const LayoutEdge& edge : input.edges) {
    if (edge.from < 0 || edge.to < 0 || edge.from >= count || edge.to >= count) {
      return Error{ErrorCode::InvalidArgument, "cannot lay out the graph",
                   "edge from " + std::to_string(edge.from) + " to " + std::to_string(edge.to),
                   "there are only " + std::to_string(count) + " nodes", ""};
    }
  }
  auto stop = [&] { return !progress.goOn(); };
  const AcyclicGraph graph = makeAcyclic(input);
  if (stop()) return Error::cancelled();
  const std::vector<int32_t> layers = assignLayers(graph);
  const Chains chains = decomposeIntoChains(graph);
  if (stop()) return Error::cancelled();
  const Columns columns = assignColumns(input, graph, chains, layers);
  if (stop()) return Error::cancelled();

  Lanes lanes;
  const Router router(input, layers, columns);
  std::vector<Way> ways(input.edges.size());
  // Short skips first: they get the inner lanes, so that nested skips do not cross.
  std::vector<size_t> byLength(input.edges.size());
  for (size_t i = 0; i < byLength.size(); ++i) byLength[i] = i;
  std::stable_sort(byLength.begin(), byLength.end(), [&](size_t a, size_t b) {
    auto length = [&](const LayoutEdge& e) {
      return layers[static_cast<size_t>(e.to)] - layers[static_cast<size_t>(e.from)];
    };
    return length(input.edges[a]) < length(input.edges[b]);
  });
  for (size_t n = 0; n < byLength.size(); ++n) {
    if (n % 1024 == 0 && stop()) return Error::cancelled();
    ways[byLength[n]] = router.choose(input.edges[byLength[n]], lanes);
  }

  const Geometry grid = placeGrid(input, layers, columns, lanes);
  auto result = std::make_shared<GraphLayout>();
  result->width = grid.width;
  result->height = grid.height;
  result->nodes.reserve(input.nodes.size());
  for (size_t node = 0; node < input.nodes.size(); ++node) {
    result->nodes.push_back({grid.columnCenter.at(columns.columnOf[node]) - input.nodes[node].width / 2,
                             grid.layerTop[static_cast<size_t>(layers[node])]});
  }
  result->edges.reserve(input.edges.size());
  result->columns = columns.columnOf;
  for (size_t i = 0; i < input.edges.size(); ++i) {
    if (i % 1024 == 0 && stop()) return Error::cancelled();
    result->edges.push_back(router.route(input.edges[i], ways[i], grid));
  }
  return std::shared_ptr<const GraphLayout>(std::move(result));
}

}  // namespace quantscope
