#include "core/report/answer_sections.h"

#include "core/evaluation/answers.h"
#include "core/report/html_table.h"
#include "core/report/text.h"

namespace quantscope::report {

namespace {

constexpr size_t kMostClasses = 200;

std::string nameOf(const ReportVariant& v, size_t output) {
  return output < v.classNames.size() && !v.classNames[output].empty() ? v.classNames[output]
                                                                       : "class " + std::to_string(output);
}

std::string confidenceSection(const Report& report) {
  HtmlTable table(
      {{"Variant"}, Cell::number("Calibration error"), Cell::number("Mean confidence"), Cell::number("Accuracy")});
  bool any = false;
  for (const ReportVariant& v : report.variants) {
    if (!v.evaluation || !v.evaluation->labelled) continue;
    double confidence = 0, count = 0;
    for (const Prediction& p : v.evaluation->predictions) {
      if (p.label >= 0) confidence += static_cast<double>(p.confidence), count += 1;
    }
    if (count == 0) continue;
    any = true;
    table.addRow({{v.name},
                  Cell::number(text::percent(confidenceCalibration(*v.evaluation).error)),
                  Cell::number(text::percent(confidence / count)),
                  Cell::number(text::percent(v.evaluation->top1.value()))});
  }
  if (!any) return "";
  return section("Confidence",
                 table.html() + note("Calibration error: mean distance of confidence and accuracy over 15 bins of "
                                     "confidence, weighted by their samples."));
}

std::string classesSection(const Report& report) {
  std::vector<Cell> header{{"Class"}, Cell::number("Samples")};
  std::vector<std::vector<ClassScore>> scores;
  const ReportVariant* first = nullptr;
  for (const ReportVariant& v : report.variants) {
    if (!v.evaluation || v.evaluation->confusion.empty()) continue;
    auto own = classScores(*v.evaluation);
    if (!scores.empty() && own.size() != scores[0].size()) continue;
    if (!first) first = &v;
    header.push_back(Cell::number(v.name));
    scores.push_back(std::move(own));
  }
  if (scores.empty() || scores[0].size() > kMostClasses) return "";
  HtmlTable table(header);
  for (size_t c = 0; c < scores[0].size(); ++c) {
    std::vector<Cell> row{{nameOf(*first, c)}, Cell::number(text::count(static_cast<int64_t>(scores[0][c].samples)))};
    for (const auto& own : scores) {
      Cell cell = Cell::number(own[c].samples ? text::percent(own[c].recall, 1) : "–");
      // Coloured where a class differs from the baseline by more than 5 points.
      const double difference = own[c].recall - scores[0][c].recall;
      if (difference <= -0.05) cell.style = "bad";
      if (difference >= 0.05) cell.style = "good";
      row.push_back(cell);
    }
    table.addRow(row);
  }
  return section("Classes", note("Share of each class that is answered right (recall).") + table.html());
}

std::string changedSection(const ReportVariant& v) {
  if (v.changedCount == 0) return "";
  std::string html =
      note("Samples that are answered otherwise than by the first variant" +
           (v.changed.size() < v.changedCount ? ", the first " + std::to_string(v.changed.size()) + " of " +
                                                    text::count(static_cast<int64_t>(v.changedCount))
                                              : std::string()) +
           ".") +
      "<div class=\"pictures\">\n";
  for (const ReportPicture& picture : v.changed) {
    html += "<figure>";
    if (!picture.data.empty()) {
      html += "<img alt=\"" + text::escape(picture.path) + "\" src=\"data:" + picture.mediaType + ";base64," +
              base64(picture.data) + "\">";
    }
    html += "<figcaption><span class=\"path\">" + text::escape(picture.path) + "</span><br>" +
            text::escape(picture.answer) + "</figcaption></figure>\n";
  }
  return section("Changed answers: " + v.name, html + "</div>\n");
}

}  // namespace

std::string section(const std::string& title, const std::string& body) {
  return "<section><h2>" + text::escape(title) + "</h2>\n" + body + "</section>\n";
}

std::string note(const std::string& words) {
  return "<p class=\"note\">" + text::escape(words) + "</p>\n";
}

std::string answersSections(const Report& report) {
  std::string html = confidenceSection(report) + classesSection(report);
  for (const ReportVariant& v : report.variants) html += changedSection(v);
  return html;
}

std::string base64(std::string_view bytes) {
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k) {
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kLetters[(group >> (18 - 6 * k)) & 63];
    }
  }
  return text;
}

}  // namespace quantscope::report
