#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "tests/core/io/raw_models.h"
#include "tests/core/io/real_models.h"
#include "tests/support/catch.h"

using namespace quantscope;

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
    const auto copy = tests::readGood(*bytes);
    tests::checkSame(**model, *copy);
    // What is written once more is the same to the byte.
    const auto again = serializeModel(*copy);
    REQUIRE(again.ok());
    CHECK(*again == *bytes);
  }
}
