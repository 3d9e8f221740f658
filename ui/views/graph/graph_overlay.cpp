#include "ui/views/graph/graph_overlay.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>

#include "ui/workspace/document.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("GraphOverlay", text);
}

QString text(std::string_view view) {
  return QString::fromUtf8(view.data(), static_cast<int>(view.size()));
}

size_t operatorCount(Document& document) {
  return document.hasModel() ? document.model()->subgraphs[0].operators.size() : 0;
}

Precision precisionOf(Document& document, size_t op) {
  if (const auto plan = document.plan(); plan && op < plan->operators.size()) return plan->operators[op].effective;
  const Model& model = *document.model();
  return effectivePrecision(model, SubgraphIndex(0), model.subgraphs[0].operators[op]);
}

QString sqnrText(double decibel) {
  return std::isinf(decibel) ? tr("exact") : tr("%1 dB").arg(QLocale().toString(decibel, 'f', 1));
}

Overlay precisionOverlay(Document& document) {
  Overlay overlay;
  std::map<Precision, bool> used;
  for (size_t op = 0; op < operatorCount(document); ++op) {
    const Precision precision = precisionOf(document, op);
    used[precision] = true;
    OverlayValue value{Theme::instance().precisionColor(precision), text(precisionLabel(precision)), {}};
    if (const auto sqnr = document.weightSqnr(OperatorIndex(op))) value.detail = sqnrText(*sqnr);
    overlay.operators.push_back(std::move(value));
  }
  for (const auto& [precision, ignored] : used) {
    overlay.legend.push_back({Theme::instance().precisionColor(precision), text(precisionLabel(precision))});
  }
  return overlay;
}

Overlay typeOverlay(Document& document) {
  // Okabe and Ito's palette, which stays distinct for colour-blind eyes; the name stands on every card anyway.
  static const QColor kPalette[] = {"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8b95a3"};
  Overlay overlay;
  const Model& model = *document.model();
  std::map<std::string, int> counts;
  for (const Operator& op : model.subgraphs[0].operators) ++counts[operatorName(model, op)];
  std::vector<std::pair<int, std::string>> frequent;
  for (const auto& [name, count] : counts) frequent.emplace_back(-count, name);
  std::sort(frequent.begin(), frequent.end());
  std::map<std::string, QColor> colors;
  const size_t own = std::size(kPalette) - 1;
  for (size_t i = 0; i < frequent.size(); ++i) {
    colors[frequent[i].second] = kPalette[std::min(i, own)];
    if (i < own) overlay.legend.push_back({kPalette[i], QString::fromStdString(frequent[i].second)});
  }
  if (frequent.size() > own) overlay.legend.push_back({kPalette[own], tr("other types")});
  for (const Operator& op : model.subgraphs[0].operators) {
    overlay.operators.push_back(
        {colors[operatorName(model, op)], text(precisionLabel(precisionOf(document, overlay.operators.size()))), {}});
  }
  return overlay;
}

/// Colours by a number per operator; `format` says it in words. Greater is louder, unless `smallIsLoud`.
Overlay numberOverlay(Document& document, const QString& missing, bool smallIsLoud,
                      const std::function<std::optional<double>(size_t)>& number,
                      const std::function<QString(double)>& format) {
  Overlay overlay;
  std::vector<std::optional<double>> numbers;
  double low = INFINITY, high = -INFINITY;
  for (size_t op = 0; op < operatorCount(document); ++op) {
    numbers.push_back(number(op));
    if (!numbers.back() || !std::isfinite(*numbers.back())) continue;
    low = std::min(low, *numbers.back());
    high = std::max(high, *numbers.back());
  }
  const bool dark = Theme::instance().dark();
  const QColor none = Theme::instance().colors().line;
  const bool any = high >= low;
  if (!any) overlay.missing = missing;
  for (const auto& value : numbers) {
    if (!value || !any) {
      overlay.operators.push_back({none, {}, {}});
      continue;
    }
    const double finite = std::isfinite(*value) ? *value : (*value > 0 ? high : low);
    double amount = high > low ? (finite - low) / (high - low) : 0.0;
    if (smallIsLoud) amount = 1 - amount;
    overlay.operators.push_back({scaleColor(amount, dark), format(*value), {}});
  }
  if (any) {
    overlay.legend = {{scaleColor(smallIsLoud ? 1 : 0, dark), format(low)},
                      {scaleColor(0.5, dark), format((low + high) / 2)},
                      {scaleColor(smallIsLoud ? 0 : 1, dark), format(high)}};
  }
  return overlay;
}

std::map<int32_t, double> accumulatedErrors(Document& document) {
  std::map<int32_t, double> result;
  const Variant* variant = document.variant(document.currentVariant());
  if (!variant || !variant->layerErrors) return result;
  for (const LayerError& error : variant->layerErrors->accumulated)
    result[error.floatOperator.value] = error.sqnrDecibel;
  return result;
}

