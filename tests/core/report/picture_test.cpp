#include <zlib.h>

#include <cstring>
#include <filesystem>

#include "core/data/picture.h"
#include "core/report/answer_sections.h"
#include "core/report/coverage_canvas.h"
#include "core/report/graph_scene.h"
#include "core/report/outline_font.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::report;
using quantscope::tests::ModelBuilder;

namespace {

std::shared_ptr<const Model> smallModel() {
  ModelBuilder m;
  const auto x = m.tensor({1, 8}, ElementType::Float32, "input (one)");
  const auto y = m.tensor({1, 8}, ElementType::Float32, "hidden"), z = m.tensor({1, 8}, ElementType::Float32, "sum");
  m.inputs({x});
  m.fullyConnected(x, m.randomConstant({8, 8}), TensorIndex(), y);
  m.add(y, x, z);
  m.outputs({z});
  return m.build();
}

Scene sceneOf(const Model& model) {
  Progress progress;
  auto scene = graphScene(model, progress);
  REQUIRE(scene.ok());
  return *scene;
}

uint32_t pixel(const CoverageCanvas& canvas, int x, int y) {
  const auto at = (static_cast<size_t>(y) * static_cast<size_t>(canvas.width()) + static_cast<size_t>(x)) * 3;
  return static_cast<uint32_t>(canvas.rgb()[at]) << 16 | static_cast<uint32_t>(canvas.rgb()[at + 1]) << 8 |
         canvas.rgb()[at + 2];
}

}  // namespace

TEST_CASE("An area covers whole pixels fully and halves by half; a hole stays empty", "[report][picture]") {
  CoverageCanvas canvas(8, 8, 0xffffff);
  canvas.fill({{{1, 1}, {6.5, 1}, {6.5, 7}, {1, 7}}, {{3, 3}, {3, 5}, {5, 5}, {5, 3}}}, 0x000000);
  CHECK(pixel(canvas, 0, 0) == 0xffffff);
  CHECK(pixel(canvas, 1, 1) == 0x000000);
  CHECK(pixel(canvas, 5, 6) == 0x000000);
  CHECK(pixel(canvas, 6, 2) == 0x808080);
  CHECK(pixel(canvas, 7, 2) == 0xffffff);
  CHECK(pixel(canvas, 3, 3) == 0xffffff);
  CHECK(pixel(canvas, 4, 4) == 0xffffff);
}

TEST_CASE("Areas beyond the picture are cut off", "[report][picture]") {
  CoverageCanvas canvas(4, 4, 0xffffff);
  canvas.fill({{{-100, -100}, {100, -100}, {100, 100}, {-100, 100}}}, 0x102030);
  for (int i = 0; i < 4; ++i) CHECK(pixel(canvas, i, i) == 0x102030);
  canvas.fill({{{10, 10}, {20, 10}, {20, 20}}}, 0xff0000);
  canvas.fill({}, 0xff0000);
  CHECK(pixel(canvas, 3, 3) == 0x102030);
}

TEST_CASE("A stroke is as wide as it should be", "[report][picture]") {
  CoverageCanvas canvas(10, 10, 0xffffff);
  canvas.fill(strokeOf({{0, 5}, {10, 5}}, 2), 0x000000);
  CHECK(pixel(canvas, 5, 4) == 0x000000);
  CHECK(pixel(canvas, 5, 5) == 0x000000);
  CHECK(pixel(canvas, 5, 3) == 0xffffff);
  CHECK(pixel(canvas, 5, 6) == 0xffffff);
  CHECK(strokeOf({{1, 1}, {1, 1}}, 2).empty());
}

