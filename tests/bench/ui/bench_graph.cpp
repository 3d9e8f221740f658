// Prints how long the graph of a large model takes to appear, how long one frame takes while panning and zooming, and
// how much memory it holds. Software rendering at 1920 x 1080.
// bench_graph [operators...]
#include <QApplication>
#include <QImage>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <functional>
#include <vector>

#include "tests/support/qt_event_loop_watch.h"
#include "tests/support/synthetic_models.h"
#include "ui/views/graph/graph_canvas.h"
#include "ui/views/graph/graph_loader.h"
#include "ui/workspace/theme.h"

using namespace quantscope;
using namespace quantscope::ui;

namespace {

constexpr int kFrames = 120;

double threadMilliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double wallMilliseconds() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Times {
  std::vector<double> wall, own;
  static double at(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
  }
  void print(const char* what) const {
    std::printf("  %-34s p50 %6.2f  p95 %6.2f  max %6.2f ms   (with other programs: p95 %6.2f ms)\n", what,
                at(own, 0.5), at(own, 0.95), at(own, 1.0), at(wall, 0.95));
  }
};

Overlay precisions(size_t operators) {
  const Precision used[] = {Precision::Int8, Precision::Int8, Precision::Int16x8, Precision::Float32};
  Overlay overlay;
  for (size_t i = 0; i < operators; ++i)
    overlay.colors.push_back(Theme::instance().precisionColor(used[i / 3 % 4]).rgb());
  overlay.word = [](OperatorIndex op) {
    return op.position() / 3 % 4 == 3 ? QStringLiteral("float32") : QStringLiteral("int8");
  };
  overlay.extra = [](OperatorIndex op) { return QStringLiteral("%1 dB").arg(40 + op.value % 80 / 10.0, 0, 'f', 1); };
  return overlay;
}

Times frames(GraphCanvas& canvas, QImage& image, const std::function<void(int)>& move) {
  Times times;
  for (int frame = 0; frame < kFrames; ++frame) {
    const double wall = wallMilliseconds(), own = threadMilliseconds();
    move(frame);
    QPainter painter(&image);
    canvas.paintOn(painter);
    painter.end();
    times.own.push_back(threadMilliseconds() - own);
    times.wall.push_back(wallMilliseconds() - wall);
  }
  return times;
}

void measure(tests::SyntheticKind kind, int operators) {
  const auto model = tests::makeSyntheticModel(kind, operators);
  const size_t count = model->subgraphs[0].operators.size();
  const int64_t before = tests::residentBytes();
  GraphRequest request;
  request.model = model;
  request.subgraph = SubgraphIndex(0);
  double start = wallMilliseconds(), own = threadMilliseconds();
  Progress progress;
  const auto scene = makeGraphScene(request, progress);
  if (!scene.ok()) return;
  const double made = threadMilliseconds() - own, madeWall = wallMilliseconds() - start;
  GraphCanvas canvas;
  canvas.resize(1920, 1080);
  QImage image(1920, 1080, QImage::Format_RGB32);
  own = threadMilliseconds();
  canvas.setDrawing(GraphDrawing(*scene), false);
  canvas.setOverlay(precisions(count));
  QPainter painter(&image);
  canvas.paintOn(painter);
  painter.end();
  const double shown = threadMilliseconds() - own;
  std::printf("%s, %zu operators, %zu wires\n", std::string(tests::syntheticName(kind)).c_str(), count,
              (*scene)->picture.wires.size());
  std::printf("  first picture %.0f ms: made beside the window in %.0f (with other programs %.0f), shown in %.1f ms\n",
              made + shown, made, madeWall, shown);
  const QPointF middle(960, 540);
  const auto goTo = [&](double scale) {
    canvas.centerOn({(*scene)->layout->width / 2, (*scene)->layout->height / 2});
    canvas.zoomBy(scale / canvas.scale(), middle);
  };
  const auto pan = [&](int frame) { canvas.panBy({frame % 40 < 20 ? 7.0 : -7.0, -23.0}); };
  struct Level {
    const char* name;
    double scale;
  };
  for (const Level& level : {Level{"pan, near (everything)", 1.0}, Level{"pan, near, most cards", 0.63},
                             Level{"pan, middle (types), most cards", 0.35}, Level{"pan, far (blocks)", 0.15},
                             Level{"pan, far, most blocks", 0.03}}) {
    goTo(level.scale);
    frames(canvas, image, pan).print(level.name);
  }
  canvas.fitAll();
  frames(canvas, image, [&](int) { canvas.panBy({1, 0}); }).print("pan, all of it");
  goTo(2.0);
  frames(canvas, image, [&](int) { canvas.zoomBy(0.94, middle); }).print("zoom out, 2 to 0.001");
  goTo(0.3);
  frames(canvas, image, [&](int frame) {
    canvas.zoomBy(frame % 2 ? 1.02 : 1.01, {700.0, 300.0});
  }).print("zoom in, 0.3 to 1.8");
  std::printf("  memory of the graph %.0f MB, of the program %.0f MB\n",
              static_cast<double>(tests::residentBytes() - before) / 1e6,
              static_cast<double>(tests::residentBytes()) / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  Theme::instance().apply(application, Theme::Choice::Light);
  std::vector<int> sizes;
  for (int i = 1; i < argc; ++i) sizes.push_back(std::atoi(argv[i]));
  if (sizes.empty()) sizes = {10000, 50000};
  for (const int size : sizes) {
    for (const auto kind : tests::kSyntheticKinds) measure(kind, size);
  }
  return 0;
}
