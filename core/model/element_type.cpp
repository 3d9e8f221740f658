#include "core/model/element_type.h"

#include <array>

#include "core/base/checked.h"

namespace quantscope {

namespace {

struct TypeRow {
  std::string_view name;
  int bits;
};

constexpr std::array<TypeRow, kElementTypeCount> kTypes{{
    {"float32", 32}, {"float16", 16}, {"int32", 32}, {"uint8", 8}, {"int64", 64}, {"string", 0}, {"bool", 8},
    {"int16", 16}, {"complex64", 64}, {"int8", 8}, {"float64", 64}, {"complex128", 128}, {"uint64", 64},
    {"resource", 0}, {"variant", 0}, {"uint32", 32}, {"uint16", 16}, {"int4", 4}, {"bfloat16", 16}, {"int2", 2},
    {"uint4", 4}, {"float8_e4m3fn", 8}, {"float8_e5m2", 8},
}};

}  // namespace

std::string_view elementTypeName(ElementType type) {
  const auto number = static_cast<int>(type);
  return number >= 0 && number < kElementTypeCount ? kTypes[static_cast<size_t>(number)].name : "unknown";
}

int bitsPerElement(ElementType type) {
  const auto number = static_cast<int>(type);
  return number >= 0 && number < kElementTypeCount ? kTypes[static_cast<size_t>(number)].bits : 0;
}

std::optional<int64_t> byteSize(ElementType type, int64_t count) {
  const int bits = bitsPerElement(type);
  if (bits == 0 || count < 0) return std::nullopt;
  if (bits < 8) return count / (8 / bits) + (count % (8 / bits) != 0 ? 1 : 0);
  return checkedMultiply<int64_t>(count, bits / 8);
}

}  // namespace quantscope
