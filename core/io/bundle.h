#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/mapped_file.h"
#include "core/base/result.h"

/// Files that hold models among other things: ZIP archives (.task bundles, zipped models), .litertlm bundles and
/// models compressed with gzip. A model in one is named "<file>::<name>" wherever a path of a model is taken.
namespace quantscope {

/// A model inside a bundle.
struct BundledModel {
  std::string name;     ///< of the archive's entry; of a section its kind ("tf_lite_prefill_decode"), made unique
  uint64_t bytes = 0;   ///< of the model itself, not packed
  bool packed = false;  ///< compressed: it is unpacked into memory when it is opened
};

/// The models in a bundle, in the order of the file; empty where the file is a bare .tflite model. Told by content,
/// not by the names of files. Untrusted.
/// Errors: NotFound, Io; Malformed (a damaged directory); ResourceLimit (more than 10,000 entries); Unsupported (what
/// is neither a bundle nor a model).
Result<std::vector<BundledModel>> listBundledModels(const std::filesystem::path& path);

/// "<file>::<name>": what readModel() and loadModel() open a model of a bundle by.
std::filesystem::path bundledModelPath(const std::filesystem::path& bundle, const std::string& name);

/// The file on the disk that the path of a model speaks of: the bundle of "<bundle>::<name>", else the path itself.
std::filesystem::path bundleFile(const std::filesystem::path& path);

/// The bytes of one model, wherever they come from.
struct ModelBytes {
  std::shared_ptr<const void> owner;  ///< keeps the bytes alive: the mapped file, or memory where it was packed
  std::span<const std::byte> bytes{};
  std::shared_ptr<const MappedFile> file;  ///< that the bytes lie in; null where it was packed
};

/// The bytes of the model that a path names: a .tflite file, "<bundle>::<name>", or a bundle that holds one model only.
/// Stored models stay in the mapping; packed ones are unpacked, up to 2 GiB.
/// Errors: NotFound (no file, no model of that name: says which there are), InvalidArgument (the bundle holds several
/// models: names them), Io, Malformed, Unsupported, ResourceLimit. Whether they are a model is the reader's to say.
Result<ModelBytes> openModelBytes(const std::filesystem::path& path);

}  // namespace quantscope
