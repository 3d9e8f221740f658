#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>

#include "core/data/dataset_lists.h"
#include "core/data/file_bytes.h"

namespace quantscope::data {

namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostBytes = uint64_t{512} << 20;

/// Rows of fields as RFC 4180 has them: quotes may hold separators and line ends, a doubled quote is one.
class RowReader {
public:
  RowReader(std::string_view text, char separator) : m_rest(text), m_separator(separator) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (m_rest.starts_with(kByteOrderMark)) m_rest.remove_prefix(kByteOrderMark.size());
  }
  bool atEnd() const { return m_rest.empty(); }
  std::vector<std::string> next() {
    std::vector<std::string> fields(1);
    bool quoted = false;
    while (!m_rest.empty()) {
      const char c = m_rest.front();
      m_rest.remove_prefix(1);
      if (c == '"') {
        if (quoted && !m_rest.empty() && m_rest.front() == '"') {
          fields.back() += '"';
          m_rest.remove_prefix(1);
        } else {
          quoted = !quoted;
        }
      } else if (!quoted && c == m_separator) {
        fields.emplace_back();
      } else if (!quoted && c == '\n') {
        break;
      } else if (quoted || c != '\r') {
        fields.back() += c;
      }
    }
    return fields;
  }

private:
  std::string_view m_rest;
  char m_separator;
};

std::optional<int32_t> asIndex(const std::string& text) {
  int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

struct Row {
  std::string path, label;
};

bool isHeading(const Row& row) {
  return findLabel({"path", "file", "filename", "image"}, row.path).has_value() &&
         (row.label.empty() || !asIndex(row.label));
}

}  // namespace

Result<PictureList> readManifest(const fs::path& path, const std::vector<std::string>& labels) {
  QS_ASSIGN(const auto bytes, readFileBytes(path, kMostBytes));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.find('\0') != std::string_view::npos) {
    return Error{ErrorCode::Malformed, "cannot read the list", path.string(), "it is not a text file", ""};
  }
  const bool tabs = path.extension() == ".tsv" || path.extension() == ".TSV";
  RowReader reader(text, tabs ? '\t' : ',');
  std::vector<Row> rows;
  while (!reader.atEnd()) {
    auto fields = reader.next();
    if (fields[0].empty()) continue;
    rows.push_back({fields[0], fields.size() > 1 ? fields[1] : std::string()});
  }
  if (!rows.empty() && isHeading(rows.front())) rows.erase(rows.begin());

  PictureList list;
  list.kind = "a list of pictures";
  const bool indices =
      std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.label.empty() || asIndex(row.label); });
  list.labelled = std::any_of(rows.begin(), rows.end(), [](const Row& row) { return !row.label.empty(); });
  list.classNames = labels;
  if (labels.empty() && !indices) {
    for (const Row& row : rows) {
      if (!row.label.empty()) list.classNames.push_back(row.label);
    }
    std::sort(list.classNames.begin(), list.classNames.end());
    list.classNames.erase(std::unique(list.classNames.begin(), list.classNames.end()), list.classNames.end());
  }
  std::map<std::string, std::optional<int32_t>> known;
  for (const Row& row : rows) {
    const fs::path file = fs::path(row.path).is_absolute() ? fs::path(row.path) : path.parent_path() / row.path;
    std::optional<int32_t> label;
    if (!row.label.empty()) {
      const auto [found, isNew] = known.try_emplace(row.label);
      if (isNew) found->second = indices ? asIndex(row.label) : findLabel(list.classNames, row.label);
      label = found->second;
    }
    std::error_code ignored;
    if (!row.label.empty() && !label) {
      list.skipped.push_back({row.path, "the label '" + row.label + "' is unknown"});
    } else if (indices && label && !labels.empty() && static_cast<size_t>(*label) >= labels.size()) {
      list.skipped.push_back(
          {row.path, "the label " + row.label + " is not among the " + std::to_string(labels.size())});
    } else if (!fs::is_regular_file(file, ignored)) {
      list.skipped.push_back({row.path, "there is no such file"});
    } else {
      list.items.push_back({file, row.path, label});
    }
  }
  return list;
}

}  // namespace quantscope::data
