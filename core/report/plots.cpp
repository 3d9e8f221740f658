#include "core/report/plots.h"

#include <algorithm>
#include <cmath>

#include "core/report/text.h"

namespace quantscope::report {

namespace {

std::string number(double value) {
  return text::fixed(value, 1);
}

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + number(value) + "\"";
}

std::string line(double x1, double y1, double x2, double y2, const char* style) {
  return "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) + attribute("y2", y2) + " class=\"" +
         style + "\"/>";
}

std::string label(double x, double y, const std::string& content, const char* anchor, const char* style = "tick") {
  return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" + anchor + "\" class=\"" + style + "\">" +
         text::escape(content) + "</text>";
}

std::string open(double width, double height, const std::string& what) {
  return "<svg viewBox=\"0 0 " + number(width) + " " + number(height) + "\" role=\"img\" aria-label=\"" +
         text::escape(what) + "\">";
}

/// Moves labels that would overlap apart, downwards; `wanted` and the result are in drawing units.
std::vector<double> spread(std::vector<double> wanted, double gap) {
  std::vector<size_t> order(wanted.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return wanted[a] < wanted[b]; });
  for (size_t k = 1; k < order.size(); ++k) {
    wanted[order[k]] = std::max(wanted[order[k]], wanted[order[k - 1]] + gap);
  }
  return wanted;
}

}  // namespace

std::vector<double> roundTicks(double low, double high, int wanted) {
  if (!(high > low)) return {low};
  const double rough = (high - low) / std::max(1, wanted);
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10 * power;
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) {
      step = factor * power;
      break;
    }
  }
  std::vector<double> ticks;
  const double first = std::ceil(low / step - 1e-9);
  for (int i = 0; (first + i) * step <= high + step * 1e-9; ++i) ticks.push_back((first + i) * step);
  return ticks;
}

std::string accuracyPlot(const std::vector<PlotPoint>& points) {
  if (points.empty()) return "";
  constexpr double kLeft = 64, kTop = 14, kWidth = 560, kHeight = 260, kRight = 200, kBottom = 46;
  double lowX = points[0].x, highX = points[0].x, lowY = points[0].low, highY = points[0].high;
  for (const PlotPoint& p : points) {
    lowX = std::min(lowX, p.x), highX = std::max(highX, p.x);
    lowY = std::min(lowY, p.low), highY = std::max(highY, p.high);
  }
  lowX = std::max(lowX, 1.0) / 1.2, highX = std::max(highX, 1.0) * 1.2;
  const double margin = std::max(0.005, (highY - lowY) * 0.08);
  lowY = std::max(0.0, lowY - margin), highY = std::min(1.0, highY + margin);
  auto x = [&](double v) { return kLeft + kWidth * std::log(std::max(v, 1.0) / lowX) / std::log(highX / lowX); };
  auto y = [&](double v) { return kTop + kHeight * (1 - (v - lowY) / (highY - lowY)); };

  std::string svg = open(kLeft + kWidth + kRight, kTop + kHeight + kBottom, "accuracy over size of each variant");
  for (const double tick : roundTicks(lowY * 100, highY * 100, 6)) {
    svg += line(kLeft, y(tick / 100), kLeft + kWidth, y(tick / 100), "grid");
    svg += label(kLeft - 8, y(tick / 100) + 4, text::compact(tick, 4) + " %", "end");
  }
  double lastLabel = -1e9;
  for (double decade = std::pow(10.0, std::floor(std::log10(lowX))); decade <= highX; decade *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = decade * factor;
      if (tick < lowX || tick > highX) continue;
      svg += line(x(tick), kTop, x(tick), kTop + kHeight, "grid");
      if (x(tick) - lastLabel < 56) continue;
      lastLabel = x(tick);
      svg += label(x(tick), kTop + kHeight + 18, text::bytes(static_cast<int64_t>(std::llround(tick))), "middle");
    }
  }
  svg += label(kLeft + kWidth / 2, kTop + kHeight + 38, "size of the file (logarithmic)", "middle", "axis");
  std::vector<double> names;
  for (const PlotPoint& p : points) names.push_back(y(p.y) + 4);
  names = spread(std::move(names), 15);
  for (size_t i = 0; i < points.size(); ++i) {
    const PlotPoint& p = points[i];
    const char* style = p.baseline ? "baseline" : "variant";
    svg += "<g class=\"" + std::string(style) + "\"><title>" +
           text::escape(p.name + ": " + text::percent(p.y) + " (" + text::percent(p.low) + " to " +
                        text::percent(p.high) + "), " + text::count(static_cast<int64_t>(p.x)) + " bytes") +
           "</title>";
    svg += line(x(p.x), y(p.low), x(p.x), y(p.high), "whisker");
    svg += line(x(p.x) - 4, y(p.low), x(p.x) + 4, y(p.low), "whisker");
    svg += line(x(p.x) - 4, y(p.high), x(p.x) + 4, y(p.high), "whisker");
    svg += "<circle" + attribute("cx", x(p.x)) + attribute("cy", y(p.y)) + " r=\"4.5\" class=\"dot\"/>";
    svg += line(x(p.x) + 6, y(p.y), x(p.x) + 12, names[i] - 4, "leader");
    svg += label(x(p.x) + 14, names[i], text::shorten(p.name, 28), "start", "name");
    svg += "</g>";
  }
  return svg + "</svg>";
}

