// Models that are legal files but strange: of a later format, or without sense.
#include <fstream>

#include "core/io/tflite_writer.h"
#include "tests/app/cli/command_runner.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;
using namespace quantscope::tests;
using nlohmann::json;

namespace {

/// A model whose only tensor has a field that no schema of today has.
std::string modelOfLaterFormat() {
  flatbuffers::FlatBufferBuilder builder;
  constexpr flatbuffers::voffset_t kNewField = 4 + 2 * 12;
  const auto name = builder.CreateString("x");
  const auto shape = builder.CreateVector(std::vector<int32_t>{1, 4});
  const auto start = builder.StartTable();
  builder.AddOffset(tflite::Tensor::VT_SHAPE, shape);
  builder.AddOffset(tflite::Tensor::VT_NAME, name);
  builder.AddElement<uint32_t>(kNewField, 99);
  const std::vector tensors{flatbuffers::Offset<tflite::Tensor>(builder.EndTable(start))};
  const auto index = builder.CreateVector(std::vector<int32_t>{0});
  const std::vector subgraphs{tflite::CreateSubGraph(builder, builder.CreateVector(tensors), index, index)};
  const std::vector buffers{tflite::CreateBuffer(builder)};
  const auto subgraphList = builder.CreateVector(subgraphs);
  const auto bufferList = builder.CreateVector(buffers);
  builder.Finish(tflite::CreateModel(builder, 3, 0, subgraphList, 0, bufferList), tflite::ModelIdentifier());
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

/// A convolution with a bias of the wrong length, and a mean over an axis that is not there.
Model nonsense() {
  ModelBuilder builder;
  const auto x = builder.tensor({1, 8, 8, 3}), y = builder.tensor({1, 8, 8, 4}), z = builder.tensor({1, 4});
  builder.conv2d(x, builder.randomConstant({4, 3, 3, 3}, "w"), builder.randomConstant({5}, "bias"), y);
  builder.op(tflite::BuiltinOperator_MEAN, {y, builder.indices({1, 9})}, {z}).options.Set(tflite::ReducerOptionsT{});
  builder.inputs({x});
  builder.outputs({z});
  return builder.model;
}

}  // namespace

TEST_CASE("copy keeps the fields of a later format and names them; what would lose them refuses", "[cli]") {
  const TemporaryFolder folder;
  const std::string model = (folder.path() / "later.tflite").string();
  const std::string copy = (folder.path() / "copy.tflite").string();
  writeFile(model, modelOfLaterFormat());
  const Outcome copied = runCli({"--json", "copy", model, "-o", copy});
  REQUIRE(copied.exitCode == 0);
  CHECK(copied.json()["verbatim"] == true);
  CHECK(copied.err.find("table Tensor has a field 12") != std::string::npos);
  CHECK(fileContent(copy) == fileContent(model));
  CHECK(runCli({"--json", "info", model}).json()["notices"].size() == 1);
  const Outcome refused = runCli({"quantize", model, "-o", (folder.path() / "q.tflite").string(), "--mode", "float16"});
  CHECK(refused.exitCode == 1);
  CHECK(filesIn(folder.path()) == std::vector<std::string>{"copy.tflite", "later.tflite"});
}

TEST_CASE("a model without sense is shown, verify names each operator, and run refuses with the reason", "[cli]") {
  const TemporaryFolder folder;
  const std::string model = (folder.path() / "nonsense.tflite").string();
  REQUIRE(writeModel(nonsense(), model, IfExists::Refuse).ok());
  CHECK(runCli({"info", model}).exitCode == 0);
  CHECK(runCli({"tensors", model}).exitCode == 0);
  const Outcome verified = runCli({"--json", "verify", model});
  CHECK(verified.exitCode == 1);
  const json findings = verified.json()["findings"];
  REQUIRE(findings.size() == 2);
  CHECK(findings[0]["operator"] == 0);
  CHECK(findings[1]["operator"] == 1);
  const Outcome refused = runCli({"run", model});
  CHECK(refused.exitCode == 1);
  REQUIRE(refused.errors().size() == 1);
  CHECK(refused.errors()[0].find(findings[0]["why"].get<std::string>()) != std::string::npos);
}
