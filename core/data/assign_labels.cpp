#include <algorithm>
#include <charconv>
#include <map>

#include "core/data/dataset_lists.h"

namespace quantscope::data {

namespace {

std::optional<int32_t> asIndex(const std::string& text) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

std::vector<std::string> sortedNames(const std::vector<std::optional<std::string>>& written) {
  std::vector<std::string> names;
  for (const auto& label : written) {
    if (label) names.push_back(*label);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

void assignLabels(PictureList& list, const std::vector<std::optional<std::string>>& written,
                  const std::vector<std::string>& labels) {
  const bool indices = std::all_of(written.begin(), written.end(), [](const auto& w) { return !w || asIndex(*w); });
  list.labelled = std::any_of(written.begin(), written.end(), [](const auto& w) { return w.has_value(); });
  list.classNames = labels;
  if (labels.empty() && !indices) list.classNames = sortedNames(written);
  std::map<std::string, std::optional<int32_t>> known;
  std::vector<PictureItem> kept;
  kept.reserve(list.items.size());
  for (size_t i = 0; i < list.items.size(); ++i) {
    PictureItem& item = list.items[i];
    if (written[i]) {
      const auto [found, isNew] = known.try_emplace(*written[i]);
      if (isNew) found->second = indices ? asIndex(*written[i]) : findLabel(list.classNames, *written[i]);
      item.label = found->second;
      if (!item.label) {
        list.skipped.push_back({item.name, "the label '" + *written[i] + "' is unknown"});
        continue;
      }
      if (indices && !labels.empty() && static_cast<size_t>(*item.label) >= labels.size()) {
        list.skipped.push_back(
            {item.name, "the label " + *written[i] + " is not among the " + std::to_string(labels.size())});
        continue;
      }
    }
    kept.push_back(std::move(item));
  }
  list.items = std::move(kept);
}

}  // namespace quantscope::data