std::string barPlot(const std::vector<PlotBar>& bars, const std::string& unit, const std::string& secondName) {
  if (bars.empty()) return "";
  constexpr double kLeft = 250, kWidth = 460, kRight = 110, kRow = 20, kTop = 6;
  double low = 0, high = 0;
  for (const PlotBar& bar : bars) {
    for (const double value : {bar.value, bar.second.value_or(0)}) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value), high = std::max(high, value);
    }
  }
  if (high <= low) high = low + 1;
  auto x = [&](double v) {
    if (!std::isfinite(v)) v = v < 0 ? low : high;
    return kLeft + kWidth * (v - low) / (high - low);
  };
  const double bottom = kTop + kRow * static_cast<double>(bars.size());
  std::string svg = open(kLeft + kWidth + kRight, bottom + 26, "one bar per operator");
  for (const double tick : roundTicks(low, high, 6)) {
    svg += line(x(tick), kTop, x(tick), bottom, "grid");
    svg += label(x(tick), bottom + 16, text::compact(tick, 3) + unit, "middle");
  }
  for (size_t i = 0; i < bars.size(); ++i) {
    const PlotBar& bar = bars[i];
    const double top = kTop + kRow * static_cast<double>(i);
    std::string title = bar.title + ": " + text::fixed(bar.value, 1) + unit;
    if (bar.second) title += ", " + secondName + " " + text::fixed(*bar.second, 1) + unit;
    svg += "<g><title>" + text::escape(title) + "</title>";
    svg += label(kLeft - 8, top + 14, text::shorten(bar.label, 38), "end", "name");
    const double from = std::min(x(0), x(bar.value)), to = std::max(x(0), x(bar.value));
    svg += "<rect" + attribute("x", from) + attribute("y", top + 4) + attribute("width", std::max(1.0, to - from)) +
           attribute("height", kRow - 8) + " rx=\"2\" class=\"bar\"/>";
    if (bar.second) {
      svg += line(x(*bar.second), top + 2, x(*bar.second), top + kRow - 2, "second");
    }
    // Behind the mark, which would cross it.
    const double end = bar.second ? std::max(to, x(*bar.second)) : to;
    svg += label(end + 7, top + 14, text::fixed(bar.value, 1) + unit, "start");
    svg += "</g>";
  }
  return svg + "</svg>";
}

}  // namespace quantscope::report
