#include "core/model/option_fields.h"

#include <algorithm>

#include "tests/support/catch.h"

using namespace quantscope;

namespace {

std::string valueOf(const std::vector<OptionField>& fields, const std::string& name) {
  const auto it = std::find_if(fields.begin(), fields.end(), [&](const OptionField& f) { return f.name == name; });
  REQUIRE(it != fields.end());
  return it->value;
}

}  // namespace

TEST_CASE("options are shown by field name, enums by word, defaults included", "[model]") {
  Operator op;
  tflite::Conv2DOptionsT options;
  options.padding = tflite::Padding_VALID;
  options.stride_h = 2;
  op.options.Set(std::move(options));
  const auto fields = optionFields(op);
  CHECK(valueOf(fields, "padding") == "VALID");
  CHECK(valueOf(fields, "stride_h") == "2");
  CHECK(valueOf(fields, "dilation_w_factor") == "1");
  CHECK(valueOf(fields, "fused_activation_function") == "NONE");
}

TEST_CASE("vectors, floats and the second union are shown too", "[model]") {
  Operator reshape;
  tflite::ReshapeOptionsT options;
  options.new_shape = {1, 64};
  reshape.options.Set(std::move(options));
  CHECK(valueOf(optionFields(reshape), "new_shape") == "[1, 64]");

  Operator softmax;
  tflite::SoftmaxOptionsT beta;
  beta.beta = 0.5f;
  softmax.options.Set(std::move(beta));
  CHECK(valueOf(optionFields(softmax), "beta") == "0.5");

  Operator composite;
  tflite::StableHLOCompositeOptionsT second;
  second.name = "odml.rms_norm";
  composite.options2.Set(std::move(second));
  CHECK(valueOf(optionFields(composite), "name") == "\"odml.rms_norm\"");
}

TEST_CASE("an operator without options has no fields", "[model]") { CHECK(optionFields(Operator()).empty()); }
