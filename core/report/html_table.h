#pragma once

#include <string>
#include <utility>
#include <vector>

namespace quantscope::report {

/// Text of a table cell; escaped when it is written.
struct Cell {
  std::string text;
  std::string style = {};  ///< CSS class, empty for none
  bool isNumber = false;   ///< right-aligned, tabular figures
  bool wraps = false;      ///< a number with words, which may take several lines

  static Cell number(std::string text) { return {std::move(text), "", true}; }
};

class HtmlTable {
public:
  explicit HtmlTable(const std::vector<Cell>& header);
  /// `style` is the CSS class of the row.
  void addRow(const std::vector<Cell>& cells, const std::string& style = "");
  /// The table in a box that scrolls sideways where the page is narrow.
  std::string html() const;

private:
  std::string m_html;
};

/// A table without the columns that are empty, or "–", in every row; the first row has the style `firstRow`.
std::string tableOfFilledColumns(const std::vector<Cell>& header, const std::vector<std::vector<Cell>>& rows,
                                 const std::string& firstRow);

}  // namespace quantscope::report
