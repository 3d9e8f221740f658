#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope::tests;

namespace {

/// Usage errors exit with 2, print one line and leave stdout empty.
void checkUsageError(const Outcome& outcome, const std::string& part) {
  INFO(outcome.err);
  CHECK(outcome.exitCode == 2);
  CHECK(outcome.out.empty());
  REQUIRE(outcome.errors().size() == 1);
  CHECK(outcome.err == outcome.errors()[0] + "\n");
  CHECK(outcome.err.find(part) != std::string::npos);
}

}  // namespace

TEST_CASE("Wrong usage exits with 2 and says what was meant", "[cli]") {
  checkUsageError(runCli({}), "no command");
  checkUsageError(runCli({"evalute", "x.tflite"}), "did you mean 'evaluate'");
  checkUsageError(runCli({"--json", "--threads", "1", "hlep"}), "no command 'hlep'");
  checkUsageError(runCli({"info", sampleModel(), "--jsno"}), "did you mean '--json'");
  checkUsageError(runCli({"info"}), "model is required");
  checkUsageError(runCli({"info", sampleModel(), "extra"}), "'extra' is not expected");
  checkUsageError(runCli({"bench", sampleModel(), "--runs", "none"}), "--runs");
  checkUsageError(runCli({"bench", sampleModel(), "--runs", "0"}), "--runs");
  checkUsageError(runCli({"--threads", "0", "info", sampleModel()}), "--threads");
  checkUsageError(runCli({"info", sampleModel(), "--progress", "loud"}), "--progress");
  checkUsageError(runCli({"run", sampleModel(), "--kernels", "slow"}), "--kernels");
}

TEST_CASE("Options that contradict each other are wrong usage", "[cli]") {
  checkUsageError(runCli({"quantize", sampleModel(), "--mode", "int8", "-o", "/tmp/never.tflite"}),
                  "--data or --ranges");
  checkUsageError(runCli({"quantize", sampleModel(), "--mode", "int7", "-o", "/tmp/never.tflite"}), "--mode");
  checkUsageError(runCli({"quantize", sampleModel(), "-o", "/tmp/never.tflite"}), "--mode is required");
  checkUsageError(runCli({"quantize", sampleModel(), "--mode", "float16"}), "--output is required");
  checkUsageError(runCli({"quantize", sampleModel(), "--mode", "recipe", "-o", "/tmp/never.tflite"}), "--recipe");
  checkUsageError(runCli({"run", sampleModel(), "--all-tensors"}), "--outputs");
  checkUsageError(runCli({"tensors", sampleModel(), "--filter", "(["}), "regular expression");
  checkUsageError(runCli({"search", sampleModel(), "--data", samplePictures()}), "--max-drop or --max-size");
  checkUsageError(runCli({"render", sampleModel(), "-o", "/tmp/never.jpg"}), ".svg");
}

TEST_CASE("Values of channels stand in one word, with commas between them", "[cli]") {
  auto applied = [](const std::string& mean) {
    return runCli({"--json", "evaluate", "--data", samplePictures(), "--limit", "2", "--mean", mean, "--std", "2",
                   sampleModel()});
  };
  const Outcome three = applied("1.5,2,3");
  REQUIRE(three.exitCode == 0);
  CHECK(three.json()["preprocessing"]["mean"] == std::vector<float>{1.5f, 2.0f, 3.0f});
  CHECK(three.json()["preprocessing"]["std"] == std::vector<float>{2.0f});
  // What follows the value is no further value.
  CHECK(applied("1.5").json()["preprocessing"]["mean"] == std::vector<float>{1.5f});
  CHECK(applied("-1").json()["preprocessing"]["mean"] == std::vector<float>{-1.0f});
  for (const char* wrong : {"1,x,3", "", "1,,3", "1;2"}) checkUsageError(applied(wrong), "--mean");
}

TEST_CASE("Help and version go to stdout and succeed", "[cli]") {
  const Outcome help = runCli({"--help"});
  CHECK(help.exitCode == 0);
  for (const char* command : {"info", "tensors", "histogram", "run", "calibrate", "quantize", "evaluate", "compare",
                              "sensitivity", "search", "bench", "copy", "diff", "verify", "report", "render"}) {
    INFO(command);
    CHECK(help.out.find(std::string("  ") + command + " ") != std::string::npos);
    const Outcome own = runCli({command, "--help"});
    CHECK(own.exitCode == 0);
    CHECK(own.out.find(command) != std::string::npos);
    CHECK(own.err.empty());
  }
  const Outcome version = runCli({"--version"});
  CHECK(version.exitCode == 0);
  CHECK(version.out.rfind("quantscope-cli ", 0) == 0);
}

TEST_CASE("Global options stand before or after the command", "[cli]") {
  const Outcome before = runCli({"--json", "--threads", "1", "info", sampleModel()});
  const Outcome after = runCli({"info", sampleModel(), "--threads", "1", "--json"});
  CHECK(before.exitCode == 0);
  CHECK(before.out == after.out);
  CHECK(before.json().at("bytes") == after.json().at("bytes"));
}
