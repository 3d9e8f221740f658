#include "core/model/flexbuffer_text.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace quantscope {

namespace {

constexpr int kMaximumDepth = 16;
// Offsets may lead to one value many times over: what is read is counted, not what is there.
constexpr size_t kMaximumValues = 20'000;
constexpr size_t kLongestText = 4000;
constexpr size_t kLongestKey = 1000;

/// The types that the format numbers.
enum Type : unsigned {
  kNull = 0,
  kInt,
  kUInt,
  kFloat,
  kKey,
  kString,
  kIndirectInt,
  kIndirectUInt,
  kIndirectFloat,
  kMap,
  kVector,
  kVectorInt,
  kVectorUInt,
  kVectorFloat,
  kVectorKey,
  kVectorString,
  kFixedFirst = 16,
  kFixedLast = 24,  ///< pairs, triples and fours of int, uint and float
  kBlob = 25,
  kBool = 26,
  kVectorBool = 36
};

/// A value: where its slot or its content begins, and how wide the numbers there are.
struct Value {
  uint64_t position = 0;
  unsigned slotWidth = 1, type = kNull, width = 1;
};

class FlexReader {
public:
  explicit FlexReader(std::span<const std::byte> bytes) : m_bytes(bytes) {}

  std::optional<std::vector<OptionField>> fields() {
    const auto root = rootValue();
    if (!root) return std::nullopt;
    std::vector<OptionField> result;
    if (root->type != kMap) {
      std::string text;
      if (!write(*root, 0, text)) return std::nullopt;
      result.push_back({"value", std::move(text)});
      return result;
    }
    const auto entries = mapEntries(*root);
    if (!entries) return std::nullopt;
    for (const auto& [key, value] : *entries) {
      std::string text;
      if (!write(value, 1, text)) return std::nullopt;
      result.push_back({std::string(key), std::move(text)});
    }
    return result;
  }

private:
  using Entry = std::pair<std::string_view, Value>;

  // The last byte tells the width of the root's slot, the byte before it the root's type, before that lies the slot.
  std::optional<Value> rootValue() const {
    if (m_bytes.size() < 3) return std::nullopt;
    const auto width = static_cast<unsigned>(m_bytes.back());
    if ((width != 1 && width != 2 && width != 4 && width != 8) || m_bytes.size() - 2 < width) return std::nullopt;
    return typed(m_bytes.size() - 2 - width, width, static_cast<unsigned>(m_bytes[m_bytes.size() - 2]));
  }
  static Value typed(uint64_t position, unsigned slotWidth, unsigned packed) {
    return {position, slotWidth, packed >> 2, 1u << (packed & 3)};
  }

  bool holds(uint64_t position, uint64_t size) const {
    return position <= m_bytes.size() && size <= m_bytes.size() - position;
  }
  std::optional<uint64_t> number(uint64_t position, unsigned width) const {
    if (!holds(position, width)) return std::nullopt;
    uint64_t value = 0;
    std::memcpy(&value, m_bytes.data() + position, width);
    return value;
  }
  static int64_t withSign(uint64_t value, unsigned width) {
    const unsigned shift = 64 - 8 * width;
    return static_cast<int64_t>(value << shift) >> shift;
  }
  /// What a slot refers to: it holds the distance back from itself.
  std::optional<uint64_t> target(const Value& value) const {
    const auto distance = number(value.position, value.slotWidth);
    if (!distance || *distance == 0 || *distance > value.position) return std::nullopt;
    return value.position - *distance;
  }
  /// Number of elements: it stands before the first.
  std::optional<uint64_t> sizeBefore(uint64_t content, unsigned width) const {
    return content < width ? std::nullopt : number(content - width, width);
  }
  std::optional<std::string_view> keyAt(uint64_t position) const {
    if (position >= m_bytes.size()) return std::nullopt;
    const auto* begin = reinterpret_cast<const char*>(m_bytes.data()) + position;
    const auto* end = static_cast<const char*>(std::memchr(begin, 0, std::min(m_bytes.size() - position, kLongestKey)));
    if (!end) return std::nullopt;
    return std::string_view(begin, static_cast<size_t>(end - begin));
  }

  std::optional<std::vector<Entry>> mapEntries(const Value& map) {
    const auto content = target(map);
    const auto count = content ? sizeBefore(*content, map.width) : std::nullopt;
    const uint64_t head = uint64_t{3} * map.width;
    if (!count || *count > kMaximumValues || *content < head || !holds(*content, *count * map.width + *count)) {
      return std::nullopt;
    }
    const Value keys{*content - head, map.width, kVectorKey, 1};
    const auto keyContent = target(keys);
    const auto keyWidth = number(*content - uint64_t{2} * map.width, map.width);
    if (!keyContent || !keyWidth || (*keyWidth != 1 && *keyWidth != 2 && *keyWidth != 4 && *keyWidth != 8)) {
      return std::nullopt;
    }
    const auto wide = static_cast<unsigned>(*keyWidth);
    if (!holds(*keyContent, *count * wide)) return std::nullopt;
    m_values += *count;
    std::vector<Entry> entries;
    for (uint64_t i = 0; i < *count; ++i) {
      const auto keyTarget = target({*keyContent + i * wide, wide, kKey, 1});
      const auto key = keyTarget ? keyAt(*keyTarget) : std::nullopt;
      if (!key) return std::nullopt;
      entries.emplace_back(*key, element(*content, i, *count, map.width));
    }
    return entries;
  }
  /// Element of a list whose types stand behind it; the caller has checked that both are there.
  Value element(uint64_t content, uint64_t index, uint64_t count, unsigned width) const {
    return typed(content + index * width, width, static_cast<unsigned>(m_bytes[content + count * width + index]));
  }

