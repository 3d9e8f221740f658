#include "ui/workspace/text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <cmath>

#include "core/quantization/targets/presets.h"

namespace quantscope::ui {

namespace {

/// The C locale groups no digits; numbers of eight digits are unreadable then.
const QLocale& locale() {
  static const QLocale chosen =
      QLocale().language() == QLocale::C ? QLocale(QLocale::English, QLocale::UnitedStates) : QLocale();
  return chosen;
}

/// The words of this file, for the catalogue of translations.
struct TextWords {
  Q_DECLARE_TR_FUNCTIONS(Text)
};

}  // namespace

QString fromStd(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString countText(int64_t count) {
  return locale().toString(static_cast<qlonglong>(count));
}

QString bytesText(int64_t bytes) {
  return TextWords::tr("%1 B").arg(countText(bytes));
}

QString shortBytesText(int64_t bytes) {
  return locale().formattedDataSize(bytes, bytes < 1024 ? 0 : 1);
}

QString fixedText(double value, int decimals) {
  if (std::isnan(value)) return QStringLiteral("–");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  QString text = locale().toString(std::abs(value), 'f', decimals);
  const bool zero = std::none_of(text.begin(), text.end(), [](QChar c) { return c >= u'1' && c <= u'9'; });
  return value < 0 && !zero ? QStringLiteral("−") + text : text;
}

QString percentText(double share, int decimals) {
  return fixedText(100 * share, decimals);
}

QString pointsText(double difference, int decimals) {
  const QString text = fixedText(100 * difference, decimals);
  if (text.startsWith(QStringLiteral("−"))) return text;
  return difference > 0 && fixedText(100 * difference, decimals) != fixedText(0, decimals) ? QStringLiteral("+") + text
                                                                                           : QStringLiteral("±") + text;
}

QString durationText(double seconds) {
  if (seconds < 1)
    return TextWords::tr("%1 ms").arg(locale().toString(std::max(1, static_cast<int>(std::lround(seconds * 1000)))));
  if (seconds < 60) return TextWords::tr("%1 s").arg(fixedText(seconds, 1));
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 3600) return TextWords::tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return TextWords::tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString timeLeftText(double seconds) {
  if (seconds < 0) return {};
  if (seconds < 1) return TextWords::tr("less than a second left");
  if (seconds < 90) return TextWords::tr("about %1 s left").arg(std::lround(seconds));
  return TextWords::tr("about %1 min left").arg(std::lround(seconds / 60));
}

QString precisionText(Precision precision) {
  return fromStd(precisionLabel(precision));
}

QString schemeText(const Scheme& scheme) {
  QStringList parts{precisionText(scheme.precision)};
  const bool weights = scheme.precision != Precision::Float32 && scheme.precision != Precision::Float16;
  if (weights && scheme.granularity == Granularity::PerChannel) parts << TextWords::tr("per-channel");
  if (weights && scheme.granularity == Granularity::PerTensor) parts << TextWords::tr("per-tensor");
  if (weights && scheme.granularity == Granularity::Blockwise)
    parts << TextWords::tr("blocks of %1").arg(scheme.blockSize);
  for (const std::string& algorithm : scheme.algorithms) parts << fromStd(algorithm);
  return parts.join(QStringLiteral(" · "));
}

QString ruleText(const RecipeRule& rule) {
  QStringList parts;
  if (!rule.operatorType.empty()) parts << QStringLiteral("op:") + fromStd(rule.operatorType);
  if (!rule.scope.empty()) parts << QStringLiteral("/%1/").arg(fromStd(rule.scope));
  if (rule.first && rule.last) {
    parts << (*rule.first == *rule.last ? QStringLiteral("#%1").arg(*rule.first)
                                        : QStringLiteral("#%1–#%2").arg(*rule.first).arg(*rule.last));
  } else if (rule.first) {
    parts << TextWords::tr("from #%1").arg(*rule.first);
  } else if (rule.last) {
    parts << TextWords::tr("up to #%1").arg(*rule.last);
  }
  return parts.isEmpty() ? TextWords::tr("all operators") : parts.join(u' ');
}

QString targetText(const Target& target) {
  if (target.name == "cpu") return TextWords::tr("CPU");
  if (target.name == "gpu") return TextWords::tr("GPU");
  if (target.name == "edge-tpu") return QStringLiteral("Edge TPU");
  if (target.name == "micro") return TextWords::tr("Microcontroller");
  if (target.name == "ethos-u") return QStringLiteral("Ethos-U");
  if (target.name == "hexagon") return QStringLiteral("Hexagon");
  return fromStd(target.title);
}

QString optimizeText(Optimize optimize) {
  switch (optimize) {
    case Optimize::Size:
      return TextWords::tr("small size");
    case Optimize::Latency:
      return TextWords::tr("low latency");
    case Optimize::Balanced:
      return TextWords::tr("balance");
  }
  return {};
}

QString taskText(const QString& task) {
  static const std::pair<const char*, const char*> kNames[] = {
      {"classification", QT_TRANSLATE_NOOP("Text", "classification")},
      {"keywords", QT_TRANSLATE_NOOP("Text", "keywords in sounds")},
      {"agreement", QT_TRANSLATE_NOOP("Text", "agreement with the float model")},
      {"detection", QT_TRANSLATE_NOOP("Text", "detection of objects")},
      {"segmentation", QT_TRANSLATE_NOOP("Text", "segmentation")},
      {"regression", QT_TRANSLATE_NOOP("Text", "regression")},
      {"anomaly", QT_TRANSLATE_NOOP("Text", "anomalies")},
      {"embedding", QT_TRANSLATE_NOOP("Text", "embeddings")}};
  for (const auto& [name, text] : kNames) {
    if (task == QLatin1String(name)) return TextWords::tr(text);
  }
  return task;
}

QString observerText(Observer observer) {
  switch (observer) {
    case Observer::MinMax:
      return TextWords::tr("extremes of all samples");
    case Observer::MovingAverage:
      return TextWords::tr("mean extremes of the samples");
    case Observer::Percentile:
      return TextWords::tr("99.98 % of the values");
    case Observer::MeanSquaredError:
      return TextWords::tr("least squared error");
    case Observer::Entropy:
      return TextWords::tr("least divergence");
  }
  return {};
}

QString algorithmText(std::string_view algorithm) {
  static const std::pair<const char*, const char*> kSummaries[] = {
      {"equalize", QT_TRANSLATE_NOOP("Text", "Evens out the ranges of channels between neighbouring layers")},
      {"smooth", QT_TRANSLATE_NOOP("Text", "Moves outliers of activations into the weights behind them")},
      {"mse", QT_TRANSLATE_NOOP("Text", "Clips weights where the mean squared error is least")},
      {"octav", QT_TRANSLATE_NOOP("Text", "Clips weights by the OCTAV recursion")},
      {"gptq", QT_TRANSLATE_NOOP("Text", "Rounds column by column; later weights make up for earlier ones")},
      {"adaround", QT_TRANSLATE_NOOP("Text", "Learns which way each weight is rounded")},
      {"bias-correction", QT_TRANSLATE_NOOP("Text", "Takes the mean error of each channel into the bias")}};
  for (const auto& [name, text] : kSummaries) {
    if (algorithm == name) return TextWords::tr(text);
  }
  return {};
}

QString sampleShapeText(std::span<const int32_t> shape) {
  if (shape.size() > 1 && shape.front() == 1) shape = shape.subspan(1);
  return fromStd(shapeText(shape));
}

QString operatorText(const Model& model, OperatorIndex op) {
  const Subgraph& graph = model.subgraphs.front();
  if (!op.valid() || op.position() >= graph.operators.size()) return TextWords::tr("the graph's output");
  return TextWords::tr("operator %1 %2")
      .arg(op.value)
      .arg(fromStd(operatorName(model, graph.operators[op.position()])));
}

}  // namespace quantscope::ui
