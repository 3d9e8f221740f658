#include <algorithm>
#include <chrono>

#include "core/layout/graph_layout.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

LayoutInput graphOf(int nodes, std::vector<std::pair<int, int>> edges) {
  LayoutInput input;
  input.nodes.resize(static_cast<size_t>(nodes));
  for (const auto& [from, to] : edges) input.edges.push_back({from, to, 0});
  return input;
}

GraphLayout layout(const LayoutInput& input) {
  Progress progress;
  auto result = layoutGraph(input, progress);
  REQUIRE(result.ok());
  return **result;
}

bool overlap(const LayoutInput& input, const GraphLayout& picture, size_t a, size_t b) {
  return std::abs(picture.nodes[a].x - picture.nodes[b].x) < (input.nodes[a].width + input.nodes[b].width) / 2 &&
         std::abs(picture.nodes[a].y - picture.nodes[b].y) < (input.nodes[a].height + input.nodes[b].height) / 2;
}

void requireNoOverlap(const LayoutInput& input, const GraphLayout& picture) {
  for (size_t a = 0; a < input.nodes.size(); ++a) {
    for (size_t b = a + 1; b < input.nodes.size(); ++b) REQUIRE_FALSE(overlap(input, picture, a, b));
  }
}

}  // namespace

TEST_CASE("an empty graph has an empty picture", "[layout]") {
  const GraphLayout picture = layout({});
  CHECK(picture.nodes.empty());
  CHECK(picture.width == 0);
}

TEST_CASE("a chain is one straight column", "[layout]") {
  const GraphLayout picture = layout(graphOf(4, {{0, 1}, {1, 2}, {2, 3}}));
  for (size_t i = 1; i < 4; ++i) {
    CHECK(picture.nodes[i].x == picture.nodes[0].x);
    CHECK(picture.nodes[i].y > picture.nodes[i - 1].y);
  }
}

TEST_CASE("a residual block keeps its trunk straight; the skip bows outside the cards", "[layout]") {
  const LayoutInput input = graphOf(4, {{0, 1}, {1, 2}, {2, 3}, {0, 3}});
  const GraphLayout picture = layout(input);
  CHECK(picture.nodes[3].x == picture.nodes[0].x);
  const auto& skip = picture.edges[3];
  CHECK_FALSE(skip.stub);
  const auto leftmost = std::min_element(skip.points.begin(), skip.points.end(),
                                         [](const LayoutPoint& a, const LayoutPoint& b) { return a.x < b.x; });
  CHECK(leftmost->x < picture.nodes[1].x);
}

TEST_CASE("a branch with an operator gets its own column", "[layout]") {
  const LayoutInput input = graphOf(5, {{0, 1}, {1, 2}, {2, 3}, {0, 4}, {4, 3}});
  const GraphLayout picture = layout(input);
  CHECK(picture.nodes[4].x > picture.nodes[1].x);
  requireNoOverlap(input, picture);
}

TEST_CASE("edges start below their source and end above their target", "[layout]") {
  const LayoutInput input = graphOf(6, {{0, 1}, {0, 2}, {0, 3}, {1, 4}, {2, 4}, {3, 4}, {4, 5}, {0, 5}});
  const GraphLayout picture = layout(input);
  requireNoOverlap(input, picture);
  for (size_t i = 0; i < input.edges.size(); ++i) {
    const auto from = static_cast<size_t>(input.edges[i].from), to = static_cast<size_t>(input.edges[i].to);
    CHECK(picture.edges[i].points.front().y == Approx(picture.nodes[from].y + input.nodes[from].height));
    CHECK(picture.edges[i].points.back().y == Approx(picture.nodes[to].y));
    CHECK((picture.edges[i].stub || picture.edges[i].points.size() % 3 == 1));
  }
}

TEST_CASE("cycles, loops and double edges are drawn, not refused", "[layout]") {
  const LayoutInput input = graphOf(3, {{0, 1}, {1, 2}, {2, 0}, {1, 1}, {0, 1}});
  const GraphLayout picture = layout(input);
  CHECK(picture.edges.size() == 5);
  requireNoOverlap(input, picture);
}

TEST_CASE("a tensor with very many users is drawn as stubs", "[layout]") {
  LayoutInput input = graphOf(102, {});
  for (int i = 1; i < 102; ++i) {
    if (i > 1) input.edges.push_back({i - 1, i, 0});
    input.edges.push_back({0, i, 0});
  }
  const GraphLayout picture = layout(input);
  const auto stubs =
      std::count_if(picture.edges.begin(), picture.edges.end(), [](const PlacedEdge& e) { return e.stub; });
  CHECK(stubs >= 99);
}

TEST_CASE("random graphs never overlap and are placed the same twice", "[layout]") {
  uint32_t state = 12345;
  auto next = [&](uint32_t below) {
    state = state * 1664525u + 1013904223u;
    return (state >> 8) % below;
  };
  for (int round = 0; round < 30; ++round) {
    LayoutInput input = graphOf(static_cast<int>(2 + next(60)), {});
    const auto n = static_cast<uint32_t>(input.nodes.size());
    for (uint32_t e = 0; e < 2 * n; ++e)
      input.edges.push_back({static_cast<int32_t>(next(n)), static_cast<int32_t>(next(n)), 0});
    const GraphLayout first = layout(input), second = layout(input);
    requireNoOverlap(input, first);
    for (size_t i = 0; i < n; ++i) {
      REQUIRE(first.nodes[i].x == second.nodes[i].x);
      REQUIRE(first.nodes[i].y == second.nodes[i].y);
    }
  }
}

TEST_CASE("an edge to a node that is not there is an error, and a cancelled layout says so", "[layout]") {
  Progress progress;
  CHECK(layoutGraph(graphOf(2, {{0, 7}}), progress).error().code == ErrorCode::InvalidArgument);
  progress.cancel();
  CHECK(layoutGraph(graphOf(2, {{0, 1}}), progress).error().code == ErrorCode::Cancelled);
}
