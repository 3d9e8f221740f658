#pragma once

#include <QString>
#include <limits>
#include <optional>

#include "ui/workspace/document.h"

/// What was measured of a variant in the form that tables and plots show, whatever its task.
namespace quantscope::ui {

struct Figures {
  static constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  enum class Source { Evaluation, Task, Search };
  enum class Verdict { Unknown, NotDifferent, Better, Worse };

  Source source = Source::Evaluation;
  QString name;       ///< of the figure: "Top-1", "mAP"
  bool share = true;  ///< shown in percent and in percentage points; else as it is
  bool higherIsBetter = true;
  double value = kNone;              ///< none: nothing to say without labels
  double low = kNone, high = kNone;  ///< 95 % interval
  double difference = kNone;         ///< to the baseline
  double pValue = kNone;             ///< of the paired test
  Verdict verdict = Verdict::Unknown;
  QString test;                     ///< which test that is, and what it counted
  std::optional<double> agreement;  ///< share of answers equal to the baseline's
  uint64_t samples = 0;
  bool partial = false;
};

/// The figures of a variant: of its evaluation, else of its task, else of the search that tried it. Nothing where it
/// was not measured.
std::optional<Figures> figuresOf(const Document& document, const Variant& variant);
/// Name of the figure that variants are compared by now, with its unit: "Top-1 %", "mAP".
QString figureTitle(const Document& document);
/// "75.1", "0.0312": without a unit.
QString figureText(const Figures& figures, double value);
/// "−0.4 not different": difference and verdict in words; empty for the baseline and where nothing is known.
QString differenceText(const Figures& figures);
QString verdictText(Figures::Verdict verdict);
/// A task's metric in words: "map_50" -> "mAP at 0.5".
QString metricText(const std::string& name);

}  // namespace quantscope::ui
