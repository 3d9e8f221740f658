#include "app/cli/json_writer.h"

#include <algorithm>

namespace quantscope::cli {

namespace {

constexpr size_t kIndent = 2;

}  // namespace

std::string documentText(const Json& json) {
  return json.dump(static_cast<int>(kIndent), ' ', false, Json::error_handler_t::replace);
}

void JsonWriter::startLine(size_t depth) {
  m_sink("\n");
  m_sink(std::string(depth * kIndent, ' '));
}

void JsonWriter::startValue() {
  if (m_named) {
    m_named = false;
    return;
  }
  if (m_levels.empty()) return;
  if (!m_levels.back().empty) m_sink(",");
  m_levels.back().empty = false;
  startLine(m_levels.size());
}

void JsonWriter::begin(char opening, char closing) {
  startValue();
  m_sink({&opening, 1});
  m_levels.push_back({closing, true});
}

void JsonWriter::end() {
  const Level level = m_levels.back();
  m_levels.pop_back();
  if (!level.empty) startLine(m_levels.size());
  m_sink({&level.closing, 1});
}

void JsonWriter::key(std::string_view name) {
  startValue();
  m_sink(documentText(name));
  m_sink(": ");
  m_named = true;
}

void JsonWriter::value(const Json& json) {
  startValue();
  // Line ends inside of strings are written as \n, so each one here begins a line of the document.
  const std::string text = documentText(json), indent(m_levels.size() * kIndent, ' ');
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size() - 1) + 1;
    m_sink(std::string_view(text).substr(from, end - from));
    if (end < text.size()) m_sink(indent);
    from = end;
  }
}

}  // namespace quantscope::cli
