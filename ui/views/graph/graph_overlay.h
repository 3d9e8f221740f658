#pragma once

#include <QColor>
#include <QString>
#include <vector>

#include "core/base/index.h"

namespace quantscope::ui {

class Document;

/// What the colour of a card means.
enum class OverlayKind { EffectivePrecision, OperatorType, Bytes, WeightSqnr, Sensitivity, AccumulatedError, Time };
inline constexpr OverlayKind kOverlayKinds[] = {
    OverlayKind::EffectivePrecision, OverlayKind::OperatorType,     OverlayKind::Bytes, OverlayKind::WeightSqnr,
    OverlayKind::Sensitivity,        OverlayKind::AccumulatedError, OverlayKind::Time};
QString overlayName(OverlayKind kind);

/// Colour and words of one operator; the words say what the colour says.
struct OverlayValue {
  QColor color;
  QString word;    ///< top right of the card: "int8"
  QString detail;  ///< added to the second line: "46.0 dB"
};
struct LegendEntry {
  QColor color;
  QString text;
};
struct Overlay {
  std::vector<OverlayValue> operators;  ///< by operator of subgraph 0
  std::vector<LegendEntry> legend;
  QString missing;  ///< why there is nothing to show yet: "Run Sensitivity first"; empty where there is
};

/// Values as the document has them now. Cheap: formats, computes nothing.
Overlay makeOverlay(Document& document, OverlayKind kind);

/// A colour-blind-safe scale from quiet (0) to loud (1), for light and dark.
QColor scaleColor(double amount, bool dark);

}  // namespace quantscope::ui
