#include <filesystem>

#include "core/data/npz.h"
#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;
using nlohmann::json;

namespace {

/// The command succeeded, said nothing on stderr that is an error, and printed one JSON document.
json success(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"--json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const Outcome outcome = runCli(all);
  INFO(outcome.err);
  REQUIRE(outcome.exitCode == 0);
  REQUIRE(outcome.errors().empty());
  return outcome.json();
}

void checkFields(const json& object, std::initializer_list<const char*> fields) {
  for (const char* field : fields) {
    INFO(field);
    CHECK(object.contains(field));
  }
}

}  // namespace

TEST_CASE("info tells operators, tensors and sizes", "[cli]") {
  const json info = success({"info", sampleModel()});
  checkFields(info, {"bytes", "subgraphs", "parameters", "macs", "signatures", "metadata"});
  CHECK(info["bytes"] == std::filesystem::file_size(sampleModel()));
  CHECK(info["parameters"] == 122570);
  REQUIRE(info["subgraphs"].size() == 1);
  const json& operators = info["subgraphs"][0]["operators"];
  CHECK(info["subgraphs"][0]["tensors"].is_number());
  REQUIRE(operators.size() >= 8);
  checkFields(operators[0], {"index", "op", "version", "inputs", "outputs", "precision"});
  CHECK(operators[0]["op"] == "CONV_2D");
  CHECK(operators[0]["precision"] == "float32");
  const Outcome people = runCli({"info", sampleModel()});
  CHECK(people.out.find("122,570") != std::string::npos);
  CHECK(people.err.empty());
}

TEST_CASE("documents that are written piece by piece are laid out like any other", "[cli]") {
  for (const char* command : {"info", "tensors"}) {
    INFO(command);
    const Outcome outcome = runCli({"--json", command, sampleModel()});
    CHECK(outcome.out == nlohmann::ordered_json::parse(outcome.out).dump(2) + "\n");
  }
  const Outcome nothing = runCli({"--json", "tensors", sampleModel(), "--filter", "no such name"});
  CHECK(nothing.out == "[]\n");
}

TEST_CASE("info tells options, roles and the memory of activations", "[cli]") {
  const json info = success({"info", sampleModel()});
  const json& conv = info["subgraphs"][0]["operators"][0];
  CHECK(conv["options"]["padding"].is_string());
  CHECK(conv["options"]["stride_w"].is_number_integer());
  CHECK(conv["roles"] == json({"activation", "weight", "bias"}));
  REQUIRE(info["arena"].is_object());
  CHECK(info["arena"]["planned_bytes"] >= info["arena"]["peak_bytes"]);
  CHECK(info["arena"]["peak_bytes"] > 1000);
  const Outcome people = runCli({"info", sampleModel(), "--details"});
  CHECK(people.out.find("fused_activation_function") != std::string::npos);
  CHECK(people.out.find("activations") != std::string::npos);
}

TEST_CASE("a bundle is listed, and every command takes a model of it", "[cli]") {
  // Made with any ZIP program: two models, one stored, one deflated.
  const TemporaryFolder folder;
  const std::string bundle = (sourceFolder() / "tests/fuzz/corpus/bundle/task").string();
  const json list = success({"info", bundle});
  REQUIRE(list["models"].size() == 2);
  CHECK(list["models"][0]["name"] == "detector.tflite");
  CHECK(list["models"][1]["packed"] == true);
  for (const json& model : list["models"]) {
    const std::string path = model["path"];
    CHECK(success({"info", path})["bytes"] == model["bytes"]);
    CHECK(success({"verify", path})["ok"] == true);
    const auto copy = folder.path() / (std::string(model["name"]) + ".copy.tflite");
    success({"copy", path, "-o", copy.string()});
    CHECK(success({"diff", "--exact", path, copy.string()})["equal"] == true);
  }
  const Outcome undecided = runCli({"verify", bundle});
  CHECK(undecided.exitCode == 1);
  REQUIRE(undecided.errors().size() == 1);
  CHECK(undecided.errors()[0].find("::detector.tflite") != std::string::npos);
}

