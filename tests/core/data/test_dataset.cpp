#include "core/data/dataset.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "core/data/npz.h"
#include "tests/core/data/models.h"
#include "tests/core/data/zip_bytes.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;
namespace fs = std::filesystem;

namespace {

fs::path picture(const char* name) {
  return sourceFolder() / "tests/golden/data/pictures" / name;
}

void put(const fs::path& target, const char* source = "rgb.png") {
  fs::create_directories(target.parent_path());
  fs::copy_file(picture(source), target);
}

const Model kPictureModel = modelWithInputs({{ElementType::Float32, {1, 19, 27, 3}}});

std::shared_ptr<const Dataset> opened(const fs::path& path, const DatasetOptions& options = {}) {
  const auto dataset = openDataset(path, kPictureModel, options);
  if (!dataset) FAIL(dataset.error().message());
  return *dataset;
}

std::string errorOf(const fs::path& path, const Model& model = kPictureModel) {
  const auto dataset = openDataset(path, model);
  REQUIRE_FALSE(dataset.ok());
  return dataset.error().message();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TensorValue floats(std::vector<int32_t> shape, const std::vector<float>& values) {
  TensorValue value{ElementType::Float32, std::move(shape), {}};
  const auto bytes = std::as_bytes(std::span(values));
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

TensorValue integers(std::vector<int32_t> shape, const std::vector<int64_t>& values) {
  TensorValue value{ElementType::Int64, std::move(shape), {}};
  const auto bytes = std::as_bytes(std::span(values));
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

}  // namespace

TEST_CASE("class folders are numbered by their sorted names", "[data][dataset]") {
  const TemporaryFolder folder;
  put(folder.path() / "dog/b.png");
  put(folder.path() / "dog/a.JPG", "baseline444.jpg");
  put(folder.path() / "cat/deep/er/c.png");
  writeText(folder.path() / "cat/notes.txt", "x");
  writeText(folder.path() / ".hidden", "x");
  writeText(folder.path() / "stray.png", "x");
  fs::create_directories(folder.path() / "empty");
  const auto dataset = opened(folder.path());
  CHECK(dataset->classNames() == std::vector<std::string>{"cat", "dog"});
  CHECK(dataset->labelled());
  REQUIRE(dataset->size() == 3);
  CHECK(dataset->name(0) == "cat/deep/er/c.png");
  CHECK(dataset->name(1) == "dog/a.JPG");
  CHECK(dataset->label(0) == 0);
  CHECK(dataset->label(2) == 1);
  CHECK(dataset->picturePath(2) == folder.path() / "dog/b.png");
  CHECK(dataset->description() == "class folders, 2 classes, 3 pictures");
  REQUIRE(dataset->skipped().size() == 2);
  CHECK(dataset->skipped()[0].path == "cat/notes.txt");
  CHECK(dataset->skipped()[1].path == "stray.png");
  const auto sample = dataset->load(2);
  REQUIRE(sample);
  CHECK(sample->label == 1);
  CHECK(sample->name == "dog/b.png");
  REQUIRE(sample->inputs.size() == 1);
  CHECK(sample->inputs[0].shape == std::vector<int32_t>{1, 19, 27, 3});
}

TEST_CASE("labels decide the order of classes where they are given", "[data][dataset]") {
  const TemporaryFolder folder;
  for (const char* name : {"cat", "Dog", "other"}) put(folder.path() / name / "x.png");
  DatasetOptions options;
  options.labels = {"background", "dog ", "cat"};
  const auto dataset = opened(folder.path(), options);
  CHECK(dataset->classNames() == options.labels);
  REQUIRE(dataset->size() == 2);
  CHECK(dataset->label(0) == 1);
  CHECK(dataset->label(1) == 2);
  REQUIRE(dataset->skipped().size() == 1);
  CHECK(dataset->skipped()[0].path == "other");

  options.labels = {"tench", "goldfish"};
  const auto unlabelled = opened(folder.path(), options);
  CHECK_FALSE(unlabelled->labelled());
  CHECK(unlabelled->size() == 3);
  CHECK_FALSE(unlabelled->label(0).has_value());
  CHECK(contains(unlabelled->description(), "unlabelled"));
}

TEST_CASE("a flat folder is unlabelled", "[data][dataset]") {
  const TemporaryFolder folder;
  put(folder.path() / "b.png");
  put(folder.path() / "a.png");
  const auto dataset = opened(folder.path());
  CHECK_FALSE(dataset->labelled());
  CHECK(dataset->classNames().empty());
  CHECK(dataset->name(0) == "a.png");
  CHECK_FALSE(dataset->load(0)->label.has_value());
  CHECK(dataset->description() == "a folder of pictures, 2 pictures, unlabelled");
}

TEST_CASE("an unreadable picture is that item's error only", "[data][dataset]") {
  const TemporaryFolder folder;
  put(folder.path() / "a/good.png");
  writeText(folder.path() / "a/bad.png", "no picture");
  const auto dataset = opened(folder.path());
  REQUIRE(dataset->size() == 2);
  const auto bad = dataset->load(0);
  REQUIRE_FALSE(bad.ok());
  CHECK(contains(bad.error().message(), "bad.png"));
  CHECK(dataset->load(1).ok());
}

TEST_CASE("lists name pictures relative to themselves", "[data][dataset]") {
  const TemporaryFolder folder;
  put(folder.path() / "p/a, \"b\".png");
  put(folder.path() / "c.png");
  writeText(folder.path() / "list.csv",
            "\xef\xbb\xbfpath,label\r\n\"p/a, \"\"b\"\".png\",zebra\r\nc.png,ant\r\n\r\nabsent.png,ant\r\n" +
                (folder.path() / "c.png").string() + ",zebra");
  const auto dataset = opened(folder.path() / "list.csv");
  CHECK(dataset->classNames() == std::vector<std::string>{"ant", "zebra"});
  REQUIRE(dataset->size() == 3);
  CHECK(dataset->label(0) == 1);
  CHECK(dataset->label(1) == 0);
  CHECK(dataset->load(0).ok());
  CHECK(dataset->load(2).ok());
  REQUIRE(dataset->skipped().size() == 1);
  CHECK(dataset->skipped()[0].why == "there is no such file");

  writeText(folder.path() / "list.tsv", "c.png\t7\nc.png\t3\n");
  const auto indices = opened(folder.path() / "list.tsv");
  CHECK(indices->label(0) == 7);
  CHECK(indices->classNames().empty());
  DatasetOptions options;
  options.labels = {"zero", "one", "two", "three"};
  const auto limited = opened(folder.path() / "list.tsv", options);
  CHECK(limited->size() == 1);
  CHECK(limited->label(0) == 3);

  writeText(folder.path() / "plain.csv", "c.png\nc.png\n");
  CHECK_FALSE(opened(folder.path() / "plain.csv")->labelled());
  writeText(folder.path() / "binary.csv", std::string("a\0b", 3));
  CHECK(contains(errorOf(folder.path() / "binary.csv"), "not a text file"));
}

TEST_CASE("arrays give one sample per row, as they are in the file", "[data][dataset]") {
  const TemporaryFolder folder;
  const Model model = modelWithInputs({{ElementType::Float32, {1, 3}}, {ElementType::Int8, {1, 1, 2}}});
  std::map<std::string, TensorValue> arrays;
  arrays["x"] = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  arrays["in1"] = floats({2, 1, 2}, {7, 8, 9, 10});
  arrays["y"] = integers({2}, {1, 0});
  REQUIRE(writeNpz(folder.path() / "d.npz", arrays, IfExists::Refuse));
  const auto dataset = openDataset(folder.path() / "d.npz", model);
  REQUIRE(dataset);
  CHECK((*dataset)->size() == 2);
  CHECK((*dataset)->labelled());
  const auto sample = (*dataset)->load(1);
  REQUIRE(sample);
  CHECK(sample->label == 0);
  CHECK(sample->name == "sample 1");
  CHECK(sample->inputs[0].values<float>()[0] == 4);
  CHECK(sample->inputs[1].values<float>()[1] == 10);
  CHECK(sample->inputs[1].shape == std::vector<int32_t>{1, 2});

  arrays["y"] = floats({2, 3}, {0.1f, 0.9f, 0, 0, 0, 1});
  REQUIRE(writeNpz(folder.path() / "d.npz", arrays, IfExists::Replace));
  CHECK((*openDataset(folder.path() / "d.npz", model))->label(1) == 2);
}

TEST_CASE("arrays may have targets beside or instead of labels", "[data][dataset]") {
  const TemporaryFolder folder;
  const Model model = modelWithInputs({{ElementType::Float32, {1, 3}}});
  std::map<std::string, TensorValue> arrays;
  arrays["x"] = floats({2, 3}, {1, 2, 3, 4, 5, 6});
  arrays["values"] = floats({2, 2}, {0.5f, 1.5f, 2.5f, 3.5f});
  REQUIRE(writeNpz(folder.path() / "d.npz", arrays, IfExists::Refuse));
  const auto dataset = openDataset(folder.path() / "d.npz", model);
  REQUIRE(dataset);
  CHECK_FALSE((*dataset)->labelled());
  CHECK((*dataset)->load(1)->truth->values == std::vector<float>{2.5f, 3.5f});
  arrays["values"] = floats({3}, {1, 2, 3});
  REQUIRE(writeNpz(folder.path() / "d.npz", arrays, IfExists::Replace));
  CHECK(contains(errorOf(folder.path() / "d.npz", model), "wanted are numbers for 2 samples"));
}

TEST_CASE("arrays that do not fit are refused with what is wanted", "[data][dataset]") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "d.npz";
  const Model model = modelWithInputs({{ElementType::Float32, {1, 3}}});
  auto errorWith = [&](std::map<std::string, TensorValue> arrays) {
    REQUIRE(writeNpz(path, arrays, IfExists::Replace));
    return errorOf(path, model);
  };
  CHECK(contains(errorWith({{"x", floats({2, 4}, std::vector<float>(8))}}), "float32 2×4, wanted is N×1×3"));
  CHECK(contains(errorWith({{"z", floats({2, 3}, std::vector<float>(6))}}), "only z"));
  CHECK(contains(errorWith({{"x", floats({0, 3}, {})}}), "empty"));
  CHECK(contains(errorWith({}), "only none"));
  const auto x = floats({2, 3}, std::vector<float>(6));
  CHECK(contains(errorWith({{"x", x}, {"y", integers({3}, {1, 2, 3})}}), "wanted are 2 numbers"));
  CHECK(contains(errorWith({{"x", x}, {"y", integers({2}, {1, -2})}}), "label 1 is -2"));
  CHECK(contains(errorWith({{"x", x}, {"y", floats({2}, {1, 0.5f})}}), "label 1 is 0.5"));

  REQUIRE(writeNpy(folder.path() / "d.npy", x.view(), IfExists::Refuse));
  CHECK((*openDataset(folder.path() / "d.npy", model))->size() == 2);
  const Model two = modelWithInputs({{ElementType::Float32, {1, 3}}, {ElementType::Float32, {1, 3}}});
  CHECK(contains(errorOf(folder.path() / "d.npy", two), "2 inputs"));
}

TEST_CASE("data that cannot be used says what was found and what is wanted", "[data][dataset]") {
  const TemporaryFolder folder;
  CHECK(contains(errorOf(folder.path()), "no JPEG, PNG, WebP, TIFF or BMP"));
  writeText(folder.path() / "readme.txt", "x");
  CHECK(contains(errorOf(folder.path()), "readme.txt"));
  CHECK(contains(errorOf(folder.path() / "readme.txt"), "neither a folder"));
  CHECK(openDataset(folder.path() / "absent", kPictureModel).error().code == ErrorCode::NotFound);
  put(folder.path() / "a.png");
  CHECK(
      contains(errorOf(folder.path(), modelWithInputs({{ElementType::Float32, {1, 640}}})), "1 input: float32 1×640"));
  CHECK(contains(errorOf(folder.path(), modelWithInputs({})), "no input"));
  Model open = kPictureModel;
  open.subgraphs[0].tensors[0].shapeSignature = {1, -1, -1, 3};
  CHECK(contains(errorOf(folder.path(), open), "leaves the size"));
}

TEST_CASE("a limit keeps all classes represented", "[data][dataset]") {
  const TemporaryFolder folder;
  for (const char* name : {"a", "b", "c", "d"}) {
    for (int i = 0; i < 5; ++i) put(folder.path() / name / (std::to_string(i) + ".png"));
  }
  DatasetOptions options;
  options.limit = 4;
  const auto dataset = opened(folder.path(), options);
  REQUIRE(dataset->size() == 4);
  std::set<int32_t> labels;
  for (size_t i = 0; i < 4; ++i) labels.insert(dataset->label(i).value());
  CHECK(labels.size() == 4);
  CHECK(dataset->load(3)->name == "d/0.png");
  CHECK(contains(dataset->description(), "of which 4"));
  options.limit = 100;
  CHECK(opened(folder.path(), options)->size() == 20);
}

TEST_CASE("inputs are named by the signature where there is one", "[data]") {
  Model model = modelWithInputs({{ElementType::Float32, {1, 3}}});
  CHECK(inputSpecs(model)[0].name == "in0");
  Signature signature;
  signature.inputs.push_back({"image", true, TensorIndex(0)});
  model.signatures.push_back(signature);
  CHECK(inputSpecs(model)[0].name == "image");
  model.subgraphs[0].inputs.push_back(TensorIndex(99));
  CHECK(inputSpecs(model).size() == 1);
  CHECK(inputSpecs(Model()).empty());
}
