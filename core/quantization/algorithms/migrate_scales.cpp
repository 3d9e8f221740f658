#include "core/quantization/algorithms/migrate_scales.h"

#include <algorithm>
#include <cmath>

#include "core/quantization/algorithms/channel_scaling.h"
#include "core/quantization/algorithms/registry.h"

namespace quantscope {
namespace {

using namespace quantization;

constexpr int kRounds = 40;
constexpr double kSettled = 0.01;
// No channel moves further in all, so that the values of one that hardly matters do not come to rule its tensor.
constexpr double kLargestFactor = 64;
// A channel whose weights are so much smaller than its layer's largest is as good as dead.
constexpr double kDead = 1e-4;
constexpr double kAlpha = 0.5;

// Layers behind one tensor and what makes that tensor.
struct Link {
  TensorIndex tensor;
  std::vector<OperatorIndex> layers;
  std::vector<int32_t> axes;  ///< of the layers' weights, along the tensor's channels
  ChannelSources sources;
};

// Smallest and largest value of each channel of some tensors, over all samples.
struct ChannelExtremes {
  std::vector<float> min, max;
};

class Migration {
public:
  Migration(const GraphView& view, const ResolvedRecipe& wishes, SampleRunner* samples, Progress& progress)
      : m_view(view), m_wishes(wishes), m_samples(samples), m_progress(progress), m_constants(view) {}

  Result<MigratedModel> run(std::shared_ptr<const Model> source) {
    QS_TRY(equalize());
    QS_TRY(smooth());
    m_result.model = m_constants.changed() ? m_constants.model() : std::move(source);
    return std::move(m_result);
  }

private:
  std::vector<Link> links(std::string_view algorithm, bool oneLayer) const {
    std::vector<Link> found;
    for (size_t t = 0; t < m_view.graph.tensors.size(); ++t) {
      const TensorIndex tensor(t);
      const auto& consumers = m_view.uses[t].consumers;
      if (consumers.empty() || (oneLayer && consumers.size() != 1)) continue;
      const bool asked = std::any_of(consumers.begin(), consumers.end(), [&](OperatorIndex i) {
        return namesAlgorithm(m_wishes.operators[i.position()].algorithms, algorithm);
      });
      if (!asked) continue;
      auto sources = channelSources(m_view, tensor, consumers.size());
      if (!sources || (oneLayer && !sources->layer)) continue;
      Link link{tensor, {}, {}, std::move(*sources)};
      for (OperatorIndex layer : consumers) {
        const auto axis =
            m_view.op(layer).input(0) == tensor ? inputAxis(m_view, layer, link.sources.channels) : std::nullopt;
        if (!axis) break;
        link.layers.push_back(layer);
        link.axes.push_back(*axis);
      }
      if (link.layers.size() == consumers.size()) found.push_back(std::move(link));
    }
    return found;
  }

  // Runs the samples once for all tensors.
  Result<std::vector<ChannelExtremes>> observe(const std::vector<std::pair<TensorIndex, int32_t>>& tensors) {
    auto model = std::make_shared<Model>(m_constants.changed() ? *m_constants.model() : m_view.model);
    model->signatures.clear();
    Subgraph& graph = model->subgraphs[m_view.index.position()];
    graph.outputs.clear();
    std::vector<ChannelExtremes> extremes;
    for (const auto& [tensor, channels] : tensors) {
      graph.outputs.push_back(tensor);
      extremes.push_back({std::vector<float>(static_cast<size_t>(channels), INFINITY),
                          std::vector<float>(static_cast<size_t>(channels), -INFINITY)});
    }
    QS_TRY(m_samples->run(std::move(model), [&](size_t, std::span<const TensorView> outputs) {
      for (size_t t = 0; t < outputs.size(); ++t) {
        const auto values = outputs[t].values<float>();
        const size_t channels = extremes[t].min.size();
        for (size_t i = 0; i < values.size(); ++i) {
          extremes[t].min[i % channels] = std::min(extremes[t].min[i % channels], values[i]);
          extremes[t].max[i % channels] = std::max(extremes[t].max[i % channels], values[i]);
        }
      }
      return m_progress.goOn();
    }));
    if (!m_progress.goOn()) return Error::cancelled();
    return extremes;
  }

  void move(const Link& link, std::span<const double> factors) {
    std::vector<double> inverse;
    for (const double f : factors) inverse.push_back(1.0 / f);
    for (const ChannelSource& source : link.sources.constants)
      m_constants.scale(source.op, source.operand, source.axis, inverse);
    for (size_t l = 0; l < link.layers.size(); ++l) m_constants.scale(link.layers[l], 1, link.axes[l], factors);
  }

