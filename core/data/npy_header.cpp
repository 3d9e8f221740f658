#include "core/data/npy_header.h"

#include <cctype>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

namespace quantscope::data {

namespace {

constexpr size_t kLongestHeader = 65536;
constexpr size_t kMostDimensions = 64;

/// Reads the subset of Python literals that NumPy writes.
class Literal {
public:
  explicit Literal(std::string_view text) : m_rest(text) {}

  bool take(char wanted) {
    skipSpace();
    if (m_rest.empty() || m_rest.front() != wanted) return false;
    m_rest.remove_prefix(1);
    return true;
  }
  bool takeWord(std::string_view word) {
    skipSpace();
    if (!m_rest.starts_with(word)) return false;
    m_rest.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string> string() {
    skipSpace();
    if (m_rest.empty() || (m_rest.front() != '\'' && m_rest.front() != '"')) return std::nullopt;
    const size_t end = m_rest.find(m_rest.front(), 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string text(m_rest.substr(1, end - 1));
    m_rest.remove_prefix(end + 1);
    return text;
  }
  std::optional<uint64_t> number() {
    skipSpace();
    uint64_t value = 0;
    const auto [end, error] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), value);
    if (error != std::errc()) return std::nullopt;
    m_rest.remove_prefix(static_cast<size_t>(end - m_rest.data()));
    // Python 2 wrote long integers as 3L.
    take('L');
    return value;
  }
  /// "(3, 4)", "(3,)", "()".
  std::optional<std::vector<uint64_t>> tuple() {
    std::vector<uint64_t> values;
    if (!take('(')) return std::nullopt;
    while (!take(')')) {
      const auto value = number();
      if (!value || values.size() == kMostDimensions) return std::nullopt;
      values.push_back(*value);
      if (!take(',')) {
        if (!take(')')) return std::nullopt;
        break;
      }
    }
    return values;
  }
  bool atList() {
    skipSpace();
    return !m_rest.empty() && m_rest.front() == '[';
  }
  bool atEnd() {
    skipSpace();
    return m_rest.empty();
  }

private:
  void skipSpace() {
    while (!m_rest.empty() && std::isspace(static_cast<unsigned char>(m_rest.front()))) m_rest.remove_prefix(1);
  }
  std::string_view m_rest;
};

/// "<f4", "|u1", "U19".
bool parseDescription(std::string_view text, NpyHeader& header) {
  if (!text.empty() && std::strchr("<>|=", text.front()) != nullptr) {
    header.bigEndian = text.front() == '>';
    text.remove_prefix(1);
  }
  if (text.empty()) return false;
  header.kind = text.front();
  text.remove_prefix(1);
  // Dates carry a unit ("M8[ns]"), which is refused by its kind later on.
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), header.itemSize);
  return text.empty() || (error == std::errc() && (end == text.data() + text.size() || *end == '['));
}

std::optional<std::string> parseDictionary(std::string_view text, NpyHeader& header, bool& records) {
  Literal literal(text);
  if (!literal.take('{')) return "its header is no dictionary";
  bool description = false, order = false, shape = false;
  while (!literal.take('}')) {
    const auto key = literal.string();
    if (!key || !literal.take(':')) return "its header is broken";
    if (*key == "descr") {
      if (literal.atList()) {
        records = true;
        return std::nullopt;
      }
      const auto value = literal.string();
      if (!value || !parseDescription(*value, header)) return "its header has no readable element type";
      description = true;
    } else if (*key == "fortran_order") {
      header.fortranOrder = literal.takeWord("True");
      if (!header.fortranOrder && !literal.takeWord("False")) return "its header has no readable order";
      order = true;
    } else if (*key == "shape") {
      auto value = literal.tuple();
      if (!value) return "its header has no readable shape";
      header.shape = std::move(*value);
      shape = true;
    } else {
      return "its header has the unknown key '" + *key + "'";
    }
    if (!literal.take(',')) {
      if (!literal.take('}')) return "its header is broken";
      break;
    }
  }
  if (!literal.atEnd()) return "its header goes on after the dictionary";
  if (!description || !order || !shape) return "its header lacks descr, fortran_order or shape";
  return std::nullopt;
}

}  // namespace

Result<NpyHeader> parseNpyHeader(std::span<const std::byte> bytes, const std::string& where) {
  auto malformed = [&](const std::string& why) {
    return Error{ErrorCode::Malformed, "cannot read the array", where, why, ""};
  };
  const char* text = reinterpret_cast<const char*>(bytes.data());
  if (bytes.size() < 10 || std::string_view(text, 6) != std::string_view("\x93NUMPY", 6)) {
    return malformed("it does not begin as a NumPy array does");
  }
  const auto version = static_cast<unsigned char>(text[6]);
  if (version < 1 || version > 3) {
    return Error{ErrorCode::Unsupported, "cannot read the array", where,
                 "it has format version " + std::to_string(version) + ", known are 1 to 3", ""};
  }
  size_t begin = 10, length = 0;
  if (version == 1) {
    uint16_t value;
    std::memcpy(&value, text + 8, sizeof(value));
    length = value;
  } else {
    if (bytes.size() < 12) return malformed("it ends inside its header");
    uint32_t value;
    std::memcpy(&value, text + 8, sizeof(value));
    begin = 12;
    length = value;
  }
  if (length > kLongestHeader) return malformed("its header claims " + std::to_string(length) + " bytes");
  if (length > bytes.size() - begin) return malformed("it ends inside its header");
  NpyHeader header;
  bool records = false;
  if (auto why = parseDictionary(std::string_view(text + begin, length), header, records)) return malformed(*why);
  if (records) {
    return Error{ErrorCode::Unsupported, "cannot read the array", where, "it is an array of records",
                 "save each field as an array of its own"};
  }
  header.dataOffset = begin + length;
  return header;
}

}  // namespace quantscope::data
