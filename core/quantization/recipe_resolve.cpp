#include <chrono>

#include "core/base/name_pattern.h"
#include "core/quantization/recipe.h"

namespace quantscope {
namespace {

// The clock bounds what many patterns take over a large model; NamePattern bounds each of them.
constexpr auto kMaxTime = std::chrono::seconds(2);

Error ruleError(size_t rule, std::string why, std::string remedy) {
  return {ErrorCode::InvalidArgument, "a rule of the recipe cannot be used", "rule " + std::to_string(rule + 1),
          std::move(why), std::move(remedy)};
}

Result<NamePattern> compileScope(size_t rule, const std::string& scope) {
  auto pattern = NamePattern::compile(scope);
  if (pattern) return pattern;
  return ruleError(rule, pattern.error().why, pattern.error().remedy);
}

Result<bool> scopeMatches(const NamePattern& scope, const Subgraph& graph, const Operator& op) {
  for (TensorIndex output : op.outputs) {
    if (!output.valid()) continue;
    QS_ASSIGN(const bool matches, scope.matches(graph.tensor(output).name));
    if (matches) return true;
  }
  return false;
}

bool placeMatches(const RecipeRule& rule, int32_t position) {
  return (!rule.first || position >= *rule.first) && (!rule.last || position <= *rule.last);
}

}  // namespace

Result<ResolvedRecipe> resolveRecipe(const Recipe& recipe, const Model& model, SubgraphIndex subgraph) {
  if (!subgraph.valid() || subgraph.position() >= model.subgraphs.size())
    return Error{ErrorCode::InvalidArgument, "the model has no such subgraph", std::to_string(subgraph.value), "", ""};
  const Subgraph& graph = model.subgraphs[subgraph.position()];
  const bool primary = subgraph.value == 0;
  const size_t count = graph.operators.size();

  ResolvedRecipe resolved;
  resolved.operators.assign(count, recipe.defaultScheme);
  resolved.matches.assign(recipe.rules.size(), 0);
  resolved.wins.assign(recipe.rules.size(), 0);
  std::vector<int32_t> winner(count, -1);
  const auto start = std::chrono::steady_clock::now();

  for (size_t r = 0; r < recipe.rules.size(); ++r) {
    const RecipeRule& rule = recipe.rules[r];
    if (rule.first && rule.last && *rule.first > *rule.last)
      return ruleError(r, "its first position is behind its last", "exchange them");
    QS_ASSIGN(const NamePattern scope, compileScope(r, rule.scope));
    // Positions count the operators of the primary graph.
    if (!primary && (rule.first || rule.last)) continue;
    for (size_t i = 0; i < count; ++i) {
      const Operator& op = graph.operators[i];
      if (!placeMatches(rule, static_cast<int32_t>(i))) continue;
      if (!rule.operatorType.empty() && rule.operatorType != operatorName(model, op)) continue;
      if (!scope.matchesAll()) {
        const auto matches = scopeMatches(scope, graph, op);
        if (!matches) return ruleError(r, matches.error().why, matches.error().remedy);
        if (std::chrono::steady_clock::now() - start > kMaxTime)
          return ruleError(r, "matching \"" + rule.scope + "\" takes too long", "use a simpler pattern");
        if (!*matches) continue;
      }
      ++resolved.matches[r];
      winner[i] = static_cast<int32_t>(r);
      resolved.operators[i] = rule.scheme;
    }
  }
  if (primary) {
    for (const auto& [index, scheme] : recipe.operators) {
      if (index < 0 || static_cast<size_t>(index) >= count) {
        return Error{ErrorCode::InvalidArgument, "the recipe chooses for an operator that does not exist",
                     "operator " + std::to_string(index), "the model has " + std::to_string(count) + " operators",
                     "was the recipe made for another model?"};
      }
      resolved.operators[static_cast<size_t>(index)] = scheme;
      winner[static_cast<size_t>(index)] = -1;
    }
  }
  for (int32_t rule : winner)
    if (rule >= 0) ++resolved.wins[static_cast<size_t>(rule)];
  return resolved;
}

}  // namespace quantscope
