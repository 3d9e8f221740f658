#include <algorithm>

#include "core/io/model_diff.h"
#include "core/io/tflite_writer.h"
#include "core/schema/reflection.h"
#include "tests/core/io/raw_models.h"
#include "tests/support/catch.h"

using namespace quantscope;
using tests::RandomTables;
using tests::RawParts;

namespace {

template <typename T>
flatbuffers::Offset<void> anyTable(flatbuffers::Offset<T> offset) {
  return flatbuffers::Offset<void>(offset.o);
}

std::vector<std::byte> modelWithOptions(size_t unionSlot, uint8_t tag, uint32_t seed) {
  flatbuffers::FlatBufferBuilder builder;
  RandomTables random(builder, seed);
  const auto options = random.table(schema::unionMember(tflite::OperatorTypeTable(), unionSlot, tag));
  tflite::OperatorBuilder op(builder);
  if (unionSlot == 4) {
    op.add_builtin_options_type(static_cast<tflite::BuiltinOptions>(tag));
    op.add_builtin_options(anyTable(options));
  } else {
    op.add_builtin_options_2_type(static_cast<tflite::BuiltinOptions2>(tag));
    op.add_builtin_options_2(anyTable(options));
  }
  RawParts parts;
  parts.operators = {op.Finish()};
  return tests::rawModel(builder, parts);
}

}  // namespace

TEST_CASE("every kind of options round-trips with any content", "[io]") {
  for (uint32_t seed = 0; seed < 8; ++seed) {
    for (int tag = 1; tag <= tflite::BuiltinOptions_MAX; ++tag) {
      INFO("options " << tag << ", seed " << seed);
      const auto model = tests::readGood(modelWithOptions(4, static_cast<uint8_t>(tag), seed));
      REQUIRE(model->notices.empty());
      REQUIRE(model->subgraphs[0].operators[0].options.value != nullptr);
      tests::checkSame(*model, *tests::rewritten(*model));
    }
    for (int tag = 1; tag <= tflite::BuiltinOptions2_MAX; ++tag) {
      INFO("options 2 " << tag << ", seed " << seed);
      const auto model = tests::readGood(modelWithOptions(12, static_cast<uint8_t>(tag), seed));
      REQUIRE(model->subgraphs[0].operators[0].options2.value != nullptr);
      tests::checkSame(*model, *tests::rewritten(*model));
    }
  }
}

TEST_CASE("sparsity, variants, quantization details and external buffers round-trip with any content", "[io]") {
  for (uint32_t seed = 0; seed < 200; ++seed) {
    INFO("seed " << seed);
    flatbuffers::FlatBufferBuilder builder;
    RandomTables random(builder, seed);
    const auto sparsity = random.table(tflite::SparsityParametersTypeTable());
    const auto quantization = random.table(tflite::QuantizationParametersTypeTable());
    std::vector<flatbuffers::Offset<tflite::VariantSubType>> variantTables;
    for (uint32_t i = 0; i < seed % 3; ++i) variantTables.push_back(random.table(tflite::VariantSubTypeTypeTable()).o);
    const auto variants = builder.CreateVector(variantTables);
    const auto groups = builder.CreateVector(std::vector<flatbuffers::Offset<tflite::ExternalBufferGroup>>{
        random.table(tflite::ExternalBufferGroupTypeTable()).o,
        random.table(tflite::ExternalBufferGroupTypeTable()).o});
    const auto external = builder.CreateVector(
        std::vector<flatbuffers::Offset<tflite::ExternalBuffer>>{random.table(tflite::ExternalBufferTypeTable()).o});
    tflite::TensorBuilder tensor(builder);
    tensor.add_sparsity(sparsity.o);
    tensor.add_quantization(quantization.o);
    tensor.add_variant_tensors(variants);
    tensor.add_external_buffer(seed);
    RawParts parts;
    parts.tensors = {tensor.Finish()};
    parts.more = [&](tflite::ModelBuilder& model) {
      model.add_external_buffer_groups(groups);
      model.add_external_buffers(external);
    };
    const auto model = tests::readGood(tests::rawModel(builder, parts));
    REQUIRE(model->subgraphs[0].tensors[0].sparsity);
    tests::checkSame(*model, *tests::rewritten(*model));
  }
}

