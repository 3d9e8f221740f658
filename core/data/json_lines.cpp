#include <algorithm>

#include "core/data/dataset_lists.h"
#include "core/data/file_bytes.h"
#include "core/data/json_fields.h"
#include "core/data/npy.h"

namespace quantscope::data {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr uint64_t kMostBytes = uint64_t{2} << 30;

/// Calls use(number, object) for every line that is not empty. Errors: Io, Malformed, those of `use`.
template <typename Use>
Result<void> forEachLine(const fs::path& path, Use use) {
  QS_ASSIGN(const auto bytes, readFileBytes(path, kMostBytes));
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (size_t number = 1; !rest.empty(); ++number) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::string where = path.string() + ", line " + std::to_string(number);
    QS_ASSIGN(const Json object, parseJson(line, where));
    if (!object.is_object()) {
      return Error{ErrorCode::Malformed, "cannot read the list", where, "it is no JSON object", ""};
    }
    QS_TRY(use(where, object));
  }
  return {};
}

std::optional<std::vector<float>> targetsOf(const Json& object) {
  const auto* values = field(object, {"values", "value", "target"});
  return values ? numbersIn(*values) : std::optional(std::vector<float>());
}

/// The truth of a line without its label; null where it has none. Errors: why the line cannot be used.
Result<std::shared_ptr<GroundTruth>> truthOf(const Json& object, std::map<std::string, int64_t>& categories) {
  const auto* boxes = field(object, {"boxes"});
  const auto targets = targetsOf(object);
  if (!targets) return Error{ErrorCode::Malformed, "", "", "its values are no numbers", ""};
  if (!boxes && targets->empty()) return std::shared_ptr<GroundTruth>();
  auto truth = std::make_shared<GroundTruth>();
  truth->values = *targets;
  truth->hasBoxes = boxes != nullptr;
  if (boxes && !boxes->is_array()) return Error{ErrorCode::Malformed, "", "", "its boxes are no list", ""};
  for (size_t i = 0; boxes && i < boxes->size(); ++i) {
    const Json& entry = (*boxes)[i];
    const auto* corners = field(entry, {"bbox", "box"});
    const auto box = corners ? boxIn(*corners) : std::nullopt;
    const auto category = nameField(entry, {"category", "category_id", "label"});
    if (!box || !category) {
      return Error{ErrorCode::Malformed, "", "",
                   "box " + std::to_string(i) + " has not a bbox of left, top, width, height and a category", ""};
    }
    const int64_t id = categories.try_emplace(*category, static_cast<int64_t>(categories.size())).first->second;
    const double crowd = numberField(entry, {"iscrowd"}).value_or(0);
    const double area = numberField(entry, {"area"}).value_or((*box)[2] * (*box)[3]);
    truth->boxes.push_back({(*box)[0], (*box)[1], (*box)[2], (*box)[3], area, id, crowd != 0});
  }
  return truth;
}

/// Ids by order of appearance become the numbers that were written, or places among the sorted names.
void nameCategories(const std::map<std::string, int64_t>& seen, std::vector<std::shared_ptr<GroundTruth>>& truths) {
  auto categories = std::make_shared<std::vector<Category>>();
  std::map<int64_t, int64_t> renamed;
  const bool numbers = std::all_of(seen.begin(), seen.end(), [](const auto& entry) {
    return !entry.first.empty() && entry.first.size() < 10 &&
           std::all_of(entry.first.begin(), entry.first.end(), [](char c) { return c >= '0' && c <= '9'; });
  });
  int64_t place = 0;
  for (const auto& [name, first] : seen) {
    const int64_t id = numbers ? std::stoll(name) : place++;
    renamed[first] = id;
    categories->push_back({id, name});
  }
  std::sort(categories->begin(), categories->end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  for (const auto& truth : truths) {
    if (!truth || !truth->hasBoxes) continue;
    truth->categories = categories;
    for (TrueBox& box : truth->boxes) box.category = renamed[box.category];
  }
}

}  // namespace

Result<bool> holdsRecords(const fs::path& path) {
  // The first object decides; the file may be large, and reading it all twice is still quick beside what follows.
  bool first = true, records = false;
  const auto read = forEachLine(path, [&](const std::string&, const Json& object) -> Result<void> {
    if (first) records = field(object, {"inputs"}) != nullptr;
    first = false;
    return {};
  });
  if (!read) return read.error();
  return records;
}

Result<PictureList> readJsonLines(const fs::path& path, const std::vector<std::string>& labels) {
  PictureList list;
  list.kind = "a list of pictures";
  std::vector<std::optional<std::string>> written;
  std::vector<std::shared_ptr<GroundTruth>> truths;
  std::map<std::string, int64_t> categories;
  QS_TRY(forEachLine(path, [&](const std::string& where, const Json& object) -> Result<void> {
    const auto name = textField(object, {"path", "image", "file", "file_name"});
    if (!name) {
      list.skipped.push_back({where, "it names no picture (path)"});
      return {};
    }
    PictureItem item{path.parent_path() / *name, *name, std::nullopt};
    if (const auto mask = textField(object, {"mask"})) item.mask = path.parent_path() / *mask;
    auto truth = truthOf(object, categories);
    std::error_code ignored;
    if (!truth) {
      list.skipped.push_back({*name, truth.error().why});
    } else if (!fs::is_regular_file(item.path, ignored)) {
      list.skipped.push_back({*name, "there is no such file"});
    } else {
      item.truth = *truth;
      truths.push_back(*truth);
      list.items.push_back(std::move(item));
      written.push_back(nameField(object, {"label", "class"}));
    }
    return {};
  }));
  nameCategories(categories, truths);
  assignLabels(list, written, labels);
  return list;
}

}  // namespace quantscope::data
