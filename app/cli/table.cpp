#include "app/cli/table.h"

#include <algorithm>

#include "core/report/text.h"

namespace quantscope::cli {

std::string printable(const std::string& raw) {
  std::string shown;
  for (const char c : raw) {
    const auto byte = static_cast<unsigned char>(c);
    shown += byte < 0x20 || byte == 0x7F ? "\uFFFD" : std::string(1, c);
  }
  return shown;
}

std::string Table::text() const {
  std::vector<size_t> widths;
  for (const Column& column : m_columns) widths.push_back(text::width(column.title));
  for (const auto& row : m_rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], text::width(printable(row[i])));
  }
  std::string result;
  auto addLine = [&](auto cell) {
    std::string line;
    for (size_t i = 0; i < m_columns.size(); ++i) {
      const std::string content = printable(cell(i));
      const std::string padding(widths[i] - text::width(content), ' ');
      line += i > 0 ? "  " : "";
      line += m_columns[i].align == Align::Right ? padding + content : content + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + "\n";
  };
  addLine([&](size_t i) { return m_columns[i].title; });
  for (const auto& row : m_rows) addLine([&](size_t i) { return i < row.size() ? row[i] : std::string(); });
  return result;
}

std::string nameValueLines(const std::vector<std::pair<std::string, std::string>>& lines) {
  size_t width = 0;
  for (const auto& [name, value] : lines) width = std::max(width, text::width(name));
  std::string result;
  for (const auto& [name, value] : lines) {
    result += "  " + name + std::string(width - text::width(name) + 2, ' ') + printable(value) + "\n";
  }
  return result;
}

}  // namespace quantscope::cli
