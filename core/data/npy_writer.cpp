#include <algorithm>
#include <cstring>

#include "core/base/checked.h"
#include "core/data/npy.h"
#include "core/model/string_values.h"
#include "core/numerics/packing.h"

namespace quantscope::data {

namespace {

std::string descriptionOf(ElementType type) {
  switch (type) {
    case ElementType::Float32:
      return "<f4";
    case ElementType::Float16:
      return "<f2";
    case ElementType::Float64:
      return "<f8";
    case ElementType::BFloat16:
      return "<V2";
    case ElementType::Float8E5M2:
      return "<f1";
    case ElementType::Int8:
    case ElementType::Int4:
    case ElementType::Int2:
      return "|i1";
    case ElementType::Int16:
      return "<i2";
    case ElementType::Int32:
      return "<i4";
    case ElementType::Int64:
      return "<i8";
    case ElementType::UInt8:
    case ElementType::UInt4:
    case ElementType::Float8E4M3FN:
      return "|u1";
    case ElementType::UInt16:
      return "<u2";
    case ElementType::UInt32:
      return "<u4";
    case ElementType::UInt64:
      return "<u8";
    case ElementType::Bool:
      return "|b1";
    case ElementType::Complex64:
      return "<c8";
    case ElementType::Complex128:
      return "<c16";
    default:
      return {};
  }
}

std::string headerText(const std::string& description, std::span<const int32_t> shape) {
  std::string dimensions;
  for (const int32_t dimension : shape) dimensions += std::to_string(dimension) + ", ";
  // "(3, 4)", but "(3,)".
  if (shape.size() == 1) dimensions.pop_back();
  if (shape.size() > 1) dimensions.resize(dimensions.size() - 2);
  std::string text = "{'descr': '" + description + "', 'fortran_order': False, 'shape': (" + dimensions + "), }";
  const size_t prefix = 10;
  text.append(63 - (prefix + text.size()) % 64, ' ');
  text += '\n';
  const auto length = static_cast<uint16_t>(text.size());
  std::string header("\x93NUMPY\x01\x00", 8);
  header.append(reinterpret_cast<const char*>(&length), sizeof(length));
  return header + text;
}

Result<NpyText> formatStrings(const TensorView& view) {
  QS_ASSIGN(const auto strings, unpackStrings(view.bytes));
  size_t longest = 1;
  for (const std::string& text : strings) longest = std::max(longest, text.size());
  const auto bytes = checkedMultiply<size_t>(longest, strings.size());
  if (!bytes || *bytes > (size_t{1} << 32)) {
    return Error{ErrorCode::ResourceLimit, "cannot write the array", "", "its strings are too long for a NumPy array",
                 ""};
  }
  NpyText text;
  text.converted.resize(*bytes);
  for (size_t i = 0; i < strings.size(); ++i) {
    std::memcpy(text.converted.data() + i * longest, strings[i].data(), strings[i].size());
  }
  std::vector<int32_t> shape(view.shape.begin(), view.shape.end());
  if (checkedElementCount(shape) != static_cast<int64_t>(strings.size()))
    shape = {static_cast<int32_t>(strings.size())};
  text.header = headerText("|S" + std::to_string(longest), shape);
  text.data = text.converted;
  return text;
}

}  // namespace

Result<NpyText> formatNpy(const TensorView& view) {
  if (view.type == ElementType::String) return formatStrings(view);
  const std::string description = descriptionOf(view.type);
  if (description.empty()) {
    return Error{ErrorCode::Unsupported, "cannot write the array", "",
                 "NumPy has nothing like a " + std::string(elementTypeName(view.type)) + " tensor", ""};
  }
  const auto count = checkedElementCount(view.shape);
  const auto bytes = count ? byteSize(view.type, *count) : std::nullopt;
  if (!bytes || static_cast<uint64_t>(*bytes) != view.bytes.size()) {
    return Error{ErrorCode::InvalidArgument, "cannot write the array", "", "its bytes and its shape disagree", ""};
  }
  NpyText text;
  text.header = headerText(description, view.shape);
  text.data = view.bytes;
  const int bits = bitsPerElement(view.type);
  if (bits < 8) {
    text.converted.resize(static_cast<size_t>(*count));
    auto* values = reinterpret_cast<int8_t*>(text.converted.data());
    if (view.type == ElementType::UInt4) {
      numerics::unpackUnsigned(view.bytes, bits, {reinterpret_cast<uint8_t*>(values), text.converted.size()});
    } else {
      numerics::unpackSigned(view.bytes, bits, {values, text.converted.size()});
    }
    text.data = text.converted;
  }
  return text;
}

}  // namespace quantscope::data
