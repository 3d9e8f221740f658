#include "core/io/metadata.h"

#include "core/io/model_diff.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/io/zip_archive.h"
#include "core/model/edit.h"
#include "core/model/metadata_names.h"
#include "tests/core/io/packed_files.h"
#include "tests/core/io/raw_models.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

const std::vector<tests::PackedFile> kLabelFiles = {{"labels.txt", "circle\nsquare\r\nstar\n", true},
                                                    {"labels_de.txt", "Kreis\nQuadrat\nStern", false}};

Model smallModel() {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 4}), y = builder.tensor({1, 4});
  builder.add(x, builder.randomConstant({1, 4}), y);
  builder.inputs({x});
  builder.outputs({y});
  return builder.model;
}

Model withCard(std::vector<std::byte> card) {
  Model model = smallModel();
  model.metadata.push_back({std::string(kModelCard), true, addBuffer(model, Buffer::fromBytes(std::move(card)))});
  return model;
}

}  // namespace

TEST_CASE("the model card tells preprocessing, labels and authors", "[io]") {
  const auto model = tests::readGood(tests::withCardAndFiles(smallModel(), kLabelFiles));
  const auto metadata = readMetadata(*model);
  REQUIRE(metadata.ok());
  CHECK(metadata->name == "classifier");
  CHECK(metadata->description == "tells shapes apart");
  CHECK(metadata->version == "v1");
  CHECK(metadata->author == "the authors");
  CHECK(metadata->license == "GPL");
  REQUIRE(metadata->inputs.size() == 1);
  const TensorInfo& input = metadata->inputs[0];
  CHECK(input.name == "image");
  CHECK(input.mean == std::vector<float>{127.5f});
  CHECK(input.std == std::vector<float>{127.5f});
  CHECK(input.min == std::vector<float>{-1});
  CHECK(input.max == std::vector<float>{1});
  CHECK(input.content == TensorInfo::Content::Image);
  CHECK(input.colorSpace == TensorInfo::ColorSpace::Rgb);
  CHECK(input.labels().empty());
  REQUIRE(metadata->outputs.size() == 1);
  CHECK(metadata->outputs[0].scoreThreshold == 0.25f);
  CHECK(metadata->outputs[0].labels() == std::vector<std::string>{"circle", "square", "star"});
  CHECK(metadata->packedFiles == std::vector<std::string>{"labels.txt", "labels_de.txt"});
}

TEST_CASE("files packed behind the model survive a copy of another length", "[io]") {
  const auto model = tests::readGood(tests::withCardAndFiles(smallModel(), kLabelFiles));
  REQUIRE(model->trailing.present);
  for (const uint64_t longest : {uint64_t{1} << 30, uint64_t{100}}) {
    Model longer = *model;
    longer.description = std::string(1001, 'd');
    const auto copy = tests::rewritten(longer, longest);
    CHECK(copy->trailing.fileOffset != model->trailing.fileOffset);
    tests::checkSame(longer, *copy);
    const auto entries = io::listZip(copy->trailing.bytes, copy->trailing.fileOffset);
    REQUIRE(entries.ok());
    // Offsets count from the file's beginning, as before: readers that know nothing else find the files.
    CHECK(io::movedArchiveEnd(copy->trailing.bytes, copy->trailing.fileOffset, copy->trailing.fileOffset + 1).size() >
          0);
    const auto metadata = readMetadata(*copy);
    REQUIRE(metadata.ok());
    CHECK(metadata->outputs.at(0).labels().size() == 3);
  }
}

TEST_CASE("an archive that counts from its own beginning is left as it is", "[io]") {
  auto bytes = serializeModel(withCard(tests::modelCard()));
  REQUIRE(bytes.ok());
  const auto archive = tests::zipOf(kLabelFiles, 0);
  bytes->insert(bytes->end(), archive.begin(), archive.end());
  const auto model = tests::readGood(*bytes);
  Model longer = *model;
  longer.description = std::string(77, 'd');
  const auto copy = tests::rewritten(longer);
  CHECK(std::equal(archive.begin(), archive.end(), copy->trailing.bytes.begin(), copy->trailing.bytes.end()));
  CHECK(readMetadata(*copy)->outputs.at(0).labels().size() == 3);
}

