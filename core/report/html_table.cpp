#include "core/report/html_table.h"

#include "core/report/text.h"

namespace quantscope::report {

namespace {

std::string row(const std::vector<Cell>& cells, const char* tag, const std::string& style) {
  std::string html = style.empty() ? "<tr>" : "<tr class=\"" + style + "\">";
  for (const Cell& cell : cells) {
    std::string classes = cell.isNumber ? "n" : "";
    if (cell.wraps) classes += " wrap";
    if (!cell.style.empty()) classes += (classes.empty() ? "" : " ") + cell.style;
    html += std::string("<") + tag + (classes.empty() ? "" : " class=\"" + classes + "\"") + ">" +
            text::escape(cell.text) + "</" + tag + ">";
  }
  return html + "</tr>\n";
}

}  // namespace

HtmlTable::HtmlTable(const std::vector<Cell>& header) {
  m_html = "<div class=\"scroll\"><table><thead>" + row(header, "th", "") + "</thead><tbody>\n";
}

void HtmlTable::addRow(const std::vector<Cell>& cells, const std::string& style) {
  m_html += row(cells, "td", style);
}

std::string HtmlTable::html() const {
  return m_html + "</tbody></table></div>\n";
}

std::string tableOfFilledColumns(const std::vector<Cell>& header, const std::vector<std::vector<Cell>>& rows,
                                 const std::string& firstRow) {
  std::vector<bool> filled(header.size());
  for (const auto& cells : rows) {
    for (size_t c = 0; c < cells.size(); ++c) filled[c] = filled[c] || !(cells[c].text.empty() || cells[c].text == "–");
  }
  auto chosen = [&](const std::vector<Cell>& cells) {
    std::vector<Cell> kept;
    for (size_t c = 0; c < cells.size(); ++c) {
      if (filled[c]) kept.push_back(cells[c]);
    }
    return kept;
  };
  HtmlTable table(chosen(header));
  for (size_t i = 0; i < rows.size(); ++i) table.addRow(chosen(rows[i]), i == 0 ? firstRow : "");
  return table.html();
}

}  // namespace quantscope::report
