#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope::tests;

TEST_CASE("quantize runs algorithms on pictures and reports what they left out", "[cli]") {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "int4.tflite").string();
  const Outcome rounded =
      runCli({"--json", "quantize", sampleModel(), "-o", out, "--mode", "weight-only-int4", "--data",
              calibrationPictures(), "--algorithm", "mse", "--algorithm", "gptq", "--algorithm", "bias-correction"});
  INFO(rounded.err);
  REQUIRE(rounded.exitCode == 0);
  CHECK(rounded.json()["remarks"].is_array());
  const Outcome plain = runCli({"--json", "quantize", sampleModel(), "-o", (folder.path() / "plain.tflite").string(),
                                "--mode", "weight-only-int4"});
  REQUIRE(plain.exitCode == 0);
  // But for lists that happen to be equal, which are stored once.
  CHECK(std::abs(rounded.json()["bytes"].get<int64_t>() - plain.json()["bytes"].get<int64_t>()) < 128);
  CHECK(fileContent(out) != fileContent(folder.path() / "plain.tflite"));
}

TEST_CASE("an algorithm that needs samples fails without, an unknown one is a usage error", "[cli]") {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "out.tflite").string();
  const Outcome blind =
      runCli({"quantize", sampleModel(), "-o", out, "--mode", "weight-only-int4", "--algorithm", "gptq"});
  CHECK(blind.exitCode == 1);
  REQUIRE(blind.errors().size() == 1);
  CHECK(blind.errors()[0].find("--data") != std::string::npos);
  CHECK(runCli({"quantize", sampleModel(), "-o", out, "--mode", "int8", "--algorithm", "gptk"}).exitCode == 2);
  CHECK(filesIn(folder.path()).empty());
}

TEST_CASE("quantize simulates widths that no kernel has", "[cli]") {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "w3a6.tflite").string();
  const Outcome outcome = runCli({"--json", "quantize", sampleModel(), "-o", out, "--simulate-bits", "3:6",
                                  "--power-of-two", "--data", calibrationPictures()});
  INFO(outcome.err);
  REQUIRE(outcome.exitCode == 0);
  CHECK(outcome.json()["weight_bits"] == 3);
  CHECK(outcome.json()["activation_bits"] == 6);
  const auto info = runCli({"--json", "info", out}).json();
  size_t rounded = 0;
  for (const auto& op : info["subgraphs"][0]["operators"]) rounded += op["op"] == "FAKE_QUANT";
  CHECK(rounded > 3);
  for (const char* bits : {"", "x", "4:", ":4", "4:8:2", "40", "1", "4:0", "-3"})
    CHECK(runCli({"quantize", sampleModel(), "-o", out, "--force", "--simulate-bits", bits, "--data",
                  calibrationPictures()})
              .exitCode != 0);
  CHECK(runCli({"quantize", sampleModel(), "-o", out, "--force", "--simulate-bits", "4:8"}).exitCode == 2);
  CHECK(runCli({"quantize", sampleModel(), "-o", out, "--force", "--mode", "int8", "--power-of-two"}).exitCode == 2);
}

TEST_CASE("rounding by samples stops at once when interrupted", "[cli]") {
  const TemporaryFolder folder;
  for (const int after : {150, 500}) {
    RunOptions options;
    options.signal = SIGINT;
    options.signalAfterMilliseconds = after;
    const Outcome outcome =
        runCli({"quantize", sampleModel(), "-o", (folder.path() / "out.tflite").string(), "--mode", "weight-only-int4",
                "--data", samplePictures(), "--algorithm", "mse", "--algorithm", "gptq", "--algorithm", "adaround"},
               options);
    CHECK(outcome.exitCode == 130);
    CHECK(outcome.secondsAfterSignal < 1.0);  // 200 ms, and room for a loaded machine
    CHECK(filesIn(folder.path()).empty());
  }
}
