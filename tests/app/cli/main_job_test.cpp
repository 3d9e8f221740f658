#include <filesystem>
#include <fstream>

#include "core/data/npz.h"
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

TEST_CASE("The whole job: calibrate, quantize in every mode, evaluate side by side", "[cli]") {
  const TemporaryFolder folder;
  const std::string ranges = (folder.path() / "ranges.json").string();
  const json calibrated = success({"calibrate", sampleModel(), "--data", calibrationPictures(), "-o", ranges});
  CHECK(calibrated["samples"] == 100);
  CHECK(calibrated["skipped"].empty());

  std::vector<std::string> evaluate{"evaluate", sampleModel()};
  for (const std::string mode : {"float16", "dynamic-range", "int8", "int8-full"}) {
    INFO(mode);
    const std::string out = (folder.path() / (mode + ".tflite")).string();
    const json quantized = success({"quantize", sampleModel(), "-o", out, "--mode", mode, "--ranges", ranges});
    CHECK(quantized["out"] == out);
    CHECK(quantized["bytes"] == std::filesystem::file_size(out));
    CHECK(quantized["bytes"].get<double>() < 0.55 * static_cast<double>(std::filesystem::file_size(sampleModel())));
    CHECK(quantized["operators"].size() >= 8);
    for (const char* field : {"index", "op", "requested", "effective", "reason"}) {
      CHECK(quantized["operators"][0].contains(field));
    }
    CHECK(quantized["calibration_samples"] == (mode.rfind("int8", 0) == 0 ? 100 : 0));
    CHECK(success({"verify", out})["ok"] == true);
    evaluate.push_back(out);
  }

  const std::string report = (folder.path() / "report.html").string();
  const std::string predictions = (folder.path() / "predictions.csv").string();
  evaluate.insert(evaluate.end(), {"--data", samplePictures(), "--report", report, "--predictions", predictions});
  const json evaluated = success(evaluate);
  REQUIRE(evaluated["models"].size() == 5);
  CHECK(evaluated["skipped"].empty());
  CHECK(evaluated["preprocessing"]["source"] == "model metadata");
  const json& baseline = evaluated["models"][0];
  for (const char* field : {"path", "bytes", "samples", "top1", "top1_correct", "top1_low", "top1_high", "top5",
                            "agreement", "latency_us_median", "images_per_second"}) {
    INFO(field);
    CHECK(baseline.contains(field));
  }
  CHECK(baseline["samples"] == 500);
  CHECK(baseline["top1_correct"] == 469);  // as the TensorFlow Lite interpreter, see resources/samples/README.md
  CHECK(baseline["agreement"] == 1.0);
  for (const json& model : evaluated["models"]) {
    INFO(model.dump());
    // Five pictures of 500 are noise; more would be a defect of a mode.
    CHECK(std::abs(model["top1_correct"].get<int>() - 469) <= 5);
    CHECK(model["top1_low"] < model["top1"]);
    CHECK(model["top1"] < model["top1_high"]);
    CHECK(model["top5"] >= model["top1"]);
    CHECK(model["agreement"] > 0.95);
    CHECK(model["latency_us_median"] > 0);
    CHECK(model["images_per_second"] > 0);
  }
  const std::string html = fileContent(report);
  CHECK(html.find("int8-full.tflite") != std::string::npos);
  CHECK(html.find("</html>") != std::string::npos);
  const std::string csv = fileContent(predictions);
  CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + 5 * 500);
}

TEST_CASE("Results do not depend on the number of threads", "[cli]") {
  const TemporaryFolder folder;
  std::vector<std::string> contents;
  for (const std::string threads : {"1", "3"}) {
    const std::string out = (folder.path() / (threads + ".tflite")).string();
    const std::string predictions = (folder.path() / (threads + ".csv")).string();
    success({"quantize", sampleModel(), "-o", out, "--mode", "int8", "--data", calibrationPictures(), "--samples", "20",
             "--threads", threads});
    const std::string same = (folder.path() / "same.tflite").string();
    std::filesystem::copy_file(out, same, std::filesystem::copy_options::overwrite_existing);
    success({"evaluate", same, "--data", samplePictures(), "--limit", "40", "--predictions", predictions, "--threads",
             threads});
    contents.push_back(fileContent(out) + fileContent(predictions));
  }
  CHECK(contents[0] == contents[1]);
}

