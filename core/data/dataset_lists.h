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
};

/// The files that a folder or a manifest names, before any is opened.
struct PictureList {
  std::vector<PictureItem> items;
  std::vector<std::string> classNames;
  std::vector<SkippedItem> skipped;
  std::string kind;  ///< "class folders", "a folder of pictures", "a list of pictures"
  bool labelled = false;
};

/// Sub-folders are classes, in the order of `labels`, or of their sorted names where that is empty; without sub-folders
/// that hold pictures, the pictures of the folder itself. Errors: Io.
Result<PictureList> listFolder(const std::filesystem::path& folder, const std::vector<std::string>& labels);

/// A .csv or .tsv file with the columns path and label (a name or an output index), with or without a heading; paths
/// are relative to the file. Errors: Io, Malformed, ResourceLimit.
Result<PictureList> readManifest(const std::filesystem::path& path, const std::vector<std::string>& labels);

/// Index of a class name among the labels: exactly, else ignoring case and spaces around it.
std::optional<int32_t> findLabel(const std::vector<std::string>& labels, const std::string& name);

std::shared_ptr<const Dataset> makePictureDataset(PictureList list, const PictureInput& input,
                                                  Preprocessing preprocessing);

/// Errors: Malformed, InvalidArgument (wrong shape, keys that are missing).
Result<std::shared_ptr<const Dataset>> openArrayDataset(const std::filesystem::path& path,
                                                        const std::vector<InputSpec>& inputs,
                                                        const std::vector<std::string>& labels);

}  // namespace quantscope::data
