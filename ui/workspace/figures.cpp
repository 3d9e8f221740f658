#include "ui/workspace/figures.h"

#include <QCoreApplication>
#include <cmath>

#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

using Verdict = Figures::Verdict;

/// The words of this file, for the catalogue of translations.
struct FigureWords {
  Q_DECLARE_TR_FUNCTIONS(Figures)
};

/// `gain`: above 0 where the variant does better.
Verdict verdictOf(double pValue, double gain) {
  if (!(pValue < 0.05) || gain == 0) return Verdict::NotDifferent;
  return gain > 0 ? Verdict::Better : Verdict::Worse;
}

void setShare(Figures& figures, const Proportion& share) {
  if (!share.total) return;
  figures.value = share.value();
  figures.low = share.low();
  figures.high = share.high();
}

QString mcnemarText(uint64_t onlyFirst, uint64_t onlySecond) {
  return FigureWords::tr("McNemar's test: right in the baseline alone %1, in this variant alone %2")
      .arg(countText(static_cast<int64_t>(onlyFirst)), countText(static_cast<int64_t>(onlySecond)));
}

Figures ofEvaluation(const Document& document, const Variant& variant) {
  const EvaluationResult& result = *variant.evaluation;
  Figures figures;
  figures.name = result.labelled ? FigureWords::tr("Top-1") : FigureWords::tr("Agreement");
  figures.samples = result.samples;
  figures.partial = result.partial;
  const bool baseline = variant.id == 0;
  if (result.agreement && !baseline) figures.agreement = result.agreement->value();
  if (!result.labelled) {
    if (baseline)
      figures.value = 1;
    else if (result.agreement)
      setShare(figures, *result.agreement);
    return figures;
  }
  setShare(figures, result.top1);
  const auto& first = document.variants().front().evaluation;
  if (baseline || !first || !first->labelled) return figures;
  const PairedTest test = compareResults(*first, result);
  figures.difference = result.top1.value() - first->top1.value();
  figures.pValue = test.pValue;
  figures.verdict = verdictOf(test.pValue, static_cast<double>(test.onlySecond) - static_cast<double>(test.onlyFirst));
  figures.test = mcnemarText(test.onlyFirst, test.onlySecond);
  return figures;
}

bool isShare(const std::string& metric) {
  for (const char* other : {"mae", "rmse", "r2", "kl_divergence", "relative_error", "auc", "pauc", "cosine",
                            "cosine_same_label", "cosine_other_label"}) {
    if (metric == other) return false;
  }
  return true;
}

Figures ofTask(const Document& document, const Variant& variant) {
  const TaskResult& result = *variant.taskResult;
  const TaskMetric& metric = result.metrics.front();
  Figures figures;
  figures.source = Figures::Source::Task;
  figures.name = metricText(metric.name);
  figures.share = isShare(metric.name);
  figures.higherIsBetter = metric.higherIsBetter;
  figures.value = metric.value;
  figures.low = metric.low.value_or(Figures::kNone);
  figures.high = metric.high.value_or(Figures::kNone);
  figures.samples = result.samples;
  figures.partial = result.partial;
  if (metric.name == "agreement" && variant.id != 0) figures.agreement = metric.value;
  const auto& first = document.variants().front().taskResult;
  if (variant.id == 0 || !first || first->task != result.task || first->metrics.empty() || metric.name == "agreement")
    return figures;
  figures.difference = metric.value - first->metrics.front().value;
  if (!variant.paired) return figures;
  figures.pValue = variant.paired->pValue;
  const double gain = variant.paired->difference * (metric.higherIsBetter ? 1 : -1);
  figures.verdict = verdictOf(figures.pValue, gain);
  figures.test = FigureWords::tr("Paired bootstrap of the %1").arg(fromStd(result.perSampleName));
  return figures;
}

Figures ofSearch(const Variant& variant) {
  const Fidelity& f = variant.searched->fidelity;
  Figures figures;
  figures.source = Figures::Source::Search;
  figures.samples = f.samples;
  if (f.ranked) figures.agreement = Proportion{f.same, f.ranked}.value();
  switch (variant.searched->metric) {
    case QualityMetric::Top1:
      figures.name = FigureWords::tr("Top-1");
      setShare(figures, {f.right, f.labelled});
      if (!f.labelled) break;
      figures.difference = (static_cast<double>(f.onlyVariantRight) - static_cast<double>(f.onlyOriginalRight)) /
                           static_cast<double>(f.labelled);
      figures.pValue = mcnemarPValue(f.onlyOriginalRight, f.onlyVariantRight);
      figures.verdict = verdictOf(figures.pValue, figures.difference);
      figures.test = mcnemarText(f.onlyOriginalRight, f.onlyVariantRight);
      break;
    case QualityMetric::Agreement:
      figures.name = FigureWords::tr("Agreement");
      setShare(figures, {f.same, f.ranked});
      break;
    default:
      figures.name = FigureWords::tr("1 − relative error");
      figures.value = f.quality(QualityMetric::OutputError);
  }
  return figures;
}

}  // namespace

