#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/data/npz.h"
#include "core/io/tflite_writer.h"
#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;

namespace {

// What Ctrl-C may take, in seconds. A program under a sanitizer takes longer to end than one that users run.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kPromptly = 2.0;
#else
constexpr double kPromptly = 0.2;
#endif

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

/// Every command that writes a file, each with its only output in `folder`.
std::vector<std::vector<std::string>> writersTo(const std::filesystem::path& folder) {
  auto out = [&](const char* name) { return (folder / name).string(); };
  return {{"tensors", sampleModel(), "--csv", out("t.csv")},
          {"run", sampleModel(), "--outputs", out("o.npz"), "--all-tensors"},
          {"calibrate", sampleModel(), "--data", calibrationPictures(), "--samples", "4", "-o", out("r.json")},
          quantizeTo(out("q.tflite")),
          {"quantize", sampleModel(), "--mode", "int8", "--data", calibrationPictures(), "--samples", "4", "-o",
           out("i.tflite")},
          {"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "40", "--report", out("e.html")},
          {"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "40", "--predictions", out("p.csv")},
          {"evaluate", sampleModel(), "--data", samplePictures(), "--limit", "40", "--scores", out("s.npz")},
          {"compare", sampleModel(), sampleModel(), "--data", samplePictures(), "--limit", "4", "--csv", out("c.csv")},
          {"copy", sampleModel(), "-o", out("c.tflite")},
          {"report", sampleModel(), "-o", out("r.html")},
          {"render", sampleModel(), "-o", out("g.svg")}};
}

/// Every command that takes samples. What some of them would write goes to `out`.
std::vector<std::vector<std::string>> commandsWithData(const std::string& data, const std::string& out) {
  return {{"evaluate", sampleModel(), "--data", data, "--report", out},
          {"calibrate", sampleModel(), "--data", data, "-o", out},
          {"quantize", sampleModel(), "--mode", "int8", "--data", data, "-o", out},
          {"compare", sampleModel(), sampleModel(), "--data", data, "--csv", out},
          {"sensitivity", sampleModel(), "--data", data},
          {"report", sampleModel(), "--data", data, "-o", out}};
}

TensorValue zeros(std::vector<int32_t> shape, ElementType type, size_t bytes) {
  TensorValue value;
  value.type = type;
  value.shape = std::move(shape);
  value.bytes.resize(bytes);
  return value;
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

TEST_CASE("Datasets that cannot serve are named, whichever command reads them", "[cli]") {
  const TemporaryFolder folder;
  const auto empty = folder.path() / "no-pictures";
  std::filesystem::create_directories(empty);
  const auto broken = folder.path() / "broken";
  std::filesystem::create_directories(broken / "circle");
  writeFile(broken / "circle" / "a.png", "no picture");
  const auto cut = folder.path() / "cut";
  std::filesystem::create_directories(cut / "circle");
  const auto picture =
      std::filesystem::directory_iterator(std::filesystem::directory_iterator(calibrationPictures())->path())->path();
  writeFile(cut / "circle" / picture.filename(), fileContent(picture).substr(0, 700));
  constexpr size_t kPicture = 32 * 32 * 3 * sizeof(float);
  const auto shape = folder.path() / "shape.npz", nothing = folder.path() / "nothing.npz",
             labels = folder.path() / "labels.npz", other = folder.path() / "other.npz";
  REQUIRE(writeNpz(shape, {{"x", zeros({4, 16, 16, 3}, ElementType::Float32, kPicture)}}, IfExists::Refuse).ok());
  REQUIRE(writeNpz(nothing, {{"x", zeros({0, 32, 32, 3}, ElementType::Float32, 0)}}, IfExists::Refuse).ok());
  REQUIRE(writeNpz(other, {{"audio", zeros({1, 32, 32, 3}, ElementType::Float32, kPicture)}}, IfExists::Refuse).ok());
  REQUIRE(writeNpz(labels,
                   {{"x", zeros({2, 32, 32, 3}, ElementType::Float32, 2 * kPicture)},
                    {"y", zeros({3}, ElementType::Int64, 24)}},
                   IfExists::Refuse)
              .ok());
  const auto truncated = folder.path() / "truncated.npz", list = folder.path() / "list.csv",
             text = folder.path() / "text.txt";
  writeFile(truncated, fileContent(labels).substr(0, 5000));
  writeFile(list, "path,label\nabsent.png,0\n");
  writeFile(text, "hello");
  const auto out = folder.path() / "out";
  struct Case {
    std::filesystem::path data;
    std::string names;
  };
  for (const Case& c :
       {Case{empty, "no-pictures"}, Case{broken, "a.png"}, Case{cut, "it is cut off"}, Case{shape, "16"},
        Case{nothing, "empty"}, Case{other, "audio"}, Case{labels, "labels y"}, Case{truncated, "truncated.npz"},
        Case{list, "absent.png"}, Case{text, "text.txt"}, Case{folder.path() / "absent", "absent"}}) {
    for (const auto& command : commandsWithData(c.data.string(), out.string())) {
      INFO(command[0] << " " << c.data);
      checkFailure(runCli(command), c.names);
      CHECK_FALSE(std::filesystem::exists(out));
    }
  }
}

TEST_CASE("Files beside the model are named where they cannot serve", "[cli]") {
  const TemporaryFolder folder;
  const std::string out = (folder.path() / "out").string();
  const std::string ranges = (folder.path() / "ranges.json").string();
  REQUIRE(
      runCli({"calibrate", sampleModel(), "--data", calibrationPictures(), "--samples", "2", "-o", ranges}).exitCode ==
      0);
  const std::string good = fileContent(ranges);
  const std::string side = (folder.path() / "side.json").string();
  for (const std::string& content : {std::string(), std::string("[]"), std::string("null"), good.substr(0, 500),
                                     std::string(200'000, '['), std::string("\0\xff\x80{", 4)}) {
    INFO(content.substr(0, 40));
    writeFile(side, content);
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"quantize", sampleModel(), "--mode", "int8", "--ranges", side, "-o", out},
          {"quantize", sampleModel(), "--mode", "recipe", "--recipe", side, "-o", out},
          {"sensitivity", sampleModel(), "--data", samplePictures(), "--ranges", side},
          {"sensitivity", sampleModel(), "--data", samplePictures(), "--recipe", side},
          {"run", sampleModel(), "--inputs", side, "--outputs", out}}) {
      INFO(command[0]);
      checkFailure(runCli(command), "side.json");
    }
  }
  writeFile(side, "\n");
  checkFailure(runCli({"evaluate", sampleModel(), "--data", samplePictures(), "--labels", side}), "side.json");
  checkFailure(
      runCli({"evaluate", sampleModel(), "--data", samplePictures(), "--labels", folder.path() / "absent.txt"}),
      "absent.txt");
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"ranges.json", "side.json"});
}

TEST_CASE("Values that are no numbers are said where ranges are made of them", "[cli]") {
  const TemporaryFolder folder;
  const std::string data = (folder.path() / "nan.npz").string(), out = (folder.path() / "out").string();
  TensorValue x = zeros({1, 32, 32, 3}, ElementType::Float32, 32 * 32 * 3 * sizeof(float));
  std::fill(x.bytes.begin(), x.bytes.end(), std::byte{0xff});  // each of them a NaN
  REQUIRE(writeNpz(data, {{"x", x}}, IfExists::Refuse).ok());
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{"calibrate", sampleModel(), "--data", data, "-o", out},
        {"quantize", sampleModel(), "--mode", "int8", "--data", data, "-o", out + ".tflite"}}) {
    INFO(command[0]);
    const Outcome outcome = runCli(command);
    CHECK(outcome.exitCode == 0);
    CHECK(outcome.err.find("warning: tensor 0 ") != std::string::npos);
    CHECK(outcome.err.find("NaN") != std::string::npos);
  }
  // What saturates behind them spans all floats; the model stays legal.
  CHECK(runCli({"verify", out + ".tflite"}).exitCode == 0);
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
}

