#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/json_writer.h"

namespace quantscope::cli {

/// What a terminal must not be told by a file: control characters of names are made visible.
std::string printable(const std::string& raw);

enum class Align { Left, Right };

/// A table for people: columns as wide as their widest cell, two spaces between them, numbers to the right.
class Table {
public:
  struct Column {
    std::string title;
    Align align = Align::Left;
  };
  explicit Table(std::vector<Column> columns) : m_columns(std::move(columns)) {}
  void addRow(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
  bool empty() const { return m_rows.empty(); }
  /// With a head line; no spaces at line ends.
  std::string text() const;
  /// The text of a table with many rows, which are asked for twice and not held.
  static void write(const std::vector<Column>& columns, size_t rows,
                    const std::function<std::vector<std::string>(size_t)>& row, const TextSink& sink);

private:
  std::vector<Column> m_columns;
  std::vector<std::vector<std::string>> m_rows;
};

/// Names and values below each other: "  size   318,144 bytes".
std::string nameValueLines(const std::vector<std::pair<std::string, std::string>>& lines);

}  // namespace quantscope::cli
