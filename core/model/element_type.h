#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace quantscope {

/// Type of a tensor's elements; the numbers are those of the file format (TensorType).
enum class ElementType : int8_t {
  Float32 = 0, Float16 = 1, Int32 = 2, UInt8 = 3, Int64 = 4, String = 5, Bool = 6, Int16 = 7,
  Complex64 = 8, Int8 = 9, Float64 = 10, Complex128 = 11, UInt64 = 12, Resource = 13, Variant = 14,
  UInt32 = 15, UInt16 = 16, Int4 = 17, BFloat16 = 18, Int2 = 19, UInt4 = 20, Float8E4M3FN = 21, Float8E5M2 = 22
};
inline constexpr int kElementTypeCount = 23;

/// "float32", "int8", ...; "type 99" style is never returned: unknown numbers give "unknown".
std::string_view elementTypeName(ElementType type);

/// Size of one element in bits; 0 for strings, resources and variants, which have no fixed size.
int bitsPerElement(ElementType type);

/// Bytes that `count` elements take (sub-byte types are packed over the whole tensor). Nothing where the
/// type has no fixed size, count is negative or the product does not fit.
std::optional<int64_t> byteSize(ElementType type, int64_t count);

constexpr bool isFloat(ElementType t) {
  return t == ElementType::Float32 || t == ElementType::Float16 || t == ElementType::BFloat16 ||
         t == ElementType::Float64 || t == ElementType::Float8E4M3FN || t == ElementType::Float8E5M2;
}

}  // namespace quantscope
