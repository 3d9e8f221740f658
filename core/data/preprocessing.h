#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace quantscope {

enum class ResizeMode {
  Exact,       ///< to the input's size, ignoring the aspect ratio
  CenterCrop,  ///< shorter side to size / 0.875, then the middle
  Fit          ///< longer side to the size, the rest filled with black
};
/// How a pixel follows from those around it; pixel centres lie at (i + 0.5) in all of them.
enum class Interpolation {
  Bilinear,     ///< the two nearest along each axis are mixed, as TensorFlow and OpenCV resize
  Antialiased,  ///< when shrinking every pixel counts, by a widened triangle, as Pillow and PyTorch resize
  Area,  ///< each pixel counts by the area that it covers, as TensorFlow's AREA and OpenCV's INTER_AREA when shrinking
  Nearest  ///< the one that the centre lies in
};
enum class ChannelOrder { Rgb, Bgr, Gray };

/// What turns a picture (0..255) into a model's input: real = (pixel * scale - mean) / std.
struct Preprocessing {
  std::vector<float> mean{0.0f};  ///< one value, or one per channel
  std::vector<float> standardDeviation{1.0f};
  float scale = 1.0f;
  ResizeMode resize = ResizeMode::Exact;
  Interpolation interpolation = Interpolation::Bilinear;
  std::optional<ChannelOrder> channels;  ///< nothing: RGB, or gray where the input has one channel
  std::string source = "default";        ///< "default", "model metadata", "user"
  std::string words = {};                ///< of inputs that are no pictures, in place of all that

  /// "pictures 0..255, resized to the input's size, RGB, (x − 127.5) / 127.5 (from the model's metadata)"
  std::string describe() const;

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

}  // namespace quantscope
