#pragma once

#include <QString>
#include <cstdint>
#include <optional>
#include <span>

#include "core/base/result.h"
#include "core/calibration/ranges.h"
#include "core/evaluation/evaluate.h"
#include "core/model/model.h"
#include "core/quantization/recipe.h"

namespace quantscope {
struct Target;
enum class Optimize;
}  // namespace quantscope

/// Numbers and names as the window writes them, everywhere the same way.
namespace quantscope::ui {

QString fromStd(std::string_view text);
QString countText(int64_t count);                         ///< "77,706"
QString bytesText(int64_t bytes);                         ///< "318,144 B"
QString shortBytesText(int64_t bytes);                    ///< "311 KiB"
QString fixedText(double value, int decimals);            ///< "46.0"; "∞" and "–" for what is not finite
QString percentText(double share, int decimals = 1);      ///< 0.751 -> "75.1"
QString pointsText(double difference, int decimals = 1);  ///< -0.006 -> "−0.6", with a sign
QString durationText(double seconds);                     ///< "14 ms", "1.1 s", "2 min 5 s"
QString timeLeftText(double seconds);                     ///< "less than a second left", "about 2 min left"
QString precisionText(Precision precision);               ///< "int16×8"
QString schemeText(const Scheme& scheme);                 ///< "int8 · per-channel", "int4 · blocks of 32 · gptq"
QString ruleText(const RecipeRule& rule);                 ///< "op:CONV_2D", "/9|14/", "#3–#9", "all operators"
QString targetText(const Target& target);                 ///< "CPU", "Edge TPU": short, for buttons
QString optimizeText(Optimize optimize);                  ///< "small size"
/// What the outputs mean, by the task's name on the command line: "classification".
QString taskText(const QString& task);
/// How ranges are chosen: "extremes of all samples".
QString observerText(Observer observer);
/// One sentence about an algorithm of the registry.
QString algorithmText(std::string_view name);
/// Shape without the leading batch of 1: "32×32×16".
QString sampleShapeText(std::span<const int32_t> shape);
/// "operator 5 CONV_2D"
QString operatorText(const Model& model, OperatorIndex op);

}  // namespace quantscope::ui
