#include "core/layout/layered_graph.h"

#include <algorithm>
#include <numeric>

namespace quantscope::layout {

namespace {

Adjacency makeAdjacency(size_t nodeCount, const std::vector<std::pair<int32_t, int32_t>>& edges, bool forward) {
  Adjacency adjacency;
  adjacency.offsets.assign(nodeCount + 1, 0);
  for (const auto& [from, to] : edges) ++adjacency.offsets[static_cast<size_t>(forward ? from : to) + 1];
  std::partial_sum(adjacency.offsets.begin(), adjacency.offsets.end(), adjacency.offsets.begin());
  adjacency.items.resize(edges.size());
  std::vector<int32_t> next(adjacency.offsets.begin(), adjacency.offsets.end() - 1);
  for (const auto& [from, to] : edges) {
    const auto key = static_cast<size_t>(forward ? from : to);
    adjacency.items[static_cast<size_t>(next[key]++)] = forward ? to : from;
  }
  return adjacency;
}

/// Position of each node in a depth-first finish order; an edge against it closes a cycle.
std::vector<int32_t> finishPositions(size_t nodeCount, const Adjacency& successors) {
  std::vector<int32_t> position(nodeCount, 0);
  std::vector<uint8_t> seen(nodeCount, 0);
  std::vector<std::pair<int32_t, size_t>> stack;
  auto next = static_cast<int32_t>(nodeCount);
  // Backwards, so that of equal choices the node with the smaller index comes first.
  for (auto start = static_cast<int32_t>(nodeCount) - 1; start >= 0; --start) {
    if (seen[static_cast<size_t>(start)]) continue;
    seen[static_cast<size_t>(start)] = 1;
    stack.emplace_back(start, successors.of(start).size());
    while (!stack.empty()) {
      auto& [node, left] = stack.back();
      if (left == 0) {
        position[static_cast<size_t>(node)] = --next;
        stack.pop_back();
        continue;
      }
      const int32_t successor = successors.of(node)[--left];
      if (!seen[static_cast<size_t>(successor)]) {
        seen[static_cast<size_t>(successor)] = 1;
        stack.emplace_back(successor, successors.of(successor).size());
      }
    }
  }
  return position;
}

constexpr int32_t kColumnsTried = 48;

}  // namespace

AcyclicGraph makeAcyclic(const LayoutInput& input) {
  const size_t nodeCount = input.nodes.size();
  std::vector<std::pair<int32_t, int32_t>> edges;
  edges.reserve(input.edges.size());
  for (const LayoutEdge& edge : input.edges) {
    if (edge.from != edge.to) edges.emplace_back(edge.from, edge.to);
  }
  const std::vector<int32_t> position = finishPositions(nodeCount, makeAdjacency(nodeCount, edges, true));
  for (auto& [from, to] : edges) {
    if (position[static_cast<size_t>(from)] > position[static_cast<size_t>(to)]) std::swap(from, to);
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());

  AcyclicGraph graph;
  graph.successors = makeAdjacency(nodeCount, edges, true);
  graph.predecessors = makeAdjacency(nodeCount, edges, false);
  graph.order.resize(nodeCount);
  for (size_t node = 0; node < nodeCount; ++node) {
    graph.order[static_cast<size_t>(position[node])] = static_cast<int32_t>(node);
  }
  return graph;
}

std::vector<int32_t> assignLayers(const AcyclicGraph& graph) {
  std::vector<int32_t> layers(graph.order.size(), 0);
  for (const int32_t node : graph.order) {
    for (const int32_t predecessor : graph.predecessors.of(node)) {
      auto& layer = layers[static_cast<size_t>(node)];
      layer = std::max(layer, layers[static_cast<size_t>(predecessor)] + 1);
    }
  }
  for (auto it = graph.order.rbegin(); it != graph.order.rend(); ++it) {
    const auto successors = graph.successors.of(*it);
    if (!graph.predecessors.of(*it).empty() || successors.empty()) continue;
    int32_t nearest = layers[static_cast<size_t>(successors[0])];
    for (const int32_t successor : successors) nearest = std::min(nearest, layers[static_cast<size_t>(successor)]);
    layers[static_cast<size_t>(*it)] = nearest - 1;
  }
  return layers;
}

Chains decomposeIntoChains(const AcyclicGraph& graph) {
  const size_t nodeCount = graph.order.size();
  std::vector<int32_t> height(nodeCount, 0);  // nodes on the longest way down
  for (auto it = graph.order.rbegin(); it != graph.order.rend(); ++it) {
    for (const int32_t successor : graph.successors.of(*it)) {
      auto& own = height[static_cast<size_t>(*it)];
      own = std::max(own, height[static_cast<size_t>(successor)] + 1);
    }
  }
  Chains chains;
  chains.chainOf.assign(nodeCount, -1);
  auto follow = [&](int32_t node) {
    const auto number = static_cast<int32_t>(chains.nodes.size());
    auto& members = chains.nodes.emplace_back();
    while (node >= 0) {
      chains.chainOf[static_cast<size_t>(node)] = number;
      members.push_back(node);
      int32_t best = -1;
      for (const int32_t successor : graph.successors.of(node)) {
        if (chains.chainOf[static_cast<size_t>(successor)] >= 0) continue;
        if (best < 0 || height[static_cast<size_t>(successor)] > height[static_cast<size_t>(best)]) best = successor;
      }
      node = best;
    }
  };
  // The longest path first; then every branch where the way down meets it.
  const auto deepest = std::max_element(graph.order.begin(), graph.order.end(), [&](int32_t a, int32_t b) {
    return height[static_cast<size_t>(a)] < height[static_cast<size_t>(b)];
  });
  if (deepest != graph.order.end()) follow(*deepest);
  for (const int32_t node : graph.order) {
    if (chains.chainOf[static_cast<size_t>(node)] < 0) follow(node);
  }
  return chains;
}

bool Occupancy::isFree(int32_t first, int32_t last) const {
  auto next = m_taken.upper_bound(last);
  if (next == m_taken.begin()) return true;
  return std::prev(next)->second < first;
}

void Occupancy::take(int32_t first, int32_t last) {
  auto next = m_taken.upper_bound(first);
  if (next != m_taken.begin() && std::prev(next)->second >= first - 1) {
    first = std::prev(next)->first;
    last = std::max(last, std::prev(next)->second);
    m_taken.erase(std::prev(next));
  }
  while (next != m_taken.end() && next->first <= last + 1) {
    last = std::max(last, next->second);
    next = m_taken.erase(next);
  }
  m_taken[first] = last;
}

namespace {

/// The layers a chain wants for itself: its nodes, and the straight run to where it joins its neighbours.
std::pair<int32_t, int32_t> extent(const AcyclicGraph& graph, const std::vector<int32_t>& chain,
                                   const std::vector<int32_t>& layers) {
  const int32_t top = layers[static_cast<size_t>(chain.front())];
  int32_t bottom = layers[static_cast<size_t>(chain.back())];
  for (const int32_t successor : graph.successors.of(chain.back())) {
    bottom = std::max(bottom, std::min(layers[static_cast<size_t>(successor)] - 1, bottom + kColumnsTried));
  }
  return {top, bottom};
}

/// Column that the chain had before: its first node's that had one.
std::optional<int32_t> wantedColumn(const LayoutInput& input, const std::vector<int32_t>& chain) {
  for (const int32_t node : chain) {
    if (input.nodes[static_cast<size_t>(node)].column) return input.nodes[static_cast<size_t>(node)].column;
  }
  return std::nullopt;
}

/// Column beside which a chain should stand: its first placed neighbour's.
int32_t homeColumn(const AcyclicGraph& graph, const std::vector<int32_t>& chain, const std::vector<int32_t>& columnOf,
                   const std::vector<uint8_t>& placed) {
  for (const int32_t node : {chain.front(), chain.back()}) {
    const auto neighbours = node == chain.front() ? graph.predecessors.of(node) : graph.successors.of(node);
    for (const int32_t neighbour : neighbours) {
      if (placed[static_cast<size_t>(neighbour)]) return columnOf[static_cast<size_t>(neighbour)];
    }
  }
  return 0;
}

}  // namespace

Columns assignColumns(const LayoutInput& input, const AcyclicGraph& graph, const Chains& chains,
                      const std::vector<int32_t>& layers) {
  Columns columns;
  columns.columnOf.assign(graph.order.size(), 0);
  std::vector<uint8_t> placed(graph.order.size(), 0);
  // Rightmost taken column of each layer: the way out where the nearest columns are all taken.
  const int32_t layerCount = layers.empty() ? 0 : *std::max_element(layers.begin(), layers.end()) + 1;
  std::vector<int32_t> rightmost(static_cast<size_t>(layerCount), 0);

  for (const auto& chain : chains.nodes) {
    const auto [top, bottom] = extent(graph, chain, layers);
    const int32_t home = wantedColumn(input, chain).value_or(homeColumn(graph, chain, columns.columnOf, placed));
    int32_t column = home;
    bool found = columns.taken[home].isFree(top, bottom);
    if (!found) {
      for (int32_t distance = 1; distance < kColumnsTried && !found; ++distance) {
        const int32_t outward = home < 0 ? home - distance : home + distance;
        if (columns.taken[outward].isFree(top, bottom)) {
          column = outward;
          found = true;
        } else if (home == 0 && columns.taken[-distance].isFree(top, bottom)) {
          column = -distance;
          found = true;
        }
      }
    }
    if (!found) {
      column = 0;
      for (int32_t layer = top; layer <= bottom; ++layer)
        column = std::max(column, rightmost[static_cast<size_t>(layer)]);
      ++column;
    }
    columns.taken[column].take(top, bottom);
    for (int32_t layer = top; layer <= bottom; ++layer) {
      auto& edge = rightmost[static_cast<size_t>(layer)];
      edge = std::max(edge, column);
    }
    for (const int32_t node : chain) {
      columns.columnOf[static_cast<size_t>(node)] = column;
      placed[static_cast<size_t>(node)] = 1;
    }
  }
  return columns;
}

}  // namespace quantscope::layout