TEST_CASE("A dry run prints the plan and writes nothing", "[cli]") {
  const TemporaryFolder folder;
  RunOptions here;
  here.folder = folder.path();
  const Outcome outcome =
      runCli({"quantize", sampleModel(), "--mode", "int8", "--dry-run", "-o", "out.tflite", "--json"}, here);
  INFO(outcome.err);
  REQUIRE(outcome.exitCode == 0);
  const json plan = outcome.json();
  CHECK(plan["out"].is_null());
  size_t quantized = 0;
  for (const json& op : plan["operators"]) {
    quantized += op["effective"] == "int8";
    if (op["effective"] != op["requested"]) CHECK_FALSE(op["reason"].get<std::string>().empty());
  }
  CHECK(quantized == 8);  // all but the three that compute a shape
  CHECK(filesIn(folder.path()).empty());
}

TEST_CASE("Kept operators stay float", "[cli]") {
  const TemporaryFolder folder;
  const json info = success({"info", sampleModel()});
  const json tensors = success({"tensors", sampleModel()});
  const json& first = info["subgraphs"][0]["operators"][0];
  std::string name = tensors[first["outputs"][0].get<size_t>()]["name"];
  std::string pattern;
  for (const char c : name)
    pattern += (std::isalnum(static_cast<unsigned char>(c)) ? std::string(1, c) : std::string("\\") + c);
  const std::string out = (folder.path() / "out.tflite").string();
  const json quantized = success({"quantize", sampleModel(), "-o", out, "--mode", "int8", "--data",
                                  calibrationPictures(), "--samples", "10", "--keep", "^" + pattern + "$"});
  CHECK(quantized["operators"][0]["effective"] == "float32");
  CHECK(quantized["operators"][1]["effective"] == "int8");
  // int8-full refuses it, and names the operator.
  const Outcome refused = runCli({"quantize", sampleModel(), "-o", out, "--force", "--mode", "int8-full", "--data",
                                  calibrationPictures(), "--samples", "10", "--keep", "^" + pattern + "$"});
  CHECK(refused.exitCode == 1);
  REQUIRE(refused.errors().size() == 1);
  CHECK(refused.err.find("CONV_2D") != std::string::npos);
}

TEST_CASE("compare tells the error of each operator", "[cli]") {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "int8.tflite").string(), csv = (folder.path() / "layers.csv").string();
  success({"quantize", sampleModel(), "-o", out, "--mode", "int8", "--data", calibrationPictures(), "--samples", "20"});
  const json compared =
      success({"compare", sampleModel(), out, "--data", samplePictures(), "--limit", "20", "--csv", csv});
  CHECK(compared["samples"] == 20);
  REQUIRE(compared["operators"].size() >= 8);
  for (const json& op : compared["operators"]) {
    INFO(op.dump());
    CHECK(op["accumulated"]["cosine"] > 0.98);
    REQUIRE_FALSE(op["local"].is_null());
    CHECK(op["local"]["cosine"] > 0.98);
  }
  CHECK(fileContent(csv).find("local") != std::string::npos);
}

TEST_CASE("sensitivity has a row per operator", "[cli]") {
  const json rows = success(
      {"sensitivity", sampleModel(), "--data", calibrationPictures(), "--limit", "20", "--metric", "output-mse"});
  REQUIRE(rows.is_array());
  REQUIRE(rows.size() >= 8);
  double sum = 0;
  for (const json& row : rows) {
    for (const char* field : {"operator", "op", "quantize_one", "keep_one"}) CHECK(row.contains(field));
    CHECK(row["quantize_one"] >= 0);
    sum += row["quantize_one"].get<double>();
  }
  CHECK(sum > 0);
}

