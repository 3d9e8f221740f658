#include "ui/views/graph/graph_overlay.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "ui/views/graph/graph_picture.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

/// The words of this file, for the catalogue of translations.
struct OverlayWords {
  Q_DECLARE_TR_FUNCTIONS(GraphOverlay)
};

const Subgraph& graphOf(const Document& document, SubgraphIndex subgraph) {
  return document.model()->subgraphs[subgraph.position()];
}

/// What each operator runs in: by the plan where there is one, else as the file has it.
std::shared_ptr<const std::vector<Precision>> precisionsOf(Document& document, SubgraphIndex subgraph) {
  const Model& model = *document.model();
  const Subgraph& graph = graphOf(document, subgraph);
  const auto plan = subgraph.value == 0 ? document.plan() : nullptr;
  if (!plan || plan->operators.size() < graph.operators.size())
    return std::make_shared<const std::vector<Precision>>(effectivePrecisions(model, subgraph));
  auto precisions = std::make_shared<std::vector<Precision>>();
  precisions->reserve(graph.operators.size());
  for (size_t op = 0; op < graph.operators.size(); ++op) precisions->push_back(plan->operators[op].effective);
  return precisions;
}

QString sqnrText(double decibel) {
  return std::isinf(decibel) ? OverlayWords::tr("exact")
                             : OverlayWords::tr("%1 dB").arg(QLocale().toString(decibel, 'f', 1));
}

std::function<QString(OperatorIndex)> precisionWords(const Document& document, SubgraphIndex subgraph,
                                                     std::shared_ptr<const std::vector<Precision>> precisions) {
  return [model = document.model(), subgraph, precisions = std::move(precisions)](OperatorIndex op) {
    if (op.position() >= precisions->size()) return QString();
    const Subgraph& graph = model->subgraphs[subgraph.position()];
    const Operator& node = graph.operators[op.position()];
    if (computesIntegers(graph, node)) return fromStd(elementTypeName(graph.tensor(node.output(0)).type));
    return precisionText((*precisions)[op.position()]);
  };
}

Overlay precisionOverlay(Document& document, SubgraphIndex subgraph) {
  Overlay overlay;
  const auto precisions = precisionsOf(document, subgraph);
  std::map<Precision, QColor> used;
  overlay.colors.reserve(precisions->size());
  for (const Precision precision : *precisions) {
    const auto [entry, added] = used.try_emplace(precision);
    if (added) entry->second = Theme::instance().precisionColor(precision);
    overlay.colors.push_back(entry->second.rgb());
  }
  for (const auto& [precision, color] : used) overlay.legend.push_back({color, precisionText(precision)});
  overlay.word = precisionWords(document, subgraph, precisions);
  if (subgraph.value == 0) {
    overlay.extra = [&document](OperatorIndex op) {
      const auto sqnr = document.weightSqnr(op);
      return sqnr ? sqnrText(*sqnr) : QString();
    };
  }
  return overlay;
}

Overlay typeOverlay(Document& document, SubgraphIndex subgraph) {
  // Okabe and Ito's palette, which stays distinct for colour-blind eyes; the name stands on every card anyway.
  static const QColor kPalette[] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8b95a3"};
  Overlay overlay;
  const Model& model = *document.model();
  const Subgraph& graph = graphOf(document, subgraph);
  std::vector<int> counts(model.operatorCodes.size(), 0);
  std::vector<uint32_t> frequent;
  for (const Operator& op : graph.operators) {
    if (counts[op.opcodeIndex]++ == 0) frequent.push_back(op.opcodeIndex);
  }
  std::stable_sort(frequent.begin(), frequent.end(), [&](uint32_t a, uint32_t b) { return counts[a] > counts[b]; });
  std::vector<QRgb> colors(counts.size(), 0);
  const size_t own = std::size(kPalette) - 1;
  for (size_t i = 0; i < frequent.size(); ++i) {
    colors[frequent[i]] = kPalette[std::min(i, own)].rgb();
    Operator named;
    named.opcodeIndex = frequent[i];
    if (i < own) overlay.legend.push_back({kPalette[i], fromStd(operatorName(model, named))});
  }
  if (frequent.size() > own) overlay.legend.push_back({kPalette[own], OverlayWords::tr("other types")});
  overlay.colors.reserve(graph.operators.size());
  for (const Operator& op : graph.operators) overlay.colors.push_back(colors[op.opcodeIndex]);
  overlay.word = precisionWords(document, subgraph, precisionsOf(document, subgraph));
  return overlay;
}

