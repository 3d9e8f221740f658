#include <algorithm>
#include <cstdio>
#include <fstream>

#include "core/io/model_diff.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "tests/core/io/real_models.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

std::shared_ptr<const Model> reopened(std::vector<std::byte> bytes) {
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
  auto model = readModelFromBytes(owner, *owner, "the copy");
  if (!model.ok()) FAIL(model.error().message());
  return *model;
}

void checkSame(const Model& a, const Model& b) {
  for (const ModelDifference& d : diffModels(a, b))
    FAIL_CHECK(d.where << ": " << d.what << ": " << d.a << " / " << d.b);
}

}  // namespace

TEST_CASE("every real model is the same after writing and reading, and no longer", "[io]") {
  for (const auto& file : tests::realModels()) {
    INFO(file.string());
    const auto model = readModel(file);
    REQUIRE(model.ok());
    const auto bytes = serializeModel(**model);
    REQUIRE(bytes.ok());
    const auto before = std::filesystem::file_size(file);
    CHECK(bytes->size() <= before);
    CHECK(serializedSize(**model).value() == bytes->size());
    const auto copy = reopened(*bytes);
    checkSame(**model, *copy);
    // What is written once more is the same to the byte.
    const auto again = serializeModel(*copy);
    REQUIRE(again.ok());
    CHECK(*again == *bytes);
  }
}
