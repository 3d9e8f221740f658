#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a model says about itself beside its graph: the model card of the task library (metadata entry
/// TFLITE_METADATA) and the files packed behind the model. Plain values; core/io/metadata.h fills them.
namespace quantscope {

/// A file that the model card names, and its content where it is packed with the model.
struct AssociatedFile {
  enum class Kind { Unknown, Descriptions, AxisLabels, ValueLabels, ScoreCalibration, Vocabulary, ScannIndex };
  std::string name, description, locale;
  Kind kind = Kind::Unknown;
  bool found = false;  ///< whether `content` was packed with the model
  std::string content;

  /// Lines without their ends, for label files and vocabularies.
  std::vector<std::string> lines() const;
};

/// One input or output of the model, in the order of the subgraph's inputs or outputs.
struct TensorInfo {
  std::string name, description;
  std::vector<std::string> dimensionNames;
  /// NormalizationOptions: the network's input is (value - mean) / std. One, or one per channel; empty if not given.
  std::vector<float> mean, std;
  /// Range of the values as the author gives it. Empty if not given.
  std::vector<float> min, max;
  enum class Content { Unknown, Feature, Image, BoundingBox, Audio } content = Content::Unknown;
  enum class ColorSpace { Unknown, Rgb, Grayscale } colorSpace = ColorSpace::Unknown;
  std::optional<float> scoreThreshold;
  std::vector<AssociatedFile> files;

  /// The labels of the values along the last axis; empty if none. A file without a locale is preferred.
  std::vector<std::string> labels() const;
};

struct ModelMetadata {
  std::string name, description, version, author, license;
  std::vector<TensorInfo> inputs, outputs;  ///< of subgraph 0
  std::vector<AssociatedFile> files;        ///< of the model as a whole
  std::vector<std::string> packedFiles;     ///< names of all files packed behind the model
  std::string minimumRuntime;               ///< "2.3.0" (entry min_runtime_version); empty if not given
};

}  // namespace quantscope
