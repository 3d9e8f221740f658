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
enum class ChannelOrder { Rgb, Bgr, Gray };

/// What turns a picture (0..255) into a model's input: real = (pixel * scale - mean) / std.
struct Preprocessing {
  std::vector<float> mean{0.0f};  ///< one value, or one per channel
  std::vector<float> standardDeviation{1.0f};
  float scale = 1.0f;
  ResizeMode resize = ResizeMode::Exact;  ///< bilinear, half-pixel centres
  /// When shrinking: whether every pixel counts (as Pillow and PyTorch resize) or the two nearest are mixed (TensorFlow).
  bool antialias = false;
  std::optional<ChannelOrder> channels;  ///< nothing: RGB, or gray where the input has one channel
  std::string source = "default";        ///< "default", "model metadata", "user"

  /// "pictures 0..255, resized to the input's size, RGB, (x − 127.5) / 127.5 (from the model's metadata)"
  std::string describe() const;

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

}  // namespace quantscope