TEST_CASE("an archive must go on counting from its file's beginning, if it did", "[io]") {
  auto withArchive = [](uint64_t counted, uint64_t stands) {
    Model model;
    model.subgraphs.emplace_back();
    model.buffers.emplace_back();
    model.trailing = Buffer::fromBytes(tests::zipOf(kLabelFiles, counted));
    model.trailing.fileOffset = stands;
    return model;
  };
  CHECK(diffModels(withArchive(100, 100), withArchive(108, 108)).empty());
  CHECK_FALSE(diffModels(withArchive(100, 100), withArchive(100, 108)).empty());
  // The offsets of the first count from nowhere, so that they cannot be wrong in the second.
  CHECK(diffModels(withArchive(108, 100), withArchive(108, 108)).empty());
}

TEST_CASE("bytes that are no archive stay behind the model too", "[io]") {
  auto bytes = serializeModel(smallModel());
  REQUIRE(bytes.ok());
  for (int i = 0; i < 1000; ++i) bytes->push_back(static_cast<std::byte>(i * 31));
  const auto model = tests::readGood(*bytes);
  CHECK(model->trailing.bytes.size() == 1000);
  const auto copy = tests::rewritten(*model);
  tests::checkSame(*model, *copy);
  CHECK(readMetadata(*model)->packedFiles.empty());
}

TEST_CASE("a model that says nothing gives nothing, not an error", "[io]") {
  const auto metadata = readMetadata(smallModel());
  REQUIRE(metadata.ok());
  CHECK(metadata->inputs.empty());
  CHECK(metadata->minimumRuntime.empty());
}

TEST_CASE("a damaged model card is an error of its own", "[io]") {
  auto card = tests::modelCard();
  card.resize(card.size() / 2);
  const auto metadata = readMetadata(withCard(card));
  REQUIRE_FALSE(metadata.ok());
  CHECK(metadata.error().code == ErrorCode::Malformed);
  CHECK_THAT(metadata.error().message(), ContainsSubstring("TFLITE_METADATA"));
}

TEST_CASE("damaged archives are told by what is wrong", "[io]") {
  const auto archive = tests::zipOf(kLabelFiles, 0);
  const auto entries = io::listZip(archive, 0);
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 2);
  CHECK(*io::unpackZip(archive, entries->at(0), 1000) == kLabelFiles[0].content);
  CHECK(*io::unpackZip(archive, entries->at(1), 1000) == kLabelFiles[1].content);

  SECTION("a file longer than allowed") {
    const auto content = io::unpackZip(archive, entries->at(0), 5);
    REQUIRE_FALSE(content.ok());
    CHECK(content.error().code == ErrorCode::ResourceLimit);
  }
  SECTION("a length that lies") {
    io::ZipEntry entry = entries->at(0);
    entry.size += 1;
    CHECK_FALSE(io::unpackZip(archive, entry, 1000).ok());
    entry.size = 3;
    CHECK_FALSE(io::unpackZip(archive, entry, 1000).ok());
  }
  SECTION("a wrong checksum") {
    auto changed = archive;
    changed[30 + 13 + kLabelFiles[1].content.size()] ^= std::byte{1};
    io::ZipEntry entry = entries->at(1);
    entry.crc ^= 1;
    const auto content = io::unpackZip(archive, entry, 1000);
    REQUIRE_FALSE(content.ok());
    CHECK_THAT(content.error().message(), ContainsSubstring("checksum"));
  }
  SECTION("a place outside") {
    io::ZipEntry entry = entries->at(0);
    entry.localHeader = ~uint64_t{0} - 3;
    CHECK_FALSE(io::unpackZip(archive, entry, 1000).ok());
  }
  SECTION("a directory that is cut off") {
    auto cut = archive;
    // One file more than there are.
    cut[cut.size() - 22 + 10] = std::byte{3};
    CHECK_FALSE(io::listZip(cut, 0).ok());
  }
}