Overlay bytesOverlay(Document& document) {
  const auto plan = document.plan();
  return numberOverlay(
      document, tr("The plan of this recipe is not known yet."), false,
      [&](size_t op) -> std::optional<double> {
        if (!plan || op >= plan->operators.size()) return std::nullopt;
        return static_cast<double>(plan->operators[op].constantBytesAfter);
      },
      [](double bytes) { return tr("%1 B").arg(QLocale().toString(static_cast<qlonglong>(bytes))); });
}

Overlay sqnrOverlay(Document& document) {
  return numberOverlay(
      document, tr("No operator of this recipe has quantized weights."), true,
      [&](size_t op) { return document.weightSqnr(OperatorIndex(op)); }, sqnrText);
}

Overlay sensitivityOverlay(Document& document) {
  std::map<int32_t, double> drops;
  const auto result = document.sensitivity();
  const bool share = result && result->metric == "top1";
  if (result) {
    for (const OperatorSensitivity& entry : result->operators) drops[entry.index.value] = entry.quantizeOne;
  }
  return numberOverlay(
      document, tr("Not measured yet: choose Run ▸ Sensitivity."), false,
      [&](size_t op) -> std::optional<double> {
        const auto it = drops.find(static_cast<int32_t>(op));
        return it == drops.end() ? std::nullopt : std::optional(it->second);
      },
      [share](double drop) {
        return share ? tr("%1 pp").arg(QLocale().toString(drop * 100, 'f', 1)) : QLocale().toString(drop, 'g', 3);
      });
}

Overlay errorOverlay(Document& document) {
  const auto errors = accumulatedErrors(document);
  return numberOverlay(
      document, tr("Not measured yet: choose Run ▸ Compare layers for a variant."), true,
      [&](size_t op) -> std::optional<double> {
        const auto it = errors.find(static_cast<int32_t>(op));
        return it == errors.end() ? std::nullopt : std::optional(it->second);
      },
      sqnrText);
}

Overlay timeOverlay(Document& document) {
  std::map<int32_t, double> times;
  const Variant* baseline = document.variant(0);
  if (baseline && baseline->latency) {
    for (const OperatorLatency& entry : baseline->latency->operators)
      times[entry.index.value] = entry.medianMicroseconds;
  }
  return numberOverlay(
      document, tr("Not measured yet: evaluate the float model."), false,
      [&](size_t op) -> std::optional<double> {
        const auto it = times.find(static_cast<int32_t>(op));
        return it == times.end() ? std::nullopt : std::optional(it->second);
      },
      [](double microseconds) { return tr("%1 µs").arg(QLocale().toString(microseconds, 'f', 1)); });
}

}  // namespace

QString overlayName(OverlayKind kind) {
  switch (kind) {
    case OverlayKind::EffectivePrecision:
      return tr("Effective precision");
    case OverlayKind::OperatorType:
      return tr("Operator type");
    case OverlayKind::Bytes:
      return tr("Bytes of constants");
    case OverlayKind::WeightSqnr:
      return tr("Weight SQNR");
    case OverlayKind::Sensitivity:
      return tr("Sensitivity");
    case OverlayKind::AccumulatedError:
      return tr("Accumulated error");
    case OverlayKind::Time:
      return tr("Time");
  }
  return {};
}

Overlay makeOverlay(Document& document, OverlayKind kind) {
  if (!document.hasModel()) return {};
  switch (kind) {
    case OverlayKind::EffectivePrecision:
      return precisionOverlay(document);
    case OverlayKind::OperatorType:
      return typeOverlay(document);
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
  }
  return {};
}

QColor scaleColor(double amount, bool dark) {
  // From blue to orange through a neutral middle: luminance and hue both change, so it reads without colour vision.
  struct Stop {
    double at;
    QColor light, dark;
  };
  static const Stop kStops[] = {{0.0, "#b9cfe8", "#2f4f75"}, {0.5, "#e0b96a", "#a8853a"}, {1.0, "#c4481b", "#ef7b4d"}};
  amount = std::clamp(amount, 0.0, 1.0);
  const Stop& a = amount < 0.5 ? kStops[0] : kStops[1];
  const Stop& b = amount < 0.5 ? kStops[1] : kStops[2];
  const double t = (amount - a.at) / (b.at - a.at);
  const QColor& from = dark ? a.dark : a.light;
  const QColor& to = dark ? b.dark : b.light;
  auto mix = [t](int x, int y) { return static_cast<int>(std::lround(x + (y - x) * t)); };
  return QColor(mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue()));
}

}  // namespace quantscope::ui
