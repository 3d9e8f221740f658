#include "core/report/html_table.h"

#include "core/report/text.h"

namespace quantscope::report {

namespace {

std::string row(const std::vector<Cell>& cells, const char* tag, const std::string& style) {
  std::string html = style.empty() ? "<tr>" : "<tr class=\"" + style + "\">";
  for (const Cell& cell : cells) {
    std::string classes = cell.isNumber ? "n" : "";
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

}  // namespace quantscope::report
