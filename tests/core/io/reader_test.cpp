#include "core/io/tflite_reader.h"

#include <algorithm>

#include "core/base/checked.h"
#include "tests/core/io/real_models.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

std::string errorOf(std::vector<std::byte> bytes) {
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
  auto model = readModelFromBytes(owner, *owner, "the bytes");
  REQUIRE_FALSE(model.ok());
  return model.error().message();
}

std::vector<std::byte> bytesOf(const std::string& text) {
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

}  // namespace

TEST_CASE("every real model opens without a notice", "[io]") {
  const auto files = tests::realModels();
  if (files.empty()) return;
  for (const auto& file : files) {
    INFO(file.string());
    const auto model = readModel(file);
    if (!model.ok()) FAIL(model.error().message());
    CHECK((*model)->version == 3);
    CHECK((*model)->notices.empty());
    CHECK_FALSE((*model)->incomplete);
    CHECK_FALSE((*model)->trailing.present);
    CHECK_FALSE((*model)->subgraphs.at(0).tensors.empty());
  }
}

TEST_CASE("what the reader tells of ResNet-8 is what the file has", "[io]") {
  const auto shared = tests::sharedFolder();
  if (!shared) return tests::skipLoudly("ResNet-8", "no shared folder");
  const auto read = readModel(*shared / "models" / "resnet8_cifar10_float.tflite");
  REQUIRE(read.ok());
  const Model& model = **read;
  const Subgraph& graph = model.subgraphs.at(0);
  REQUIRE(graph.inputs.size() == 1);
  CHECK(shapeText(graph.tensor(graph.inputs[0]).shape) == "1×32×32×3");
  CHECK(graph.tensor(graph.inputs[0]).type == ElementType::Float32);
  CHECK_FALSE(isConstant(model, graph.tensor(graph.inputs[0])));
  const auto convolution = std::find_if(graph.operators.begin(), graph.operators.end(),
                                        [&](const Operator& op) { return operatorName(model, op) == "CONV_2D"; });
  REQUIRE(convolution != graph.operators.end());
  REQUIRE(convolution->options.AsConv2DOptions());
  CHECK(convolution->options.AsConv2DOptions()->stride_w == 1);
  const Tensor& weights = graph.tensor(convolution->input(1));
  CHECK(isConstant(model, weights));
  CHECK(constantBytes(model, weights).size() ==
        static_cast<size_t>(*byteSize(weights.type, *checkedElementCount(weights.shape))));
}

TEST_CASE("what is no model is refused with the reason", "[io]") {
  CHECK_THAT(errorOf({}), ContainsSubstring("the bytes") && ContainsSubstring("empty"));
  CHECK_THAT(errorOf(bytesOf("hello")), ContainsSubstring("not a TensorFlow Lite model"));
  CHECK_THAT(errorOf(bytesOf("PK\x03\x04 and something longer")), ContainsSubstring("ZIP"));
  CHECK_THAT(errorOf(bytesOf("LITERTLM and something longer")), ContainsSubstring("litertlm"));
  CHECK_THAT(errorOf(std::vector<std::byte>(1000)), ContainsSubstring("TFL3"));
}

TEST_CASE("a file that is not there, a folder and an unreadable file are named", "[io]") {
  tests::TemporaryFolder folder;
  const auto missing = readModel(folder.path() / "missing.tflite");
  REQUIRE_FALSE(missing.ok());
  CHECK(missing.error().code == ErrorCode::NotFound);
  CHECK_THAT(missing.error().message(), ContainsSubstring("missing.tflite"));
  const auto directory = readModel(folder.path());
  REQUIRE_FALSE(directory.ok());
  CHECK(directory.error().code == ErrorCode::Io);
}

TEST_CASE("opening stops when asked", "[io]") {
  const auto shared = tests::sharedFolder();
  if (!shared) return tests::skipLoudly("cancelling the reader", "no shared folder");
  Progress progress;
  progress.cancel();
  const auto read = readModel(*shared / "models" / "movenet_lightning_int8.tflite", &progress);
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == ErrorCode::Cancelled);
}
