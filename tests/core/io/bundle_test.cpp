#include "core/io/bundle.h"

#include <zlib.h>

#include <cstring>
#include <fstream>

#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/schema/litertlm_generated.h"
#include "tests/core/io/packed_files.h"
#include "tests/core/io/raw_models.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

/// A small model that can be told from others by its description.
std::vector<std::byte> modelCalled(const std::string& description) {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 40}), y = builder.tensor({1, 40});
  builder.add(x, builder.randomConstant({1, 40}, "c"), y);
  builder.inputs({x});
  builder.outputs({y});
  builder.model.description = description;
  return *serializeModel(builder.model);
}

std::string text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::filesystem::path written(const tests::TemporaryFolder& folder, const char* name,
                              const std::vector<std::byte>& bytes) {
  const auto path = folder.path() / name;
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return path;
}

std::vector<std::byte> gzipped(const std::vector<std::byte>& bytes) {
  std::vector<std::byte> packed(bytes.size() + 200);
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// A .litertlm bundle: a tokenizer, then models; "" leaves the name of a section out.
std::vector<std::byte> litertlmOf(const std::vector<std::pair<std::string, std::vector<std::byte>>>& models) {
  constexpr uint64_t kBlock = 16384;
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<litertlm::Section>> sections{
      litertlm::CreateSection(builder, 0, kBlock, kBlock + 100, litertlm::Content_Tokenizer)};
  uint64_t place = 2 * kBlock;
  for (const auto& [name, bytes] : models) {
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<litertlm::Attribute>>> attributes = 0;
    if (!name.empty()) {
      const auto value = litertlm::CreateText(builder, builder.CreateString(name));
      const auto key = builder.CreateString("model_type");
      const std::vector list{litertlm::CreateAttribute(builder, key, litertlm::Value_StringValue, value.Union())};
      attributes = builder.CreateVector(list);
    }
    sections.push_back(
        litertlm::CreateSection(builder, attributes, place, place + bytes.size(), litertlm::Content_Model));
    place += (bytes.size() + kBlock - 1) / kBlock * kBlock;
  }
  const auto list = litertlm::CreateSectionList(builder, builder.CreateVector(sections));
  builder.Finish(litertlm::CreateHeader(builder, 0, list));
  std::vector<std::byte> file(place);
  const uint64_t end = 32 + builder.GetSize();
  const uint32_t version = 1;
  std::memcpy(file.data(), "LITERTLM", 8);
  std::memcpy(file.data() + 8, &version, sizeof(version));
  std::memcpy(file.data() + 24, &end, sizeof(end));
  std::memcpy(file.data() + 32, builder.GetBufferPointer(), builder.GetSize());
  place = 2 * kBlock;
  for (const auto& [name, bytes] : models) {
    std::memcpy(file.data() + place, bytes.data(), bytes.size());
    place += (bytes.size() + kBlock - 1) / kBlock * kBlock;
  }
  return file;
}

std::string describedAs(const std::filesystem::path& path) {
  const auto model = readModel(path);
  INFO((model.ok() ? "" : model.error().message()));
  REQUIRE(model.ok());
  return (*model)->description;
}

}  // namespace

TEST_CASE("a .task bundle lists its models, whatever they are called, and opens each", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  const auto path = written(folder, "hands.task",
                            tests::zipOf({{"detector.tflite", text(modelCalled("detector")), false},
                                          {"notes.tflite", "no model at all", false},
                                          {"ENCODER", text(modelCalled("encoder")), true}},
                                         0));
  const auto models = listBundledModels(path);
  REQUIRE(models.ok());
  REQUIRE(models->size() == 2);
  CHECK((*models)[0].name == "detector.tflite");
  CHECK_FALSE((*models)[0].packed);
  CHECK((*models)[1].name == "ENCODER");
  CHECK((*models)[1].packed);
  CHECK((*models)[1].bytes == modelCalled("encoder").size());
  CHECK(describedAs(bundledModelPath(path, "detector.tflite")) == "detector");
  CHECK(describedAs(path.string() + "::ENCODER") == "encoder");
}

TEST_CASE("a bundle of several models does not open without a choice, and says which there are", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  const auto path = written(
      folder, "two.zip",
      tests::zipOf({{"a.tflite", text(modelCalled("a")), false}, {"b.tflite", text(modelCalled("b")), false}}, 0));
  const auto undecided = readModel(path);
  REQUIRE_FALSE(undecided.ok());
  CHECK(undecided.error().code == ErrorCode::InvalidArgument);
  CHECK_THAT(undecided.error().message(), ContainsSubstring("a.tflite, b.tflite") && ContainsSubstring("::a.tflite"));
  const auto absent = readModel(path.string() + "::c.tflite");
  REQUIRE_FALSE(absent.ok());
  CHECK(absent.error().code == ErrorCode::NotFound);
  CHECK_THAT(absent.error().message(), ContainsSubstring("a.tflite, b.tflite"));
}

