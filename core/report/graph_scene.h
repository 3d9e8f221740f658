#pragma once

#include <string>
#include <variant>
#include <vector>

#include "core/base/result.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"

/// The picture of a graph as shapes, before any file format. Lengths are CSS pixels, y goes down.
namespace quantscope::report {

/// What a shape is; formats look its colours up.
enum class Paint { Background, Card, Text, SmallText, BoldText, Edge, Float32, Float16, Int16, Int8, Int4, Dynamic };

/// 0xRRGGBB: fill, or for Edge and the outline of Card the line.
struct PaintColors {
  uint32_t fill = 0, outline = 0;
  bool hasOutline = false;
};
PaintColors colorsOf(Paint paint, bool dark);

struct SceneRect {
  double x = 0, y = 0, width = 0, height = 0, radius = 0;
  Paint paint = Paint::Card;
  std::string hover;  ///< the full name of what it shows; empty: none
};
struct ScenePoint {
  double x = 0, y = 0;
};
/// A line of cubic Bézier pieces: start, then control, control, end for each; a dashed one of straight pieces.
struct SceneCurve {
  std::vector<ScenePoint> points;
  bool dashed = false;  ///< points are then ends of straight pieces, two by two
};
struct SceneText {
  double x = 0, y = 0;  ///< of the base line's start, or its middle
  std::string text;
  Paint paint = Paint::Text;
  bool centered = false;
};
/// Size of the letters, in pixels.
double textSize(Paint paint);

struct Scene {
  double width = 0, height = 0;
  std::vector<std::variant<SceneRect, SceneCurve, SceneText>> items;  ///< later ones cover earlier ones
};

/// Subgraph 0: a card per operator, coloured by the precision that it runs in. Errors: those of layoutGraph();
/// InvalidArgument (no subgraph).
Result<Scene> graphScene(const Model& model, Progress& progress);

/// Colours follow the viewer's light or dark theme.
std::string sceneSvg(const Scene& scene);
/// One page as large as the scene; text in Helvetica, letters that it has not as "?". Light colours.
std::string scenePdf(const Scene& scene);
/// `scale` pixels for one of the scene's. Letters come from an outline font of the system (DejaVu Sans, Liberation
/// Sans, Noto Sans or what $QUANTSCOPE_FONT names). Light colours. Errors: NotFound (no such font); ResourceLimit (more
/// than 400 million pixels).
Result<std::string> scenePng(const Scene& scene, double scale);

}  // namespace quantscope::report
