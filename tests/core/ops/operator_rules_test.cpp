#include "core/ops/operator_rules.h"

#include "tests/support/catch.h"

using namespace quantscope;

TEST_CASE("every row of the operator rules is consistent with itself", "[ops][rules]") {
  int previous = -1;
  for (const OperatorRules& rules : operatorRules()) {
    INFO(tflite::EnumNameBuiltinOperator(rules.code));
    CHECK(static_cast<int>(rules.code) > previous);
    previous = rules.code;
    CHECK(findRules(rules.code) == &rules);
    CHECK(rules.fixedInt8.has_value() == (rules.scale == ScaleRule::Fixed));
    CHECK((!rules.fixedInt16 || rules.int16));
    if (rules.scale == ScaleRule::NotQuantizable) CHECK_FALSE((rules.int8 || rules.int16));
    if (rules.hybrid != HybridRule::None) CHECK(rules.weightInput >= 0);
    if (rules.biasInput >= 0) CHECK(rules.role(static_cast<size_t>(rules.biasInput)) == OperandRole::Bias);
    if (rules.blockwise) CHECK(rules.int4Weights);
  }
}

TEST_CASE("operand roles follow the letters of a row", "[ops][rules]") {
  const OperatorRules* transposeConv = findRules(tflite::BuiltinOperator_TRANSPOSE_CONV);
  REQUIRE(transposeConv);
  CHECK(transposeConv->role(0) == OperandRole::Parameter);
  CHECK(transposeConv->role(1) == OperandRole::Weight);
  CHECK(transposeConv->role(2) == OperandRole::Activation);
  CHECK(transposeConv->role(3) == OperandRole::Bias);
  CHECK(transposeConv->role(4) == OperandRole::Parameter);

  const OperatorRules* concatenation = findRules(tflite::BuiltinOperator_CONCATENATION);
  REQUIRE(concatenation);
  CHECK(concatenation->role(0) == OperandRole::Activation);
  CHECK(concatenation->role(40) == OperandRole::Activation);

  CHECK(findRules(tflite::BuiltinOperator_CUMSUM) == nullptr);
}
