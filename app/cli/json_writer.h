#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace quantscope::cli {

using Json = nlohmann::ordered_json;

/// Takes the pieces of a text one after another.
using TextSink = std::function<void(std::string_view)>;

/// A JSON document written piece by piece, for documents that are too large to be held: the text is the one of
/// documentText().
class JsonWriter {
public:
  explicit JsonWriter(TextSink sink) : m_sink(std::move(sink)) {}

  void beginObject() { begin('{', '}'); }
  void beginArray() { begin('[', ']'); }
  void end();
  /// The name of the next value of an object.
  void key(std::string_view name);
  /// A value that is held.
  void value(const Json& json);
  void member(std::string_view name, const Json& json) {
    key(name);
    value(json);
  }

private:
  struct Level {
    char closing = 0;
    bool empty = true;
  };
  void begin(char opening, char closing);
  void startLine(size_t depth);
  void startValue();

  TextSink m_sink;
  std::vector<Level> m_levels;
  bool m_named = false;  ///< a key was written and waits for its value
};

/// A document as it is printed. Names in files need not be UTF-8, JSON must be: what is not is replaced.
std::string documentText(const Json& json);

}  // namespace quantscope::cli