TEST_CASE("The scene has a card for each operator and pin, and both themes in the SVG", "[report][picture]") {
  const Scene scene = sceneOf(*smallModel());
  size_t cards = 0;
  for (const auto& item : scene.items) {
    const auto* rect = std::get_if<SceneRect>(&item);
    cards += rect && rect->paint == Paint::Card;
  }
  CHECK(cards == 4);
  const std::string svg = sceneSvg(scene);
  CHECK(svg.find("FULLY_CONNECTED") != std::string::npos);
  CHECK(svg.find("<title>hidden</title>") != std::string::npos);
  CHECK(svg.find("prefers-color-scheme:dark") != std::string::npos);
}

TEST_CASE("The PDF is one page whose text is there and whose table of objects is right", "[report][picture]") {
  const std::string pdf = scenePdf(sceneOf(*smallModel()));
  CHECK(pdf.rfind("%PDF-1.6", 0) == 0);
  const size_t start = std::stoul(pdf.substr(pdf.find("startxref\n") + 10));
  REQUIRE(pdf.compare(start, 4, "xref") == 0);
  size_t entry = start + std::strlen("xref\n0 8\n") + 20;
  for (int object = 1; object <= 7; ++object, entry += 20) {
    const size_t offset = std::stoul(pdf.substr(entry, 10));
    CHECK(pdf.compare(offset, 7, std::to_string(object) + " 0 obj") == 0);
  }
  const size_t begin = pdf.find("/FlateDecode");
  REQUIRE(begin != std::string::npos);
  const size_t data = pdf.find("stream\n", begin) + 7;
  std::string content(1 << 16, '\0');
  uLongf size = content.size();
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(content.data()), &size, reinterpret_cast<const Bytef*>(pdf.data() + data),
                     static_cast<uLong>(pdf.size() - data)) == Z_OK);
  CHECK(content.find("(FULLY_CONNECTED) Tj") != std::string::npos);
  CHECK(content.find("\\(one\\)") != std::string::npos);
}

TEST_CASE("The PNG is as large as asked for and shows more than its background", "[report][picture]") {
  const Scene scene = sceneOf(*smallModel());
  const auto png = scenePng(scene, 1.5);
  if (!png && png.error().code == ErrorCode::NotFound) {
    tests::skipLoudly("drawing letters", "there is no outline font");
    return;
  }
  REQUIRE(png.ok());
  const auto picture = decodePicture(std::as_bytes(std::span(*png)), "graph.png");
  REQUIRE(picture.ok());
  CHECK(picture->width == static_cast<int>(std::ceil(scene.width * 1.5)));
  size_t dark = 0;
  for (size_t i = 0; i < picture->rgb.size(); i += 3) dark += picture->rgb[i] < 0x60;
  // Letters of about a dozen short texts.
  CHECK(dark > 500);
  CHECK(scenePng(scene, 1e6).error().code == ErrorCode::ResourceLimit);
}

TEST_CASE("Text of a font is as wide as its letters, and damaged fonts are refused", "[report][picture]") {
  const std::filesystem::path path = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf";
  const auto font = OutlineFont::open(path);
  if (!font) {
    tests::skipLoudly("reading a font", "DejaVu Sans is not here");
  } else {
    CHECK(font->width("ii", 12) == Approx(2 * font->width("i", 12)));
    CHECK(font->width("M", 12) > 2 * font->width("i", 12));
    // o has an outer and an inner line, i a stem and a dot, a space nothing.
    CHECK(font->outline("o", 12, 0, 0).size() == 2);
    CHECK(font->outline("i", 12, 0, 0).size() == 2);
    CHECK(font->outline(" ", 12, 0, 0).empty());
    CHECK(font->outline("é", 12, 0, 0).size() == 3);
  }
  CHECK(OutlineFont::open("/nowhere.ttf").error().code == ErrorCode::NotFound);
  CHECK_FALSE(OutlineFont::open(tests::sourceFolder() / "README.md").ok());
  CHECK(codePoints("a×\xff") == std::vector<uint32_t>{'a', 0xd7, 0xfffd});
}

TEST_CASE("Base64 pads to groups of four", "[report]") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("\xff\xfe\xfd\xfc") == "//79/A==");
}
