#include <cstring>

#include "core/data/dataset.h"
#include "core/data/npy.h"
#include "core/data/picture.h"
#include "tests/core/data/models.h"
#include "tests/core/data/zip_bytes.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& target) {
  fs::create_directories(target.parent_path());
  fs::copy_file(sourceFolder() / "tests/golden/data/pictures/rgb.png", target);  // 27×19
}

const Model kPictureModel = modelWithInputs({{ElementType::Float32, {1, 10, 20, 3}}});

std::shared_ptr<const Dataset> opened(const fs::path& path, const Model& model = kPictureModel) {
  const auto dataset = openDataset(path, model);
  if (!dataset) FAIL(dataset.error().message());
  return *dataset;
}

Sample loaded(const Dataset& dataset, size_t index) {
  auto sample = dataset.load(index);
  if (!sample) FAIL(sample.error().message());
  return *sample;
}

}  // namespace

TEST_CASE("A list has targets and masks where its heading names them", "[data][truth]") {
  const TemporaryFolder folder;
  put(folder.path() / "a.png");
  writeText(folder.path() / "list.csv", "value_x,Image,value_y\n1.5,a.png,-2\n2,missing.png,1\nmuch,a.png,1\n");
  const auto dataset = opened(folder.path() / "list.csv");
  REQUIRE(dataset->size() == 1);
  CHECK_FALSE(dataset->labelled());
  const Sample sample = loaded(*dataset, 0);
  REQUIRE(sample.truth);
  CHECK(sample.truth->values == std::vector<float>{1.5f, -2.0f});
  REQUIRE(dataset->skipped().size() == 2);
  CHECK(dataset->skipped()[0].why.find("no such file") != std::string::npos);
  CHECK(dataset->skipped()[1].why.find("'much'") != std::string::npos);
}

TEST_CASE("JSON lines name pictures with labels, targets and boxes", "[data][truth]") {
  const TemporaryFolder folder;
  put(folder.path() / "in/a.png");
  put(folder.path() / "in/b.png");
  writeText(folder.path() / "list.jsonl",
            "{\"path\":\"in/a.png\",\"label\":\"dog\",\"value\":2.5}\n\n"
            "{\"image\":\"in/b.png\",\"label\":\"cat\",\"boxes\":[{\"bbox\":[1,2,3,4],\"category\":\"car\"},"
            "{\"bbox\":[0,0,1,1],\"category\":\"bike\",\"iscrowd\":1}]}\n"
            "{\"label\":\"cat\"}\n{\"path\":\"in/a.png\",\"boxes\":[{\"bbox\":[1,2,-3,4],\"category\":1}]}\n");
  const auto dataset = opened(folder.path() / "list.jsonl");
  REQUIRE(dataset->size() == 2);
  CHECK(dataset->classNames() == std::vector<std::string>{"cat", "dog"});
  CHECK(dataset->label(0) == 1);
  CHECK(dataset->label(1) == 0);
  CHECK(loaded(*dataset, 0).truth->values == std::vector<float>{2.5f});
  const Sample boxes = loaded(*dataset, 1);
  REQUIRE(boxes.truth->hasBoxes);
  REQUIRE(boxes.truth->boxes.size() == 2);
  REQUIRE(boxes.truth->categories->size() == 2);
  CHECK((*boxes.truth->categories)[0].name == "bike");
  CHECK(boxes.truth->boxes[0].category == (*boxes.truth->categories)[1].id);
  CHECK(boxes.truth->boxes[0].area == 12);
  CHECK(boxes.truth->boxes[1].crowd);
  // The whole picture of 27×19 is the input: its right edge is pixel 27.
  CHECK(boxes.truth->mapping.scaleX == Approx(27));
  CHECK(boxes.truth->mapping.offsetX == Approx(0));
  CHECK(boxes.truth->mapping.scaleY == Approx(19));
  REQUIRE(dataset->skipped().size() == 2);
  writeText(folder.path() / "bad.jsonl", "{\"path\":\"in/a.png\"}\n{oops\n");
  const auto bad = openDataset(folder.path() / "bad.jsonl", kPictureModel);
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.error().code == ErrorCode::Malformed);
  CHECK(bad.error().message().find("line 2") != std::string::npos);
}

