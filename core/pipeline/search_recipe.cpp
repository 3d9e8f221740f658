#include "core/pipeline/search_recipe.h"

#include <algorithm>

#include "core/data/decoded_samples.h"
#include "core/pipeline/pipeline.h"

namespace quantscope {

namespace {

/// Decoded samples are kept up to this many bytes.
constexpr uint64_t kDecodedBytes = uint64_t{1} << 30;

ElementType activationsOf(Precision precision) {
  switch (precision) {
    case Precision::Int8:
    case Precision::Int4x8:
      return ElementType::Int8;
    case Precision::Int16x8:
    case Precision::Int4x16:
      return ElementType::Int16;
    default:
      return ElementType::Float32;
  }
}

class RecipeSpace {
public:
  RecipeSpace(std::shared_ptr<const Model> model, const Recipe& base, const CalibrationResult& ranges,
              const Dataset& dataset, int threads)
      : m_model(std::move(model)), m_base(base), m_ranges(ranges), m_dataset(dataset), m_threads(threads) {
    m_base.requireInteger = false;
    m_base.inputType = m_base.outputType = BoundaryType::Float32;
    m_base.rules.clear();
    m_base.operators.clear();
    m_base.defaultScheme.precision = Precision::Float32;
    m_choices.push_back(Precision::Float32);
    m_allowed.assign(m_model->subgraphs[0].operators.size(), {true});
  }

  /// Takes a scheme up where some operator would really run in it.
  Result<void> add(Precision precision) {
    Recipe everywhere = m_base;
    everywhere.defaultScheme.precision = precision;
    QS_ASSIGN(const auto plan, planQuantization(m_model, everywhere, &m_ranges));
    std::vector<bool> effective;
    for (const PlannedOperator& op : plan->operators) effective.push_back(op.effective == precision);
    if (std::find(effective.begin(), effective.end(), true) == effective.end()) return {};
    m_choices.push_back(precision);
    for (size_t op = 0; op < m_allowed.size(); ++op) m_allowed[op].push_back(effective[op]);
    return {};
  }

  const std::vector<Precision>& choices() const { return m_choices; }

  Recipe recipe(const Assignment& assignment) const {
    Recipe recipe = m_base;
    for (size_t op = 0; op < assignment.size(); ++op) {
      if (assignment[op] == 0) continue;
      Scheme scheme = m_base.defaultScheme;
      scheme.precision = m_choices[assignment[op]];
      recipe.setOperator(static_cast<int32_t>(op), std::move(scheme));
    }
    return recipe;
  }

  Result<SearchVariant> make(const Assignment& assignment) const {
    Progress silent;
    QS_ASSIGN(const auto made, quantizeModel(m_model, recipe(assignment), &m_ranges, &m_dataset, m_threads, silent));
    return SearchVariant{made->model, made->bytes};
  }

  SearchSpace space() const {
    SearchSpace space;
    space.model = m_model;
    space.allowed = m_allowed;
    for (const Precision precision : m_choices) {
      space.choices.push_back({std::string(precisionName(precision)), activationsOf(precision)});
    }
    space.make = [this](const Assignment& assignment) { return make(assignment); };
    return space;
  }

private:
  std::shared_ptr<const Model> m_model;
  Recipe m_base;
  const CalibrationResult& m_ranges;
  const Dataset& m_dataset;
  int m_threads;
  std::vector<Precision> m_choices;
  std::vector<std::vector<bool>> m_allowed;
};

std::vector<Precision> allPrecisions() {
  std::vector<Precision> all;
  for (int i = 0; i < kPrecisionCount; ++i) all.push_back(static_cast<Precision>(i));
  return all;
}

}  // namespace

Result<std::shared_ptr<const RecipeSearch>> searchRecipe(std::shared_ptr<const Model> model, const Recipe& base,
                                                         std::vector<Precision> schemes,
                                                         const CalibrationResult& ranges, const Dataset& dataset,
                                                         const SearchOptions& options, Progress& progress) {
  if (schemes.empty()) schemes = allPrecisions();
  const auto decoded = keepDecoded(dataset, kDecodedBytes);
  RecipeSpace recipes(model, base, ranges, *decoded, options.evaluation.threads);
  for (const Precision precision : schemes) {
    if (precision != Precision::Float32) QS_TRY(recipes.add(precision));
  }
  auto search = std::make_shared<RecipeSearch>();
  QS_ASSIGN(search->result, searchAssignments(recipes.space(), *decoded, options, progress));
  search->choices = recipes.choices();
  for (const SearchTrial& trial : search->result->trials) {
    Recipe recipe = recipes.recipe(trial.choices);
    recipe.name = trial.origin;
    search->recipes.push_back(std::move(recipe));
  }
  return std::shared_ptr<const RecipeSearch>(std::move(search));
}

}  // namespace quantscope
