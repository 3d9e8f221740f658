#include "core/model/model.h"

#include "core/base/checked.h"
#include "core/model/metadata_info.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

using namespace quantscope;

TEST_CASE("sizes of elements follow the format, sub-byte ones packed over the whole tensor", "[model]") {
  CHECK(byteSize(ElementType::Float32, 3) == 12);
  CHECK(byteSize(ElementType::Int4, 3) == 2);
  CHECK(byteSize(ElementType::Int4, 4) == 2);
  CHECK(byteSize(ElementType::Int2, 5) == 2);
  CHECK(byteSize(ElementType::UInt4, 0) == 0);
  CHECK(byteSize(ElementType::Complex128, 2) == 32);
  CHECK_FALSE(byteSize(ElementType::String, 1));
  CHECK_FALSE(byteSize(ElementType::Float64, int64_t{1} << 61));
  CHECK_FALSE(byteSize(ElementType::Int8, -1));
  CHECK(elementTypeName(static_cast<ElementType>(99)) == "unknown");
  CHECK(elementTypeName(static_cast<ElementType>(-1)) == "unknown");
}

TEST_CASE("counting elements tells impossible shapes", "[model]") {
  using Shape = std::vector<int32_t>;
  CHECK(checkedElementCount(Shape{}) == 1);
  CHECK(checkedElementCount(Shape{2, 3}) == 6);
  CHECK(checkedElementCount(Shape{2, 0, 3}) == 0);
  CHECK_FALSE(checkedElementCount(Shape{2, -1}));
  CHECK_FALSE(checkedElementCount(Shape{2147483647, 2147483647, 2147483647}));
}

TEST_CASE("shapes are written for people", "[model]") {
  CHECK(shapeText(std::vector<int32_t>{}) == "scalar");
  CHECK(shapeText(std::vector<int32_t>{1, 32, 32, 3}) == "1×32×32×3");
  CHECK(shapeText(std::vector<int32_t>{-1, 2}) == "?×2");
}

TEST_CASE("custom operators go by their own name, unknown ones by number", "[model]") {
  Model model;
  OperatorCode custom = OperatorCode::builtin(tflite::BuiltinOperator_CUSTOM);
  custom.customCode = "TFLite_Detection_PostProcess";
  model.operatorCodes = {custom, OperatorCode::builtin(static_cast<tflite::BuiltinOperator>(999))};
  Operator op;
  CHECK(operatorName(model, op) == "TFLite_Detection_PostProcess");
  op.opcodeIndex = 1;
  CHECK(operatorName(model, op) == "operator 999");
  op.opcodeIndex = 2;
  CHECK(operatorName(model, op) == "unknown");
}

TEST_CASE("uses tell producers and consumers, each once", "[model]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({4}), y = builder.tensor({4});
  builder.add(x, x, y);
  builder.inputs({x});
  builder.outputs({y});
  const auto uses = tensorUses(builder.graph());
  CHECK(uses[x.position()].graphInput);
  CHECK_FALSE(uses[x.position()].producer.valid());
  CHECK(uses[x.position()].consumers == std::vector{OperatorIndex(0)});
  CHECK(uses[y.position()].producer == OperatorIndex(0));
  CHECK(uses[y.position()].graphOutput);
}

TEST_CASE("a tensor is constant only where its buffer is present", "[model]") {
  tests::ModelBuilder builder;
  const auto c = builder.constant({0}, {}), x = builder.tensor({4});
  builder.model.buffers.emplace_back();
  builder.graph().tensor(x).buffer = BufferIndex(builder.model.buffers.size() - 1);
  CHECK(isConstant(builder.model, builder.graph().tensor(c)));
  CHECK_FALSE(isConstant(builder.model, builder.graph().tensor(x)));
}

TEST_CASE("a copy of a model shares its constants", "[model]") {
  tests::ModelBuilder builder;
  builder.randomConstant({1000});
  const Model copy = builder.model;
  CHECK(copy.buffers[1].bytes.data() == builder.model.buffers[1].bytes.data());
}

TEST_CASE("label files are split at either kind of line end", "[model]") {
  AssociatedFile file;
  CHECK(file.lines().empty());
  file.content = "a\r\n\nb";
  CHECK(file.lines() == std::vector<std::string>{"a", "", "b"});
  file.content = "a\n";
  CHECK(file.lines() == std::vector<std::string>{"a"});
}
