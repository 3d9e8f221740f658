#include <algorithm>
#include <cctype>

#include "core/data/dataset_lists.h"

namespace quantscope {

namespace {

namespace fs = std::filesystem;

/// Every n-th sample of another dataset.
class LimitedDataset final : public Dataset {
public:
  LimitedDataset(std::shared_ptr<const Dataset> all, size_t count) : m_all(std::move(all)), m_count(count) {}

  size_t size() const override { return m_count; }
  Result<Sample> load(size_t index) const override { return m_all->load(original(index)); }
  std::string name(size_t index) const override { return m_all->name(original(index)); }
  std::optional<int32_t> label(size_t index) const override { return m_all->label(original(index)); }
  fs::path picturePath(size_t index) const override { return m_all->picturePath(original(index)); }
  const std::vector<std::string>& classNames() const override { return m_all->classNames(); }
  bool labelled() const override { return m_all->labelled(); }
  std::string description() const override {
    return m_all->description() + ", of which " + std::to_string(m_count) + " are used";
  }
  const Preprocessing& preprocessing() const override { return m_all->preprocessing(); }
  const std::vector<SkippedItem>& skipped() const override { return m_all->skipped(); }

private:
  size_t original(size_t index) const { return index * m_all->size() / m_count; }
  std::shared_ptr<const Dataset> m_all;
  size_t m_count;
};

Error unusable(const fs::path& path, std::string why, std::string remedy = {}) {
  return {ErrorCode::InvalidArgument, "cannot use the data", path.string(), std::move(why), std::move(remedy)};
}

std::string describeInputs(const std::vector<InputSpec>& inputs) {
  std::string text = std::to_string(inputs.size()) + (inputs.size() == 1 ? " input" : " inputs");
  for (size_t i = 0; i < inputs.size(); ++i) {
    text += (i == 0 ? ": " : ", ") + std::string(elementTypeName(inputs[i].type)) + " " + shapeText(inputs[i].shape);
  }
  return text;
}

Result<PictureInput> pictureInput(const fs::path& path, const Model& model, const std::vector<InputSpec>& inputs) {
  const auto input = inputs.size() == 1 ? PictureInput::of(inputs[0]) : std::nullopt;
  if (!input) {
    return unusable(
        path,
        "pictures need a model with one input of shape 1×height×width×1 or 3, this one has " + describeInputs(inputs),
        "give the samples as .npz");
  }
  const std::vector<int32_t>& signature = model.subgraphs[0].tensor(model.subgraphs[0].inputs[0]).shapeSignature;
  if (signature.size() == 4 && (signature[1] < 0 || signature[2] < 0)) {
    return unusable(path, "the model leaves the size of its pictures open (" + shapeText(signature) + ")",
                    "give the samples as .npz");
  }
  return *input;
}

Result<std::shared_ptr<const Dataset>> openPictures(const fs::path& path, const Model& model,
                                                    const std::vector<InputSpec>& inputs, data::PictureList list,
                                                    const DatasetOptions& options) {
  if (list.items.empty()) {
    std::string why = "there is no JPEG, PNG, WebP, TIFF or BMP picture in it";
    if (!list.skipped.empty()) {
      why += "; " + std::to_string(list.skipped.size()) + " other things are, the first is " + list.skipped[0].path +
             " (" + list.skipped[0].why + ")";
    }
    return unusable(path, why, "choose a folder with pictures, or with one folder of pictures per class");
  }
  QS_ASSIGN(const PictureInput input, pictureInput(path, model, inputs));
  const Preprocessing preprocessing = options.preprocessing.value_or(Preprocessing());
  QS_TRY(checkPreprocessing(preprocessing, input));
  return data::makePictureDataset(std::move(list), input, preprocessing);
}

std::string lowerExtension(const fs::path& path) {
  std::string text = path.extension().string();
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Result<std::shared_ptr<const Dataset>> openWhole(const fs::path& path, const Model& model,
                                                 const DatasetOptions& options) {
  const auto inputs = inputSpecs(model);
  if (inputs.empty()) return unusable(path, "the model has no input");
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status))
    return Error{ErrorCode::NotFound, "cannot open the data", path.string(), "there is no such file or folder", ""};
  if (fs::is_directory(status)) {
    if (fs::is_directory(path / "images", error) && fs::is_directory(path / "masks", error)) {
      QS_ASSIGN(auto list, data::listMaskedPictures(path));
      return openPictures(path, model, inputs, std::move(list), options);
    }
    QS_ASSIGN(auto list, data::listFolder(path, options.labels));
    if (list.items.empty()) {
      QS_ASSIGN(auto sounds, data::listFolder(path, options.labels, data::MediaKind::Sounds));
      if (!sounds.items.empty()) return data::makeAudioDataset(std::move(sounds), inputs, options.audio);
    }
    return openPictures(path, model, inputs, std::move(list), options);
  }
  const std::string extension = lowerExtension(path);
  if (extension == ".npz" || extension == ".npy") return data::openArrayDataset(path, inputs, options.labels);
  if (extension == ".csv" || extension == ".tsv") {
    QS_ASSIGN(auto list, data::readManifest(path, options.labels));
    return openPictures(path, model, inputs, std::move(list), options);
  }
  if (extension == ".jsonl") {
    QS_ASSIGN(const bool records, data::holdsRecords(path));
    if (records) return data::openRecords(path, inputs, options.labels);
    QS_ASSIGN(auto list, data::readJsonLines(path, options.labels));
    return openPictures(path, model, inputs, std::move(list), options);
  }
  if (extension == ".json") {
    QS_ASSIGN(auto list, data::readCoco(path));
    return openPictures(path, model, inputs, std::move(list), options);
  }
  return unusable(path, "it is neither a folder nor .npz, .npy, .csv, .tsv, .jsonl or COCO's .json",
                  "see the user guide for kinds of data sets");
}

}  // namespace

Result<std::shared_ptr<const Dataset>> openDataset(const fs::path& path, const Model& model,
                                                   const DatasetOptions& options) {
  QS_ASSIGN(auto dataset, openWhole(path, model, options));
  return limitDataset(std::move(dataset), options.limit == 0 ? static_cast<size_t>(-1) : options.limit);
}

std::shared_ptr<const Dataset> limitDataset(std::shared_ptr<const Dataset> dataset, size_t count) {
  if (count >= dataset->size()) return dataset;
  return std::make_shared<LimitedDataset>(std::move(dataset), count);
}

}  // namespace quantscope
