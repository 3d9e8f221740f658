#pragma once

#include <QColor>
#include <QString>
#include <functional>
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

struct LegendEntry {
  QColor color;
  QString text;
};
/// Colours and words of the operators of one subgraph; the words say what the colours say, and are made when a card is
/// drawn. Holds what it needs: it may outlive the document's present state.
struct Overlay {
  std::vector<QRgb> colors;                     ///< by operator
  std::function<QString(OperatorIndex)> word;   ///< top right of the card: "int8"
  std::function<QString(OperatorIndex)> extra;  ///< added to the second line: "46.0 dB"
  std::vector<LegendEntry> legend;
  QString missing;  ///< why there is nothing to show yet: "Not measured yet: …"; empty where there is

  bool has(OperatorIndex op) const { return op.valid() && op.position() < colors.size(); }
  QString wordOf(OperatorIndex op) const { return word && has(op) ? word(op) : QString(); }
  QString extraOf(OperatorIndex op) const { return extra && has(op) ? extra(op) : QString(); }
};

/// Values as the document has them now. Cheap: formats, computes nothing. What is measured is measured on subgraph 0;
/// others have precisions and types only.
Overlay makeOverlay(Document& document, SubgraphIndex subgraph, OverlayKind kind);

/// A colour-blind-safe scale from quiet (0) to loud (1), for light and dark, in 24 steps.
QColor scaleColor(double amount, bool dark);

}  // namespace quantscope::ui
