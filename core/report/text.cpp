#include "core/report/text.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <vector>

namespace quantscope::text {

namespace {

/// Bytes of the UTF-8 sequence at the front; 0 where it is not valid.
size_t sequenceLength(std::string_view s) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(s[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || s.size() < length) return 0;
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  // Overlong forms, surrogates and what lies beyond U+10FFFF.
  if (first == 0xE0 && byte(1) < 0xA0) return 0;
  if (first == 0xED && byte(1) > 0x9F) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return length;
}

std::string print(const char* format, int precision, double value) {
  std::array<char, 64> buffer;
  std::snprintf(buffer.data(), buffer.size(), format, precision, value);
  return buffer.data();
}

std::string notFinite(double value) {
  return std::isnan(value) ? "–" : value > 0 ? "∞" : "−∞";
}

/// Three significant digits, without an exponent, for 0.1 <= value < 1000.
std::string threeDigits(double value) {
  return print("%.*f", value < 9.995 ? 2 : value < 99.95 ? 1 : 0, value);
}

}  // namespace

std::string escape(std::string_view raw) {
  std::string out;
  out.reserve(raw.size());
  while (!raw.empty()) {
    const size_t length = sequenceLength(raw);
    const char c = raw[0];
    if (length == 0 ||
        (length == 1 && ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == 0x7F))) {
      out += "\uFFFD";
    } else if (length > 1) {
      out += raw.substr(0, length);
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out += c;
    }
    raw.remove_prefix(length ? length : 1);
  }
  return out;
}

std::string csvField(std::string_view raw) {
  std::string field(raw);
  if (!field.empty() && std::string_view("=+-@").find(field[0]) != std::string_view::npos) {
    char* end = nullptr;
    std::strtod(field.c_str(), &end);
    if (*end) field.insert(field.begin(), '\'');
  }
  if (field.find_first_of(",\"\n\r") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string count(int64_t value) {
  std::string digits = std::to_string(value);
  for (size_t i = digits.size(); i > (value < 0 ? 4u : 3u); i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string shortCount(double value) {
  constexpr std::array<const char*, 6> kUnits{"", " k", " M", " G", " T", " P"};
  if (!std::isfinite(value)) return notFinite(value);
  if (std::abs(value) < 999.5) return print("%.*f", 0, value);
  size_t unit = 0;
  while (std::abs(value) >= 999.5 && unit + 1 < kUnits.size()) value /= 1000, ++unit;
  return threeDigits(value) + kUnits[unit];
}

std::string bytes(int64_t value) {
  if (value < 1000) return std::to_string(value) + " B";
  constexpr std::array<const char*, 5> kUnits{" B", " kB", " MB", " GB", " TB"};
  double scaled = static_cast<double>(value);
  size_t unit = 0;
  while (scaled >= 999.95 && unit + 1 < kUnits.size()) scaled /= 1000, ++unit;
  return print("%.*f", 1, scaled) + kUnits[unit];
}

std::string percent(double fraction, int decimals) {
  return std::isfinite(fraction) ? print("%.*f", decimals, 100 * fraction) + " %" : notFinite(fraction);
}

std::string probability(double p) {
  return p < 0.001 ? "p < 0.001" : "p = " + fixed(p, 3);
}

std::string duration(double microseconds) {
  if (!std::isfinite(microseconds)) return notFinite(microseconds);
  if (microseconds < 999.5) return threeDigits(microseconds) + " µs";
  if (microseconds < 999'500) return threeDigits(microseconds / 1e3) + " ms";
  return microseconds < 999.5e6 ? threeDigits(microseconds / 1e6) + " s" : print("%.*f", 0, microseconds / 1e6) + " s";
}

std::string fixed(double value, int decimals) {
  return std::isfinite(value) ? print("%.*f", decimals, value) : notFinite(value);
}

std::string compact(double value, int digits) {
  return std::isfinite(value) ? print("%.*g", digits, value) : notFinite(value);
}

size_t width(std::string_view text) {
  size_t characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return characters;
}

std::string shorten(std::string_view text, size_t most) {
  if (width(text) <= most || most < 3) return std::string(text);
  std::vector<std::string_view> characters;
  for (size_t i = 0; i < text.size();) {
    size_t next = i + 1;
    while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80) ++next;
    characters.push_back(text.substr(i, next - i));
    i = next;
  }
  const size_t head = (most - 1) / 2, tail = most - 1 - head;
  std::string result;
  for (size_t i = 0; i < head; ++i) result += characters[i];
  result += "…";
  for (size_t i = characters.size() - tail; i < characters.size(); ++i) result += characters[i];
  return result;
}

}  // namespace quantscope::text