std::optional<Figures> figuresOf(const Document& document, const Variant& variant) {
  if (variant.evaluation) return ofEvaluation(document, variant);
  if (variant.taskResult && !variant.taskResult->metrics.empty()) return ofTask(document, variant);
  if (variant.searched) return ofSearch(variant);
  return std::nullopt;
}

QString figureTitle(const Document& document) {
  for (const Variant& variant : document.variants()) {
    const auto figures = figuresOf(document, variant);
    if (!figures || (variant.stale && variant.id != 0)) continue;
    return figures->share ? figures->name + QStringLiteral(" %") : figures->name;
  }
  return FigureWords::tr("Top-1") + QStringLiteral(" %");
}

QString figureText(const Figures& figures, double value) {
  if (std::isnan(value)) return {};
  if (figures.share) return percentText(value);
  return fixedText(value, std::abs(value) >= 100 ? 1 : std::abs(value) >= 1 ? 3 : 4);
}

QString verdictText(Verdict verdict) {
  switch (verdict) {
    case Verdict::Better:
      return FigureWords::tr("better");
    case Verdict::Worse:
      return FigureWords::tr("worse");
    case Verdict::NotDifferent:
      return FigureWords::tr("not different");
    case Verdict::Unknown:
      break;
  }
  return {};
}

QString differenceText(const Figures& figures) {
  if (std::isnan(figures.difference)) return {};
  QString text = figureText(figures, figures.difference);
  if (figures.share)
    text = pointsText(figures.difference);
  else if (figures.difference > 0)
    text.prepend(u'+');
  if (figures.partial)
    return FigureWords::tr("%1 of %2 samples").arg(text, countText(static_cast<int64_t>(figures.samples)));
  const QString verdict = verdictText(figures.verdict);
  return verdict.isEmpty() ? text : text + u' ' + verdict;
}

QString metricText(const std::string& name) {
  static const std::pair<const char*, const char*> kNames[] = {
      {"map", QT_TRANSLATE_NOOP("Figures", "mAP")},
      {"map50", QT_TRANSLATE_NOOP("Figures", "mAP at 0.5")},
      {"map75", QT_TRANSLATE_NOOP("Figures", "mAP at 0.75")},
      {"map_small", QT_TRANSLATE_NOOP("Figures", "mAP of small things")},
      {"map_medium", QT_TRANSLATE_NOOP("Figures", "mAP of medium things")},
      {"map_large", QT_TRANSLATE_NOOP("Figures", "mAP of large things")},
      {"ar1", QT_TRANSLATE_NOOP("Figures", "Recall, 1 box")},
      {"ar10", QT_TRANSLATE_NOOP("Figures", "Recall, 10 boxes")},
      {"ar100", QT_TRANSLATE_NOOP("Figures", "Recall, 100 boxes")},
      {"miou", QT_TRANSLATE_NOOP("Figures", "Mean IoU")},
      {"pixel_accuracy", QT_TRANSLATE_NOOP("Figures", "Right pixels")},
      {"mean_picture_iou", QT_TRANSLATE_NOOP("Figures", "IoU per picture")},
      {"mae", QT_TRANSLATE_NOOP("Figures", "Mean abs. error")},
      {"rmse", QT_TRANSLATE_NOOP("Figures", "RMS error")},
      {"r2", QT_TRANSLATE_NOOP("Figures", "R²")},
      {"auc", QT_TRANSLATE_NOOP("Figures", "AUC")},
      {"pauc", QT_TRANSLATE_NOOP("Figures", "Partial AUC")},
      {"agreement", QT_TRANSLATE_NOOP("Figures", "Agreement")},
      {"kl_divergence", QT_TRANSLATE_NOOP("Figures", "KL divergence")},
      {"cosine", QT_TRANSLATE_NOOP("Figures", "Cosine")},
      {"relative_error", QT_TRANSLATE_NOOP("Figures", "Relative error")},
      {"cosine_same_label", QT_TRANSLATE_NOOP("Figures", "Cosine, same label")},
      {"cosine_other_label", QT_TRANSLATE_NOOP("Figures", "Cosine, other label")}};
  for (const auto& [key, text] : kNames) {
    if (name == key) return FigureWords::tr(text);
  }
  if (name.starts_with("recall@")) return FigureWords::tr("Recall at %1").arg(fromStd(name.substr(7)));
  return fromStd(name);
}

}  // namespace quantscope::ui
