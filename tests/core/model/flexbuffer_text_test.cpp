#include "core/model/flexbuffer_text.h"

#include <flatbuffers/flexbuffers.h>

#include <random>

#include "tests/support/catch.h"

using namespace quantscope;

namespace {

std::vector<std::byte> finished(flexbuffers::Builder& builder) {
  builder.Finish();
  const auto& buffer = builder.GetBuffer();
  const auto bytes = std::as_bytes(std::span(buffer));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> detectionOptions() {
  flexbuffers::Builder builder;
  builder.Map([&] {
    builder.Int("max_detections", 10);
    builder.Float("x_scale", 10.0f);
    builder.Double("iou", 0.6);
    builder.Bool("use_regular_nms", false);
    builder.String("name", "boxes");
    builder.UInt("big", uint64_t{1} << 40);
    builder.Int("negative", -70000);
    builder.IndirectInt("indirect", -5);
    builder.Vector("mixed", [&] {
      builder.Add(1);
      builder.Add("two");
      builder.Null();
      builder.Map([&] { builder.Bool("inner", true); });
    });
    const std::vector<int32_t> numbers{1, -2, 300};
    builder.Add("numbers", numbers);
    const std::vector<float> reals{0.5f, 2.0f};
    builder.Add("reals", reals);
    builder.TypedVector("words", [&] {
      builder.String("a");
      builder.String("b");
    });
    const int64_t triple[] = {7, 8, 9};
    builder.FixedTypedVector("triple", triple, 3);
    builder.Key("blob");
    builder.Blob("xyz", 3);
  });
  return finished(builder);
}

std::string valueOf(const std::vector<OptionField>& fields, const std::string& name) {
  for (const OptionField& field : fields) {
    if (field.name == name) return field.value;
  }
  return "(absent)";
}

}  // namespace

TEST_CASE("every type of a FlexBuffer is shown by name and value", "[model]") {
  const auto fields = flexbufferFields(detectionOptions());
  REQUIRE(fields);
  CHECK(valueOf(*fields, "max_detections") == "10");
  CHECK(valueOf(*fields, "x_scale") == "10");
  CHECK(valueOf(*fields, "iou") == "0.6");
  CHECK(valueOf(*fields, "use_regular_nms") == "false");
  CHECK(valueOf(*fields, "name") == "\"boxes\"");
  CHECK(valueOf(*fields, "big") == "1099511627776");
  CHECK(valueOf(*fields, "negative") == "-70000");
  CHECK(valueOf(*fields, "indirect") == "-5");
  CHECK(valueOf(*fields, "mixed") == "[1, \"two\", null, {\"inner\": true}]");
  CHECK(valueOf(*fields, "numbers") == "[1, -2, 300]");
  CHECK(valueOf(*fields, "reals") == "[0.5, 2]");
  CHECK(valueOf(*fields, "words") == "[\"a\", \"b\"]");
  CHECK(valueOf(*fields, "triple") == "[7, 8, 9]");
  CHECK(valueOf(*fields, "blob") == "3 bytes");
}

TEST_CASE("a FlexBuffer without a map is one value", "[model]") {
  flexbuffers::Builder builder;
  builder.Int(-5);
  const auto fields = flexbufferFields(finished(builder));
  REQUIRE(fields);
  REQUIRE(fields->size() == 1);
  CHECK(fields->front().value == "-5");
}

TEST_CASE("a long list is cut off, not refused", "[model]") {
  flexbuffers::Builder builder;
  const std::vector<int32_t> numbers(100'000, 12345);
  builder.Map([&] { builder.Add("numbers", numbers); });
  const auto fields = flexbufferFields(finished(builder));
  REQUIRE(fields);
  const std::string text = valueOf(*fields, "numbers");
  CHECK(text.size() < 5000);
  CHECK_THAT(text, ContainsSubstring("…"));
}

TEST_CASE("bytes that are no FlexBuffer are none", "[model]") {
  CHECK_FALSE(flexbufferFields({}));
  for (const std::string text : {"ab", "hello, world", "\xFF\xFF\xFF\xFF"}) {
    CHECK_FALSE(flexbufferFields(std::as_bytes(std::span(text))));
  }
}

TEST_CASE("changed bytes of a FlexBuffer never lead outside of it or on without end", "[model]") {
  const auto whole = detectionOptions();
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    auto changed = whole;
    for (int i = 0; i < 1 + round % 3; ++i) changed[random() % changed.size()] = static_cast<std::byte>(random());
    changed.resize(changed.size() - random() % 4);
    (void)flexbufferFields(changed);
  }
}
