#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and names as people read them, in pages, tables and on the command line.
namespace quantscope::text {

/// Safe inside HTML and XML text and attributes: & < > " ' escaped, bytes that are not UTF-8 and control
/// characters replaced by U+FFFD.
std::string escape(std::string_view raw);
/// A CSV field (RFC 4180): quoted where it holds a comma, a quote or a line end; a leading = + - @ of text that is no
/// number is defused with an apostrophe, because spreadsheets would run it.
std::string csvField(std::string_view raw);

/// "318,144"
std::string count(int64_t value);
/// "1.23 M", "571 k", "12": three significant digits.
std::string shortCount(double value);
/// "310.7 kB": powers of 1,000 as disks count.
std::string bytes(int64_t value);
/// 0.7512 -> "75.12 %" with two decimals.
std::string percent(double fraction, int decimals = 2);
/// "p = 0.549", "p < 0.001"
std::string probability(double p);
/// "352 µs", "10.1 ms", "1.52 s"
std::string duration(double microseconds);
/// `decimals` digits after the point; "∞", "−∞" and "–" (not a number) where it is no finite number.
std::string fixed(double value, int decimals);
/// Up to `digits` significant digits, short: "0.00123", "1.5e-08".
std::string compact(double value, int digits = 4);
/// Characters shown (code points) of a UTF-8 text.
size_t width(std::string_view text);
/// At most `most` characters, the middle replaced by "…".
std::string shorten(std::string_view text, size_t most);

}  // namespace quantscope::text
