#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/data/npz.h"
#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

/// The work failed: exit 1, one line of error that names the thing, nothing on stdout.
void checkFailure(const Outcome& outcome, const std::string& names) {
  INFO(outcome.err);
  CHECK(outcome.exitCode == 1);
  CHECK(outcome.out.empty());
  REQUIRE(outcome.errors().size() == 1);
  CHECK(outcome.errors()[0].find(names) != std::string::npos);
}

std::vector<std::string> quantizeTo(const std::filesystem::path& out) {
  return {"quantize", sampleModel(), "--mode", "float16", "-o", out.string()};
}

}  // namespace

TEST_CASE("A file that is no model is named, whichever command opens it", "[cli]") {
  const TemporaryFolder folder;
  const std::string content = fileContent(sampleModel());
  const auto missing = folder.path() / "missing.tflite";
  const auto truncated = folder.path() / "truncated.tflite";
  const auto text = folder.path() / "text.tflite";
  const auto empty = folder.path() / "empty.tflite";
  writeFile(truncated, content.substr(0, content.size() / 2));
  writeFile(text, "this is no model, but long enough to look at");
  writeFile(empty, "");
  for (const auto& file : {missing, truncated, text, empty, folder.path()}) {
    checkFailure(runCli({"info", file.string()}), file.filename().string());
    checkFailure(runCli({"--json", "info", file.string()}), file.filename().string());
  }
  const std::string out = (folder.path() / "out.tflite").string();
  const std::string bad = truncated.string();
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"tensors", bad},
        {"histogram", bad, "--tensor", "x"},
        {"run", bad},
        {"bench", bad},
        {"verify", bad},
        {"copy", bad, "-o", out},
        {"diff", sampleModel(), bad},
        {"calibrate", bad, "--data", calibrationPictures(), "-o", out},
        {"quantize", bad, "--mode", "int8", "--data", calibrationPictures(), "-o", out},
        {"evaluate", sampleModel(), bad, "--data", samplePictures()},
        {"compare", sampleModel(), bad, "--data", samplePictures()},
        {"sensitivity", bad, "--data", samplePictures()},
        {"report", bad, "-o", out},
        {"render", bad, "-o", (folder.path() / "out.svg").string()}}) {
    INFO(command[0]);
    checkFailure(runCli(command), "truncated.tflite");
  }
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"empty.tflite", "text.tflite", "truncated.tflite"});
}

TEST_CASE("Datasets that cannot serve are named", "[cli]") {
  const TemporaryFolder folder;
  const auto empty = folder.path() / "no-pictures";
  std::filesystem::create_directories(empty);
  const auto broken = folder.path() / "broken";
  std::filesystem::create_directories(broken / "circle");
  writeFile(broken / "circle" / "a.png", "no picture");
  const auto shape = folder.path() / "shape.npz";
  TensorValue wrong;
  wrong.shape = {4, 16, 16, 3};
  wrong.bytes.resize(4 * 16 * 16 * 3 * 4);
  REQUIRE(writeNpz(shape, {{"x", wrong}}, IfExists::Refuse).ok());
  const std::string out = (folder.path() / "ranges.json").string();
  struct Case {
    std::string data, names;
  };
  for (const Case& c : {Case{empty.string(), "no-pictures"}, Case{broken.string(), "a.png"}, Case{shape.string(), "16"},
                        Case{(folder.path() / "absent").string(), "absent"}}) {
    INFO(c.data);
    checkFailure(runCli({"evaluate", sampleModel(), "--data", c.data}), c.names);
    checkFailure(runCli({"calibrate", sampleModel(), "--data", c.data, "-o", out}), c.names);
  }
  CHECK_FALSE(std::filesystem::exists(out));
}

TEST_CASE("Labels beyond the model's classes are an error, not wrong figures", "[cli]") {
  const TemporaryFolder folder;
  const auto picture = *std::filesystem::recursive_directory_iterator(
      std::filesystem::directory_iterator(calibrationPictures())->path());
  for (int i = 0; i < 11; ++i) {
    const auto target = folder.path() / ("class" + std::to_string(10 + i));
    std::filesystem::create_directories(target);
    std::filesystem::copy_file(picture, target / "a.png");
  }
  const auto labels = folder.path() / "labels.txt";
  std::string names;
  for (int i = 0; i < 11; ++i) names += "class" + std::to_string(10 + i) + "\n";
  writeFile(labels, names);
  checkFailure(runCli({"evaluate", sampleModel(), "--data", folder.path().string(), "--labels", labels.string()}),
               "10");
}

TEST_CASE("An existing file is replaced only with --force", "[cli]") {
  const TemporaryFolder folder;
  const auto out = folder.path() / "out.tflite";
  writeFile(out, "mine");
  checkFailure(runCli(quantizeTo(out)), "--force");
  CHECK(fileContent(out) == "mine");
  auto forced = quantizeTo(out);
  forced.push_back("--force");
  CHECK(runCli(forced).exitCode == 0);
  CHECK(std::filesystem::file_size(out) > 100'000);
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"out.tflite"});
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"copy", sampleModel(), "-o", out.string()},
        {"tensors", sampleModel(), "--csv", out.string()},
        {"run", sampleModel(), "--outputs", out.string()},
        {"evaluate", sampleModel(), "--data", samplePictures(), "--report", out.string()},
        {"calibrate", sampleModel(), "--data", calibrationPictures(), "-o", out.string()}}) {
    INFO(command[0]);
    checkFailure(runCli(command), "--force");
  }
}

