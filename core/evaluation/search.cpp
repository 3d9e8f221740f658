#include "core/evaluation/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

namespace quantscope {

namespace {

/// Assignments from the estimated trade-off that are evaluated at most.
constexpr size_t kMostPlanned = 24;
/// Neighbours of the best that are looked at for one that was not evaluated yet.
constexpr size_t kNeighbours = 256;
/// Sums of errors are trusted within this factor.
constexpr double kMostScaling = 100;

class Search {
public:
  Search(const SearchSpace& space, const Dataset& dataset, const SearchOptions& options, Progress& progress)
      : m_space(space), m_dataset(dataset), m_options(options), m_progress(progress) {}

  Result<std::shared_ptr<const SearchResult>> run() {
    QS_TRY(check());
    const auto measurement =
        FidelityMeasurement::create(m_space.model, m_dataset, m_options.evaluation, m_options.metric, m_progress);
    if (!measurement) return measurement.error();
    m_measurement = &*measurement;
    m_result->metric = measurement->metric();
    m_result->skipped = measurement->skipped();
    m_result->samples = measurement->original().samples;
    const auto searched = searchAll();
    if (!searched && (searched.error().code != ErrorCode::Cancelled || !feasible())) return searched.error();
    m_result->stopped = !searched;
    return finish();
  }

private:
  Result<void> check() const {
    if (m_options.maxDrop.has_value() == m_options.maxBytes.has_value()) {
      return Error{ErrorCode::InvalidArgument, "cannot search", "", "it needs one budget, either a drop or a size", ""};
    }
    if (m_space.choices.size() < 2 || m_space.choices.size() > 255) {
      return Error{ErrorCode::InvalidArgument, "cannot search", "",
                   "no operator of the model can be quantized in any of the schemes", "choose other schemes"};
    }
    return {};
  }

  Result<void> searchAll() {
    QS_TRY(tryUniform());
    QS_TRY(measureEffects());
    QS_TRY(tryPlanned());
    return refine();
  }

  bool spent() const { return m_result->trials.size() >= std::max<size_t>(1, m_options.trials); }

  /// Makes and evaluates a variant, unless it was already.
  Result<void> evaluate(const Assignment& choices, const std::string& origin) {
    if (!m_tried.insert(choices).second) return {};
    QS_ASSIGN(const SearchVariant variant, m_space.make(choices));
    QS_ASSIGN(const Fidelity fidelity, m_measurement->measure(variant.model, m_progress));
    SearchTrial trial;
    trial.origin = origin;
    trial.choices = choices;
    trial.bytes = variant.bytes;
    trial.fidelity = fidelity;
    trial.quality = fidelity.quality(m_result->metric);
    const double original = m_measurement->original().quality(m_result->metric);
    // The least difference there is on these samples is many times this.
    trial.withinBudget =
        m_options.maxDrop ? trial.quality >= original - *m_options.maxDrop - 1e-12 : trial.bytes <= *m_options.maxBytes;
    m_result->trials.push_back(std::move(trial));
    if (betterThanBest(m_result->trials.size() - 1)) m_result->best = m_result->trials.size() - 1;
    if (!m_progress.advance()) return Error::cancelled();
    return {};
  }

  bool feasible() const { return !m_result->trials.empty() && m_result->trials[m_result->best].withinBudget; }

  bool betterThanBest(size_t index) const {
    const SearchTrial& a = m_result->trials[index];
    const SearchTrial& b = m_result->trials[m_result->best];
    if (a.withinBudget != b.withinBudget) return a.withinBudget;
    const auto error = [](const SearchTrial& t) { return t.fidelity.relativeError(); };
    // Outside of the budget whatever comes nearer to it is better.
    if (m_options.maxBytes && !a.withinBudget) return a.bytes < b.bytes;
    if (m_options.maxBytes) {
      if (a.quality != b.quality) return a.quality > b.quality;
      if (error(a) != error(b)) return error(a) < error(b);
      return a.bytes < b.bytes;
    }
    if (a.bytes != b.bytes) return a.bytes < b.bytes;
    if (a.quality != b.quality) return a.quality > b.quality;
    return error(a) < error(b);
  }

