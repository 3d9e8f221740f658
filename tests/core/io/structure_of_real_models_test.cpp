#include "core/io/metadata.h"
#include "core/io/model_diff.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/model/edit.h"
#include "core/model/structure.h"
#include "tests/core/io/real_models.h"
#include "tests/support/catch.h"

using namespace quantscope;

TEST_CASE("nothing is wrong with the real models", "[io]") {
  for (const auto& file : tests::realModels()) {
    // Its minimum runtime version names a buffer without data: rightly a warning.
    if (file.filename() == "duplicated_tensor_names.tflite") continue;
    const auto model = readModel(file);
    REQUIRE(model.ok());
    for (const Finding& finding : structuralFindings(**model)) {
      FAIL_CHECK(file.string() << ": " << findingPlace(**model, finding) << ": " << finding.what << ": "
                               << finding.why);
    }
  }
}

TEST_CASE("pruning a real model removes only what nothing refers to", "[io]") {
  for (const auto& file : tests::realModels()) {
    INFO(file.string());
    const auto model = readModel(file);
    REQUIRE(model.ok());
    Model pruned = **model;
    deduplicateBuffers(pruned);
    const PruneResult removed = pruneUnused(pruned);
    CHECK(pruned.buffers.size() + removed.buffers == (*model)->buffers.size());
    CHECK(structuralFindings(pruned).size() == structuralFindings(**model).size());
    // Fewer small objects are left to fill the gaps before aligned constants.
    CHECK(serializedSize(pruned).value() <= serializedSize(**model).value() + 16);
    if (removed.tensors > 0) continue;
    // Numbers of buffers and codes may differ; what a user sees may not.
    DiffOptions meaning;
    meaning.exact = false;
    for (const ModelDifference& d : diffModels(**model, pruned, meaning)) FAIL_CHECK(d.where << ": " << d.what);
  }
}

TEST_CASE("the converter's models name the runtime that they need", "[io]") {
  for (const auto& file : tests::realModels()) {
    if (file.filename() != "official_int8.tflite") continue;
    const auto model = readModel(file);
    REQUIRE(model.ok());
    const auto metadata = readMetadata(**model);
    REQUIRE(metadata.ok());
    CHECK_FALSE(metadata->minimumRuntime.empty());
    CHECK(metadata->inputs.empty());
  }
}
