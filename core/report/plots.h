#pragma once

#include <optional>
#include <string>
#include <vector>

/// Small plots as inline SVG. Colours are CSS variables of the page (see page_style.h), so that they follow its theme.
namespace quantscope::report {

/// A point with an interval in y. Drawn in the order given, each with its name beside it.
struct PlotPoint {
  std::string name;
  double x = 0, y = 0, low = 0, high = 0;
  bool baseline = false;
};
/// Accuracy (0..1) over bytes; the size axis is logarithmic.
std::string accuracyPlot(const std::vector<PlotPoint>& points);

struct PlotBar {
  std::string label, title;  ///< the title is the full text shown on hover
  double value = 0;
  std::optional<double> second;  ///< thin marker on the same axis
};
/// Horizontal bars with their values; `unit` follows each value. Infinite values reach the right edge.
std::string barPlot(const std::vector<PlotBar>& bars, const std::string& unit, const std::string& secondName);

/// Ticks at round numbers (1, 2 or 5 times a power of ten) that cover [low, high], about `wanted` of them.
std::vector<double> roundTicks(double low, double high, int wanted);

}  // namespace quantscope::report
