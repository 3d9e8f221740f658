#include "core/model/string_values.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace quantscope {

namespace {

int32_t wordAt(std::span<const std::byte> bytes, size_t word) {
  int32_t value;
  std::memcpy(&value, bytes.data() + word * sizeof(value), sizeof(value));
  return value;
}

Error broken(const std::string& why) {
  return {ErrorCode::Malformed, "cannot read the strings of a tensor", "", why, ""};
}

}  // namespace

std::vector<std::byte> packStrings(std::span<const std::string> strings) {
  std::vector<int32_t> words{static_cast<int32_t>(strings.size())};
  size_t end = sizeof(int32_t) * (strings.size() + 2);
  for (const std::string& text : strings) {
    words.push_back(static_cast<int32_t>(end));
    end += text.size();
  }
  words.push_back(static_cast<int32_t>(end));
  const auto header = std::as_bytes(std::span(words));
  std::vector<std::byte> bytes(header.begin(), header.end());
  bytes.reserve(end);
  for (const std::string& text : strings) {
    const auto characters = std::as_bytes(std::span(text));
    bytes.insert(bytes.end(), characters.begin(), characters.end());
  }
  return bytes;
}

Result<size_t> countStrings(std::span<const std::byte> bytes) {
  if (bytes.size() < sizeof(int32_t)) return broken("there is no room for the count");
  const int32_t count = wordAt(bytes, 0);
  if (count < 0 || static_cast<uint64_t>(count) + 2 > bytes.size() / sizeof(int32_t)) {
    return broken("the count " + std::to_string(count) + " does not fit into " + std::to_string(bytes.size()) +
                  " bytes");
  }
  return static_cast<size_t>(count);
}

Result<std::vector<std::string>> unpackStrings(std::span<const std::byte> bytes, size_t limit) {
  QS_ASSIGN(const size_t count, countStrings(bytes));
  std::vector<std::string> strings(std::min(count, limit));
  for (size_t i = 0; i < strings.size(); ++i) {
    const int64_t begin = wordAt(bytes, i + 1), end = wordAt(bytes, i + 2);
    if (begin < 0 || end < begin || static_cast<uint64_t>(end) > bytes.size()) {
      return broken("string " + std::to_string(i) + " lies outside the bytes");
    }
    strings[i].assign(reinterpret_cast<const char*>(bytes.data()) + begin, static_cast<size_t>(end - begin));
  }
  return strings;
}

}  // namespace quantscope
