#include "app/cli/commands/info_advice.h"

#include <algorithm>

#include "app/cli/table.h"
#include "core/report/text.h"

namespace quantscope::cli {

Json adviceDocument(const Advice& advice) {
  Json options = Json::array();
  for (const AdviceOption& option : advice.options) {
    options.push_back({{"mode", option.mode},
                       {"suits", option.suits},
                       {"why", option.why},
                       {"bytes", option.bytes},
                       {"operators", option.operators},
                       {"refused", option.refused}});
  }
  return {{"target", advice.target},   {"samples", advice.samples},     {"mode", advice.mode},
          {"reasons", advice.reasons}, {"options", std::move(options)}, {"remarks", advice.remarks}};
}

std::string adviceText(const Advice& advice) {
  constexpr size_t kShown = 10;
  std::string text = "\nadvice for " + advice.target + (advice.samples ? ", with samples" : ", without samples") +
                     ": " + advice.mode + "\n";
  for (const std::string& reason : advice.reasons) text += "  " + reason + "\n";
  for (size_t i = 0; i < std::min(kShown, advice.remarks.size()); ++i) text += "  " + advice.remarks[i] + "\n";
  if (advice.remarks.size() > kShown) text += "  and " + std::to_string(advice.remarks.size() - kShown) + " more\n";
  Table table({{"mode"}, {"bytes", Align::Right}, {"suits"}, {"why"}});
  for (const AdviceOption& option : advice.options) {
    table.addRow(
        {option.mode, option.bytes > 0 ? text::count(option.bytes) : "", option.suits ? "yes" : "no", option.why});
  }
  return text + table.text();
}

}  // namespace quantscope::cli
