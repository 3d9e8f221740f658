#include "core/base/name_pattern.h"

#include <regex>

namespace quantscope {
namespace {

constexpr size_t kMaxPattern = 512;
constexpr size_t kMaxName = 4096;

// The non-backtracking matcher where the library has it.
#ifdef __GLIBCXX__
constexpr auto kSyntax =
    std::regex_constants::ECMAScript | std::regex_constants::nosubs | std::regex_constants::__polynomial;
#else
constexpr auto kSyntax = std::regex_constants::ECMAScript | std::regex_constants::nosubs;
#endif

Error refused(std::string_view text, std::string why, std::string remedy) {
  return {ErrorCode::InvalidArgument, "the pattern cannot be used", std::string(text.substr(0, 80)), std::move(why),
          std::move(remedy)};
}

}  // namespace

struct NamePattern::State {
  std::regex regex;
  std::string text;
};

Result<NamePattern> NamePattern::compile(std::string_view text) {
  NamePattern pattern;
  if (text.empty()) return pattern;
  if (text.size() > kMaxPattern) {
    return refused(text, "the pattern has " + std::to_string(text.size()) + " characters",
                   "at most " + std::to_string(kMaxPattern) + " are accepted");
  }
  try {
    pattern.m_state =
        std::make_shared<const State>(State{std::regex(text.begin(), text.end(), kSyntax), std::string(text)});
    return pattern;
  } catch (const std::regex_error& error) {
    if (error.code() == std::regex_constants::error_complexity)
      return refused(text, "\"" + std::string(text) + "\" uses back-references", "use a pattern without them");
    return refused(text, "\"" + std::string(text) + "\" is not a regular expression", "check brackets and escapes");
  }
}

Result<bool> NamePattern::matches(std::string_view name) const {
  if (!m_state) return true;
  const std::string_view part = name.substr(0, kMaxName);
  try {
    return std::regex_search(part.begin(), part.end(), m_state->regex);
  } catch (const std::regex_error&) {
    return refused(m_state->text, "\"" + m_state->text + "\" is too complex", "use a simpler pattern");
  }
}

}  // namespace quantscope
