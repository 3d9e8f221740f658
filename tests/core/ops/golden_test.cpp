#include <algorithm>
#include <string>

#include "core/runtime/cpu_level.h"
#include "tests/support/catch.h"
#include "tests/support/conformance.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

struct Totals {
  int64_t tensors = 0, values = 0, withoutKernel = 0;
};

/// Every run of the folder, operator by operator on the recorded inputs. `known` starts the operators' texts whose
/// reference results are wrong, which the fast kernels therefore do not give.
Totals checkFolder(const std::filesystem::path& models, const std::filesystem::path& runs, ConformanceOptions options,
                   std::initializer_list<std::string> known) {
  Totals totals;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(runs)) {
    if (entry.path().extension() == ".npz") files.push_back(entry.path());
  }
  for (const auto& run : files) {
    auto model = models / std::filesystem::relative(run, runs);
    model.replace_extension(".tflite");
    if (!std::filesystem::exists(model)) continue;
    const auto results = compareOperators(model, run, options);
    INFO(model.string());
    if (!results) FAIL(results.error().message());
    for (const auto& result : *results) {
      if (result.failure.find("has no kernel") != std::string::npos) {
        ++totals.withoutKernel;
        continue;
      }
      const bool isKnown = std::any_of(known.begin(), known.end(),
                                       [&](const std::string& k) { return result.operatorText.rfind(k, 0) == 0; });
      ++totals.tensors;
      totals.values += result.values;
      INFO(describe(result));
      CHECK(result.failure.empty());
      if (isKnown) {
        CHECK(result.different > 0);
      } else {
        CHECK(result.different == 0);
      }
    }
  }
  return totals;
}

}  // namespace

TEST_CASE("every operator equals the committed results of the reference kernels", "[ops][golden]") {
  ConformanceOptions options;
  options.interpreter.kernels = KernelSet::Reference;
  for (const char* folder : {"operators", "sample"}) {
    const auto path = sourceFolder() / "tests" / "golden" / folder;
    const Totals totals = checkFolder(path, path, options, {});
    CHECK(totals.tensors > 0);
  }
}

TEST_CASE("the fast kernels give the same integers on every level of the processor", "[ops][golden]") {
  ConformanceOptions options;
  for (int level = 0; level <= static_cast<int>(detectCpuLevel()); ++level) {
    options.interpreter.cpu = static_cast<CpuLevel>(level);
    for (const char* folder : {"operators", "sample"}) {
      const auto path = sourceFolder() / "tests" / "golden" / folder;
      CHECK(checkFolder(path, path, options, {"LOCAL_RESPONSE_NORMALIZATION"}).tensors > 0);
    }
  }
}

TEST_CASE("every operator of real models equals the real interpreter", "[ops][golden][shared]") {
  const auto shared = sharedFolder();
  if (!shared) return skipLoudly("operators of real models", "the shared folder is absent");
  for (const KernelSet kernels : {KernelSet::Reference, KernelSet::Fast}) {
    ConformanceOptions options;
    options.interpreter.kernels = kernels;
    const auto golden = *shared / "golden";
    // Weights with a scale per column have no scale at all for the reference kernel of BATCH_MATMUL.
    const char* wrong = kernels == KernelSet::Fast ? "BATCH_MATMUL int16 int8[]" : "none";
    CHECK(checkFolder(golden / "models", golden / "runs", options, {wrong}).tensors > 0);
    CHECK(checkFolder(*shared / "models", golden / "runs" / "shared_models", options, {}).tensors > 0);
  }
}
