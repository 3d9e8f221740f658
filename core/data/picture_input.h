#pragma once

#include <optional>

#include "core/data/dataset.h"
#include "core/data/picture.h"

namespace quantscope {

/// What a model input wants of a picture.
struct PictureInput {
  int height = 0, width = 0, channels = 3;
  bool channelsFirst = false;  ///< 1×C×H×W instead of 1×H×W×C
  std::vector<int32_t> shape;  ///< of one sample: as the input's, with the batch (if any) 1

  /// Understands 1×H×W×C, 1×C×H×W and H×W×C with 1 or 3 channels; nothing for other shapes.
  static std::optional<PictureInput> of(const InputSpec& input);
};

/// Whether mean and standard deviation have 1 or `channels` values and nothing divides by zero.
/// Errors: InvalidArgument.
Result<void> checkPreprocessing(const Preprocessing& preprocessing, const PictureInput& input);

/// Where the input's corners lie in the picture.
PictureMapping mappingOf(const Picture& picture, const Preprocessing& preprocessing, const PictureInput& input);

/// Grey or channel order, resize, then (pixel * scale - mean) / std in float32. Grey is 0.299 R + 0.587 G + 0.114 B
/// rounded to 8 bits, as Pillow computes it. Without a resize each pixel value is what that formula gives exactly.
TensorValue preprocessPicture(const Picture& picture, const Preprocessing& preprocessing, const PictureInput& input);

}  // namespace quantscope
