#include <cmath>

#include "core/data/dataset.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

template <typename T>
TensorValue valueOf(ElementType type, std::vector<int32_t> shape, const std::vector<T>& values) {
  TensorValue value{type, std::move(shape), {}};
  const auto bytes = std::as_bytes(std::span(values));
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

InputSpec input(ElementType type, std::vector<int32_t> shape, float scale = 0, int64_t zeroPoint = 0) {
  InputSpec spec{"x", std::move(shape), type, std::nullopt};
  if (scale != 0) {
    spec.quantization.emplace();
    spec.quantization->scale = {scale};
    spec.quantization->zeroPoint = {zeroPoint};
  }
  return spec;
}

template <typename T>
std::vector<T> bound(const TensorValue& value, const InputSpec& spec) {
  const auto result = bindInput(value, spec);
  if (!result) FAIL(result.error().message());
  CHECK(result->type == spec.type);
  CHECK(result->shape == spec.shape);
  const auto values = result->values<T>();
  return {values.begin(), values.end()};
}

}  // namespace

TEST_CASE("real values are quantized with the input's own parameters", "[data][bind]") {
  const auto reals = valueOf<float>(ElementType::Float32, {6}, {0, 0.25f, -0.25f, 100, -100, NAN});
  CHECK(bound<int8_t>(reals, input(ElementType::Int8, {1, 6}, 0.5f, 3)) == std::vector<int8_t>{3, 4, 2, 127, -128, 3});
  CHECK(bound<uint8_t>(reals, input(ElementType::UInt8, {1, 6}, 0.5f, 128)) ==
        std::vector<uint8_t>{128, 129, 127, 255, 0, 128});
  CHECK(bound<int16_t>(reals, input(ElementType::Int16, {1, 6}, 0.25f)) ==
        std::vector<int16_t>{0, 1, -1, 400, -400, 0});
  const auto bytes = valueOf<uint8_t>(ElementType::UInt8, {2}, {0, 255});
  CHECK(bound<int8_t>(bytes, input(ElementType::Int8, {2}, 1.0f, -128)) == std::vector<int8_t>{-128, 127});
}

TEST_CASE("equal types are copied, also where they are quantized", "[data][bind]") {
  const auto codes = valueOf<int8_t>(ElementType::Int8, {2}, {-7, 8});
  CHECK(bound<int8_t>(codes, input(ElementType::Int8, {1, 1, 2}, 0.5f, 3)) == std::vector<int8_t>{-7, 8});
}

TEST_CASE("numbers become floats of any width", "[data][bind]") {
  const auto bytes = valueOf<uint8_t>(ElementType::UInt8, {2}, {0, 255});
  CHECK(bound<float>(bytes, input(ElementType::Float32, {2})) == std::vector<float>{0, 255});
  CHECK(bound<uint16_t>(bytes, input(ElementType::Float16, {2})) == std::vector<uint16_t>{0, 0x5bf8});
  CHECK(bound<uint16_t>(bytes, input(ElementType::BFloat16, {2})) == std::vector<uint16_t>{0, 0x437f});
  const auto halves = valueOf<uint16_t>(ElementType::Float16, {1}, {0x3c00});
  CHECK(bound<double>(halves, input(ElementType::Float64, {1})) == std::vector<double>{1});
}

TEST_CASE("plain integers take whole numbers that fit and nothing else", "[data][bind]") {
  const auto indices = valueOf<int64_t>(ElementType::Int64, {2}, {3, -1});
  CHECK(bound<int32_t>(indices, input(ElementType::Int32, {2})) == std::vector<int32_t>{3, -1});
  CHECK_FALSE(bindInput(indices, input(ElementType::UInt8, {2})).ok());
  CHECK_FALSE(bindInput(indices, input(ElementType::Bool, {2})).ok());
  CHECK_FALSE(bindInput(valueOf<float>(ElementType::Float32, {1}, {0.5f}), input(ElementType::Int32, {1})).ok());
  CHECK_FALSE(bindInput(valueOf<float>(ElementType::Float32, {1}, {NAN}), input(ElementType::Int32, {1})).ok());
  CHECK_FALSE(bindInput(valueOf<float>(ElementType::Float32, {1}, {3e9f}), input(ElementType::Int32, {1})).ok());
  const auto codes = valueOf<int8_t>(ElementType::Int8, {3}, {-8, 7, 1});
  CHECK(bound<uint8_t>(codes, input(ElementType::Int4, {3})) == std::vector<uint8_t>{0x78, 0x01});
}

TEST_CASE("shapes may differ in leading ones only", "[data][bind]") {
  const auto value = valueOf<float>(ElementType::Float32, {1, 1, 2}, {1, 2});
  CHECK(bindInput(value, input(ElementType::Float32, {2})).ok());
  CHECK(bindInput(value, input(ElementType::Float32, {1, 2})).ok());
  const auto wrong = bindInput(value, input(ElementType::Float32, {2, 1}));
  REQUIRE_FALSE(wrong.ok());
  CHECK(wrong.error().message().find("float32 1×1×2, wanted is float32 2×1") != std::string::npos);
  CHECK_FALSE(bindInput({ElementType::Float32, {2}, {}}, input(ElementType::Int8, {2})).ok());
  CHECK_FALSE(bindInput({ElementType::String, {2}, {}}, input(ElementType::Float32, {2})).ok());
  CHECK_FALSE(bindInput(value, input(ElementType::String, {2})).ok());
}
