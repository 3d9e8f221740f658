#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/data/picture_input.h"

/// How the kinds of datasets are put together; openDataset() is the entry.
namespace quantscope::data {

/// A picture file of a dataset.
struct PictureItem {
  std::filesystem::path path;
  std::string name;
  std::optional<int32_t> label;
  std::shared_ptr<const GroundTruth> truth{};  ///< without mask and mapping, which come with the picture
  std::filesystem::path mask{};                ///< picture of class numbers; empty: none
};

/// The files that a folder or a manifest names, before any is opened.
struct PictureList {
  std::vector<PictureItem> items;
  std::vector<std::string> classNames;
  std::vector<SkippedItem> skipped;
  std::string kind;  ///< "class folders", "a folder of pictures", "a list of pictures"
  bool labelled = false;
};

/// Which files a folder is looked through for.
enum class MediaKind { Pictures, Sounds };

/// Sub-folders are classes, in the order of `labels`, or of their sorted names where that is empty; without sub-folders
/// that hold pictures, the pictures of the folder itself. Errors: Io.
Result<PictureList> listFolder(const std::filesystem::path& folder, const std::vector<std::string>& labels,
                               MediaKind kind = MediaKind::Pictures);

/// Pictures below `images` and the mask of the same name below `masks`. Errors: Io.
Result<PictureList> listMaskedPictures(const std::filesystem::path& folder);

/// A .csv or .tsv file with the columns path and label (a name or an output index), with or without a heading; with one
/// also mask and value, value_2, ... or target, ...; paths are relative to the file. Errors: Io, Malformed,
/// ResourceLimit.
Result<PictureList> readManifest(const std::filesystem::path& path, const std::vector<std::string>& labels);

/// A .jsonl file: one object per line with path (or image), and label, value or values, mask, boxes as far as they are
/// known; or with inputs, see openRecords(). Errors: as readManifest().
Result<PictureList> readJsonLines(const std::filesystem::path& path, const std::vector<std::string>& labels);
/// Whether its first object has `inputs`: values or .npy files for each input instead of a picture.
Result<bool> holdsRecords(const std::filesystem::path& path);

/// COCO's instances file: images, annotations, categories. Pictures lie beside it, in `images` beside it, or in a
/// folder of the name of the split ("instances_val2017.json": val2017). Errors: Io, Malformed, ResourceLimit.
Result<PictureList> readCoco(const std::filesystem::path& path);

/// Labels as they are written, by item, become output indices: all whole numbers are indices, others are names among
/// `labels`, or where there are none among the sorted names. Fills classNames, labelled and label; items whose label
/// is unknown move to `skipped`.
void assignLabels(PictureList& list, const std::vector<std::optional<std::string>>& written,
                  const std::vector<std::string>& labels);

/// Index of a class name among the labels: exactly, else ignoring case and spaces around it.
std::optional<int32_t> findLabel(const std::vector<std::string>& labels, const std::string& name);

/// Items are WAV files. Errors: InvalidArgument (the front end gives another number of values than the input takes).
Result<std::shared_ptr<const Dataset>> makeAudioDataset(PictureList list, const std::vector<InputSpec>& inputs,
                                                        const std::optional<AudioFrontEnd>& chosen);

std::shared_ptr<const Dataset> makePictureDataset(PictureList list, const PictureInput& input,
                                                  Preprocessing preprocessing);

/// A .jsonl file whose objects have `inputs`: by name (or input_0, ...) a list of numbers or the path of an .npy file.
/// Errors: Malformed, InvalidArgument.
Result<std::shared_ptr<const Dataset>> openRecords(const std::filesystem::path& path,
                                                   const std::vector<InputSpec>& inputs,
                                                   const std::vector<std::string>& labels);

/// Errors: Malformed, InvalidArgument (wrong shape, keys that are missing).
Result<std::shared_ptr<const Dataset>> openArrayDataset(const std::filesystem::path& path,
                                                        const std::vector<InputSpec>& inputs,
                                                        const std::vector<std::string>& labels);

}  // namespace quantscope::data
