#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <random>

#include "core/io/metadata.h"
#include "core/io/model_diff.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/model/edit.h"
#include "core/model/structure.h"
#include "tests/core/io/packed_files.h"
#include "tests/core/io/raw_models.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

namespace {

// Something of everything: several subgraphs, quantization, sparsity, signatures, outside constants, an archive.
Model richModel() {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 8, 8, 3}), y = builder.tensor({1, 8, 8, 4}), z = builder.tensor({1, 4});
  const auto w = builder.randomConstant({4, 3, 3, 3}, "w"), bias = builder.randomConstant({4}, "bias");
  builder.conv2d(x, w, bias, y);
  builder.op(tflite::BuiltinOperator_MEAN, {y, builder.indices({1, 2})}, {z}).options.Set(tflite::ReducerOptionsT{});
  builder.inputs({x});
  builder.outputs({z});
  Quantization quantization;
  quantization.scale = {0.5f, 0.25f, 1, 2};
  quantization.zeroPoint = {0, 0, 0, 0};
  builder.graph().tensor(w).quantization = quantization;
  tflite::BlockwiseQuantizationT blockwise;
  blockwise.scales = bias.value;
  auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
  details->Set(std::move(blockwise));
  builder.graph().tensor(x).quantization.emplace().details = details;
  tflite::SparsityParametersT sparsity;
  sparsity.traversal_order = {0};
  sparsity.dim_metadata.push_back(std::make_unique<tflite::DimensionMetadataT>());
  sparsity.dim_metadata[0]->dense_size = 4;
  builder.graph().tensor(bias).sparsity = std::make_shared<tflite::SparsityParametersT>(std::move(sparsity));
  builder.beginSubgraph();
  builder.tensor({2});
  Model model = builder.model;
  Signature signature;
  signature.key = "serving_default";
  signature.inputs = {{"x", true, x}};
  signature.outputs = {{"z", true, z}};
  model.signatures.push_back(signature);
  return model;
}

// Whatever opens must be safe to look at, to write and to open again.
void useAll(const std::vector<std::byte>& bytes) {
  auto owner = std::make_shared<std::vector<std::byte>>(bytes);
  const auto model = readModelFromBytes(owner, *owner, "hostile");
  if (!model.ok()) {
    CHECK_FALSE(model.error().message().empty());
    return;
  }
  for (const Finding& finding : structuralFindings(**model)) CHECK_FALSE(findingPlace(**model, finding).empty());
  const auto metadata = readMetadata(**model);
  const auto copy = serializeModel(**model);
  if (!copy.ok()) {
    CHECK(((*model)->incomplete || copy.error().code == ErrorCode::ResourceLimit));
    return;
  }
  tests::checkSame(**model, *tests::readGood(*copy));
  Model edited = **model;
  deduplicateBuffers(edited);
  pruneUnused(edited);
  CHECK(serializeModel(edited).ok());
}

std::vector<std::vector<std::byte>> seeds() {
  const Model model = richModel();
  return {*serializeModel(model), *serializeModel(model, {500}),
          tests::withCardAndFiles(model, {{"labels.txt", "a\nb", true}, {"labels_de.txt", "c", false}})};
}

}  // namespace

TEST_CASE("a file cut off anywhere is refused or opens, and never more", "[io]") {
  for (const auto& whole : seeds()) {
    for (size_t length = 0; length < whole.size(); length += 1 + length / 200) {
      useAll({whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length)});
    }
  }
}

TEST_CASE("changed bytes never crash the reader or what looks at its models", "[io]") {
  std::mt19937 random(20260821);
  for (const auto& whole : seeds()) {
    for (int round = 0; round < 2500; ++round) {
      auto bytes = whole;
      const int changes = 1 + static_cast<int>(random() % 4);
      for (int i = 0; i < changes; ++i) bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      useAll(bytes);
    }
  }
}

