#include <algorithm>
#include <filesystem>

#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;
using nlohmann::json;

namespace {

json success(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  const Outcome outcome = runCli(arguments);
  INFO(outcome.err);
  REQUIRE(outcome.exitCode == 0);
  return outcome.json();
}

}  // namespace

TEST_CASE("info --advise names a mode for the device, with reasons", "[cli]") {
  const json blind = success({"info", sampleModel(), "--advise", "--deploy", "cpu", "--samples", "no"})["advice"];
  CHECK(blind["mode"] == "dynamic-range");
  CHECK_FALSE(blind["reasons"].empty());
  CHECK(success({"info", sampleModel(), "--advise"})["advice"]["mode"] == "int8");
  CHECK(success({"info", sampleModel(), "--advise", "--deploy", "gpu"})["advice"]["mode"] == "float16");
  CHECK_FALSE(success({"info", sampleModel()}).contains("advice"));
}

TEST_CASE("a float model breaks the rules of an integer device at every operator", "[cli]") {
  const Outcome outcome = runCli({"verify", sampleModel(), "--target", "edge-tpu", "--json"});
  CHECK(outcome.exitCode == 1);
  const json document = outcome.json();
  CHECK(document["ok"] == false);
  CHECK(document["findings"].size() >= 8);
  for (const json& finding : document["findings"]) {
    CHECK(finding["operator"].is_number());
    CHECK_FALSE(finding["why"].get<std::string>().empty());
  }
  CHECK(success({"verify", sampleModel(), "--target", "cpu"})["ok"] == true);
}

TEST_CASE("a preset shows itself as rules, and its recipe does the same again", "[cli]") {
  const TemporaryFolder folder;
  const std::string recipe = (folder.path() / "recipe.json").string(), first = (folder.path() / "a.tflite").string(),
                    second = (folder.path() / "b.tflite").string();
  const json preset = success({"quantize", sampleModel(), "-o", first, "--optimize", "size", "--data",
                               calibrationPictures(), "--samples", "20", "--recipe-out", recipe});
  CHECK(preset["rules"].size() >= 3);
  for (const json& rule : preset["rules"]) CHECK(rule["matches"].get<int>() >= rule["wins"].get<int>());
  success({"quantize", sampleModel(), "-o", second, "--recipe", recipe, "--data", calibrationPictures(), "--samples",
           "20"});
  CHECK(fileContent(first) == fileContent(second));
  const Outcome text = runCli({"quantize", sampleModel(), "--optimize", "size", "--dry-run"});
  CHECK(text.out.find("decides") != std::string::npos);
}

TEST_CASE("recipes go to AI Edge Quantizer and are read again", "[cli]") {
  const TemporaryFolder folder;
  const std::string aeq = (folder.path() / "aeq.json").string();
  const json plan =
      success({"quantize", sampleModel(), "--mode", "int8", "--dry-run", "--recipe-out", aeq, "--format", "aeq"});
  CHECK(json::parse(fileContent(aeq))[0]["op_config"]["activation_tensor_config"]["num_bits"] == 8);
  const json again = success({"quantize", sampleModel(), "--recipe", aeq, "--dry-run"});
  REQUIRE(again["operators"].size() == plan["operators"].size());
  for (size_t i = 0; i < plan["operators"].size(); ++i)
    CHECK(again["operators"][i]["effective"] == plan["operators"][i]["effective"]);
}

TEST_CASE("--record keeps how a file came about, and only then", "[cli]") {
  const TemporaryFolder folder;
  const std::string plain = (folder.path() / "plain.tflite").string(), kept = (folder.path() / "kept.tflite").string();
  const std::vector<std::string> rest{"--mode", "int8", "--data", calibrationPictures(), "--samples", "10"};
  auto quantize = [&](const std::string& out, bool record) {
    std::vector<std::string> arguments{"quantize", sampleModel(), "-o", out};
    arguments.insert(arguments.end(), rest.begin(), rest.end());
    if (record) arguments.push_back("--record");
    success(arguments);
  };
  quantize(plain, false);
  quantize(kept, true);
  CHECK(fileContent(plain).find("\"recipe\"") == std::string::npos);
  const std::string content = fileContent(kept);
  CHECK(content.find("quantscope_record") != std::string::npos);
  CHECK(content.find("\"sha256\"") != std::string::npos);
  CHECK(success({"verify", kept})["ok"] == true);
  CHECK(std::filesystem::file_size(kept) > std::filesystem::file_size(plain));
}

TEST_CASE("calibrate tells per tensor what was seen, and what is odd about it", "[cli]") {
  const TemporaryFolder folder;
  const std::string ranges = (folder.path() / "ranges.json").string();
  const json document = success({"calibrate", sampleModel(), "--data", calibrationPictures(), "-o", ranges,
                                 "--observer-for", "=minmax", "--observer-for", "conv2d_1/=percentile"});
  CHECK(document["dataset_sha256"].get<std::string>().size() == 64);
  CHECK(document["diagnostics"].is_array());
  size_t percentile = 0;
  for (const json& row : document["ranges"]) {
    CHECK(row["min"].get<double>() >= row["observed_min"].get<double>());
    CHECK(row["growth"].back()["samples"] == 100);
    percentile += row["observer"] == "percentile";
  }
  CHECK(percentile > 0);
  CHECK(percentile < document["ranges"].size());
  const Outcome wrong = runCli({"calibrate", sampleModel(), "--data", calibrationPictures(), "-o", ranges, "--force",
                                "--observer-for", "conv1"});
  CHECK(wrong.exitCode == 1);
  CHECK(wrong.errors()[0].find("REGEX=OBSERVER") != std::string::npos);
}