  std::vector<double> weightMagnitudes(OperatorIndex layer, int32_t axis, int32_t channels) const {
    const auto& shape = m_view.tensor(m_view.op(layer).inputs[1]).shape;
    return channelMagnitudes(m_constants.values(layer, 1), shape, axis, channels);
  }

  Result<void> equalize() {
    std::vector<Link> chain = links("equalize", true);
    QS_TRY(leaveClipped(chain));
    if (chain.empty()) return {};
    m_result.layers += chain.size();
    std::vector<std::vector<double>> moved;
    for (const Link& link : chain) moved.emplace_back(static_cast<size_t>(link.sources.channels), 1.0);
    for (int round = 0; round < kRounds; ++round) {
      if (!m_progress.goOn()) return Error::cancelled();
      double furthest = 0;
      for (size_t l = 0; l < chain.size(); ++l) {
        const Link& link = chain[l];
        const int32_t channels = link.sources.channels;
        const OperatorIndex first = *link.sources.layer;
        const auto r1 = weightMagnitudes(first, weightsOf(link).axis, channels);
        const auto r2 = weightMagnitudes(link.layers[0], link.axes[0], channels);
        const double dead1 = kDead * *std::max_element(r1.begin(), r1.end());
        const double dead2 = kDead * *std::max_element(r2.begin(), r2.end());
        std::vector<double> factors(static_cast<size_t>(channels), 1.0);
        for (size_t c = 0; c < factors.size(); ++c) {
          if (r1[c] <= dead1 || r2[c] <= dead2) continue;
          double& all = moved[l][c];
          const double wanted = std::clamp(all * std::sqrt(r1[c] / r2[c]), 1 / kLargestFactor, kLargestFactor);
          factors[c] = wanted / all;
          all = wanted;
          furthest = std::max(furthest, std::abs(factors[c] - 1));
        }
        move(link, factors);
      }
      if (furthest < kSettled) break;
    }
    for (const Link& link : chain)
      for (const OperatorIndex op : link.sources.relu6) m_constants.replaceRelu6(op);
    return absorbBiases(chain);
  }

  static const ChannelSource& weightsOf(const Link& link) {
    return *std::find_if(link.sources.constants.begin(), link.sources.constants.end(),
                         [](const ChannelSource& s) { return s.weights; });
  }

  // Layers clipped at 6 whose samples reach 6 stay as they are.
  Result<void> leaveClipped(std::vector<Link>& chain) {
    std::vector<std::pair<TensorIndex, int32_t>> clipped;
    for (const Link& link : chain)
      for (const TensorIndex tensor : link.sources.clipped) clipped.push_back({tensor, 1});
    if (clipped.empty()) return {};
    std::vector<ChannelExtremes> extremes;
    if (m_samples) {
      QS_ASSIGN(extremes, observe(clipped));
    }
    size_t next = 0;
    std::erase_if(chain, [&](const Link& link) {
      bool reaches = !m_samples && !link.sources.clipped.empty();
      for (size_t i = 0; i < link.sources.clipped.size(); ++i, ++next)
        reaches |= m_samples && !(extremes[next].max[0] < 6.0f);
      if (reaches)
        m_result.remarks.push_back(m_view.describe(link.layers[0]) +
                                   ": not equalized, the layer before it is clipped at 6" +
                                   (m_samples ? "" : " and there are no samples to show whether that matters"));
      return reaches;
    });
    return {};
  }

  // What a channel always has above zero goes through the second layer into its bias. Zero padding would see it.
  Result<void> absorbBiases(const std::vector<Link>& chain) {
    std::vector<const Link*> fitting;
    std::vector<std::pair<TensorIndex, int32_t>> tensors;
    for (const Link& link : chain) {
      const Operator& first = m_view.op(*link.sources.layer);
      const Operator& second = m_view.op(link.layers[0]);
      const bool direct = m_view.uses[link.tensor.position()].producer == *link.sources.layer;
      const bool biases = m_view.constantCount(first.input(2)) == link.sources.channels && second.input(2).valid() &&
                          m_view.isFloatConstant(second.input(2));
      const auto code = m_view.model.code(second);
      const auto* conv = second.options.AsConv2DOptions();
      const bool unpadded =
          code == tflite::BuiltinOperator_FULLY_CONNECTED ||
          (conv && code == tflite::BuiltinOperator_CONV_2D &&
           (conv->padding == tflite::Padding_VALID ||
            (m_view.tensor(second.inputs[1]).shape[1] == 1 && m_view.tensor(second.inputs[1]).shape[2] == 1)));
      if (!direct || !biases || !unpadded) continue;
      fitting.push_back(&link);
      tensors.push_back({link.tensor, link.sources.channels});
    }
    if (fitting.empty() || !m_samples) return {};
    QS_ASSIGN(const auto extremes, observe(tensors));
    for (size_t l = 0; l < fitting.size(); ++l) absorb(*fitting[l], extremes[l].min);
    return {};
  }