using Numbers = std::vector<std::optional<double>>;

/// Colours by a number per operator; `format` says it in words. Greater is louder, unless `smallIsLoud`.
Overlay numberOverlay(const QString& missing, bool smallIsLoud, Numbers given,
                      const std::function<QString(double)>& format) {
  Overlay overlay;
  const auto numbers = std::make_shared<const Numbers>(std::move(given));
  double low = INFINITY, high = -INFINITY;
  for (const auto& value : *numbers) {
    if (!value || !std::isfinite(*value)) continue;
    low = std::min(low, *value);
    high = std::max(high, *value);
  }
  const bool dark = Theme::instance().dark();
  const QRgb none = Theme::instance().colors().line.rgb();
  const bool any = high >= low;
  if (!any) overlay.missing = missing;
  overlay.colors.reserve(numbers->size());
  for (const auto& value : *numbers) {
    if (!value || !any) {
      overlay.colors.push_back(none);
      continue;
    }
    const double finite = std::isfinite(*value) ? *value : (*value > 0 ? high : low);
    double amount = high > low ? (finite - low) / (high - low) : 0.0;
    if (smallIsLoud) amount = 1 - amount;
    overlay.colors.push_back(scaleColor(amount, dark).rgb());
  }
  overlay.word = [numbers, format](OperatorIndex op) {
    const auto& value = (*numbers)[op.position()];
    return value ? format(*value) : QString();
  };
  if (any) {
    overlay.legend = {{scaleColor(smallIsLoud ? 1 : 0, dark), format(low)},
                      {scaleColor(0.5, dark), format((low + high) / 2)},
                      {scaleColor(smallIsLoud ? 0 : 1, dark), format(high)}};
    if (high == low) overlay.legend.resize(1);
    if (std::any_of(numbers->begin(), numbers->end(), [](const auto& value) { return !value; }))
      overlay.legend.push_back({Theme::instance().colors().line, OverlayWords::tr("no value")});
  }
  return overlay;
}

/// Room for one number per operator of subgraph 0; set() ignores operators that are not there.
class NumberList {
public:
  explicit NumberList(const Document& document) : m_numbers(graphOf(document, SubgraphIndex(0)).operators.size()) {}
  void set(OperatorIndex op, double value) {
    if (op.valid() && op.position() < m_numbers.size()) m_numbers[op.position()] = value;
  }
  Numbers take() { return std::move(m_numbers); }
  size_t size() const { return m_numbers.size(); }

private:
  Numbers m_numbers;
};

Overlay bytesOverlay(Document& document) {
  NumberList numbers(document);
  if (const auto plan = document.plan()) {
    for (const PlannedOperator& op : plan->operators) numbers.set(op.index, static_cast<double>(op.constantBytesAfter));
  }
  return numberOverlay(
      OverlayWords::tr("The plan of this recipe is not known yet."), false, numbers.take(),
      [](double bytes) { return OverlayWords::tr("%1 B").arg(QLocale().toString(static_cast<qlonglong>(bytes))); });
}

Overlay sqnrOverlay(Document& document) {
  NumberList numbers(document);
  for (size_t op = 0; op < numbers.size(); ++op) {
    if (const auto sqnr = document.weightSqnr(OperatorIndex(op))) numbers.set(OperatorIndex(op), *sqnr);
  }
  return numberOverlay(OverlayWords::tr("No operator of this recipe has quantized weights."), true, numbers.take(),
                       sqnrText);
}