  Assignment uniform(size_t choice) const {
    Assignment assignment(m_space.allowed.size());
    for (size_t op = 0; op < assignment.size(); ++op) {
      if (m_space.allowed[op][choice]) assignment[op] = static_cast<uint8_t>(choice);
    }
    return assignment;
  }

  Result<void> tryUniform() {
    m_progress.begin("Evaluating every scheme for all operators", m_space.choices.size(), "variants");
    for (size_t choice = 0; choice < m_space.choices.size(); ++choice) {
      QS_TRY(evaluate(uniform(choice), choice == 0 ? "original" : m_space.choices[choice].name + " everywhere"));
    }
    return {};
  }

  Result<void> measureEffects() {
    EvaluationOptions options = m_options.evaluation;
    const size_t most = std::max<size_t>(1, m_options.sensitivitySamples);
    options.limit = options.limit == 0 ? most : std::min(options.limit, most);
    QS_ASSIGN(const ChoiceEffects effects, measureChoices(m_space, m_dataset, options, m_progress));
    m_result->errors = effects.error;
    m_problem.error = effects.error;
    m_problem.bytes = effects.bytes;
    nameDomains();
    listValues();
    scaleErrors();
    separateConversions();
    return {};
  }

  void nameDomains() {
    std::vector<ElementType> types{m_space.choices[0].activations};
    for (const SearchChoice& choice : m_space.choices) {
      auto found = std::find(types.begin(), types.end(), choice.activations);
      if (found == types.end()) found = types.insert(types.end(), choice.activations);
      m_problem.domain.push_back(static_cast<int>(found - types.begin()));
    }
  }

  void listValues() {
    const Subgraph& graph = m_space.model->subgraphs[0];
    const auto uses = tensorUses(graph);
    for (size_t t = 0; t < graph.tensors.size(); ++t) {
      const Tensor& tensor = graph.tensors[t];
      if (tensor.type != ElementType::Float32 || isConstant(*m_space.model, tensor)) continue;
      AssignmentProblem::Value value;
      value.producer = uses[t].producer.valid() ? static_cast<int>(uses[t].producer.position()) : -1;
      for (const OperatorIndex consumer : uses[t].consumers) value.consumers.push_back(consumer.position());
      value.graphOutput = std::find(graph.outputs.begin(), graph.outputs.end(), TensorIndex(t)) != graph.outputs.end();
      m_problem.values.push_back(std::move(value));
    }
  }

  const SearchTrial& uniformTrial(size_t choice) const {
    const Assignment wanted = uniform(choice);
    return *std::find_if(m_result->trials.begin(), m_result->trials.end(),
                         [&](const SearchTrial& trial) { return trial.choices == wanted; });
  }

  /// Errors of neighbours overlap or add to each other: each choice's are scaled so that their sum is what the model
  /// with that choice everywhere really has.
  void scaleErrors() {
    for (size_t choice = 1; choice < m_space.choices.size(); ++choice) {
      const Fidelity& fidelity = uniformTrial(choice).fidelity;
      double sum = 0;
      for (size_t op = 0; op < m_problem.operators(); ++op) {
        if (m_space.allowed[op][choice]) sum += m_problem.error[op][choice];
      }
      const double measured = fidelity.noise / (fidelity.signal > 0 ? fidelity.signal : 1);
      if (!(sum > 0) || !std::isfinite(sum) || !(measured > 0)) continue;
      const double factor = std::clamp(measured / sum, 1 / kMostScaling, kMostScaling);
      for (auto& errors : m_problem.error) errors[choice] *= factor;
    }
  }

