#include "ui/views/graph/graph_scopes.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>

namespace quantscope::ui {

namespace {

constexpr int32_t kDeepest = 12;  // levels of a path that are looked at

/// The path in front of the last part of the name. Names that fusing joined ("a/b;a/c") count by their first.
std::string_view scopePath(const Subgraph& graph, const Operator& op) {
  const TensorIndex output = op.output(0);
  if (!output.valid() || output.position() >= graph.tensors.size()) return {};
  std::string_view name = graph.tensors[output.position()].name;
  name = name.substr(0, name.find(';'));
  const size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : name.substr(0, slash);
}

uint64_t mixed(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdull;
}

/// What makes two operators alike: their type and the shape of their result.
uint64_t contentOf(const Model& model, const Subgraph& graph, const Operator& op) {
  uint64_t hash = mixed(op.opcodeIndex, static_cast<uint64_t>(model.code(op)));
  const TensorIndex output = op.output(0);
  if (output.valid() && output.position() < graph.tensors.size()) {
    for (const int32_t size : graph.tensors[output.position()].shape) hash = mixed(hash, static_cast<uint64_t>(size));
  }
  return hash;
}

}  // namespace

GraphScopes::GraphScopes(const Model& model, SubgraphIndex subgraph) {
  const Subgraph& graph = model.subgraphs[subgraph.position()];
  std::unordered_map<std::string_view, int32_t> known;
  std::vector<GraphScope> found;
  std::vector<int32_t> innermost(graph.operators.size(), -1);
  for (size_t i = 0; i < graph.operators.size(); ++i) {
    const std::string_view path = scopePath(graph, graph.operators[i]);
    const uint64_t content = contentOf(model, graph, graph.operators[i]);
    int32_t parent = -1;
    for (size_t end = 0, depth = 0; end < path.size() && depth < kDeepest; ++depth) {
      end = path.find('/', end + 1);
      if (end == std::string_view::npos) end = path.size();
      const auto [entry, added] = known.try_emplace(path.substr(0, end), static_cast<int32_t>(found.size()));
      if (added) {
        GraphScope scope;
        scope.path = QString::fromUtf8(path.data(), static_cast<qsizetype>(end));
        scope.parent = parent;
        scope.firstOperator = static_cast<int32_t>(i);
        found.push_back(std::move(scope));
      }
      parent = entry->second;
      GraphScope& scope = found[static_cast<size_t>(parent)];
      ++scope.operators;
      scope.content = mixed(scope.content, content);
    }
    innermost[i] = parent;
  }
  // What has nothing to collapse goes; a scope that holds exactly what its only inner scope holds goes, too.
  const auto total = static_cast<int32_t>(graph.operators.size());
  std::vector<int32_t> place(found.size(), -1);
  for (size_t i = 0; i < found.size(); ++i) {
    const int32_t outer = found[i].parent < 0 ? -1 : place[static_cast<size_t>(found[i].parent)];
    const bool same = outer >= 0 && m_scopes[static_cast<size_t>(outer)].operators == found[i].operators;
    if (same) m_scopes[static_cast<size_t>(outer)].path = found[i].path;
    if (same || found[i].operators < 2 || found[i].operators == total) {
      place[i] = outer;
      continue;
    }
    place[i] = static_cast<int32_t>(m_scopes.size());
    found[i].parent = outer;
    found[i].depth = outer < 0 ? 0 : m_scopes[static_cast<size_t>(outer)].depth + 1;
    m_scopes.push_back(found[i]);
  }
  std::map<std::pair<int32_t, uint64_t>, int32_t> counts;
  for (const GraphScope& scope : m_scopes) ++counts[{scope.depth, scope.content}];
  for (GraphScope& scope : m_scopes) scope.alike = counts[{scope.depth, scope.content}];
  m_scopeOf.reserve(innermost.size());
  for (const int32_t scope : innermost) m_scopeOf.push_back(scope < 0 ? -1 : place[static_cast<size_t>(scope)]);
}

int32_t GraphScopes::of(OperatorIndex op) const {
  return op.valid() && op.position() < m_scopeOf.size() ? m_scopeOf[op.position()] : -1;
}

std::vector<int32_t> GraphScopes::hiders(const std::vector<char>& collapsed) const {
  std::vector<int32_t> hider(m_scopes.size(), -1);
  for (size_t i = 0; i < m_scopes.size(); ++i) {
    const int32_t parent = m_scopes[i].parent;
    if (parent >= 0 && hider[static_cast<size_t>(parent)] >= 0)
      hider[i] = hider[static_cast<size_t>(parent)];
    else if (i < collapsed.size() && collapsed[i])
      hider[i] = static_cast<int32_t>(i);
  }
  std::vector<int32_t> byOperator;
  byOperator.reserve(m_scopeOf.size());
  for (const int32_t scope : m_scopeOf) byOperator.push_back(scope < 0 ? -1 : hider[static_cast<size_t>(scope)]);
  return byOperator;
}

int32_t GraphScopes::greatestDepth() const {
  int32_t depth = -1;
  for (const GraphScope& scope : m_scopes) depth = std::max(depth, scope.depth);
  return depth;
}

}  // namespace quantscope::ui
