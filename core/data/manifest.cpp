#include <charconv>
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

/// What the columns of a list mean.
struct Columns {
  size_t path = 0;
  std::optional<size_t> label, mask;
  std::vector<size_t> values;
};

/// The columns that a heading names; nothing where the first row is no heading.
std::optional<Columns> readHeading(const std::vector<std::string>& fields) {
  Columns columns;
  std::optional<size_t> path;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string& field = fields[i];
    if (!path && findLabel({"path", "file", "filename", "image"}, field)) {
      path = i;
    } else if (!columns.label && findLabel({"label", "class"}, field)) {
      columns.label = i;
    } else if (!columns.mask && findLabel({"mask"}, field)) {
      columns.mask = i;
    } else if (field.starts_with("value") || field.starts_with("target")) {
      columns.values.push_back(i);
    }
  }
  if (!path) return std::nullopt;
  columns.path = *path;
  // "image,cat" without any other word that is known: the second column can only be the label.
  if (!columns.label && !columns.mask && columns.values.empty() && fields.size() > 1) {
    columns.label = columns.path == 0 ? 1 : 0;
  }
  return columns;
}

std::optional<float> asNumber(const std::string& text) {
  float value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string fieldAt(const std::vector<std::string>& row, std::optional<size_t> column) {
  return column && *column < row.size() ? row[*column] : std::string();
}

/// The targets of a row; null without such columns. Errors: a field that is no number.
Result<std::shared_ptr<const GroundTruth>> targetsOf(const std::vector<std::string>& row, const Columns& columns) {
  if (columns.values.empty()) return std::shared_ptr<const GroundTruth>();
  auto truth = std::make_shared<GroundTruth>();
  for (const size_t column : columns.values) {
    const auto number = asNumber(fieldAt(row, column));
    if (!number) return Error{ErrorCode::Malformed, "", "", "'" + fieldAt(row, column) + "' is no number", ""};
    truth->values.push_back(*number);
  }
  return std::shared_ptr<const GroundTruth>(std::move(truth));
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
  Columns columns;
  columns.label = 1;
  PictureList list;
  list.kind = "a list of pictures";
  std::vector<std::optional<std::string>> written;
  for (bool first = true; !reader.atEnd(); first = false) {
    const auto row = reader.next();
    if (first) {
      if (const auto heading = readHeading(row)) {
        columns = *heading;
        continue;
      }
    }
    const std::string name = fieldAt(row, columns.path), label = fieldAt(row, columns.label),
                      mask = fieldAt(row, columns.mask);
    if (name.empty()) continue;
    PictureItem item{path.parent_path() / name, name, std::nullopt};
    if (!mask.empty()) item.mask = path.parent_path() / mask;
    auto targets = targetsOf(row, columns);
    std::error_code ignored;
    if (!targets) {
      list.skipped.push_back({name, targets.error().why});
    } else if (!fs::is_regular_file(item.path, ignored)) {
      list.skipped.push_back({name, "there is no such file"});
    } else {
      item.truth = std::move(*targets);
      list.items.push_back(std::move(item));
      written.push_back(label.empty() ? std::nullopt : std::optional(label));
    }
  }
  assignLabels(list, written, labels);
  return list;
}

}  // namespace quantscope::data