TEST_CASE("a zipped or gzipped model opens by the name of its file alone", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  const auto bytes = modelCalled("only");
  CHECK(describedAs(written(folder, "m.zip", tests::zipOf({{"deep/m.tflite", text(bytes), true}}, 0))) == "only");
  const auto gz = written(folder, "m.tflite.gz", gzipped(bytes));
  CHECK(describedAs(gz) == "only");
  CHECK(listBundledModels(gz)->front().name == "m.tflite");
  CHECK(listBundledModels(written(folder, "m.tflite", bytes))->empty());
}

TEST_CASE("a stored model stays in the mapped file", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  const auto path = written(folder, "m.zip", tests::zipOf({{"m.tflite", text(modelCalled("m")), false}}, 0));
  const auto opened = openModelBytes(path);
  REQUIRE(opened.ok());
  REQUIRE(opened->file);
  const auto whole = opened->file->bytes();
  CHECK(opened->bytes.data() > whole.data());
  CHECK(opened->bytes.data() + opened->bytes.size() <= whole.data() + whole.size());
}

TEST_CASE("a .litertlm bundle lists its models by their kind and opens each", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  const auto file = litertlmOf({{"tf_lite_prefill_decode", modelCalled("decoder")},
                                {"", modelCalled("nameless")},
                                {"tf_lite_prefill_decode", modelCalled("second decoder")}});
  const auto path = written(folder, "llm.litertlm", file);
  const auto models = listBundledModels(path);
  REQUIRE(models.ok());
  REQUIRE(models->size() == 3);
  CHECK((*models)[0].name == "tf_lite_prefill_decode");
  CHECK((*models)[1].name == "section 2");
  CHECK((*models)[2].name == "tf_lite_prefill_decode (2)");
  CHECK(describedAs(bundledModelPath(path, "section 2")) == "nameless");
  CHECK(describedAs(bundledModelPath(path, (*models)[2].name)) == "second decoder");
  const auto cut = written(folder, "cut.litertlm", {file.begin(), file.begin() + 40000});
  const auto refused = listBundledModels(cut);
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), ContainsSubstring("cut off"));
}

TEST_CASE("a bundle cut off or changed anywhere is refused or opens, and never more", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  const std::vector<std::vector<std::byte>> bundles{
      tests::zipOf({{"a.tflite", text(modelCalled("a")), false}, {"b", text(modelCalled("b")), true}}, 0),
      gzipped(modelCalled("c"))};
  for (const auto& whole : bundles) {
    for (size_t position = 0; position < whole.size(); position += 1 + position / 60) {
      auto changed = whole;
      changed[position] ^= std::byte{0xFF};
      for (const auto& bytes :
           {changed, std::vector(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(position))}) {
        const auto path = written(folder, "bundle", bytes);
        const auto models = listBundledModels(path);
        if (!models.ok()) continue;
        for (const BundledModel& model : *models) (void)readModel(bundledModelPath(path, model.name));
      }
    }
  }
}

TEST_CASE("a packed model whose length cannot be true costs no memory", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  auto bytes = tests::zipOf({{"a.tflite", text(modelCalled("a")), true}}, 0);
  // The length in the directory: 24 bytes into its only entry.
  const std::string whole = text(bytes);
  const size_t entry = whole.find("PK\x01\x02");
  REQUIRE(entry != std::string::npos);
  const uint32_t huge = 2'000'000'000;
  std::memcpy(bytes.data() + entry + 24, &huge, sizeof(huge));
  const auto refused = readModel(written(folder, "bomb.zip", bytes));
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), ContainsSubstring("cannot unpack to 2000000000"));
}

TEST_CASE("a file that has the separator in its own name opens as itself", "[io][bundle]") {
  const tests::TemporaryFolder folder;
  CHECK(describedAs(written(folder, "odd::name.tflite", modelCalled("odd"))) == "odd");
  std::filesystem::create_directory(folder.path() / "a::b");
  const auto bundle =
      written(folder, "a::b/c::d.zip",
              tests::zipOf({{"e::f", text(modelCalled("ef")), false}, {"g", text(modelCalled("g")), false}}, 0));
  CHECK(describedAs(bundledModelPath(bundle, "e::f")) == "ef");
  CHECK(bundleFile(bundledModelPath(bundle, "e::f")) == bundle);
  const auto refused = readModel(written(folder, "m.tflite", modelCalled("m")).string() + "::x");
  REQUIRE_FALSE(refused.ok());
  CHECK_THAT(refused.error().message(), ContainsSubstring("no bundle"));
}
