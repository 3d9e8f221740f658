#include <cmath>
#include <cstring>

#include "core/data/npz.h"
#include "core/data/picture.h"
#include "core/data/picture_input.h"
#include "core/data/resize.h"
#include "tests/core/data/zip_bytes.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

std::filesystem::path pictures() {
  return sourceFolder() / "tests/golden/data/pictures";
}

std::vector<uint8_t> bytesOf(const TensorValue& value) {
  const auto values = value.values<uint8_t>();
  return {values.begin(), values.end()};
}

int largestDifference(const std::vector<uint8_t>& a, const std::vector<uint8_t>& b) {
  if (a.size() != b.size()) return 256;
  int largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

std::string textOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<Picture> decode(const std::string& text) {
  return decodePicture(std::as_bytes(std::span(text)), "test");
}

float largestDifference(std::span<const float> a, std::span<const float> b) {
  float largest = a.size() == b.size() ? 0.0f : 1e9f;
  for (size_t i = 0; i < a.size() && i < b.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

PictureInput inputOf(std::vector<int32_t> shape) {
  return PictureInput::of({"x", std::move(shape), ElementType::Float32, {}}).value();
}

}  // namespace

TEST_CASE("pictures decode to the bytes that Pillow decodes", "[data][picture]") {
  const auto expected = readNpz(pictures() / "expected.npz");
  REQUIRE(expected);
  REQUIRE(expected->size() > 20);
  for (const auto& [name, pixels] : *expected) {
    INFO(name);
    const auto picture = readPicture(pictures() / name);
    REQUIRE(picture);
    CHECK(picture->height == pixels.shape[0]);
    CHECK(picture->width == pixels.shape[1]);
    // Pillow multiplies inks in steps of its own; one level is the rounding of that.
    CHECK(largestDifference(picture->rgb, bytesOf(pixels)) <= (name == "cmyk.jpg" ? 1 : 0));
  }
}

TEST_CASE("damaged pictures are errors, never crashes", "[data][picture][untrusted]") {
  for (const char* name :
       {"baseline420.jpg", "progressive.jpg", "rgb.png", "palette.png", "interlaced.png", "orientation6.jpg",
        "lossy.webp", "lossless.webp", "rgb.tif", "tiled.tif", "jpeg.tif", "bilevel.tif"}) {
    const std::string whole = textOf(pictures() / name);
    REQUIRE(decode(whole).ok());
    for (size_t length = 0; length + 12 < whole.size(); ++length) {
      INFO(name << " cut to " << length);
      const auto picture = decode(whole.substr(0, length));
      // What is missing of a TIFF may be a remark that nobody needs.
      if (picture.ok() && std::string_view(name).ends_with(".tif")) {
        CHECK(picture->rgb == decode(whole)->rgb);
      } else {
        CHECK_FALSE(picture.ok());
      }
    }
    for (size_t at = 0; at < whole.size(); ++at) {
      for (const char value : {'\0', '\xff', '\x7f'}) {
        std::string changed = whole;
        changed[at] = value;
        const auto picture = decode(changed);
        if (picture.ok())
          CHECK(picture->rgb.size() == size_t{3} * static_cast<size_t>(picture->width * picture->height));
      }
    }
  }
  CHECK(decode("").error().code == ErrorCode::Malformed);
  CHECK(decode(std::string("II*\0\x08\0\0\0", 8)).error().code == ErrorCode::Malformed);
  CHECK(decode("RIFF\x08\1\1\1WEBPVP8 ").error().code == ErrorCode::Malformed);
  CHECK(decode("GIF89a").error().code == ErrorCode::Unsupported);
  CHECK(readPicture(pictures() / "absent.png").error().code == ErrorCode::NotFound);
  CHECK(readPicture(pictures()).error().code == ErrorCode::Io);
  CHECK(decode("\xff\xd8").error().message().find("test") != std::string::npos);
}

TEST_CASE("a picture that claims to be huge is refused before its pixels are made room for",
          "[data][picture][untrusted]") {
  std::string jpeg = textOf(pictures() / "baseline444.jpg");
  const size_t frame = jpeg.find("\xff\xc0");
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\xff\xdc\xff\xdc");
  CHECK(decode(jpeg).error().code == ErrorCode::ResourceLimit);

  std::string webp = textOf(pictures() / "lossy.webp");
  const size_t key = webp.find("\x9d\x01\x2a");  // start code of a key frame, then 14 bits each of width and height
  REQUIRE(key != std::string::npos);
  webp.replace(key + 3, 4, "\xff\x3f\xff\x3f");
  CHECK(decode(webp).error().code == ErrorCode::ResourceLimit);

  std::string tiff = textOf(pictures() / "big_endian.tif");
  const size_t width = tiff.find(std::string("\x01\x00\x00\x03\x00\x00\x00\x01", 8));  // tag 256, one short number
  REQUIRE(width != std::string::npos);
  for (const size_t entry : {width, width + 12}) tiff.replace(entry + 8, 2, "\xff\xff");
  CHECK(decode(tiff).error().code == ErrorCode::ResourceLimit);
}

TEST_CASE("what of WebP and TIFF is not read is named", "[data][picture][untrusted]") {
  // An extended header whose flags say that it moves.
  const std::string moving("RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x1f\0\0\x1f\0\0", 30);
  const auto animated = decode(moving);
  REQUIRE_FALSE(animated.ok());
  CHECK(animated.error().code == ErrorCode::Unsupported);
  CHECK(animated.error().message().find("animated") != std::string::npos);

  std::string tiff = textOf(pictures() / "deep.tif");
  const size_t kind = tiff.find(std::string("\x06\x01\x03\0\x01\0\0\0\x02", 9));  // photometric interpretation: RGB
  REQUIRE(kind != std::string::npos);
  tiff[kind + 8] = '\x2a';  // not known
  const auto unknown = decode(tiff);
  REQUIRE_FALSE(unknown.ok());
  CHECK(unknown.error().code == ErrorCode::Unsupported);
}

TEST_CASE("plain BMP files are read from the bottom or the top, with and without a palette", "[data][picture]") {
  auto little = [](uint32_t value, size_t bytes) {
    std::string text;
    for (size_t i = 0; i < bytes; ++i) text += i < 4 ? static_cast<char>(value >> (8 * i)) : '\0';
    return text;
  };
  auto bmp = [&](uint32_t height, uint32_t bits, const std::string& palette, const std::string& pixels,
                 uint32_t coding = 0) {
    return "BM" + little(0, 8) + little(static_cast<uint32_t>(54 + palette.size()), 4) + little(40, 4) + little(2, 4) +
           little(height, 4) + little(1, 2) + little(bits, 2) + little(coding, 4) + little(0, 12) +
           little(static_cast<uint32_t>(palette.size() / 4), 4) + little(0, 4) + palette + pixels;
  };
  const std::string rows("\x01\x02\x03\x04\x05\x06\0\0\x11\x12\x13\x14\x15\x16\0\0", 16);
  const auto upward = decode(bmp(2, 24, "", rows)), downward = decode(bmp(static_cast<uint32_t>(-2), 24, "", rows));
  REQUIRE(upward.ok());
  CHECK(upward->rgb == std::vector<uint8_t>{0x13, 0x12, 0x11, 0x16, 0x15, 0x14, 3, 2, 1, 6, 5, 4});
  REQUIRE(downward.ok());
  CHECK(downward->rgb == std::vector<uint8_t>{3, 2, 1, 6, 5, 4, 0x13, 0x12, 0x11, 0x16, 0x15, 0x14});
  const std::string palette("\x01\x02\x03\0\x09\x08\x07\0", 8);
  CHECK(decode(bmp(1, 8, palette, std::string("\1\0\0\0", 4)))->rgb == std::vector<uint8_t>{7, 8, 9, 3, 2, 1});
  CHECK(decode(bmp(1, 8, palette, std::string("\2\0\0\0", 4))).error().code == ErrorCode::Malformed);
  CHECK(decode(bmp(2, 24, "", rows.substr(1))).error().code == ErrorCode::Malformed);
  CHECK(decode(bmp(2, 24, "", rows, 1)).error().code == ErrorCode::Unsupported);
  CHECK(decode(bmp(0x7fffffff, 24, "", rows)).error().code == ErrorCode::ResourceLimit);
  CHECK(decode("BM").error().code == ErrorCode::Malformed);
}

TEST_CASE("resizing equals TensorFlow, and with antialiasing Pillow", "[data][picture]") {
  const auto goldens = readNpz(pictures() / "resized.npz");
  REQUIRE(goldens);
  const auto& rgb = goldens->at("rgb");
  Picture picture{rgb.shape[1], rgb.shape[0], bytesOf(rgb)};
  for (const char* size : {"down", "up"}) {
    for (const bool antialias : {false, true}) {
      const auto& wanted = goldens->at(std::string(antialias ? "pil_" : "tf_") + size);
      Preprocessing preprocessing;
      preprocessing.interpolation = antialias ? Interpolation::Antialiased : Interpolation::Bilinear;
      const auto found = preprocessPicture(picture, preprocessing, inputOf({1, wanted.shape[0], wanted.shape[1], 3}));
      INFO(size << " " << antialias);
      // Float32 sums of values up to 255 in another order.
      CHECK(largestDifference(found.values<float>(), wanted.values<float>()) < 1e-3f);
    }
  }
}

TEST_CASE("pixels become (pixel * scale - mean) / std in the order that the model takes", "[data][picture]") {
  const Picture picture{2, 1, {10, 20, 30, 40, 50, 60}};
  auto valuesFor = [&](const Preprocessing& preprocessing, std::vector<int32_t> shape) {
    const auto value = preprocessPicture(picture, preprocessing, inputOf(std::move(shape)));
    const auto values = value.values<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  CHECK(valuesFor({}, {1, 1, 2, 3}) == std::vector<float>{10, 20, 30, 40, 50, 60});
  CHECK(valuesFor({}, {1, 3, 1, 2}) == std::vector<float>{10, 40, 20, 50, 30, 60});
  CHECK(valuesFor({}, {1, 2, 3}) == std::vector<float>{10, 20, 30, 40, 50, 60});
  Preprocessing p;
  p.standardDeviation = {255};
  CHECK(valuesFor(p, {1, 1, 2, 3})[4] == 50.0f / 255.0f);
  p.mean = {10, 20, 30};
  p.standardDeviation = {2, 4, 5};
  p.scale = 0.5f;
  CHECK(valuesFor(p, {1, 1, 2, 3}) == std::vector<float>{-2.5f, -2.5f, -3, 5, 1.25f, 0});
  Preprocessing bgr;
  bgr.channels = ChannelOrder::Bgr;
  CHECK(valuesFor(bgr, {1, 1, 2, 3}) == std::vector<float>{30, 20, 10, 60, 50, 40});
  CHECK(valuesFor({}, {1, 1, 2, 1}) == std::vector<float>{18, 48});
  Preprocessing gray;
  gray.channels = ChannelOrder::Gray;
  CHECK(valuesFor(gray, {1, 1, 2, 3}) == std::vector<float>{18, 18, 18, 48, 48, 48});
}

TEST_CASE("grey equals Pillow's", "[data][picture]") {
  const auto goldens = readNpz(pictures() / "resized.npz");
  REQUIRE(goldens);
  const auto& rgb = goldens->at("rgb");
  const auto found =
      preprocessPicture({rgb.shape[1], rgb.shape[0], bytesOf(rgb)}, {}, inputOf({1, rgb.shape[0], rgb.shape[1], 1}));
  const auto wanted = bytesOf(goldens->at("gray"));
  CHECK(std::equal(wanted.begin(), wanted.end(), found.values<float>().begin(), found.values<float>().end()));
}

TEST_CASE("center-crop takes the middle and fit pads with black", "[data][picture]") {
  // A wide picture whose columns are 0, 1, 2, ...
  Picture picture{64, 32, {}};
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) picture.rgb.insert(picture.rgb.end(), 3, static_cast<uint8_t>(x));
  }
  Preprocessing crop;
  crop.resize = ResizeMode::CenterCrop;
  const auto cropped = preprocessPicture(picture, crop, inputOf({1, 28, 28, 3}));
  // 28 / 0.875 = 32: nothing is resized, columns 18 to 45 are left.
  CHECK(cropped.values<float>()[0] == 18);
  CHECK(cropped.values<float>()[27 * 3] == 45);

  Preprocessing fit;
  fit.resize = ResizeMode::Fit;
  fit.mean = {1};
  const auto fitted = preprocessPicture(picture, fit, inputOf({1, 32, 32, 1}));
  CHECK(fitted.values<float>()[0] == -1);
  CHECK(fitted.values<float>()[7 * 32 + 31] == -1);
  CHECK(fitted.values<float>()[8 * 32] == Approx(-0.5f));
  CHECK(fitted.values<float>()[23 * 32 + 31] == Approx(61.5f));
  CHECK(fitted.values<float>()[24 * 32] == -1);
}

TEST_CASE("picture inputs are told by their shape", "[data][picture]") {
  auto known = [](std::vector<int32_t> shape) {
    return PictureInput::of({"x", std::move(shape), ElementType::Int8, {}}).has_value();
  };
  CHECK(known({1, 32, 32, 3}));
  CHECK(known({1, 1, 32, 32}));
  CHECK_FALSE(known({1, 32, 32, 4}));
  CHECK_FALSE(known({1, 640}));
  CHECK_FALSE(known({1, 0, 32, 3}));
  CHECK_FALSE(known({}));
  CHECK(inputOf({1, 3, 20, 10}).channelsFirst);
  CHECK(inputOf({8, 20, 10, 3}).shape == std::vector<int32_t>{1, 20, 10, 3});
  Preprocessing p;
  p.standardDeviation = {1, 0, 1};
  CHECK_FALSE(checkPreprocessing(p, inputOf({1, 2, 2, 3})).ok());
  p.standardDeviation = {1, 1};
  CHECK_FALSE(checkPreprocessing(p, inputOf({1, 2, 2, 3})).ok());
  p.standardDeviation = {1};
  p.mean = {NAN};
  CHECK_FALSE(checkPreprocessing(p, inputOf({1, 2, 2, 3})).ok());
}

TEST_CASE("the resize weights of every output sum to one", "[data][picture]") {
  for (const int in : {1, 2, 3, 7, 100}) {
    for (const int out : {1, 2, 5, 33, 250}) {
      for (const Interpolation interpolation :
           {Interpolation::Bilinear, Interpolation::Antialiased, Interpolation::Area, Interpolation::Nearest}) {
        const auto taps = data::resizeTaps(in, out, 0, out, interpolation);
        for (int i = 0; i < out; ++i) {
          float sum = 0;
          for (int k = 0; k < taps.perOutput; ++k) sum += taps.weights[static_cast<size_t>(i * taps.perOutput + k)];
          CHECK(sum == Approx(1));
          CHECK(taps.begin[static_cast<size_t>(i)] >= 0);
          CHECK(taps.begin[static_cast<size_t>(i)] + taps.perOutput <= in);
        }
      }
    }
  }
}

TEST_CASE("area and nearest resizing have the weights of their definition", "[data][picture]") {
  auto resized = [](std::vector<uint8_t> row, int out, Interpolation interpolation) {
    const int in = static_cast<int>(row.size());
    const auto x = data::resizeTaps(in, out, 0, out, interpolation), y = data::resizeTaps(1, 1, 0, 1, interpolation);
    return data::resizeRows(row, in, 1, x, y);
  };
  CHECK(resized({0, 100, 200, 40}, 2, Interpolation::Area) == std::vector<float>{50, 120});
  const auto uneven = resized({30, 60, 90}, 2, Interpolation::Area);
  CHECK(uneven[0] == Approx((30 + 0.5 * 60) / 1.5));
  CHECK(uneven[1] == Approx((0.5 * 60 + 90) / 1.5));
  CHECK(resized({10, 20}, 4, Interpolation::Area) == std::vector<float>{10, 10, 20, 20});
  CHECK(resized({1, 2, 3, 4, 5}, 2, Interpolation::Nearest) == std::vector<float>{2, 4});
  CHECK(resized({7, 9}, 3, Interpolation::Nearest) == std::vector<float>{7, 9, 9});
}

TEST_CASE("preprocessing is told in words", "[data]") {
  Preprocessing p;
  CHECK(p.describe() == "pictures 0..255, resized to the input's size, values unchanged");
  p.mean = {127.5f};
  p.standardDeviation = {127.5f};
  p.channels = ChannelOrder::Rgb;
  p.source = "model metadata";
  CHECK(p.describe() ==
        "pictures 0..255, resized to the input's size, RGB, (x − 127.5) / 127.5 (from the model's metadata)");
}
