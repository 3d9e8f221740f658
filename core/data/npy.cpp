#include "core/data/npy.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <new>

#include "core/base/checked.h"
#include "core/base/mapped_file.h"
#include "core/data/npy_header.h"
#include "core/model/model.h"
#include "core/model/string_values.h"

namespace quantscope {

namespace data {

namespace {

static_assert(std::endian::native == std::endian::little, "arrays are taken as they lie in the file");

struct TypeRow {
  char kind;
  uint64_t itemSize;
  ElementType type;
};
constexpr TypeRow kTypes[] = {
    {'f', 4, ElementType::Float32},   {'f', 2, ElementType::Float16},     {'f', 8, ElementType::Float64},
    {'i', 1, ElementType::Int8},      {'i', 2, ElementType::Int16},       {'i', 4, ElementType::Int32},
    {'i', 8, ElementType::Int64},     {'u', 1, ElementType::UInt8},       {'u', 2, ElementType::UInt16},
    {'u', 4, ElementType::UInt32},    {'u', 8, ElementType::UInt64},      {'b', 1, ElementType::Bool},
    {'c', 8, ElementType::Complex64}, {'c', 16, ElementType::Complex128}, {'V', 2, ElementType::BFloat16},
    {'f', 1, ElementType::Float8E5M2}};

std::string typeText(const NpyHeader& header) {
  if (header.kind == 'O') return "Python objects";
  if (header.kind == 'M' || header.kind == 'm') return "dates";
  return std::string("elements of type ") + header.kind + std::to_string(header.itemSize);
}

void appendUtf8(std::string& text, uint32_t code) {
  if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) code = 0xfffd;
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
  } else if (code < 0x10000) {
    text += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
             static_cast<char>(0x80 | (code & 0x3f))};
  } else {
    text += {static_cast<char>(0xf0 | code >> 18), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
             static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
  }
}

std::string itemText(std::span<const std::byte> item, const NpyHeader& header) {
  if (item.empty()) return "";
  if (header.kind == 'S') {
    std::string text(reinterpret_cast<const char*>(item.data()), item.size());
    text.erase(text.find_last_not_of('\0') + 1);
    return text;
  }
  std::vector<uint32_t> codes(item.size() / 4);
  std::memcpy(codes.data(), item.data(), codes.size() * 4);
  if (header.bigEndian) {
    for (uint32_t& code : codes) code = __builtin_bswap32(code);
  }
  while (!codes.empty() && codes.back() == 0) codes.pop_back();
  std::string text;
  for (const uint32_t code : codes) appendUtf8(text, code);
  return text;
}

/// Reverses the bytes of every number; complex numbers are two.
void swapBytes(std::vector<std::byte>& bytes, size_t numberSize) {
  for (size_t at = 0; at + numberSize <= bytes.size(); at += numberSize) {
    std::reverse(bytes.begin() + static_cast<ptrdiff_t>(at), bytes.begin() + static_cast<ptrdiff_t>(at + numberSize));
  }
}

/// Column-major to row-major.
std::vector<std::byte> toRowMajor(std::span<const std::byte> bytes, std::span<const int32_t> shape, size_t itemSize) {
  std::vector<std::byte> result(bytes.size());
  std::vector<size_t> stride(shape.size(), 1), index(shape.size(), 0);
  for (size_t d = 1; d < shape.size(); ++d) stride[d] = stride[d - 1] * static_cast<size_t>(shape[d - 1]);
  for (size_t at = 0; at < bytes.size(); at += itemSize) {
    size_t source = 0;
    for (size_t d = 0; d < shape.size(); ++d) source += index[d] * stride[d];
    std::memcpy(result.data() + at, bytes.data() + source * itemSize, itemSize);
    for (size_t d = shape.size(); d-- > 0;) {
      if (++index[d] < static_cast<size_t>(shape[d])) break;
      index[d] = 0;
    }
  }
  return result;
}

void own(NpyArray& array, std::vector<std::byte> bytes) {
  auto owned = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
  array.bytes = *owned;
  array.owner = std::move(owned);
}

void toStrings(NpyArray& array, const NpyHeader& header, size_t itemBytes) {
  std::vector<std::string> strings(static_cast<size_t>(checkedElementCount(array.shape).value_or(0)));
  for (size_t i = 0; i < strings.size(); ++i)
    strings[i] = itemText(array.bytes.subspan(i * itemBytes, itemBytes), header);
  own(array, packStrings(strings));
}

/// Whatever the bytes must become to be what a tensor of that type holds in memory.
void convert(NpyArray& array, const NpyHeader& header, size_t itemBytes) {
  if (header.fortranOrder && array.shape.size() > 1) own(array, toRowMajor(array.bytes, array.shape, itemBytes));
  if (array.type == ElementType::String) return toStrings(array, header, itemBytes);
  if (header.bigEndian && itemBytes > 1) {
    std::vector<std::byte> bytes(array.bytes.begin(), array.bytes.end());
    swapBytes(bytes, header.kind == 'c' ? itemBytes / 2 : itemBytes);
    own(array, std::move(bytes));
  }
  auto isBool = [](std::byte value) { return value <= std::byte{1}; };
  if (array.type == ElementType::Bool && !std::all_of(array.bytes.begin(), array.bytes.end(), isBool)) {
    std::vector<std::byte> bytes(array.bytes.begin(), array.bytes.end());
    for (std::byte& value : bytes) value = value == std::byte{0} ? std::byte{0} : std::byte{1};
    own(array, std::move(bytes));
  }
}

}  // namespace

