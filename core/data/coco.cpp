#include <algorithm>

#include "core/data/dataset_lists.h"
#include "core/data/file_bytes.h"
#include "core/data/json_fields.h"

namespace quantscope::data {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr uint64_t kMostBytes = uint64_t{2} << 30;

Error malformed(const fs::path& path, std::string why) {
  return {ErrorCode::Malformed, "cannot read the annotations", path.string(), std::move(why),
          "wanted is COCO's format with images, annotations and categories"};
}

std::optional<int64_t> idOf(const Json& object, const char* key) {
  const auto* value = field(object, {key});
  if (!value || !value->is_number_integer()) return std::nullopt;
  return value->get<int64_t>();
}

/// Folders that pictures are looked for in, in this order.
std::vector<fs::path> pictureFolders(const fs::path& path) {
  const fs::path folder = path.parent_path();
  std::vector<fs::path> folders{folder, folder / "images"};
  const std::string stem = path.stem().string();
  const size_t split = stem.find_last_of('_');
  if (split != std::string::npos) {
    const std::string name = stem.substr(split + 1);
    for (const fs::path& base : {folder, folder / "images", folder.parent_path(), folder.parent_path() / "images"}) {
      folders.push_back(base / name);
    }
  }
  return folders;
}

Result<std::shared_ptr<const std::vector<Category>>> readCategories(const fs::path& path, const Json& document) {
  auto categories = std::make_shared<std::vector<Category>>();
  const auto* list = field(document, {"categories"});
  if (!list || !list->is_array()) return malformed(path, "it has no list of categories");
  for (const Json& entry : *list) {
    const auto id = idOf(entry, "id");
    if (!id) return malformed(path, "a category has no id");
    categories->push_back({*id, textField(entry, {"name"}).value_or(std::to_string(*id))});
  }
  std::sort(categories->begin(), categories->end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return std::shared_ptr<const std::vector<Category>>(std::move(categories));
}

}  // namespace

Result<PictureList> readCoco(const fs::path& path) {
  QS_ASSIGN(const auto bytes, readFileBytes(path, kMostBytes));
  QS_ASSIGN(const Json document, parseJson({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string()));
  const auto* images = field(document, {"images"});
  const auto* annotations = field(document, {"annotations"});
  if (!images || !images->is_array()) return malformed(path, "it has no list of images");
  if (!annotations || !annotations->is_array()) return malformed(path, "it has no list of annotations");
  QS_ASSIGN(const auto categories, readCategories(path, document));

  PictureList list;
  list.kind = "COCO annotations";
  std::map<int64_t, std::shared_ptr<GroundTruth>> truths;
  for (const Json& image : *images) {
    const auto id = idOf(image, "id");
    if (!id) return malformed(path, "an image has no id");
    auto truth = std::make_shared<GroundTruth>();
    truth->hasBoxes = true;
    truth->categories = categories;
    truths[*id] = truth;
  }
  size_t misplaced = 0;
  for (const Json& annotation : *annotations) {
    const auto image = idOf(annotation, "image_id"), category = idOf(annotation, "category_id");
    const auto* corners = field(annotation, {"bbox"});
    const auto box = corners ? boxIn(*corners) : std::nullopt;
    const auto truth = image ? truths.find(*image) : truths.end();
    if (!category || !box || truth == truths.end()) {
      ++misplaced;
      continue;
    }
    truth->second->boxes.push_back({(*box)[0], (*box)[1], (*box)[2], (*box)[3],
                                    numberField(annotation, {"area"}).value_or((*box)[2] * (*box)[3]), *category,
                                    numberField(annotation, {"iscrowd"}).value_or(0) != 0});
  }
  if (misplaced > 0) {
    list.skipped.push_back({path.filename().string(),
                            std::to_string(misplaced) + " annotations have no bbox, category or image of the list"});
  }
  const auto folders = pictureFolders(path);
  for (const Json& image : *images) {
    const std::string name = textField(image, {"file_name"}).value_or("");
    const auto found = std::find_if(folders.begin(), folders.end(), [&](const fs::path& folder) {
      std::error_code ignored;
      return !name.empty() && fs::is_regular_file(folder / name, ignored);
    });
    if (found == folders.end()) {
      list.skipped.push_back({name.empty() ? "image " + std::to_string(*idOf(image, "id")) : name,
                              "there is no such file beside the annotations or in images"});
      continue;
    }
    PictureItem item{*found / name, name, std::nullopt};
    item.truth = truths[*idOf(image, "id")];
    list.items.push_back(std::move(item));
  }
  return list;
}

}  // namespace quantscope::data