TEST_CASE("search writes a recipe that quantize turns into the file that it promised", "[cli]") {
  const TemporaryFolder folder;
  const std::string recipe = (folder.path() / "best.json").string(), out = (folder.path() / "best.tflite").string(),
                    again = (folder.path() / "again.tflite").string();
  const json uniform = success({"quantize", sampleModel(), "-o", (folder.path() / "int8.tflite").string(), "--mode",
                                "int8", "--data", calibrationPictures()});
  const json searched = success({"search", sampleModel(), "--data", samplePictures(), "--calibration",
                                 calibrationPictures(), "--limit", "60", "--trials", "14", "--max-size",
                                 std::to_string(uniform["bytes"].get<int64_t>()), "-o", recipe, "--model-out", out});
  CHECK(searched["recipe"] == recipe);
  CHECK(searched["bytes"] <= uniform["bytes"]);
  CHECK(static_cast<int64_t>(std::filesystem::file_size(out)) == searched["bytes"].get<int64_t>());
  REQUIRE(searched["front"].size() >= 1);
  CHECK(searched["trials"].size() <= 14);
  for (const json& trial : searched["trials"]) {
    if (trial["within_budget"] == true) CHECK(searched["metric"] >= trial["metric"]);
  }
  success({"quantize", sampleModel(), "-o", again, "--recipe", recipe, "--data", calibrationPictures()});
  CHECK(fileContent(again) == fileContent(out));
}

TEST_CASE("evaluate compares answers without labels, and shows one sample", "[cli]") {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "f16.tflite").string();
  success({"quantize", sampleModel(), "-o", out, "--mode", "float16"});
  const json agreement =
      success({"evaluate", sampleModel(), out, "--data", samplePictures(), "--limit", "40", "--task", "agreement"});
  REQUIRE(agreement["models"].size() == 2);
  CHECK(agreement["models"][0]["metrics"]["agreement"]["value"] == 1.0);
  CHECK(agreement["models"][1]["metrics"]["agreement"]["value"] >= 0.95);
  CHECK(agreement["models"][1]["metrics"]["relative_error"]["value"] < 0.05);
  const json preview = success({"evaluate", sampleModel(), "--data", samplePictures(), "--preview", "3"});
  CHECK(preview["sample"] == 3);
  CHECK(preview["inputs"][0]["received"]["channels"].size() == 3);
  CHECK(preview["best"].size() == 5);
}

TEST_CASE("render draws the graph as SVG, PNG and PDF", "[cli]") {
  const TemporaryFolder folder;
  const std::pair<const char*, const char*> formats[]{
      {"graph.svg", "<svg"}, {"graph.png", "\x89PNG"}, {"graph.pdf", "%PDF-1"}};
  for (const auto& [name, magic] : formats) {
    const std::string out = (folder.path() / name).string();
    success({"render", sampleModel(), "-o", out});
    CHECK(fileContent(out).rfind(magic, 0) == 0);
  }
}

TEST_CASE("Skipped items are listed and the rest is evaluated", "[cli]") {
  const TemporaryFolder folder;
  const auto source = std::filesystem::path(calibrationPictures());
  for (const auto& entry : std::filesystem::directory_iterator(source)) {
    const auto target = folder.path() / entry.path().filename();
    std::filesystem::create_directories(target);
    std::filesystem::copy_file(*std::filesystem::directory_iterator(entry.path()), target / "a.png");
  }
  const auto firstClass = *std::filesystem::directory_iterator(folder.path());
  writeFile(firstClass.path() / "broken.png", "\x89PNG\r\n\x1a\nthis is no picture");
  const json evaluated = success({"evaluate", sampleModel(), "--data", folder.path().string()});
  CHECK(evaluated["models"][0]["samples"] == 10);
  REQUIRE(evaluated["skipped"].size() == 1);
  CHECK(evaluated["skipped"][0]["path"].get<std::string>().find("broken.png") != std::string::npos);
  CHECK_FALSE(evaluated["skipped"][0]["why"].get<std::string>().empty());
}

TEST_CASE("evaluate writes the scores of every sample", "[cli]") {
  const TemporaryFolder folder;
  const std::string scores = (folder.path() / "scores.npz").string();
  success({"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "30", "--scores", scores});
  const auto arrays = readNpz(scores);
  REQUIRE(arrays.ok());
  CHECK(arrays->at("scores_0").shape == std::vector<int32_t>{30, 10});
  CHECK(arrays->at("label").shape == std::vector<int32_t>{30});
}