TEST_CASE("A folder that may not be written to is named, whichever command would", "[cli]") {
  const TemporaryFolder folder;
  const auto locked = folder.path() / "locked";
  std::filesystem::create_directories(locked);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0755));
  std::filesystem::permissions(locked, std::filesystem::perms(0555));
  RunOptions user;
  user.unprivileged = true;
  if (runCli({"--version"}, user).exitCode != 0) {
    skipLoudly("read-only folder", "another user may not run the program here");
    return;
  }
  for (const auto& command : writersTo(locked)) {
    INFO(command[0]);
    const Outcome outcome = runCli(command, user);
    checkFailure(outcome, "locked");
    CHECK(outcome.err == outcome.errors().at(0) + "\n");  // at once: no work has begun
  }
  CHECK(filesIn(locked).empty());
}

TEST_CASE("A full disk is an error that leaves nothing behind, whichever command writes", "[cli]") {
  const TemporaryFolder folder;
  RunOptions full;
  full.largestFile = 1024;
  for (const auto& command : writersTo(folder.path())) {
    INFO(command[0]);
    checkFailure(runCli(command, full), "cannot write");
    CHECK(filesIn(folder.path()).empty());
  }
}

TEST_CASE("A full file system is an error that leaves nothing behind", "[cli]") {
  const TemporaryFolder folder;
  const auto disk = folder.path() / "disk";
  std::filesystem::create_directories(disk);
  if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=4k") != 0) {
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

TEST_CASE("A filter over a name of a million characters ends, and finds what it is to find", "[cli]") {
  const TemporaryFolder folder;
  ModelBuilder b;
  const auto x = b.tensor({1, 2}), y = b.tensor({1, 2}, ElementType::Float32, std::string(1'000'000, 'x'));
  b.op(tflite::BuiltinOperator_RELU, {x}, {y});
  b.inputs({x});
  b.outputs({y});
  const std::string model = (folder.path() / "long.tflite").string();
  REQUIRE(writeModel(*b.build(), model, IfExists::Refuse).ok());
  for (const char* pattern : {"x.*x", "(x|xx)*b"}) {
    INFO(pattern);
    const Outcome outcome = runCli({"--json", "tensors", model, "--filter", pattern});
    REQUIRE(outcome.exitCode == 0);
    CHECK(outcome.json().size() == (std::string(pattern) == "x.*x" ? 1u : 0u));
  }
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
    CHECK(outcome.secondsAfterSignal < kPromptly);
  }
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"long.csv"});
}

TEST_CASE("Ctrl-C does not wait for a step that takes long", "[cli]") {
  const TemporaryFolder folder;
  // One operator of 17 billion multiplications in plain loops: seconds in which nobody asks whether to go on.
  ModelBuilder b;
  const auto x = b.tensor({8192, 2048}), y = b.tensor({8192, 1024});
  b.fullyConnected(x, b.randomConstant({1024, 2048}), TensorIndex(), y);
  b.inputs({x});
  b.outputs({y});
  const std::string model = (folder.path() / "heavy.tflite").string();
  REQUIRE(writeModel(*b.build(), model, IfExists::Refuse).ok());
  RunOptions interrupted;
  interrupted.signal = SIGINT;
  interrupted.signalAfterMilliseconds = 1500;
  const Outcome outcome =
      runCli({"run", model, "--kernels", "reference", "--outputs", (folder.path() / "o.npz").string()}, interrupted);
  INFO(outcome.err);
  CHECK(outcome.exitCode == 130);
  CHECK(outcome.errors() == std::vector<std::string>{"error: cancelled"});
  CHECK(outcome.secondsAfterSignal < kPromptly);
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"heavy.tflite"});
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
