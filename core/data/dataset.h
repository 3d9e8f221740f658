#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/audio.h"
#include "core/data/ground_truth.h"
#include "core/data/preprocessing.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"
#include "core/model/tensor_view.h"

namespace quantscope {

/// What one graph input wants: `name`, `shape` (first dimension is the batch where rank > 1) and type.
struct InputSpec {
  std::string name;  ///< signature name if there is one, else the tensor's
  std::vector<int32_t> shape;
  ElementType type = ElementType::Float32;
  std::optional<Quantization> quantization;
};
/// Inputs of subgraph 0 (or of the first signature) of a model.
std::vector<InputSpec> inputSpecs(const Model& model);

/// One sample: one value per graph input. Pictures are float32 real values after preprocessing; arrays
/// keep the type they have in the file.
struct Sample {
  std::vector<TensorValue> inputs;
  std::optional<int32_t> label;                ///< output index of the true class
  std::string name;                            ///< "airplane/0012.png", "sample 17"
  std::shared_ptr<const GroundTruth> truth{};  ///< null: nothing is known but the label
};

/// An item that could not be used, and why.
struct SkippedItem {
  std::string path, why;
};

/// A list of samples. load() is thread-safe and deterministic.
class Dataset {
public:
  virtual ~Dataset() = default;
  virtual size_t size() const = 0;
  /// Errors: an unreadable or misshapen item; evaluation lists it as skipped and goes on.
  virtual Result<Sample> load(size_t index) const = 0;
  /// Name and label without decoding.
  virtual std::string name(size_t index) const = 0;
  virtual std::optional<int32_t> label(size_t index) const = 0;
  /// File of a picture item; empty for arrays.
  virtual std::filesystem::path picturePath(size_t) const { return {}; }
  virtual const std::vector<std::string>& classNames() const = 0;  ///< empty where unlabelled
  virtual bool labelled() const = 0;
  virtual std::string description() const = 0;  ///< "class folders, 10 classes, 500 pictures"
  /// What is done to each picture, in words and as a value; none for arrays.
  virtual const Preprocessing& preprocessing() const = 0;
  /// Files that were not even listed (unknown type, empty, ...).
  virtual const std::vector<SkippedItem>& skipped() const = 0;
};

struct DatasetOptions {
  std::optional<Preprocessing> preprocessing;  ///< nothing: from the model's metadata, else none (0..255)
  std::vector<std::string> labels;  ///< class names in output order; empty: metadata labels, else sorted folders
  std::optional<AudioFrontEnd> audio = {};  ///< nothing: what the input's shape suggests
  size_t limit = 0;                         ///< 0: all. A limit keeps every n-th so that all classes stay represented
};

/// Opens a folder of class folders, a flat folder (pictures, or WAV where there is no picture), a folder with images/
/// and masks/, .npz, .npy, .csv/.tsv, .jsonl, or COCO's .json (docs/cli.md, "Data sets"). The model says what its
/// inputs want. Errors: NotFound, Malformed, InvalidArgument (wrong shape, empty: says what was found and what is
/// wanted).
Result<std::shared_ptr<const Dataset>> openDataset(const std::filesystem::path& path, const Model& model,
                                                   const DatasetOptions& options = {});

/// `count` samples of the dataset, evenly spread ("every n-th"), sharing the items; all where there are no more.
std::shared_ptr<const Dataset> limitDataset(std::shared_ptr<const Dataset> dataset, size_t count);

/// The sample as the raw bytes of a graph input of any type: real values are quantized with the input's
/// own scale and zero point (round half away, clamp) where it is an integer tensor; equal types are copied.
/// Errors: shapes that differ in more than leading 1s, types that cannot be converted.
Result<TensorValue> bindInput(const TensorValue& value, const InputSpec& input);

}  // namespace quantscope
