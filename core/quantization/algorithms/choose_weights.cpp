#include "core/quantization/algorithms/choose_weights.h"

#include <algorithm>
#include <cmath>

#include "core/quantization/algorithms/input_moments.h"
#include "core/quantization/algorithms/paired_model.h"
#include "core/quantization/algorithms/registry.h"
#include "core/quantization/algorithms/rounding_problem.h"
#include "core/quantization/algorithms/weight_matrix.h"

namespace quantscope::quantization {
namespace {

// Larger matrices of moments would take gigabytes, and hours.
constexpr int64_t kDeepestRounding = 4608, kDeepestLearning = 1536;

struct Wishes {
  bool mse = false, octav = false, gptq = false, adaround = false, correctBias = false;

  explicit Wishes(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      if (name == "mse" || name == "octav") mse = name == "mse", octav = name == "octav";
      gptq |= name == "gptq";
      adaround |= name == "adaround";
      correctBias |= name == "bias-correction";
    }
  }
  bool rounding() const { return gptq || adaround; }
  bool samples() const { return rounding() || correctBias; }
  bool any() const { return mse || octav || samples(); }
};

class Chooser {
public:
  Chooser(const GraphView& view, std::span<const WeightTask> tasks, const QuantizeOptions& options, Progress& progress)
      : m_view(view), m_tasks(tasks), m_options(options), m_progress(progress), m_models(view) {}

  Result<ChosenParameters> run() {
    m_result.weights.resize(m_tasks.size());
    bool samples = false;
    for (const WeightTask& task : m_tasks) samples |= Wishes(task.algorithms).samples();
    if (samples && !m_options.samples) {
      return Error{ErrorCode::InvalidArgument, "an algorithm cannot run",
                   m_tasks.front().algorithms.empty() ? "" : m_tasks.front().algorithms.back(),
                   "it looks at calibration samples, and there are none", "give samples (--data)"};
    }
    if (samples) m_progress.begin("Choosing weights", m_tasks.size(), "layers");
    std::vector<size_t> order(m_tasks.size());
    for (size_t t = 0; t < order.size(); ++t) order[t] = t;
    std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return m_tasks[a].op < m_tasks[b].op; });
    for (const size_t t : order) {
      QS_TRY(choose(t, samples));
      if (samples && !m_progress.advance()) return Error::cancelled();
    }
    return std::move(m_result);
  }