TEST_CASE("tensors lists every tensor with its statistics", "[cli]") {
  const json tensors = success({"tensors", sampleModel()});
  const json info = success({"info", sampleModel()});
  REQUIRE(tensors.is_array());
  CHECK(tensors.size() == info["subgraphs"][0]["tensors"]);
  size_t constants = 0;
  for (const json& tensor : tensors) {
    checkFields(tensor, {"index", "name", "shape", "type", "scale", "zero_point", "min", "max", "mean", "std", "zeros",
                         "bytes"});
    if (tensor["bytes"] == 0) {
      CHECK(tensor["min"].is_null());
    } else {
      ++constants;
      CHECK(tensor["min"] <= tensor["max"]);
    }
  }
  CHECK(constants >= 10);
  const TemporaryFolder folder;
  const auto csv = folder.path() / "tensors.csv";
  const json some = success({"tensors", sampleModel(), "--filter", "^$|nothing-is-called-so", "--csv", csv.string()});
  CHECK(some.empty());
  CHECK(fileContent(csv).find("bytes\n") != std::string::npos);
}

TEST_CASE("histogram counts every value once", "[cli]") {
  json weights;
  for (const json& tensor : success({"tensors", sampleModel()})) {
    if (tensor["shape"].size() == 4 && tensor["bytes"] > 0) weights = tensor;
  }
  REQUIRE_FALSE(weights.is_null());
  uint64_t elements = 1;
  for (const auto& d : weights["shape"]) elements *= d.get<uint64_t>();
  const std::string id = "#" + std::to_string(weights["index"].get<int>());
  const json whole = success({"histogram", sampleModel(), "--tensor", id, "--bins", "17"});
  CHECK(whole["counts"].size() == 17);
  uint64_t sum = 0;
  for (const auto& count : whole["counts"]) sum += count.get<uint64_t>();
  CHECK(sum == elements);
  CHECK(whole["low"] == weights["min"]);
  CHECK(whole["high"] == weights["max"]);
  const json channel = success({"histogram", sampleModel(), "--tensor", weights["name"], "--channel", "0"});
  CHECK(channel["count"] == elements / weights["shape"][0].get<uint64_t>());
  const Outcome wrong = runCli({"histogram", sampleModel(), "--tensor", "#100000"});
  CHECK(wrong.exitCode == 1);
  CHECK(wrong.errors().size() == 1);
}

TEST_CASE("copy changes nothing, and diff sees that", "[cli]") {
  const TemporaryFolder folder;
  const std::string copy = (folder.path() / "copy.tflite").string();
  const json copied = success({"copy", sampleModel(), "-o", copy});
  CHECK(copied["bytes"] == std::filesystem::file_size(copy));
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"copy.tflite"});
  CHECK(success({"diff", sampleModel(), copy, "--exact"})["equal"] == true);
  CHECK(success({"diff", sampleModel(), copy})["equal"] == true);
}

TEST_CASE("diff tells what quantization did", "[cli]") {
  const TemporaryFolder folder;
  const std::string half = (folder.path() / "half.tflite").string();
  success({"quantize", sampleModel(), "-o", half, "--mode", "float16"});
  const json diff = success({"diff", sampleModel(), half});
  CHECK(diff["equal"] == false);
  CHECK(diff["operators_removed"].empty());
  CHECK(diff["operators_added"].size() >= 5);
  REQUIRE_FALSE(diff["operators_added"].empty());
  CHECK(diff["operators_added"][0]["op"] == "DEQUANTIZE");
}

TEST_CASE("verify finds the sample in order", "[cli]") {
  const json verified = success({"verify", sampleModel()});
  CHECK(verified["ok"] == true);
  CHECK(verified["findings"].empty());
}

TEST_CASE("bench measures and profiles", "[cli]") {
  const json bench = success({"bench", sampleModel(), "--runs", "5", "--warmup", "1", "--profile", "--threads", "2"});
  checkFields(bench, {"model", "threads", "kernels", "runs", "median_us", "p90_us", "min_us", "operators"});
  CHECK(bench["runs"] == 5);
  CHECK(bench["threads"] == 2);
  CHECK(bench["median_us"] > 0);
  CHECK(bench["min_us"] <= bench["median_us"]);
  CHECK(bench["median_us"] <= bench["p90_us"]);
  double share = 0;
  int64_t macs = 0;
  for (const json& op : bench["operators"]) {
    checkFields(op, {"index", "op", "us", "share", "macs"});
    share += op["share"].get<double>();
    macs += op["macs"].get<int64_t>();
  }
  CHECK(share == Approx(1.0).margin(1e-6));
  CHECK(macs == success({"info", sampleModel()})["macs"]);
}

