#include <algorithm>
#include <cstring>

#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/model/edit.h"
#include "core/model/metadata_names.h"
#include "tests/core/io/raw_models.h"
#include "tests/core/io/real_models.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

constexpr uint64_t kTiny = 1000;

Model withMetadata() {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 64}), y = builder.tensor({1, 64});
  builder.add(x, builder.randomConstant({1, 64}, "c", 1), y);
  builder.add(y, builder.randomConstant({1, 61}, "d", 2), y);
  builder.inputs({x});
  builder.outputs({y});
  Model model = builder.model;
  const std::string version = std::string("2.3.0") + std::string(11, '\0');
  const auto bytes = std::as_bytes(std::span(version));
  model.metadata.push_back(
      {std::string(kMinimumRuntime), true, addBuffer(model, Buffer::fromBytes({bytes.begin(), bytes.end()}))});
  return model;
}

bool marked(const Model& model) {
  return std::ranges::any_of(model.metadata, [](const MetadataEntry& entry) { return entry.name == kOutsideMark; });
}

}  // namespace

TEST_CASE("constants leave a flatbuffer that would be too long", "[io]") {
  const Model model = withMetadata();
  const auto inside = tests::rewritten(model), outside = tests::rewritten(model, kTiny);
  tests::checkSame(model, *inside);
  tests::checkSame(model, *outside);
  CHECK_FALSE(marked(*inside));
  CHECK(marked(*outside));
  CHECK(inside->buffers[1].fileOffset == 0);
  REQUIRE(outside->buffers[1].fileOffset > 0);
  CHECK(outside->buffers[1].fileOffset % 16 == 0);
  CHECK(outside->buffers[2].fileOffset % 16 == 0);
  // The runtime looks for metadata inside only.
  CHECK(outside->buffers[3].fileOffset == 0);
}

TEST_CASE("a file with constants outside stays one, until its unused parts are removed", "[io]") {
  const auto outside = tests::rewritten(withMetadata(), kTiny);
  const auto copy = tests::rewritten(*outside);
  tests::checkSame(*outside, *copy);
  CHECK(copy->buffers[1].fileOffset > 0);
  CHECK(copy->metadata.size() == outside->metadata.size());
  Model pruned = *copy;
  pruneUnused(pruned);
  const auto inside = tests::rewritten(pruned);
  CHECK_FALSE(marked(*inside));
  CHECK(inside->buffers[1].fileOffset == 0);
}

TEST_CASE("every real model keeps everything with its constants outside", "[io]") {
  for (const auto& file : tests::realModels()) {
    INFO(file.string());
    const auto model = readModel(file);
    REQUIRE(model.ok());
    tests::checkSame(**model, *tests::rewritten(**model, kTiny));
  }
}

TEST_CASE("long custom options leave the flatbuffer together with the constants", "[io]") {
  Model model = withMetadata();
  std::vector<std::byte> options(100'000);
  for (size_t i = 0; i < options.size(); ++i) options[i] = static_cast<std::byte>(i * 7);
  model.subgraphs[0].operators[0].customOptions = Buffer::fromBytes(options);
  model.subgraphs[0].operators[1].customOptions = Buffer::fromBytes({std::byte{1}, std::byte{2}});
  const auto outside = tests::rewritten(model, kTiny);
  tests::checkSame(model, *outside);
  CHECK(outside->subgraphs[0].operators[0].customOptions->fileOffset > 0);
  CHECK(outside->subgraphs[0].operators[1].customOptions->fileOffset == 0);
}

TEST_CASE("a file cut off within its outside constants is refused with the buffer's number", "[io]") {
  auto bytes = serializeModel(withMetadata(), {kTiny});
  REQUIRE(bytes.ok());
  bytes->resize(bytes->size() - 20);
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(*bytes));
  const auto model = readModelFromBytes(owner, *owner, "cut.tflite");
  REQUIRE_FALSE(model.ok());
  CHECK_THAT(model.error().message(), ContainsSubstring("cut.tflite, buffer 2") && ContainsSubstring("cut off"));
}

TEST_CASE("constants that do not begin where their type may be read are realigned", "[io]") {
  const Model model = withMetadata();
  auto bytes = serializeModel(model, {kTiny});
  REQUIRE(bytes.ok());
  // As other writers do: the blobs one byte further on.
  const auto before = tests::readGood(*bytes);
  const uint64_t offset = before->buffers[1].fileOffset;
  bytes->insert(bytes->begin() + static_cast<ptrdiff_t>(offset), std::byte{0});
  auto* root = const_cast<tflite::Model*>(tflite::GetModel(bytes->data()));
  for (uint32_t i = 1; i <= 2; ++i) {
    const auto* table = reinterpret_cast<const flatbuffers::Table*>(root->buffers()->Get(i));
    const_cast<flatbuffers::Table*>(table)->SetField<uint64_t>(tflite::Buffer::VT_OFFSET,
                                                               root->buffers()->Get(i)->offset() + 1, 0);
  }
  const auto shifted = tests::readGood(*bytes);
  for (size_t i = 1; i <= 2; ++i) {
    CHECK(reinterpret_cast<uintptr_t>(shifted->buffers[i].bytes.data()) % 4 == 0);
    CHECK(std::ranges::equal(shifted->buffers[i].bytes, before->buffers[i].bytes));
  }
}

TEST_CASE("bytes that begin at an odd address open as well", "[io]") {
  const auto bytes = serializeModel(withMetadata());
  REQUIRE(bytes.ok());
  auto owner = std::make_shared<std::vector<std::byte>>(bytes->size() + 1);
  std::ranges::copy(*bytes, owner->begin() + 1);
  const auto model = readModelFromBytes(owner, std::span(*owner).subspan(1), "odd");
  REQUIRE(model.ok());
  tests::checkSame(withMetadata(), **model);
}