  void absorb(const Link& link, const std::vector<float>& least) {
    const OperatorIndex first = *link.sources.layer, second = link.layers[0];
    const auto& shape = m_view.tensor(m_view.op(second).inputs[1]).shape;
    const auto weights = m_constants.values(second, 1);
    const auto b1 = m_constants.values(first, 2), b2 = m_constants.values(second, 2);
    std::vector<float> lower(b1.begin(), b1.end()), raised(b2.begin(), b2.end());
    bool any = false;
    for (size_t c = 0; c < lower.size(); ++c) {
      if (!(least[c] > 0) || !std::isfinite(least[c])) continue;
      any = true;
      lower[c] -= least[c];
    }
    const size_t perRow = weights.size() / static_cast<size_t>(shape[0]);
    if (!any || raised.size() != static_cast<size_t>(shape[0])) return;
    for (size_t r = 0; r < raised.size(); ++r) {
      double shift = 0;
      for (size_t k = 0; k < perRow; ++k) {
        const float c = least[k % lower.size()];
        if (c > 0) shift += static_cast<double>(weights[r * perRow + k]) * static_cast<double>(c);
      }
      raised[r] += static_cast<float>(shift);
    }
    m_constants.set(first, 2, std::move(lower));
    m_constants.set(second, 2, std::move(raised));
  }

  Result<void> smooth() {
    std::vector<Link> found = links("smooth", false);
    // Clipping at 6 does not commute with factors.
    std::erase_if(found, [](const Link& link) { return !link.sources.relu6.empty(); });
    if (found.empty()) return {};
    if (!m_samples) {
      return Error{ErrorCode::InvalidArgument, "an algorithm cannot run", "smooth",
                   "it looks at calibration samples, and there are none", "give samples (--data)"};
    }
    std::vector<std::pair<TensorIndex, int32_t>> tensors;
    for (const Link& link : found) tensors.push_back({link.tensor, link.sources.channels});
    QS_ASSIGN(const auto extremes, observe(tensors));
    for (size_t l = 0; l < found.size(); ++l) {
      const Link& link = found[l];
      std::vector<double> weights(static_cast<size_t>(link.sources.channels), 0.0), factors;
      for (size_t i = 0; i < link.layers.size(); ++i) {
        const auto own = weightMagnitudes(link.layers[i], link.axes[i], link.sources.channels);
        for (size_t c = 0; c < weights.size(); ++c) weights[c] = std::max(weights[c], own[c]);
      }
      for (size_t c = 0; c < weights.size(); ++c) {
        const double x = std::max(-static_cast<double>(extremes[l].min[c]), static_cast<double>(extremes[l].max[c]));
        const bool dead = !(x > 0) || !std::isfinite(x) || weights[c] <= 0;
        factors.push_back(dead ? 1.0
                               : std::clamp(std::pow(x, kAlpha) / std::pow(weights[c], 1 - kAlpha), 1 / kLargestFactor,
                                            kLargestFactor));
      }
      move(link, factors);
      ++m_result.layers;
    }
    return {};
  }

  const GraphView& m_view;
  const ResolvedRecipe& m_wishes;
  SampleRunner* m_samples;
  Progress& m_progress;
  ScaledConstants m_constants;
  MigratedModel m_result;
};

bool isMigration(const Scheme& scheme) {
  return std::any_of(scheme.algorithms.begin(), scheme.algorithms.end(), [](const std::string& name) {
    const Algorithm* algorithm = findAlgorithm(name);
    return algorithm && algorithm->stage == AlgorithmStage::Graph;
  });
}

}  // namespace

bool asksForMigration(const Recipe& recipe) {
  return isMigration(recipe.defaultScheme) ||
         std::any_of(recipe.rules.begin(), recipe.rules.end(),
                     [](const auto& rule) { return isMigration(rule.scheme); }) ||
         std::any_of(recipe.operators.begin(), recipe.operators.end(),
                     [](const auto& choice) { return isMigration(choice.second); });
}

Result<MigratedModel> migrateScales(std::shared_ptr<const Model> model, const Recipe& recipe, SampleRunner* samples,
                                    Progress& progress) {
  QS_TRY(checkIndices(*model));
  QS_ASSIGN(const ResolvedRecipe wishes, resolveRecipe(recipe, *model));
  const GraphView view(*model, SubgraphIndex(0));
  return Migration(view, wishes, samples, progress).run(std::move(model));
}

}  // namespace quantscope
