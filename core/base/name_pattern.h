#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace quantscope {

/// A regular expression (ECMAScript, without back-references) that is searched for in names. Patterns come from files
/// and keystrokes, so that both sides are bounded: at most 512 characters of pattern and 4,096 of each name, and a
/// matcher whose time is their product.
class NamePattern {
public:
  /// An empty pattern matches everything. Errors: InvalidArgument (no regular expression; too long; back-references).
  static Result<NamePattern> compile(std::string_view text);
  bool matchesAll() const { return !m_state; }
  /// Errors: InvalidArgument where the pattern is too complex.
  Result<bool> matches(std::string_view name) const;

private:
  struct State;
  std::shared_ptr<const State> m_state;
};

}  // namespace quantscope