TEST_CASE("A folder that cannot be written to is named before any work is done", "[cli]") {
  const TemporaryFolder folder;
  checkFailure(runCli(quantizeTo(folder.path() / "absent" / "out.tflite")), "absent");
  // Permissions do not stop root; the process file system stops everybody.
  checkFailure(runCli(quantizeTo("/proc/out.tflite")), "/proc/out.tflite");
  if (::geteuid() == 0) return;
  const auto locked = folder.path() / "locked";
  std::filesystem::create_directories(locked);
  std::filesystem::permissions(locked, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  checkFailure(runCli(quantizeTo(locked / "out.tflite")), "locked");
  std::filesystem::permissions(locked, std::filesystem::perms::owner_all);
}

TEST_CASE("A full disk is an error that leaves nothing behind", "[cli]") {
  const TemporaryFolder folder;
  RunOptions full;
  full.largestFile = 65536;
  const std::string report = (folder.path() / "r.npz").string();
  checkFailure(runCli(quantizeTo(folder.path() / "out.tflite"), full), "out.tflite");
  checkFailure(runCli({"copy", sampleModel(), "-o", (folder.path() / "copy.tflite").string()}, full), "copy.tflite");
  checkFailure(runCli({"run", sampleModel(), "--outputs", report, "--all-tensors"}, full), "r.npz");
  CHECK(filesIn(folder.path()).empty());
}

TEST_CASE("A full file system is an error that leaves nothing behind", "[cli]") {
  const TemporaryFolder folder;
  const auto disk = folder.path() / "disk";
  std::filesystem::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=64k") != 0) {
    skipLoudly("full file system", "mounting one is not allowed here");
    return;
  }
  const Outcome outcome = runCli(quantizeTo(disk / "out.tflite"));
  const auto left = filesIn(disk);
  ::umount(disk.c_str());
  checkFailure(outcome, "No space left");
  CHECK(left.empty());
}

TEST_CASE("A result that cannot be printed is an error", "[cli]") {
  RunOptions full;
  full.standardOutput = "/dev/full";
  const Outcome outcome = runCli({"info", sampleModel()}, full);
  CHECK(outcome.exitCode == 1);
  CHECK(outcome.errors().size() == 1);
}

TEST_CASE("Ranges of another model are refused", "[cli]") {
  const TemporaryFolder folder;
  const std::string ranges = (folder.path() / "ranges.json").string();
  writeFile(ranges, "{\"not\": \"ranges\"}");
  checkFailure(runCli({"quantize", sampleModel(), "--mode", "int8", "--ranges", ranges, "-o",
                       (folder.path() / "out.tflite").string()}),
               "ranges.json");
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"ranges.json"});
}

TEST_CASE("Ctrl-C stops any work within 200 ms and leaves nothing behind", "[cli]") {
  const TemporaryFolder folder;
  // One picture, listed often enough to keep every job busy.
  const auto picture =
      *std::filesystem::directory_iterator(std::filesystem::directory_iterator(calibrationPictures())->path());
  {
    std::ofstream list(folder.path() / "long.csv");
    list << "path,label\n";
    for (int i = 0; i < 300'000; ++i) list << picture.path().string() << ",0\n";
  }
  const std::string data = (folder.path() / "long.csv").string();
  const std::string out = (folder.path() / "out").string();
  RunOptions interrupted;
  interrupted.signal = SIGINT;
  interrupted.signalAfterMilliseconds = 2500;
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"bench", sampleModel(), "--runs", "1000000"},
        {"evaluate", sampleModel(), "--data", data, "--report", out, "--predictions", out + ".csv"},
        {"calibrate", sampleModel(), "--data", data, "-o", out},
        {"quantize", sampleModel(), "--mode", "int8", "--data", data, "-o", out},
        {"compare", sampleModel(), sampleModel(), "--data", data, "--csv", out},
        {"sensitivity", sampleModel(), "--data", data, "--limit", "300000"}}) {
    INFO(command[0]);
    const Outcome outcome = runCli(command, interrupted);
    INFO(outcome.err);
    CHECK(outcome.exitCode == 130);
    CHECK(outcome.out.empty());
    CHECK(outcome.secondsAfterSignal < 0.2);
  }
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"long.csv"});
}

TEST_CASE("Progress is plain lines on stderr, and can be silenced", "[cli]") {
  const Outcome plain = runCli({"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "50"});
  REQUIRE(plain.exitCode == 0);
  CHECK(plain.err.find("Evaluating: 50 of 50 samples") != std::string::npos);
  CHECK(plain.err.find('\r') == std::string::npos);
  CHECK(plain.err.find('\x1b') == std::string::npos);
  const Outcome none =
      runCli({"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "50", "--progress", "none"});
  CHECK(none.err.find("Evaluating") == std::string::npos);
  CHECK(none.err.find("Input:") != std::string::npos);
  const Outcome quiet = runCli({"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "50", "--quiet"});
  CHECK(quiet.err.empty());
  CHECK(quiet.out.find("shapes_cnn.tflite") != std::string::npos);
}