TEST_CASE("run reads and writes .npz by position or by name", "[cli]") {
  const TemporaryFolder folder;
  const std::string first = (folder.path() / "first.npz").string(), second = (folder.path() / "second.npz").string();
  const json ran = success({"run", sampleModel(), "--outputs", first, "--all-tensors", "--seed", "7"});
  REQUIRE(ran["outputs"].size() == 1);
  CHECK(ran["outputs"][0]["shape"] == json({1, 10}));
  CHECK(ran["outputs"][0]["values"].size() == 10);
  auto arrays = readNpz(first);
  REQUIRE(arrays.ok());
  REQUIRE(arrays->count("output_0") == 1);
  const json info = success({"info", sampleModel()});
  const int input = info["subgraphs"][0]["inputs"][0];
  const std::string inputKey = "tensor_" + std::to_string(input);
  REQUIRE(arrays->count(inputKey) == 1);
  CHECK(arrays->at(inputKey).shape == std::vector<int32_t>{1, 32, 32, 3});

  // The same input again, by position and by its signature's name, in the other kernels.
  const TensorValue picture = arrays->at(inputKey);
  std::string name = "input_0";
  SECTION("by position") {}
  SECTION("by name") {
    name = info["signatures"][0]["inputs"][0]["name"];
  }
  const std::string inputs = (folder.path() / "in.npz").string();
  REQUIRE(writeNpz(inputs, {{name, picture}}, IfExists::Refuse).ok());
  success({"run", sampleModel(), "--inputs", inputs, "--outputs", second});
  const auto again = readNpz(second);
  REQUIRE(again.ok());
  CHECK(again->at("output_0").bytes == arrays->at("output_0").bytes);
  CHECK(again->size() == 1);
}

TEST_CASE("run resizes where the signature leaves a dimension open", "[cli]") {
  const TemporaryFolder folder;
  TensorValue batch;
  batch.shape = {3, 32, 32, 3};
  batch.bytes.resize(3 * 32 * 32 * 3 * 4);
  const std::string inputs = (folder.path() / "in.npz").string();
  REQUIRE(writeNpz(inputs, {{"input_0", batch}}, IfExists::Refuse).ok());
  const json ran = success({"run", sampleModel(), "--inputs", inputs});
  CHECK(ran["outputs"][0]["shape"] == json({3, 10}));
}

TEST_CASE("run refuses inputs of another shape, type or name", "[cli]") {
  const TemporaryFolder folder;
  const std::string inputs = (folder.path() / "in.npz").string();
  TensorValue value;
  std::string expected;
  std::string name = "input_0";
  SECTION("shape") {
    value.shape = {1, 16, 32, 3};
    expected = "1×16×32×3";
  }
  SECTION("type") {
    value.type = ElementType::Int8;
    value.shape = {1, 32, 32, 3};
    expected = "int8";
  }
  SECTION("name") {
    value.shape = {1, 32, 32, 3};
    name = "picture";
    expected = "picture";
  }
  size_t count = 1;
  for (int32_t d : value.shape) count *= static_cast<size_t>(d);
  value.bytes.resize(count * (value.type == ElementType::Int8 ? 1 : 4));
  REQUIRE(writeNpz(inputs, {{name, value}}, IfExists::Refuse).ok());
  const Outcome outcome =
      runCli({"run", sampleModel(), "--inputs", inputs, "--outputs", (folder.path() / "o.npz").string()});
  CHECK(outcome.exitCode == 1);
  REQUIRE(outcome.errors().size() == 1);
  CHECK(outcome.err.find(expected) != std::string::npos);
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"in.npz"});
}

TEST_CASE("render draws the graph", "[cli]") {
  const TemporaryFolder folder;
  const std::string svg = (folder.path() / "graph.svg").string();
  success({"render", sampleModel(), "-o", svg});
  const std::string content = fileContent(svg);
  CHECK(content.rfind("<svg xmlns=", 0) == 0);
  CHECK(content.find("CONV_2D") != std::string::npos);
  CHECK(content.find("</svg>") != std::string::npos);
}
