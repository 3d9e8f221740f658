#include "ui/workspace/text.h"

#include <QCoreApplication>
#include <QLocale>
#include <QStringList>
#include <algorithm>
#include <cmath>

namespace quantscope::ui {

namespace {

/// The C locale groups no digits; numbers of eight digits are unreadable then.
const QLocale& locale() {
  static const QLocale chosen =
      QLocale().language() == QLocale::C ? QLocale(QLocale::English, QLocale::UnitedStates) : QLocale();
  return chosen;
}

QString tr(const char* text) {
  return QCoreApplication::translate("Text", text);
}

}  // namespace

QString fromStd(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString countText(int64_t count) {
  return locale().toString(static_cast<qlonglong>(count));
}

QString bytesText(int64_t bytes) {
  return tr("%1 B").arg(countText(bytes));
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
    return tr("%1 ms").arg(locale().toString(std::max(1, static_cast<int>(std::lround(seconds * 1000)))));
  if (seconds < 60) return tr("%1 s").arg(fixedText(seconds, 1));
  const auto whole = static_cast<int64_t>(std::llround(seconds));
  if (whole < 3600) return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
  return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString timeLeftText(double seconds) {
  if (seconds < 0) return {};
  if (seconds < 1) return tr("less than a second left");
  if (seconds < 90) return tr("about %1 s left").arg(std::lround(seconds));
  return tr("about %1 min left").arg(std::lround(seconds / 60));
}

QString precisionText(Precision precision) {
  return fromStd(precisionLabel(precision));
}

QString schemeText(const Scheme& scheme) {
  QStringList parts{precisionText(scheme.precision)};
  const bool weights = scheme.precision != Precision::Float32 && scheme.precision != Precision::Float16;
  if (weights && scheme.granularity == Granularity::PerChannel) parts << tr("per-channel");
  if (weights && scheme.granularity == Granularity::PerTensor) parts << tr("per-tensor");
  if (weights && scheme.granularity == Granularity::Blockwise) parts << tr("blocks of %1").arg(scheme.blockSize);
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
    parts << tr("from #%1").arg(*rule.first);
  } else if (rule.last) {
    parts << tr("up to #%1").arg(*rule.last);
  }
  return parts.isEmpty() ? tr("all operators") : parts.join(u' ');
}

QString sampleShapeText(std::span<const int32_t> shape) {
  if (shape.size() > 1 && shape.front() == 1) shape = shape.subspan(1);
  return fromStd(shapeText(shape));
}

QString operatorText(const Model& model, OperatorIndex op) {
  const Subgraph& graph = model.subgraphs.front();
  if (!op.valid() || op.position() >= graph.operators.size()) return tr("the graph's output");
  return tr("operator %1 %2").arg(op.value).arg(fromStd(operatorName(model, graph.operators[op.position()])));
}

}  // namespace quantscope::ui
