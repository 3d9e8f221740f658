#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "core/layout/graph_layout.h"

/// The stages of layoutGraph(), each a plain function over plain arrays.
namespace quantscope::layout {

/// Edges of each node as a compressed list: neighbours of n are items[offsets[n] .. offsets[n + 1]).
struct Adjacency {
  std::vector<int32_t> offsets, items;

  std::span<const int32_t> of(int32_t node) const {
    const auto n = static_cast<size_t>(node);
    return std::span(items).subspan(static_cast<size_t>(offsets[n]), static_cast<size_t>(offsets[n + 1] - offsets[n]));
  }
};

/// The graph without cycles, self-loops and duplicate edges: an edge that would close a cycle is turned round.
struct AcyclicGraph {
  Adjacency successors, predecessors;
  std::vector<int32_t> order;  ///< topological
};
AcyclicGraph makeAcyclic(const LayoutInput& input);

/// Layer of each node: one below its deepest predecessor; a source moves down to just above its first consumer.
std::vector<int32_t> assignLayers(const AcyclicGraph& graph);

/// Paths that stay in one column. chain[n] numbers them; 0 is the trunk, the longest path of all.
struct Chains {
  std::vector<int32_t> chainOf;
  std::vector<std::vector<int32_t>> nodes;  ///< of each chain, downwards
};
Chains decomposeIntoChains(const AcyclicGraph& graph);

/// Which layers of a column are taken, as disjoint closed intervals.
class Occupancy {
public:
  bool isFree(int32_t first, int32_t last) const;
  void take(int32_t first, int32_t last);

private:
  std::map<int32_t, int32_t> m_taken;  ///< first -> last
};

/// Column of each node (0: the trunk, positive to the right, negative to the left) and what is taken where. Nodes that
/// ask for a column get it where it is free.
struct Columns {
  std::vector<int32_t> columnOf;
  std::map<int32_t, Occupancy> taken;
};
Columns assignColumns(const LayoutInput& input, const AcyclicGraph& graph, const Chains& chains,
                      const std::vector<int32_t>& layers);

}  // namespace quantscope::layout