Overlay sensitivityOverlay(Document& document) {
  NumberList numbers(document);
  const auto result = document.sensitivity();
  const bool share = result && result->metric == "top1";
  if (result) {
    for (const OperatorSensitivity& entry : result->operators) numbers.set(entry.index, entry.quantizeOne);
  }
  return numberOverlay(OverlayWords::tr("Not measured yet: choose Run ▸ Sensitivity."), false, numbers.take(),
                       [share](double drop) {
                         return share ? OverlayWords::tr("%1 pp").arg(QLocale().toString(drop * 100, 'f', 1))
                                      : QLocale().toString(drop, 'g', 3);
                       });
}

Overlay errorOverlay(Document& document) {
  NumberList numbers(document);
  const Variant* variant = document.variant(document.currentVariant());
  if (variant && variant->layerErrors) {
    for (const LayerError& error : variant->layerErrors->accumulated)
      numbers.set(error.floatOperator, error.sqnrDecibel);
  }
  return numberOverlay(OverlayWords::tr("Not measured yet: choose Run ▸ Compare layers for a variant."), true,
                       numbers.take(), sqnrText);
}

Overlay timeOverlay(Document& document) {
  NumberList numbers(document);
  const Variant* baseline = document.variant(0);
  if (baseline && baseline->latency) {
    for (const OperatorLatency& entry : baseline->latency->operators)
      numbers.set(entry.index, entry.medianMicroseconds);
  }
  return numberOverlay(
      OverlayWords::tr("Not measured yet: evaluate the float model."), false, numbers.take(),
      [](double microseconds) { return OverlayWords::tr("%1 µs").arg(QLocale().toString(microseconds, 'f', 1)); });
}

}  // namespace

QString overlayName(OverlayKind kind) {
  switch (kind) {
    case OverlayKind::EffectivePrecision:
      return OverlayWords::tr("Effective precision");
    case OverlayKind::OperatorType:
      return OverlayWords::tr("Operator type");
    case OverlayKind::Bytes:
      return OverlayWords::tr("Bytes of constants");
    case OverlayKind::WeightSqnr:
      return OverlayWords::tr("Weight SQNR");
    case OverlayKind::Sensitivity:
      return OverlayWords::tr("Sensitivity");
    case OverlayKind::AccumulatedError:
      return OverlayWords::tr("Accumulated error");
    case OverlayKind::Time:
      return OverlayWords::tr("Time");
  }
  return {};
}

Overlay makeOverlay(Document& document, SubgraphIndex subgraph, OverlayKind kind) {
  if (!document.hasModel() || !subgraph.valid() || subgraph.position() >= document.model()->subgraphs.size()) return {};
  if (kind == OverlayKind::OperatorType) return typeOverlay(document, subgraph);
  if (kind == OverlayKind::EffectivePrecision) return precisionOverlay(document, subgraph);
  if (subgraph.value != 0) {
    Overlay plain = precisionOverlay(document, subgraph);
    plain.missing = OverlayWords::tr("Only the main graph is measured.");
    return plain;
  }
  switch (kind) {
    case OverlayKind::Bytes:
      return bytesOverlay(document);
    case OverlayKind::WeightSqnr:
      return sqnrOverlay(document);
    case OverlayKind::Sensitivity:
      return sensitivityOverlay(document);
    case OverlayKind::AccumulatedError:
      return errorOverlay(document);
    case OverlayKind::Time:
      return timeOverlay(document);
    default:
      return {};
  }
}

QColor scaleColor(double amount, bool dark) {
  // From blue to orange through a neutral middle: luminance and hue both change, so it reads without colour vision.
  struct Stop {
    double at;
    QColor light, dark;
  };
  static const Stop kStops[] = {{0.0, "#b9cfe8", "#2f4f75"}, {0.5, "#e0b96a", "#a8853a"}, {1.0, "#c4481b", "#ef7b4d"}};
  amount = std::isnan(amount) ? 0.0 : std::round(std::clamp(amount, 0.0, 1.0) * 23) / 23;
  const Stop& a = amount < 0.5 ? kStops[0] : kStops[1];
  const Stop& b = amount < 0.5 ? kStops[1] : kStops[2];
  const double t = (amount - a.at) / (b.at - a.at);
  const QColor& from = dark ? a.dark : a.light;
  const QColor& to = dark ? b.dark : b.light;
  auto mix = [t](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * t)); };
  return QColor(mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue()));
}

}  // namespace quantscope::ui