TEST_CASE("The mapping to picture pixels follows crop and borders", "[data][truth]") {
  const TemporaryFolder folder;
  put(folder.path() / "a.png");
  writeText(folder.path() / "list.jsonl", "{\"path\":\"a.png\",\"boxes\":[]}\n");
  DatasetOptions options;
  options.preprocessing = Preprocessing();
  options.preprocessing->resize = ResizeMode::Fit;
  const auto dataset = openDataset(folder.path() / "list.jsonl", kPictureModel, options);
  REQUIRE(dataset.ok());
  const PictureMapping m = loaded(**dataset, 0).truth->mapping;
  // 27×19 becomes 14×10 in the middle of 20×10: 3 columns of border on each side.
  CHECK(m.scaleX * 3 / 20 + m.offsetX == Approx(0).margin(1e-9));
  CHECK(m.scaleX * 17 / 20 + m.offsetX == Approx(27));
  CHECK(m.scaleY + m.offsetY == Approx(19));
}

TEST_CASE("COCO's annotations are read, with pictures beside them or in the folder of the split", "[data][truth]") {
  const TemporaryFolder folder;
  put(folder.path() / "val/a.png");
  put(folder.path() / "val/b.png");
  writeText(folder.path() / "instances_val.json",
            "{\"images\":[{\"id\":7,\"file_name\":\"a.png\"},{\"id\":8,\"file_name\":\"b.png\"},"
            "{\"id\":9,\"file_name\":\"c.png\"}],"
            "\"annotations\":[{\"image_id\":7,\"category_id\":3,\"bbox\":[1,2,10,5],\"area\":40,\"iscrowd\":0},"
            "{\"image_id\":99,\"category_id\":3,\"bbox\":[1,2,3,4]}],"
            "\"categories\":[{\"id\":3,\"name\":\"car\"},{\"id\":1,\"name\":\"person\"}]}");
  const auto dataset = opened(folder.path() / "instances_val.json");
  REQUIRE(dataset->size() == 2);
  const Sample first = loaded(*dataset, 0), second = loaded(*dataset, 1);
  REQUIRE(first.truth->boxes.size() == 1);
  CHECK(first.truth->boxes[0].area == 40);
  CHECK(first.truth->boxes[0].category == 3);
  CHECK((*first.truth->categories)[0].name == "person");
  CHECK(second.truth->hasBoxes);
  CHECK(second.truth->boxes.empty());
  CHECK(dataset->skipped().size() == 2);  // one picture, one annotation
  writeText(folder.path() / "other.json", "{\"images\":[]}");
  const auto other = openDataset(folder.path() / "other.json", kPictureModel);
  REQUIRE_FALSE(other.ok());
  CHECK(other.error().code == ErrorCode::Malformed);
}

TEST_CASE("Masks hold class numbers and lie beside their pictures", "[data][truth]") {
  const TemporaryFolder folder;
  put(folder.path() / "images/a.png");
  put(folder.path() / "images/b.png");
  fs::create_directories(folder.path() / "masks");
  // Colours are no class numbers.
  fs::copy_file(folder.path() / "images/a.png", folder.path() / "masks/a.png");
  const auto dataset = opened(folder.path());
  REQUIRE(dataset->size() == 1);
  REQUIRE(dataset->skipped().size() == 1);
  CHECK(dataset->skipped()[0].path == "b.png");
  const auto sample = dataset->load(0);
  REQUIRE_FALSE(sample.ok());
  CHECK(sample.error().code == ErrorCode::Unsupported);
  CHECK(sample.error().why.find("class numbers") != std::string::npos);
}

TEST_CASE("JSON lines feed models of several inputs, with numbers or files", "[data][truth]") {
  const TemporaryFolder folder;
  const Model model = modelWithInputs({{ElementType::Float32, {1, 2}}, {ElementType::Float32, {1, 3}}});
  TensorValue value{ElementType::Float32, {3}, std::vector<std::byte>(12)};
  value.mutableValues<float>()[2] = 7;
  REQUIRE(writeNpy(folder.path() / "x.npy", value.view(), IfExists::Refuse).ok());
  writeText(folder.path() / "list.jsonl",
            "{\"inputs\":{\"in0\":[1,2],\"input_1\":\"x.npy\"},\"values\":[4],\"label\":1,\"name\":\"first\"}\n"
            "{\"inputs\":{\"in0\":[1,2]}}\n{\"inputs\":{\"in0\":[1,2,3],\"in1\":[[1,2,3]]},\"label\":0}\n");
  const auto dataset = opened(folder.path() / "list.jsonl", model);
  REQUIRE(dataset->size() == 2);
  const Sample first = loaded(*dataset, 0);
  CHECK(first.name == "first");
  CHECK(first.label == 1);
  CHECK(first.truth->values == std::vector<float>{4});
  CHECK(first.inputs[0].values<float>()[1] == 2);
  CHECK(first.inputs[1].values<float>()[2] == 7);
  REQUIRE(dataset->skipped().size() == 1);
  CHECK(dataset->skipped()[0].path == "line 2");
  const auto wrong = dataset->load(1);
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().why.find("3 numbers") != std::string::npos);
}