Result<NpyArray> parseNpy(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                          const std::string& where) {
  QS_ASSIGN(const NpyHeader header, parseNpyHeader(bytes, where));
  auto malformed = [&](const std::string& why) {
    return Error{ErrorCode::Malformed, "cannot read the array", where, why, ""};
  };
  NpyArray array;
  const bool isText = header.kind == 'S' || header.kind == 'U';
  if (isText) {
    array.type = ElementType::String;
  } else {
    const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& candidate) {
      return candidate.kind == header.kind && candidate.itemSize == header.itemSize;
    });
    if (row == std::end(kTypes)) {
      return Error{ErrorCode::Unsupported, "cannot read the array", where, "it holds " + typeText(header),
                   "save it with a numeric type, for example float32"};
    }
    array.type = row->type;
  }
  const auto itemBytes = checkedMultiply<uint64_t>(header.itemSize, header.kind == 'U' ? 4 : 1);
  for (const uint64_t dimension : header.shape) {
    if (dimension > static_cast<uint64_t>(std::numeric_limits<int32_t>::max())) {
      return malformed("its dimension of " + std::to_string(dimension) + " is more than a tensor can have");
    }
    array.shape.push_back(static_cast<int32_t>(dimension));
  }
  const auto count = checkedElementCount(array.shape);
  const auto wanted =
      count && itemBytes ? checkedMultiply<uint64_t>(static_cast<uint64_t>(*count), *itemBytes) : std::nullopt;
  const uint64_t found = bytes.size() - header.dataOffset;
  if (!wanted || *wanted != found) {
    return malformed("its shape " + shapeText(array.shape) + " needs " +
                     (wanted ? std::to_string(*wanted) : "too many") + " bytes of data, it has " +
                     std::to_string(found));
  }
  // Strings without characters take no bytes in the file, but each takes memory here.
  if (isText && *count > (int64_t{1} << 24)) return malformed("it has more than 16,777,216 strings");
  array.bytes = bytes.subspan(header.dataOffset);
  array.owner = std::move(owner);
  try {
    convert(array, header, static_cast<size_t>(*itemBytes));
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::ResourceLimit, "cannot read the array", where, "there is no memory to convert it", ""};
  }
  return array;
}

}  // namespace data

Result<NpyArray> mapNpy(const std::filesystem::path& path) {
  QS_ASSIGN(auto file, MappedFile::open(path));
  return data::parseNpy(file->bytes(), file, path.string());
}

Result<TensorValue> readNpy(const std::filesystem::path& path) {
  QS_ASSIGN(const NpyArray array, mapNpy(path));
  return array.value();
}

Result<void> writeNpy(const std::filesystem::path& path, const TensorView& view, IfExists ifExists) {
  QS_ASSIGN(const data::NpyText text, data::formatNpy(view));
  QS_ASSIGN(AtomicFile file, AtomicFile::create(path, ifExists));
  QS_TRY(file.write(text.header));
  QS_TRY(file.write(text.data));
  return file.commit();
}

}  // namespace quantscope
