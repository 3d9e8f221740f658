// Prints how long graphs take to lay out, and writes them for scripts that lay out the same graphs with other programs.
// bench_layout [--write FOLDER] [operators...]
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/layout/graph_layout.h"
#include "tests/support/synthetic_models.h"

using namespace quantscope;

namespace {

LayoutInput inputOf(const Model& model) {
  const Subgraph& graph = model.subgraphs[0];
  LayoutInput input;
  input.nodes.assign(graph.operators.size(), LayoutNode{168, 42});
  std::vector<int32_t> producer(graph.tensors.size(), -1);
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    for (const TensorIndex tensor : graph.operators[i].inputs) {
      if (tensor.valid() && producer[tensor.position()] >= 0)
        input.edges.push_back({producer[tensor.position()], static_cast<int32_t>(i), 0});
    }
    for (const TensorIndex tensor : graph.operators[i].outputs) producer[tensor.position()] = static_cast<int32_t>(i);
  }
  return input;
}

/// {"nodes": 3, "width": 168, "height": 42, "edges": [[0, 1], [1, 2]]}
void write(const LayoutInput& input, const std::string& path) {
  std::ofstream file(path);
  file << "{\"nodes\":" << input.nodes.size() << ",\"width\":168,\"height\":42,\"edges\":[";
  for (size_t i = 0; i < input.edges.size(); ++i)
    file << (i ? "," : "") << '[' << input.edges[i].from << ',' << input.edges[i].to << ']';
  file << "]}\n";
}

/// Mean distance between the centres of neighbours, in heights of a card.
double meanLength(const LayoutInput& input, const GraphLayout& layout) {
  double sum = 0;
  for (const LayoutEdge& edge : input.edges) {
    const LayoutPoint a = layout.nodes[static_cast<size_t>(edge.from)], b = layout.nodes[static_cast<size_t>(edge.to)];
    sum += std::hypot(a.x - b.x, a.y - b.y);
  }
  return sum / static_cast<double>(std::max<size_t>(1, input.edges.size())) / 42;
}

}  // namespace

int main(int argc, char** argv) {
  std::string folder;
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--write") && i + 1 < argc)
      folder = argv[++i];
    else
      sizes.push_back(std::atoi(argv[i]));
  }
  if (sizes.empty()) sizes = {1000, 10000, 50000};
  std::printf("%-12s %10s %10s %10s %8s %12s %12s\n", "graph", "operators", "edges", "ms", "stubs", "page",
              "edge length");
  for (const auto kind : tests::kSyntheticKinds) {
    for (const int size : sizes) {
      const LayoutInput input = inputOf(*tests::makeSyntheticModel(kind, size));
      const std::string name(tests::syntheticName(kind));
      if (!folder.empty()) write(input, folder + "/" + name + "-" + std::to_string(size) + ".json");
      double best = 1e9;
      std::shared_ptr<const GraphLayout> layout;
      for (int run = 0; run < 3; ++run) {
        Progress progress;
        const auto start = std::chrono::steady_clock::now();
        layout = layoutGraph(input, progress).value();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
      }
      const auto stubs =
          std::count_if(layout->edges.begin(), layout->edges.end(), [](const auto& e) { return e.stub; });
      std::printf("%-12s %10zu %10zu %10.1f %8ld %6.0fx%-8.0f %8.1f\n", name.c_str(), input.nodes.size(),
                  input.edges.size(), best * 1e3, static_cast<long>(stubs), layout->width, layout->height,
                  meanLength(input, *layout));
    }
  }
  return 0;
}
