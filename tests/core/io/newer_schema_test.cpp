#include "core/io/tflite_writer.h"
#include "tests/core/io/raw_models.h"
#include "tests/support/catch.h"

using namespace quantscope;
using tests::RawParts;

namespace {

std::string allNotices(const Model& model) {
  std::string text;
  for (const std::string& notice : model.notices) text += notice + "\n";
  return text;
}

void checkRefusedToWrite(const Model& model) {
  const auto bytes = serializeModel(model);
  REQUIRE_FALSE(bytes.ok());
  CHECK(bytes.error().code == ErrorCode::Unsupported);
  CHECK_THAT(bytes.error().message(), ContainsSubstring("does not know"));
}

}  // namespace

TEST_CASE("a field of a later schema is named, counted and not dropped silently", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  RawParts parts;
  for (int i = 0; i < 3; ++i) {
    const auto start = builder.StartTable();
    builder.AddElement<uint32_t>(tflite::Tensor::VT_BUFFER, 0);
    builder.AddElement<uint32_t>(4 + 2 * 12, 99);
    parts.tensors.push_back(builder.EndTable(start));
  }
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  CHECK(model->incomplete);
  CHECK(model->subgraphs[0].tensors.size() == 3);
  CHECK_THAT(allNotices(*model), ContainsSubstring("table Tensor has a field 12") && ContainsSubstring("3 times"));
  checkRefusedToWrite(*model);
}

TEST_CASE("a longer table without values in the new fields is nothing special", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  RawParts parts;
  const auto start = builder.StartTable();
  builder.AddElement<uint32_t>(tflite::Tensor::VT_BUFFER, 0);
  parts.tensors.push_back(builder.EndTable(start));
  auto bytes = tests::rawModel(builder, parts);
  const auto model = tests::readGood(bytes);
  CHECK(model->notices.empty());
  CHECK_FALSE(model->incomplete);
}

TEST_CASE("options of an unknown kind are named and not dropped silently", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  const auto start = builder.StartTable();
  builder.AddElement<int32_t>(4, 1);
  const auto table = flatbuffers::Offset<void>(builder.EndTable(start));
  tflite::OperatorBuilder op(builder);
  op.add_builtin_options_type(static_cast<tflite::BuiltinOptions>(200));
  op.add_builtin_options(table);
  RawParts parts;
  parts.operators = {op.Finish()};
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  CHECK(model->incomplete);
  CHECK(static_cast<int>(model->subgraphs[0].operators[0].options.type) == 200);
  CHECK_THAT(allNotices(*model), ContainsSubstring("Operator.builtin_options is of the kind 200"));
  checkRefusedToWrite(*model);
}

TEST_CASE("enumerators of a later schema are named and written as they are", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  RawParts parts;
  tflite::TensorBuilder tensor(builder);
  tensor.add_type(static_cast<tflite::TensorType>(77));
  parts.tensors = {tensor.Finish()};
  parts.operatorCodes = {tflite::CreateOperatorCode(builder, 127, 0, 1, static_cast<tflite::BuiltinOperator>(999))};
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  CHECK_FALSE(model->incomplete);
  CHECK_THAT(allNotices(*model), ContainsSubstring("Tensor.type has the value 77") &&
                                     ContainsSubstring("OperatorCode.builtin_code has the value 999"));
  const auto copy = tests::rewritten(*model);
  tests::checkSame(*model, *copy);
  CHECK(static_cast<int>(copy->subgraphs[0].tensors[0].type) == 77);
}

TEST_CASE("a buffer with data and an offset opens, and says so", "[io]") {
  flatbuffers::FlatBufferBuilder builder;
  const auto data = builder.CreateVector(std::vector<uint8_t>(16, 1));
  RawParts parts;
  parts.buffers = {tflite::CreateBuffer(builder), tflite::CreateBuffer(builder, data, 100, 4)};
  const auto model = tests::readGood(tests::rawModel(builder, parts));
  CHECK(model->buffers[1].bytes.size() == 16);
  CHECK_THAT(allNotices(*model), ContainsSubstring("buffer 1 has data and an offset"));
}
