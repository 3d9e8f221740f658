#include <algorithm>
#include <cctype>
#include <set>

#include "core/data/dataset_lists.h"

namespace quantscope::data {

namespace {

namespace fs = std::filesystem;

// Folders below a class folder are followed so far; links that go in circles end there.
constexpr int kDeepest = 8;
constexpr size_t kMostFiles = 20'000'000;

std::string folded(const std::string& text) {
  const auto isSpace = [](unsigned char c) { return std::isspace(c) != 0; };
  const auto begin = std::find_if_not(text.begin(), text.end(), isSpace);
  const auto end = std::find_if_not(text.rbegin(), std::make_reverse_iterator(begin), isSpace).base();
  std::string result(begin, end);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

struct Entries {
  std::vector<fs::path> files, folders;
};

Result<Entries> entriesOf(const fs::path& folder) {
  Entries entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.empty() || name.front() == '.') continue;
    std::error_code ignored;
    (it->is_directory(ignored) ? entries.folders : entries.files).push_back(it->path());
    if (entries.files.size() > kMostFiles) {
      return Error{ErrorCode::ResourceLimit, "cannot read the folder", folder.string(), "it has too many files", ""};
    }
  }
  if (error) return Error{ErrorCode::Io, "cannot read the folder", folder.string(), error.message(), ""};
  std::sort(entries.files.begin(), entries.files.end());
  std::sort(entries.folders.begin(), entries.folders.end());
  return entries;
}

bool hasSoundName(const fs::path& path) {
  return folded(path.extension().string()) == ".wav";
}

class FolderLister {
public:
  FolderLister(const fs::path& root, PictureList& list, MediaKind kind = MediaKind::Pictures)
      : m_root(root), m_list(list), m_kind(kind) {}

  /// Adds the pictures of a folder and those below it.
  Result<void> add(const fs::path& folder, std::optional<int32_t> label, int depth) {
    QS_ASSIGN(const Entries entries, entriesOf(folder));
    addFiles(entries.files, label);
    for (const fs::path& below : entries.folders) {
      if (depth >= kDeepest) {
        m_list.skipped.push_back({nameOf(below), "it lies too deep"});
      } else {
        QS_TRY(add(below, label, depth + 1));
      }
    }
    return {};
  }
  void addFiles(const std::vector<fs::path>& files, std::optional<int32_t> label) {
    for (const fs::path& file : files) {
      if (m_kind == MediaKind::Pictures ? hasPictureName(file) : hasSoundName(file)) {
        m_list.items.push_back({file, nameOf(file), label});
      } else {
        m_list.skipped.push_back({nameOf(file), m_kind == MediaKind::Pictures
                                                    ? "not a JPEG, PNG, WebP, TIFF or BMP picture"
                                                    : "not a WAV sound"});
      }
    }
  }
  std::string nameOf(const fs::path& path) const { return path.lexically_relative(m_root).generic_string(); }

private:
  const fs::path& m_root;
  PictureList& m_list;
  MediaKind m_kind;
};

}  // namespace

std::optional<int32_t> findLabel(const std::vector<std::string>& labels, const std::string& name) {
  const auto exact = std::find(labels.begin(), labels.end(), name);
  if (exact != labels.end()) return static_cast<int32_t>(exact - labels.begin());
  const std::string wanted = folded(name);
  for (size_t i = 0; i < labels.size(); ++i) {
    if (folded(labels[i]) == wanted) return static_cast<int32_t>(i);
  }
  return std::nullopt;
}

Result<PictureList> listMaskedPictures(const fs::path& folder) {
  PictureList list;
  list.kind = "pictures with masks";
  QS_TRY(FolderLister(folder / "images", list).add(folder / "images", std::nullopt, 1));
  std::vector<PictureItem> masked;
  for (PictureItem& item : list.items) {
    item.mask = folder / "masks" / fs::path(item.name).replace_extension(".png");
    std::error_code ignored;
    if (fs::is_regular_file(item.mask, ignored)) {
      masked.push_back(std::move(item));
    } else {
      list.skipped.push_back({item.name, "there is no mask " + item.mask.lexically_relative(folder).generic_string()});
    }
  }
  list.items = std::move(masked);
  return list;
}

Result<PictureList> listFolder(const fs::path& folder, const std::vector<std::string>& labels, MediaKind kind) {
  PictureList list;
  FolderLister lister(folder, list, kind);
  QS_ASSIGN(const Entries entries, entriesOf(folder));

  // Which folders hold pictures must be known before they can be numbered.
  std::vector<PictureList> classes;
  for (const fs::path& path : entries.folders) {
    PictureList below;
    QS_TRY(FolderLister(folder, below, kind).add(path, std::nullopt, 1));
    below.kind = path.filename().string();
    list.skipped.insert(list.skipped.end(), below.skipped.begin(), below.skipped.end());
    if (!below.items.empty()) classes.push_back(std::move(below));
  }
  if (classes.empty()) {
    list.kind = kind == MediaKind::Pictures ? "a folder of pictures" : "a folder of sounds";
    lister.addFiles(entries.files, std::nullopt);
    return list;
  }

  const bool known = !labels.empty() && std::any_of(classes.begin(), classes.end(), [&](const PictureList& one) {
    return findLabel(labels, one.kind).has_value();
  });
  list.labelled = labels.empty() || known;
  list.kind = "class folders";
  if (!list.labelled)
    list.kind += " (none named like one of the " + std::to_string(labels.size()) + " labels, so unlabelled)";
  if (list.labelled) list.classNames = labels;
  for (size_t i = 0; i < classes.size(); ++i) {
    const std::string& name = classes[i].kind;
    std::optional<int32_t> label = static_cast<int32_t>(i);
    if (labels.empty()) {
      list.classNames.push_back(name);
    } else {
      label = findLabel(labels, name);
    }
    if (list.labelled && !label) {
      list.skipped.push_back({name, "no label has the name of this folder"});
      continue;
    }
    for (PictureItem& item : classes[i].items) {
      item.label = list.labelled ? label : std::nullopt;
      list.items.push_back(std::move(item));
    }
  }
  for (const fs::path& file : entries.files) {
    list.skipped.push_back({lister.nameOf(file), "it lies beside the class folders, not in one"});
  }
  return list;
}

}  // namespace quantscope::data