  bool write(const Value& value, int depth, std::string& text) {
    if (depth > kMaximumDepth || ++m_values > kMaximumValues) return false;
    if (text.size() > kLongestText) {
      if (!text.ends_with("…")) text += "…";
      return true;
    }
    switch (value.type) {
      case kNull:
        text += "null";
        return true;
      case kInt:
      case kUInt:
      case kFloat:
      case kBool:
        return writeNumber(value.type, value.position, value.slotWidth, text);
      case kIndirectInt:
      case kIndirectUInt:
      case kIndirectFloat: {
        const auto content = target(value);
        return content && writeNumber(value.type - kIndirectInt + kInt, *content, value.width, text);
      }
      case kKey: {
        const auto content = target(value);
        const auto key = content ? keyAt(*content) : std::nullopt;
        if (key) writeText(*key, text);
        return key.has_value();
      }
      case kString:
      case kBlob:
        return writeBytes(value, text);
      case kMap:
        return writeMap(value, depth, text);
      case kVector:
        return writeList(value, depth, text);
      default:
        return writeTypedList(value, depth, text);
    }
  }
  bool writeNumber(unsigned type, uint64_t position, unsigned width, std::string& text) const {
    const auto bits = number(position, width);
    if (!bits) return false;
    if (type == kBool) {
      text += *bits != 0 ? "true" : "false";
    } else if (type == kInt) {
      text += std::to_string(withSign(*bits, width));
    } else if (type == kUInt) {
      text += std::to_string(*bits);
    } else if (width == 8) {
      text += optionNumber(std::bit_cast<double>(*bits));
    } else if (width == 4) {
      text += optionNumber(static_cast<double>(std::bit_cast<float>(static_cast<uint32_t>(*bits))));
    } else {
      return false;  // the format has no shorter ones
    }
    return true;
  }
  static void writeText(std::string_view content, std::string& text) {
    text += '"';
    text += content.substr(0, kLongestText);
    text += content.size() > kLongestText ? "…\"" : "\"";
  }
  bool writeBytes(const Value& value, std::string& text) const {
    const auto content = target(value);
    const auto size = content ? sizeBefore(*content, value.width) : std::nullopt;
    if (!size || !holds(*content, *size)) return false;
    if (value.type == kBlob) {
      text += std::to_string(*size) + " bytes";
    } else {
      writeText({reinterpret_cast<const char*>(m_bytes.data()) + *content, static_cast<size_t>(*size)}, text);
    }
    return true;
  }
  bool writeMap(const Value& value, int depth, std::string& text) {
    const auto entries = mapEntries(value);
    if (!entries) return false;
    text += '{';
    for (size_t i = 0; i < entries->size() && !text.ends_with("…"); ++i) {
      text += i > 0 ? ", " : "";
      writeText((*entries)[i].first, text);
      text += ": ";
      if (!write((*entries)[i].second, depth + 1, text)) return false;
    }
    text += '}';
    return true;
  }
  bool writeList(const Value& value, int depth, std::string& text) {
    const auto content = target(value);
    const auto count = content ? sizeBefore(*content, value.width) : std::nullopt;
    if (!count || *count > kMaximumValues || !holds(*content, *count * value.width + *count)) return false;
    return writeElements(*count, text,
                         [&](uint64_t i) { return write(element(*content, i, *count, value.width), depth + 1, text); });
  }
  bool writeTypedList(const Value& value, int depth, std::string& text) {
    const auto content = target(value);
    if (!content) return false;
    unsigned elementType = kBool;
    std::optional<uint64_t> count;
    if (value.type >= kFixedFirst && value.type <= kFixedLast) {
      elementType = kInt + (value.type - kFixedFirst) % 3;
      count = 2 + (value.type - kFixedFirst) / 3;
    } else {
      if (value.type >= kVectorInt && value.type <= kVectorString) {
        elementType = kInt + (value.type - kVectorInt);
      } else if (value.type != kVectorBool) {
        return false;
      }
      count = sizeBefore(*content, value.width);
    }
    if (!count || *count > m_bytes.size() || !holds(*content, *count * value.width)) return false;
    // The strings of such a list do not say how wide their lengths are: one byte, as for all short ones.
    return writeElements(*count, text, [&](uint64_t i) {
      return write({*content + i * value.width, value.width, elementType, 1}, depth + 1, text);
    });
  }
  template <typename Write>
  bool writeElements(uint64_t count, std::string& text, Write writeOne) {
    text += '[';
    for (uint64_t i = 0; i < count && !text.ends_with("…"); ++i) {
      text += i > 0 ? ", " : "";
      if (!writeOne(i)) return false;
    }
    text += ']';
    return true;
  }

  std::span<const std::byte> m_bytes;
  size_t m_values = 0;
};

}  // namespace

std::optional<std::vector<OptionField>> flexbufferFields(std::span<const std::byte> bytes) {
  return FlexReader(bytes).fields();
}

}  // namespace quantscope
