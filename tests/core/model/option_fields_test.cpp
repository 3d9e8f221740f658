#include "core/model/option_fields.h"

#include <flatbuffers/flexbuffers.h>

#include <algorithm>

#include "core/schema/reflection.h"
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

TEST_CASE("an operator without options has no fields", "[model]") {
  CHECK(optionFields(Operator()).empty());
}

namespace {

// A table with no fields: its vtable (4 bytes, for a table of 4 bytes), then at 4 the table itself.
alignas(4) constexpr uint8_t kNoFields[] = {4, 0, 4, 0, 4, 0, 0, 0};

/// The operator's options as they are where the file leaves every field out.
template <typename Union>
Union defaults(size_t tag) {
  Union options;
  options.type = static_cast<decltype(options.type)>(tag);
  options.value = Union::UnPack(kNoFields + 4, options.type, nullptr);
  return options;
}

void checkAllFields(const Operator& op, const flatbuffers::TypeTable* unionTable, size_t tag) {
  const flatbuffers::TypeTable* table = unionTable->type_refs[unionTable->type_codes[tag].sequence_ref]();
  INFO(unionTable->names[tag]);
  const auto fields = optionFields(op);
  std::vector<std::string> expected, found;
  for (size_t slot = 0; slot < table->num_elems; ++slot) expected.emplace_back(table->names[slot]);
  std::erase(expected, "composite_attributes");  // shown decoded, where there are any
  for (const OptionField& field : fields) {
    found.push_back(field.name);
    // Nested tables and texts that are absent are empty.
    const bool worded = !field.value.empty() || table->type_codes[found.size() - 1].base_type >= flatbuffers::ET_STRING;
    CHECK(worded);
  }
  CHECK(found == expected);
}

}  // namespace

TEST_CASE("every kind of options in the schema is shown with every field by its name", "[model]") {
  const auto* first = tflite::BuiltinOptionsTypeTable();
  for (size_t tag = 1; tag < first->num_elems; ++tag) {
    Operator op;
    op.options = defaults<tflite::BuiltinOptionsUnion>(tag);
    checkAllFields(op, first, tag);
  }
  const auto* second = tflite::BuiltinOptions2TypeTable();
  for (size_t tag = 1; tag < second->num_elems; ++tag) {
    Operator op;
    op.options2 = defaults<tflite::BuiltinOptions2Union>(tag);
    checkAllFields(op, second, tag);
  }
}

TEST_CASE("options of custom operators and attributes of composites are decoded", "[model]") {
  flexbuffers::Builder builder;
  builder.Map([&] { builder.Float("epsilon", 0.5f); });
  builder.Finish();
  const auto& buffer = builder.GetBuffer();
  const auto bytes = std::as_bytes(std::span(buffer));
  Operator custom;
  custom.customOptions = Buffer::fromBytes({bytes.begin(), bytes.end()});
  CHECK(valueOf(optionFields(custom), "epsilon") == "0.5");

  Operator composite;
  tflite::StableHLOCompositeOptionsT options;
  options.composite_attributes.assign(buffer.begin(), buffer.end());
  composite.options2.Set(std::move(options));
  CHECK(valueOf(optionFields(composite), "attributes.epsilon") == "0.5");

  Operator opaque;
  opaque.customOptions = Buffer::fromBytes({std::byte{1}, std::byte{0xAB}});
  CHECK(valueOf(optionFields(opaque), "bytes") == "2: 01 ab");
}