TEST_CASE("absent and empty fields are kept apart", "[io]") {
  auto build = [](bool empty) {
    flatbuffers::FlatBufferBuilder builder;
    const auto text = builder.CreateString("");
    const auto list = builder.CreateVector(std::vector<int32_t>());
    const auto noFloats = builder.CreateVector(std::vector<float>());
    const auto noBytes = builder.CreateVector(std::vector<uint8_t>());
    const auto noMetadata = builder.CreateVector(std::vector<flatbuffers::Offset<tflite::Metadata>>());
    const auto noSignatures = builder.CreateVector(std::vector<flatbuffers::Offset<tflite::SignatureDef>>());
    tflite::QuantizationParametersBuilder quantization(builder);
    if (empty) quantization.add_scale(noFloats);
    const auto quantizationTable = quantization.Finish();
    tflite::TensorBuilder tensor(builder);
    tensor.add_quantization(quantizationTable);
    if (empty) {
      tensor.add_name(text);
      tensor.add_shape(list);
      tensor.add_shape_signature(list);
    }
    RawParts parts;
    parts.tensors = {tensor.Finish()};
    tflite::OperatorBuilder op(builder);
    if (empty) {
      op.add_inputs(list);
      op.add_intermediates(list);
      op.add_custom_options(noBytes);
    }
    parts.operators = {op.Finish()};
    tflite::BufferBuilder buffer(builder);
    if (empty) buffer.add_data(noBytes);
    const auto second = buffer.Finish();
    parts.buffers = {tflite::CreateBuffer(builder), second};
    parts.moreSubgraph = [&](tflite::SubGraphBuilder& subgraph) {
      if (!empty) return;
      subgraph.add_name(text);
      subgraph.add_inputs(list);
    };
    parts.more = [&](tflite::ModelBuilder& model) {
      if (!empty) return;
      model.add_description(text);
      model.add_metadata(noMetadata);
      model.add_metadata_buffer(list);
      model.add_signature_defs(noSignatures);
    };
    return tests::readGood(tests::rawModel(builder, parts));
  };
  const auto absent = build(false), empty = build(true);
  CHECK_FALSE(absent->hasDescription);
  CHECK(empty->hasDescription);
  CHECK_FALSE(absent->buffers[1].present);
  CHECK(empty->buffers[1].present);
  CHECK_FALSE(absent->subgraphs[0].operators[0].customOptions);
  CHECK(empty->subgraphs[0].operators[0].customOptions);
  CHECK(absent->subgraphs[0].tensors[0].quantization);
  tests::checkSame(*absent, *tests::rewritten(*absent));
  tests::checkSame(*empty, *tests::rewritten(*empty));
  CHECK(diffModels(*absent, *empty).size() >= 8);
}

TEST_CASE("a kind of options without a table of them stays so", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  tflite::OperatorBuilder op(builder);
  op.add_builtin_options_type(tflite::BuiltinOptions_Conv2DOptions);
  RawParts parts;
  parts.operators = {op.Finish()};
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  const Operator& read = model->subgraphs[0].operators[0];
  REQUIRE(read.options.AsConv2DOptions());
  CHECK(read.emptyOptions == kNoOptionsTable);
  const Operator copy = read;  // must not look at a table that is not there
  CHECK(copy.options.AsConv2DOptions()->dilation_w_factor == 1);
  tests::checkSame(*model, *tests::rewritten(*model));
  Model changed = *model;
  changed.subgraphs[0].operators[0].options.AsConv2DOptions()->stride_w = 2;
  CHECK(tests::rewritten(changed)->subgraphs[0].operators[0].options.AsConv2DOptions()->stride_w == 2);
}

TEST_CASE("old files with operators in the 8-bit code only keep it that way", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  RawParts parts;
  parts.operatorCodes = {tflite::CreateOperatorCode(builder, tflite::BuiltinOperator_CONV_2D),
                         tflite::CreateOperatorCode(builder, 127, 0, 2, tflite::BuiltinOperator_CUMSUM)};
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  CHECK(model->operatorCodes[0].code() == tflite::BuiltinOperator_CONV_2D);
  CHECK(model->operatorCodes[0].builtinCode == tflite::BuiltinOperator_ADD);
  CHECK(model->operatorCodes[1].code() == tflite::BuiltinOperator_CUMSUM);
  tests::checkSame(*model, *tests::rewritten(*model));
}

TEST_CASE("buffers that are shared stay shared, and stay one in the file", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceVectorAlignment(1000, 1, 16);
  const auto data = builder.CreateVector(std::vector<uint8_t>(1000, 7));
  RawParts parts;
  // Two tensors with one buffer, and another buffer with the same bytes at the same place.
  parts.buffers = {tflite::CreateBuffer(builder), tflite::CreateBuffer(builder, data),
                   tflite::CreateBuffer(builder, data)};
  for (const uint32_t buffer : {1u, 1u, 2u}) {
    tflite::TensorBuilder tensor(builder);
    tensor.add_buffer(buffer);
    tensor.add_type(tflite::TensorType_INT8);
    parts.tensors.push_back(tensor.Finish());
  }
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  const auto copy = tests::rewritten(*model);
  tests::checkSame(*model, *copy);
  CHECK(copy->buffers.size() == 3);
  CHECK(copy->buffers[1].bytes.data() == copy->buffers[2].bytes.data());
  CHECK(reinterpret_cast<uintptr_t>(copy->buffers[1].bytes.data()) % 16 == 0);
}
