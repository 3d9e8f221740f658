#include "core/runtime/hash_table.h"

#include <cstring>

#include "core/base/checked.h"
#include "core/model/string_values.h"

namespace quantscope::runtime {

namespace {

Error dataError(std::string why) {
  return {ErrorCode::Malformed, "", "", std::move(why), ""};
}

template <typename Key, typename Value>
Result<void> fill(std::unordered_map<Key, Value>& table, const std::vector<Key>& keys,
                  const std::vector<Value>& values) {
  if (keys.size() != values.size()) return dataError("it has not as many values as keys");
  for (size_t i = 0; i < keys.size(); ++i) table.insert_or_assign(keys[i], values[i]);
  return {};
}

std::vector<int64_t> numbers(const TensorView& view) {
  std::vector<int64_t> result(view.bytes.size() / sizeof(int64_t));
  if (!result.empty()) std::memcpy(result.data(), view.bytes.data(), result.size() * sizeof(int64_t));
  return result;
}

}  // namespace

bool HashTable::takes(ElementType keys, ElementType values) {
  return (keys == ElementType::Int64 && values == ElementType::String) ||
         (keys == ElementType::String && values == ElementType::Int64);
}

void HashTable::clear() {
  m_filled = false;
  m_numbers.clear();
  m_strings.clear();
}

Result<void> HashTable::import(const TensorView& keys, const TensorView& values) {
  if (m_filled) return {};
  if (keys.type == ElementType::Int64) {
    QS_ASSIGN(const auto strings, unpackStrings(values.bytes));
    QS_TRY(fill(m_strings, numbers(keys), strings));
  } else {
    QS_ASSIGN(const auto strings, unpackStrings(keys.bytes));
    QS_TRY(fill(m_numbers, strings, numbers(values)));
  }
  m_filled = true;
  return {};
}

Result<std::vector<std::byte>> HashTable::find(const TensorView& keys, const TensorView& defaultValue) const {
  if (!m_filled) return dataError("the table is looked up before it is filled");
  if (keys.type == ElementType::Int64) {
    QS_ASSIGN(const auto fallback, unpackStrings(defaultValue.bytes, 1));
    if (fallback.empty()) return dataError("its default is no string");
    std::vector<std::string> found;
    for (const int64_t key : numbers(keys)) {
      const auto entry = m_strings.find(key);
      found.push_back(entry == m_strings.end() ? fallback[0] : entry->second);
    }
    return packStrings(found);
  }
  const auto fallback = numbers(defaultValue);
  if (fallback.empty()) return dataError("its default is no number");
  QS_ASSIGN(const auto wanted, unpackStrings(keys.bytes));
  if (static_cast<int64_t>(wanted.size()) != checkedElementCount(keys.shape)) {
    return dataError("its keys are not as many as their shape says");
  }
  std::vector<std::byte> bytes(wanted.size() * sizeof(int64_t));
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto entry = m_numbers.find(wanted[i]);
    const int64_t value = entry == m_numbers.end() ? fallback[0] : entry->second;
    std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value);
  }
  return bytes;
}

}  // namespace quantscope::runtime
