#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "core/base/checked.h"
#include "core/data/dataset.h"
#include "core/numerics/float16.h"
#include "core/numerics/packing.h"
#include "core/numerics/quantization_parameters.h"

namespace quantscope {

namespace {

std::span<const int32_t> withoutLeadingOnes(std::span<const int32_t> shape) {
  while (!shape.empty() && shape.front() == 1) shape = shape.subspan(1);
  return shape;
}

std::string valueText(ElementType type, std::span<const int32_t> shape) {
  return std::string(elementTypeName(type)) + " " + shapeText(shape);
}

Error bindError(const InputSpec& input, std::string why, std::string remedy = {}) {
  return {ErrorCode::InvalidArgument, "cannot feed the input", input.name, std::move(why), std::move(remedy)};
}

template <typename T>
void widen(const TensorValue& value, std::vector<double>& numbers) {
  const auto stored = value.values<T>();
  std::copy(stored.begin(), stored.end(), numbers.begin());
}

/// The numbers of a value, or nothing where its type has none that could be converted.
std::optional<std::vector<double>> numbersOf(const TensorValue& value, size_t count) {
  std::vector<double> numbers(count);
  switch (value.type) {
    case ElementType::Float32:
      widen<float>(value, numbers);
      break;
    case ElementType::Float64:
      widen<double>(value, numbers);
      break;
    case ElementType::Int8:
      widen<int8_t>(value, numbers);
      break;
    case ElementType::Bool:
    case ElementType::UInt8:
      widen<uint8_t>(value, numbers);
      break;
    case ElementType::Int16:
      widen<int16_t>(value, numbers);
      break;
    case ElementType::UInt16:
      widen<uint16_t>(value, numbers);
      break;
    case ElementType::Int32:
      widen<int32_t>(value, numbers);
      break;
    case ElementType::UInt32:
      widen<uint32_t>(value, numbers);
      break;
    case ElementType::Int64:
      widen<int64_t>(value, numbers);
      break;
    case ElementType::UInt64:
      widen<uint64_t>(value, numbers);
      break;
    case ElementType::Float16:
      std::transform(value.values<uint16_t>().begin(), value.values<uint16_t>().end(), numbers.begin(),
                     [](uint16_t bits) { return static_cast<double>(numerics::fromFloat16(bits)); });
      break;
    case ElementType::BFloat16:
      std::transform(value.values<uint16_t>().begin(), value.values<uint16_t>().end(), numbers.begin(),
                     [](uint16_t bits) { return static_cast<double>(numerics::fromBFloat16(bits)); });
      break;
    default:
      return std::nullopt;
  }
  return numbers;
}

struct Limits {
  double low, high;
};
template <typename T>
constexpr Limits limitsOf() {
  return {static_cast<double>(std::numeric_limits<T>::min()), static_cast<double>(std::numeric_limits<T>::max())};
}
std::optional<Limits> integerLimits(ElementType type) {
  switch (type) {
    case ElementType::Int2:
      return Limits{-2, 1};
    case ElementType::Int4:
      return Limits{-8, 7};
    case ElementType::UInt4:
      return Limits{0, 15};
    case ElementType::Int8:
      return limitsOf<int8_t>();
    case ElementType::UInt8:
      return limitsOf<uint8_t>();
    case ElementType::Bool:
      return Limits{0, 1};
    case ElementType::Int16:
      return limitsOf<int16_t>();
    case ElementType::UInt16:
      return limitsOf<uint16_t>();
    case ElementType::Int32:
      return limitsOf<int32_t>();
    case ElementType::UInt32:
      return limitsOf<uint32_t>();
    // The largest doubles that fit.
    case ElementType::Int64:
      return Limits{-9223372036854775808.0, 9223372036854774784.0};
    case ElementType::UInt64:
      return Limits{0, 18446744073709549568.0};
    default:
      return std::nullopt;
  }
}

template <typename T>
void narrow(const std::vector<double>& numbers, TensorValue& result) {
  auto stored = result.mutableValues<T>();
  std::transform(numbers.begin(), numbers.end(), stored.begin(), [](double number) { return static_cast<T>(number); });
}

/// Numbers that fit the type, as its bytes.
void store(const std::vector<double>& numbers, TensorValue& result) {
  switch (result.type) {
    case ElementType::Float32:
      return narrow<float>(numbers, result);
    case ElementType::Float64:
      return narrow<double>(numbers, result);
    case ElementType::Int8:
      return narrow<int8_t>(numbers, result);
    case ElementType::Bool:
    case ElementType::UInt8:
      return narrow<uint8_t>(numbers, result);
    case ElementType::Int16:
      return narrow<int16_t>(numbers, result);
    case ElementType::UInt16:
      return narrow<uint16_t>(numbers, result);
    case ElementType::Int32:
      return narrow<int32_t>(numbers, result);
    case ElementType::UInt32:
      return narrow<uint32_t>(numbers, result);
    case ElementType::Int64:
      return narrow<int64_t>(numbers, result);
    case ElementType::UInt64:
      return narrow<uint64_t>(numbers, result);
    default:
      break;
  }
  if (bitsPerElement(result.type) < 8) {
    std::vector<int8_t> codes(numbers.size());
    std::transform(numbers.begin(), numbers.end(), codes.begin(),
                   [](double number) { return static_cast<int8_t>(number); });
    result.bytes = numerics::pack(std::span<const int8_t>(codes), bitsPerElement(result.type));
    return;
  }
  auto halves = result.mutableValues<uint16_t>();
  std::transform(numbers.begin(), numbers.end(), halves.begin(), [&](double number) {
    const auto single = static_cast<float>(number);
    return result.type == ElementType::Float16 ? numerics::toFloat16(single) : numerics::toBFloat16(single);
  });
}

/// QUANTIZE's arithmetic; NaN becomes the zero point's real value, 0.
double quantized(double number, const Quantization& quantization, const Limits& limits) {
  const float scale = quantization.scale[0];
  const auto zeroPoint = static_cast<double>(quantization.zeroPoint.empty() ? 0 : quantization.zeroPoint[0]);
  const double steps = std::isnan(number) ? 0.0 : static_cast<double>(std::round(static_cast<float>(number) / scale));
  return std::clamp(steps + zeroPoint, limits.low, limits.high);
}

}  // namespace

Result<TensorValue> bindInput(const TensorValue& value, const InputSpec& input) {
  if (!std::ranges::equal(withoutLeadingOnes(value.shape), withoutLeadingOnes(input.shape))) {
    return bindError(input, "the sample is " + valueText(value.type, value.shape) + ", wanted is " +
                                valueText(input.type, input.shape));
  }
  TensorValue result{input.type, input.shape, {}};
  const auto count = checkedElementCount(value.shape);
  if (value.type == input.type) {
    result.bytes = value.bytes;
    return result;
  }
  const auto wanted = count ? byteSize(value.type, *count) : std::nullopt;
  const auto size = count ? byteSize(input.type, *count) : std::nullopt;
  if (!wanted || static_cast<uint64_t>(*wanted) != value.bytes.size())
    return bindError(input, "the sample's bytes and its shape disagree");
  auto numbers = numbersOf(value, static_cast<size_t>(*count));
  const auto limits = integerLimits(input.type);
  const bool asReal = input.type == ElementType::Float32 || input.type == ElementType::Float64 ||
                      input.type == ElementType::Float16 || input.type == ElementType::BFloat16;
  if (!numbers || !size || (!limits && !asReal)) {
    return bindError(input,
                     "the sample is " + std::string(elementTypeName(value.type)) + ", wanted is " +
                         std::string(elementTypeName(input.type)),
                     "give the values in the input's own type");
  }
  if (limits) {
    const bool scaled = input.quantization && input.quantization->quantized();
    for (double& number : *numbers) {
      if (scaled) {
        number = quantized(number, *input.quantization, *limits);
      } else if (!(number >= limits->low && number <= limits->high && number == std::trunc(number))) {
        return bindError(input, std::to_string(number) + " is no " + std::string(elementTypeName(input.type)));
      }
    }
  }
  result.bytes.resize(static_cast<size_t>(*size));
  store(*numbers, result);
  return result;
}

}  // namespace quantscope