private:
  void remark(const WeightTask& task, const std::string& what) {
    m_result.remarks.push_back(m_view.describe(task.op) + ": " + what);
  }

  Result<void> choose(size_t t, bool sequential) {
    const WeightTask& task = m_tasks[t];
    Wishes wishes(task.algorithms);
    const bool wanted = wishes.any() || task.nearest;
    if (!wanted && !sequential) return {};
    const auto own = WeightMatrix::of(m_view, task.op, task.operand);
    const auto& shape = m_view.tensor(m_view.op(task.op).inputs[task.operand]).shape;
    const WeightMatrix matrix = own ? *own : WeightMatrix::plain(shape, task.axis);
    if (!own && wishes.samples()) {
      remark(task, own.error().why + "; rounded to nearest");
      wishes.gptq = wishes.adaround = wishes.correctBias = false;
    }
    const TensorIndex tensor = m_view.op(task.op).inputs[task.operand];
    const std::vector<float> weights = matrix.gather(m_view.floatConstant(tensor));
    for (const float w : weights) {
      if (std::isfinite(w)) continue;
      if (wanted) remark(task, "its weights are not finite; rounded to nearest");
      return {};
    }
    const int64_t rows = matrix.results(), depth = matrix.depth();
    CodeGrid plain = minMaxGrid(weights, rows, depth, task.grid);
    if (task.respect) task.respect(plain.scale);
    CodeGrid grid = plain;
    if (wishes.mse) grid = leastErrorGrid(weights, rows, depth, task.grid, m_options.threads, m_progress);
    if (wishes.octav) grid = octavGrid(weights, rows, depth, task.grid, m_options.threads, m_progress);
    if (!m_progress.goOn()) return Error::cancelled();
    if (task.respect) task.respect(grid.scale);
    std::vector<int16_t> codes = grid.nearest(weights);

    InputMoments moments;
    const bool round = wishes.rounding() && depth <= kDeepestRounding;
    if (wishes.rounding() && !round)
      remark(task, "each result has " + std::to_string(depth) + " weights, more than the " +
                       std::to_string(kDeepestRounding) + " that rounding by samples holds; rounded to nearest");
    if (wishes.samples()) {
      QS_ASSIGN(moments, observe(matrix, round));
      if (moments.count == 0) remark(task, "no sample reached it; rounded to nearest");
    }
    if (round && moments.count > 0) QS_TRY(roundRows(task, wishes, matrix, weights, moments, plain, grid, codes));

    ChosenWeights chosen;
    chosen.scale = grid.scale;
    chosen.low = grid.low;
    std::vector<float> values(weights.size());
    for (int64_t r = 0, i = 0; r < rows; ++r)
      for (int64_t k = 0; k < depth; ++k, ++i)
        values[static_cast<size_t>(i)] = grid.scale[grid.slice(r, k)] * codes[static_cast<size_t>(i)];
    if (wishes.correctBias && moments.count > 0) chosen.bias = correctedBias(task, matrix, weights, values, moments);
    chosen.codes.resize(weights.size());
    chosen.values.resize(weights.size());
    matrix.scatter<int16_t>(codes, chosen.codes);
    matrix.scatter<float>(values, chosen.values);
    if (sequential) {
      m_models.replace(task.op, task.operand, chosen.values);
      if (!chosen.bias.empty()) m_models.replace(task.op, biasOperand(task), chosen.bias);
    }
    if (wanted) m_result.weights[t] = std::move(chosen);
    return {};
  }

  Result<InputMoments> observe(const WeightMatrix& matrix, bool matrices) {
    const auto runnable = m_models.make(matrix.input());
    MomentCollector collector(matrix, matrices, m_options.threads);
    QS_TRY(m_options.samples->run(runnable.model, [&](size_t sample, std::span<const TensorView> outputs) {
      collector.add(sample, outputs[0], outputs[runnable.paired ? 1 : 0]);
      return m_progress.goOn();
    }));
    if (!m_progress.goOn()) return Error::cancelled();
    return collector.finish();
  }

  Result<void> roundRows(const WeightTask& task, const Wishes& wishes, const WeightMatrix& matrix,
                         std::span<const float> weights, const InputMoments& moments, const CodeGrid& plain,
                         CodeGrid& grid, std::vector<int16_t>& codes) {
    const int64_t rows = matrix.rows(), depth = matrix.depth();
    const auto size = static_cast<size_t>(rows * depth);
    const std::vector<int16_t> nearest = plain.nearest(weights);
    const bool learn = wishes.adaround && depth <= kDeepestLearning;
    if (wishes.adaround && !learn) {
      remark(task, "each result has " + std::to_string(depth) + " weights, more than the " +
                       std::to_string(kDeepestLearning) + " that adaround learns; " +
                       (wishes.gptq ? "rounded by gptq" : "rounded to nearest"));
    }
    std::vector<double> before, after;
    for (int64_t g = 0; g < matrix.groups(); ++g) {
      const auto place = static_cast<size_t>(g) * size;
      QS_ASSIGN(const RoundingProblem problem,
                roundingProblem(weights.subspan(place, size), rows, moments, g, m_options.threads, m_progress));
      GroupRounding group{problem, task, wishes, learn, g * rows};
      QS_ASSIGN(const std::vector<int16_t> rounded, roundGroup(group, grid));
      std::copy(rounded.begin(), rounded.end(), codes.begin() + static_cast<ptrdiff_t>(place));
      const auto plainErrors = rowErrors(problem, {plain, g * rows}, std::span(nearest).subspan(place, size));
      const auto errors = rowErrors(problem, {grid, g * rows}, rounded);
      before.insert(before.end(), plainErrors.begin(), plainErrors.end());
      after.insert(after.end(), errors.begin(), errors.end());
    }
    keepBetter(task, before, after, plain, nearest, grid, codes);
    return {};
  }

  struct GroupRounding {
    const RoundingProblem& problem;
    const WeightTask& task;
    const Wishes& wishes;
    bool learn;
    int64_t first;  ///< row of the grid
    bool freeScales() const { return wishes.mse || wishes.octav; }
  };

  Result<std::vector<int16_t>> roundGroup(const GroupRounding& group, CodeGrid& grid) {
    const bool ownScales = group.freeScales() && !grid.oneScale;
    if (ownScales) QS_TRY(searchScales(group, grid));
    QS_ASSIGN(std::vector<int16_t> codes, roundOnce(group, grid));
    if (!group.learn) return codes;
    QS_ASSIGN(codes, roundByAdaRound(group.problem, {grid, group.first}, codes, m_options.threads, m_progress));
    if (ownScales && group.task.grid.scales == GridRules::Scales::Float && grid.block == grid.depth)
      QS_TRY(refineScales(group, grid, codes));
    return codes;
  }

  Result<std::vector<int16_t>> roundOnce(const GroupRounding& group, const CodeGrid& grid) {
    const RoundingProblem& problem = group.problem;
    if (group.wishes.gptq) return roundByGptq(problem, {grid, group.first}, m_options.threads, m_progress);
    std::vector<int16_t> codes;
    for (int64_t r = 0; r < problem.rows(); ++r)
      for (int64_t k = 0; k < problem.depth(); ++k)
        codes.push_back(grid.nearest(problem.target(r, k), grid.slice(group.first + r, k)));
    return codes;
  }

  // Clipping that is best for the weights is not quite the best for the results: tries some more and some less.
  Result<void> searchScales(const GroupRounding& group, CodeGrid& grid) {
    const CodeGrid start = grid;
    std::vector<double> least;
    for (const double factor : {1.0, 0.7, 0.8, 0.85, 0.9, 0.95, 1.05, 1.1, 1.2, 1.35}) {
      CodeGrid trial = start;
      const size_t perRow = grid.slices() / static_cast<size_t>(grid.rows);
      const auto begin = static_cast<size_t>(group.first) * perRow;
      const size_t count = static_cast<size_t>(group.problem.rows()) * perRow;
      for (size_t s = begin; s < begin + count; ++s)
        trial.scale[s] = storedScale(static_cast<double>(start.scale[s]) * factor, group.task.grid, factor > 1);
      if (group.task.respect) group.task.respect(trial.scale);
      QS_ASSIGN(const auto codes, roundOnce(group, trial));
      const auto errors = rowErrors(group.problem, {trial, group.first}, codes);
      if (least.empty()) least.assign(errors.size(), INFINITY);
      for (size_t r = 0; r < errors.size(); ++r) {
        if (!(errors[r] < least[r])) continue;
        least[r] = errors[r];
        std::copy_n(trial.scale.begin() + static_cast<ptrdiff_t>(begin + r * perRow), perRow,
                    grid.scale.begin() + static_cast<ptrdiff_t>(begin + r * perRow));
      }
    }
    return {};
  }

  // Fits scales to codes and codes to scales in turn, for as long as rows gain.
  Result<void> refineScales(const GroupRounding& group, CodeGrid& grid, std::vector<int16_t>& codes) {
    const auto depth = static_cast<size_t>(group.problem.depth());
    for (int round = 0; round < 4; ++round) {
      CodeGrid trial = grid;
      for (int64_t r = 0; r < group.problem.rows(); ++r) {
        const double fitted =
            fittedScale(group.problem, r, std::span(codes).subspan(static_cast<size_t>(r) * depth, depth));
        if (fitted > 0) trial.scale[static_cast<size_t>(group.first + r)] = storedScale(fitted, group.task.grid);
      }
      if (group.task.respect) group.task.respect(trial.scale);
      QS_ASSIGN(const auto next,
                roundByDescent(group.problem, {trial, group.first}, codes, m_options.threads, m_progress));
      const auto before = rowErrors(group.problem, {grid, group.first}, codes);
      const auto after = rowErrors(group.problem, {trial, group.first}, next);
      bool gained = false;
      for (size_t r = 0; r < before.size(); ++r) {
        if (!(after[r] < before[r])) continue;
        gained = true;
        const size_t slice = static_cast<size_t>(group.first) + r;
        grid.scale[slice] = trial.scale[slice];
        std::copy_n(next.begin() + static_cast<ptrdiff_t>(r * depth), depth,
                    codes.begin() + static_cast<ptrdiff_t>(r * depth));
      }
      if (!gained) break;
    }
    return {};
  }

  // Rows (all of them, where they share a scale) for which nearest is better take that.
  void keepBetter(const WeightTask& task, const std::vector<double>& before, const std::vector<double>& after,
                  const CodeGrid& plain, const std::vector<int16_t>& nearest, CodeGrid& grid,
                  std::vector<int16_t>& codes) {
    if (grid.oneScale) {
      double sumBefore = 0, sumAfter = 0;
      for (size_t r = 0; r < before.size(); ++r) sumBefore += before[r], sumAfter += after[r];
      if (sumAfter <= sumBefore) return;
      grid = plain;
      codes = nearest;
      remark(task, "nearest rounding is better on the samples and was kept");
      return;
    }
    size_t kept = 0;
    const size_t perRow = grid.slices() / before.size();
    const auto depth = static_cast<size_t>(grid.depth);
    for (size_t r = 0; r < before.size(); ++r) {
      if (after[r] <= before[r]) continue;
      ++kept;
      for (size_t s = r * perRow; s < (r + 1) * perRow; ++s) {
        grid.scale[s] = plain.scale[s];
        grid.low[s] = plain.low[s];
        grid.high[s] = plain.high[s];
      }
      std::copy_n(nearest.begin() + static_cast<ptrdiff_t>(r * depth), depth,
                  codes.begin() + static_cast<ptrdiff_t>(r * depth));
    }
    if (kept > 0)
      remark(task, "nearest rounding is better on the samples for " + std::to_string(kept) + " of " +
                       std::to_string(before.size()) + " channels and was kept there");
  }

  size_t biasOperand(const WeightTask& task) const {
    return static_cast<size_t>(m_view.rules[task.op.position()]->biasInput);
  }

  // b + E[w x] - E[q s] (Nagel et al., arXiv:1906.04721, section 4.2, with measured means).
  std::vector<float> correctedBias(const WeightTask& task, const WeightMatrix& matrix, std::span<const float> weights,
                                   std::span<const float> values, const InputMoments& moments) {
    const OperatorRules* rules = m_view.rules[task.op.position()];
    const TensorIndex operand =
        rules && rules->biasInput >= 0 ? m_view.op(task.op).input(biasOperand(task)) : TensorIndex();
    const auto bias = m_view.floatConstant(operand);
    if (static_cast<int64_t>(bias.size()) != matrix.results()) {
      remark(task, "it has no constant bias to correct");
      return {};
    }
    std::vector<float> corrected(bias.begin(), bias.end());
    const int64_t depth = matrix.depth();
    for (int64_t r = 0; r < matrix.results(); ++r) {
      const auto row = static_cast<size_t>(r * depth), group = static_cast<size_t>(r / matrix.rows() * depth);
      double shift = 0;
      for (size_t k = 0; k < static_cast<size_t>(depth); ++k)
        shift += static_cast<double>(weights[row + k]) * moments.exact[group + k] -
                 static_cast<double>(values[row + k]) * moments.seen[group + k];
      if (std::isfinite(shift)) corrected[static_cast<size_t>(r)] += static_cast<float>(shift);
    }
    return corrected;
  }

  const GraphView& m_view;
  std::span<const WeightTask> m_tasks;
  const QuantizeOptions& m_options;
  Progress& m_progress;
  PairedModel m_models;
  ChosenParameters m_result;
};

}  // namespace

Result<ChosenParameters> chooseWeights(const GraphView& view, std::span<const WeightTask> tasks,
                                       const QuantizeOptions& options, Progress& progress) {
  return Chooser(view, tasks, options, progress).run();
}

}  // namespace quantscope::quantization
