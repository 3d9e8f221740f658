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
  std::string result;
  write(
      m_columns, m_rows.size(), [this](size_t i) { return m_rows[i]; },
      [&result](std::string_view piece) { result += piece; });
  return result;
}

void Table::write(const std::vector<Column>& columns, size_t rows,
                  const std::function<std::vector<std::string>(size_t)>& row, const TextSink& sink) {
  std::vector<size_t> widths;
  for (const Column& column : columns) widths.push_back(text::width(column.title));
  for (size_t r = 0; r < rows; ++r) {
    const auto cells = row(r);
    for (size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], text::width(printable(cells[i])));
  }
  auto addLine = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < columns.size(); ++i) {
      const std::string content = i < cells.size() ? printable(cells[i]) : std::string();
      const std::string padding(widths[i] - text::width(content), ' ');
      line += i > 0 ? "  " : "";
      line += columns[i].align == Align::Right ? padding + content : content + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    sink(line + "\n");
  };
  std::vector<std::string> titles;
  for (const Column& column : columns) titles.push_back(column.title);
  addLine(titles);
  for (size_t r = 0; r < rows; ++r) addLine(row(r));
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
