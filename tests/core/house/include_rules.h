#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace quantscope::tests {

/// One #include line that a room may not have.
struct IncludeOffence {
  std::string file;  ///< path from the root of the source tree
  int line = 0;      ///< counted from 1
  std::string why;
};

/// The offences of one source file against "Who may include whom" of docs/architecture.md.
/// `file` is its path from the root of the source tree, for example "core/io/tflite_reader.cpp".
std::vector<IncludeOffence> checkIncludes(const std::string& file, std::string_view text);

}  // namespace quantscope::tests