  /// One operator alone in integers is surrounded by conversions, which it would not be among its like. Their price
  /// follows from the difference to the model with that choice everywhere.
  void separateConversions() {
    const double originalBytes = static_cast<double>(uniformTrial(0).bytes);
    const Assignment none(m_problem.operators());
    double bytes = 0, conversions = 0;
    std::vector<std::vector<double>> alone = m_problem.bytes;
    for (size_t choice = 1; choice < m_space.choices.size(); ++choice) {
      if (m_problem.domain[choice] == 0) continue;
      bytes -= static_cast<double>(uniformTrial(choice).bytes) - originalBytes;
      conversions -= static_cast<double>(assignmentConversions(m_problem, uniform(choice)));
      for (size_t op = 0; op < m_problem.operators(); ++op) {
        if (!m_space.allowed[op][choice]) continue;
        Assignment single = none;
        single[op] = static_cast<uint8_t>(choice);
        alone[op][choice] = static_cast<double>(assignmentConversions(m_problem, single));
        bytes += m_problem.bytes[op][choice];
        conversions += alone[op][choice];
      }
    }
    m_problem.conversionBytes = conversions > 0 ? std::max(0.0, bytes / conversions) : 0;
    for (size_t op = 0; op < m_problem.operators(); ++op) {
      for (size_t choice = 1; choice < m_space.choices.size(); ++choice) {
        if (m_problem.domain[choice] == 0 || !m_space.allowed[op][choice]) continue;
        m_problem.bytes[op][choice] -= m_problem.conversionBytes * alone[op][choice];
      }
    }
  }

  Result<void> tryPlanned() {
    const auto front = assignmentTradeOff(m_problem);
    const size_t count = std::min(front.size(), kMostPlanned);
    m_progress.begin("Evaluating planned mixtures", count, "variants");
    for (size_t i = 0; i < count && !spent(); ++i) QS_TRY(evaluate(front[i * front.size() / count], "planned"));
    return {};
  }

  /// The next assignment near the best that promises most and was not evaluated yet; nothing where there is none.
  std::optional<Assignment> nextNeighbour() const {
    const SearchTrial& best = m_result->trials[m_result->best];
    const double estimated = assignmentBytes(m_problem, best.choices);
    // Estimated bytes are trusted as differences only.
    double most = estimated;
    if (m_options.maxBytes) {
      most += static_cast<double>(*m_options.maxBytes - best.bytes);
    } else {
      most -= 1;
    }
    for (Assignment& neighbour : assignmentNeighbours(m_problem, best.choices, most, kNeighbours)) {
      if (!m_tried.count(neighbour)) return std::move(neighbour);
    }
    return std::nullopt;
  }

  Result<void> refine() {
    const size_t done = m_result->trials.size();
    if (m_options.trials > done) m_progress.begin("Refining the best", m_options.trials - done, "variants");
    while (!spent()) {
      const auto neighbour = nextNeighbour();
      if (!neighbour) break;
      QS_TRY(evaluate(*neighbour, "refined"));
    }
    return {};
  }

  void findFront() {
    auto& trials = m_result->trials;
    std::vector<size_t> order(trials.size());
    for (size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
      if (trials[a].bytes != trials[b].bytes) return trials[a].bytes < trials[b].bytes;
      return trials[a].quality > trials[b].quality;
    });
    double best = -std::numeric_limits<double>::infinity();
    for (const size_t i : order) {
      if (!(trials[i].quality > best)) continue;
      best = trials[i].quality;
      trials[i].onFront = true;
      m_result->front.push_back(i);
    }
  }

  Result<std::shared_ptr<const SearchResult>> finish() {
    if (!feasible()) {
      const SearchTrial& smallest = m_result->trials[m_result->best];
      return Error{
          ErrorCode::InvalidArgument, "no variant fits the size", std::to_string(*m_options.maxBytes) + " bytes",
          "the smallest that was found has " + std::to_string(smallest.bytes), "allow more bytes, or more schemes"};
    }
    findFront();
    return std::shared_ptr<const SearchResult>(std::move(m_result));
  }

  const SearchSpace& m_space;
  const Dataset& m_dataset;
  const SearchOptions& m_options;
  Progress& m_progress;
  const FidelityMeasurement* m_measurement = nullptr;
  AssignmentProblem m_problem;
  std::set<Assignment> m_tried;
  std::shared_ptr<SearchResult> m_result = std::make_shared<SearchResult>();
};

}  // namespace

Result<std::shared_ptr<const SearchResult>> searchAssignments(const SearchSpace& space, const Dataset& dataset,
                                                              const SearchOptions& options, Progress& progress) {
  return Search(space, dataset, options, progress).run();
}

}  // namespace quantscope
