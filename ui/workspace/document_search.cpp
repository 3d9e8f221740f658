#include <algorithm>

#include "core/pipeline/search_recipe.h"
#include "core/quantization/algorithms/registry.h"
#include "core/quantization/targets/advice.h"
#include "ui/workspace/document_private.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

void Document::search(const SearchWish& wish) {
  if (!m_loaded) return;
  const auto& reference = m_state.evaluationData ? m_state.evaluationData : m_state.calibrationData;
  if (!reference) {
    emit dataNeeded(DatasetUse::Evaluation, [this, wish] { search(wish); });
    return;
  }
  if (!m_ranges || rangesStale()) {
    calibrateThen([this, wish] { search(wish); });
    return;
  }
  const auto& open = m_state.evaluationData ? d->evaluation.dataset : d->calibration.dataset;
  auto work = [wish, model = model(), base = m_state.recipe, ranges = m_ranges, reference = *reference, open,
               offset = m_state.task.labelOffset.value_or(0)](
                  Progress& progress) -> Result<std::shared_ptr<const RecipeSearch>> {
    QS_ASSIGN(const auto dataset, openReference(reference, *model, open));
    SearchOptions options;
    options.evaluation.threads = workThreads();
    options.evaluation.limit = wish.samples;
    options.evaluation.labelOffset = offset;
    options.maxDrop = wish.maxDrop;
    options.maxBytes = wish.maxBytes;
    options.trials = wish.trials;
    return searchRecipe(model, base, wish.schemes, *ranges, *dataset, options, progress);
  };
  auto done = [this, parent = m_state.currentVariant,
               source = model()](const Result<std::shared_ptr<const RecipeSearch>>& result) {
    if (source != model()) return;
    if (!result.ok()) return report(result.error());
    adoptTrials(**result, parent);
  };
  m_jobs.start<RecipeSearch>(tr("Searching mixed precision"), work, done);
}

void Document::adoptTrials(const RecipeSearch& search, int parent) {
  const SearchResult& result = *search.result;
  int best = 0;
  const auto add = [&](size_t trial) {
    const SearchTrial& tried = result.trials[trial];
    Variant made;
    made.id = ++d->lastVariantId;
    made.parent = best ? best : variant(parent) ? parent : 0;
    made.recipe = search.recipes[trial];
    made.recipe.name = "search, " + tried.origin;
    made.name = variantNameFor(made.recipe, best ? fromStd(tried.origin) : tr("best of search"));
    made.bytes = tried.bytes;
    made.searched = SearchFigures{result.metric, tried.fidelity, trial == result.best, tried.onFront};
    m_variants.push_back(std::move(made));
    return m_variants.back().id;
  };
  // The first trial is the original, which is the baseline; the others stand below the best one.
  if (result.best != 0) best = add(result.best);
  for (size_t trial = 1; trial < result.trials.size() && best; ++trial) {
    if (trial != result.best) add(trial);
  }
  d->resultsChanged = true;
  const QString count = countText(static_cast<int64_t>(result.trials.size()));
  if (!best) {
    m_jobs.setOutcome(tr("Searched %1 variants: none is smaller within the budget").arg(count));
    emit notice(tr("The search tried %1 variants. Nothing that is smaller than the original keeps to the budget; allow "
                   "a greater loss, or more precisions to choose from.")
                    .arg(count));
    touchResults();
    return;
  }
  m_jobs.setOutcome(result.stopped ? tr("Search stopped: the best of %1 variants so far").arg(count)
                                   : tr("Searched %1 variants").arg(count));
  emit variantsChanged();
  setCurrentVariant(best);
  emit notice(
      tr("The search tried %1 variants; %2 of %3 is now the current one. The best of many looks a little better "
         "on the samples that chose it than on others: evaluate it on data that took no part.")
          .arg(count, variant(best)->name, bytesText(variant(best)->bytes)));
  updateProblems();
  touchResults();
}

// --- devices, presets, algorithms ------------------------------------------------------------------------

const Target& Document::target() const {
  const auto found = findTarget(m_state.recipe.target);
  return found.ok() ? **found : targets().front();
}

void Document::setTarget(const std::string& name) {
  const auto found = findTarget(name);
  if (!found.ok()) return report(found.error());
  Recipe recipe = m_state.recipe;
  recipe.target = name;
  setRecipe(recipe, tr("Make it for %1").arg(fromStd((*found)->title)));
}

void Document::usePreset(Optimize optimize, const Target& device, bool samples) {
  if (!m_loaded) return;
  setRecipe(presetRecipe(*model(), device, optimize, samples),
            tr("Optimize for %1 on %2").arg(optimizeText(optimize), targetText(device)));
}

void Document::useMode(const std::string& mode, const Target& device) {
  Result<Recipe> recipe = recipeForMode(mode);
  if (!recipe.ok()) return report(recipe.error());
  recipe->target = device.name;
  setRecipe(*recipe, tr("Start from the mode %1 for %2").arg(fromStd(mode), targetText(device)));
}

void Document::setAlgorithm(const std::vector<OperatorIndex>& operators, const std::string& name, bool on) {
  if (!m_loaded || !findAlgorithm(name)) return;
  const auto change = [&](Scheme& scheme) {
    std::erase(scheme.algorithms, name);
    if (on) scheme.algorithms.push_back(name);
  };
  EditState after = m_state;
  if (operators.empty()) {
    change(after.recipe.defaultScheme);
    for (RecipeRule& rule : after.recipe.rules) change(rule.scheme);
    for (auto& [index, scheme] : after.recipe.operators) change(scheme);
  }
  for (OperatorIndex op : operators) {
    if (op.position() >= m_resolved.operators.size()) continue;
    Scheme scheme = m_resolved.operators[op.position()];
    change(scheme);
    after.recipe.setOperator(op.value, scheme);
  }
  const QString who = operators.empty() ? tr("all operators")
                      : operators.size() == 1
                          ? operatorText(*model(), operators.front())
                          : tr("%1 operators").arg(countText(static_cast<int64_t>(operators.size())));
  push(std::move(after), on ? tr("Use %1 for %2").arg(fromStd(name), who) : tr("No %1 for %2").arg(fromStd(name), who));
}

bool Document::needsSamples(const Recipe& recipe) const {
  const auto asks = [](const Scheme& scheme) {
    if (scheme.precision == Precision::Float32) return false;
    return std::any_of(scheme.algorithms.begin(), scheme.algorithms.end(), [](const std::string& name) {
      const Algorithm* algorithm = findAlgorithm(name);
      return algorithm && algorithm->needsSamples;
    });
  };
  const Result<ResolvedRecipe> resolved = resolveRecipe(recipe, *model());
  return resolved.ok() && std::any_of(resolved->operators.begin(), resolved->operators.end(), asks);
}

void Document::advise(const std::string& name, bool samples, std::function<void(const Result<Advice>&)> done) {
  if (!m_loaded) return;
  auto work = [model = model(), name, samples](Progress&) -> Result<std::shared_ptr<const Advice>> {
    QS_ASSIGN(const Target* device, findTarget(name));
    QS_ASSIGN(Advice advice, quantscope::advise(model, *device, samples));
    return std::make_shared<const Advice>(std::move(advice));
  };
  m_jobs.startQuiet<Advice>(JobController::Lane::Views, work,
                            [done = std::move(done)](const Result<std::shared_ptr<const Advice>>& result) {
                              done(result.ok() ? Result<Advice>(**result) : Result<Advice>(result.error()));
                            });
}

}  // namespace quantscope::ui