TEST_CASE("extreme words never crash the reader or what looks at its models", "[io]") {
  for (const auto& whole : seeds()) {
    for (size_t position = 0; position + 4 <= whole.size(); position += 4) {
      for (const uint32_t value : {0u, 1u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
        auto bytes = whole;
        std::memcpy(bytes.data() + position, &value, sizeof(value));
        useAll(bytes);
      }
      if (position > 3000) break;
    }
  }
}

TEST_CASE("lists that tables share cannot blow up the memory", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  const auto shape = builder.CreateVector(std::vector<int32_t>(1'000'000, 1));
  tests::RawParts parts;
  for (int i = 0; i < 2000; ++i) parts.tensors.push_back(tflite::CreateTensor(builder, shape));
  auto owner = std::make_shared<std::vector<std::byte>>(tests::rawModel(builder, parts));
  const auto model = readModelFromBytes(owner, *owner, "shared.tflite");
  REQUIRE_FALSE(model.ok());
  CHECK(model.error().code == ErrorCode::ResourceLimit);
}

TEST_CASE("indices that leave their lists are refused with the place", "[io]") {
  auto refusal = [](const std::function<void(Model&)>& change) {
    Model model = richModel();
    change(model);
    const auto bytes = serializeModel(model);
    return bytes.ok() ? std::string("written") : bytes.error().message();
  };
  CHECK_THAT(refusal([](Model& m) { m.subgraphs[0].operators[1].inputs[0] = TensorIndex(100); }),
             ContainsSubstring("operator 1"));
  CHECK_THAT(refusal([](Model& m) { m.subgraphs[0].operators[1].opcodeIndex = 9; }), ContainsSubstring("operator 1"));
  CHECK_THAT(refusal([](Model& m) { m.subgraphs[0].outputs[0] = TensorIndex(); }), ContainsSubstring("subgraph 0"));
  CHECK_THAT(refusal([](Model& m) { m.subgraphs[0].tensors[2].buffer = BufferIndex(50); }),
             ContainsSubstring("tensor 2"));
  CHECK_THAT(refusal([](Model& m) { m.subgraphs.clear(); }), ContainsSubstring("no subgraph"));

  auto readRefusal = [](const std::function<void(tflite::OperatorBuilder&)>& fill) {
    flatbuffers::FlatBufferBuilder builder;
    const auto list = builder.CreateVector(std::vector<int32_t>{0, 5});
    tflite::OperatorBuilder op(builder);
    op.add_inputs(list);
    fill(op);
    tests::RawParts parts;
    parts.operators = {op.Finish()};
    auto owner = std::make_shared<std::vector<std::byte>>(tests::rawModel(builder, parts));
    const auto model = readModelFromBytes(owner, *owner, "bad.tflite");
    return model.ok() ? std::string("opened") : model.error().message();
  };
  CHECK_THAT(readRefusal([](auto&) {}),
             ContainsSubstring("bad.tflite, subgraph 0, operator 0") && ContainsSubstring("inputs name tensor 5"));
  CHECK_THAT(readRefusal([](auto& op) { op.add_opcode_index(3); }), ContainsSubstring("operator code 3"));
}

TEST_CASE("another version of the format is refused", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  auto bytes = tests::rawModel(builder, {});
  auto* root = reinterpret_cast<flatbuffers::Table*>(const_cast<tflite::Model*>(tflite::GetModel(bytes.data())));
  REQUIRE(root->SetField<uint32_t>(tflite::Model::VT_VERSION, 4, 0));
  auto owner = std::make_shared<std::vector<std::byte>>(bytes);
  const auto model = readModelFromBytes(owner, *owner, "v4");
  REQUIRE_FALSE(model.ok());
  CHECK(model.error().code == ErrorCode::Unsupported);
  CHECK_THAT(model.error().message(), ContainsSubstring("version 4"));
}

namespace {

using LongList = flatbuffers::Offset<flatbuffers::Vector<int64_t>>;

// A list of 64-bit numbers given by their halves, low one first; with or without four bytes in front of it: in one of
// the two cases it begins where no pointer to such a number may point.
LongList longList(flatbuffers::FlatBufferBuilder& builder, const std::vector<int32_t>& halves, bool shifted) {
  for (size_t i = halves.size(); i-- > 0;) builder.PushElement<int32_t>(halves[i]);
  const LongList list(builder.PushElement<uint32_t>(static_cast<uint32_t>(halves.size() / 2)));
  if (shifted) builder.PushElement<int32_t>(0);
  return list;
}

}  // namespace

TEST_CASE("zero points are read wherever their list begins", "[io]") {
  for (const bool shifted : {false, true}) {
    flatbuffers::FlatBufferBuilder builder;
    const auto scale = builder.CreateVector(std::vector<float>{1, 2});
    const auto list = longList(builder, {7, 0, -3, -1}, shifted);
    tflite::QuantizationParametersBuilder parameters(builder);
    parameters.add_scale(scale);
    parameters.add_zero_point(list);
    const auto quantization = parameters.Finish();
    tflite::TensorBuilder tensor(builder);
    tensor.add_quantization(quantization);
    tests::RawParts parts;
    parts.tensors = {tensor.Finish()};
    const auto model = tests::readGood(tests::rawModel(builder, parts));
    CHECK(model->subgraphs[0].tensors[0].quantization->zeroPoint == std::vector<int64_t>{7, -3});
  }
}

TEST_CASE("options with 64-bit numbers at the wrong place are refused", "[io]") {
  auto opened = [](bool shifted) {
    flatbuffers::FlatBufferBuilder builder;
    const auto list = longList(builder, {1, 0}, shifted);
    const auto options = tflite::CreateStablehloBroadcastInDimOptions(builder, list);
    tflite::OperatorBuilder op(builder);
    op.add_builtin_options_2_type(tflite::BuiltinOptions2_StablehloBroadcastInDimOptions);
    op.add_builtin_options_2(options.Union());
    tests::RawParts parts;
    parts.operators = {op.Finish()};
    auto owner = std::make_shared<std::vector<std::byte>>(tests::rawModel(builder, parts));
    const auto model = readModelFromBytes(owner, *owner, "shifted.tflite");
    return model.ok() ? std::string("opened") : model.error().message();
  };
  const std::array results = {opened(false), opened(true)};
  CHECK(std::count(results.begin(), results.end(), "opened") == 1);
  CHECK_THAT(results[results[0] == "opened" ? 1 : 0],
             ContainsSubstring("StablehloBroadcastInDimOptions") && ContainsSubstring("multiple of 8 bytes"));
}
