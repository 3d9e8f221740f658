#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace quantscope {

/// A kind of thing that boxes are drawn around.
struct Category {
  int64_t id = 0;
  std::string name;
};

/// A box in pixels of the whole picture.
struct TrueBox {
  double left = 0, top = 0, width = 0, height = 0;
  double area = 0;  ///< of the thing, where it is known; else of the box
  int64_t category = 0;
  bool crowd = false;  ///< stands for many things at once: finding it counts neither for nor against
};

/// Class of each pixel, rows from the top; 255 is left out of account.
struct ClassMask {
  int width = 0, height = 0;
  std::vector<uint8_t> classes;
};
inline constexpr uint8_t kIgnoredPixel = 255;

/// From a place in a model's picture input (0..1 across it) to pixels of the picture: pixel = place * scale + offset.
struct PictureMapping {
  double scaleX = 1, offsetX = 0, scaleY = 1, offsetY = 0;
};

/// What is true of a sample beside its class.
struct GroundTruth {
  std::vector<float> values;  ///< what a regression should give
  bool hasBoxes = false;      ///< an empty list of boxes is a truth, too
  std::vector<TrueBox> boxes;
  std::shared_ptr<const std::vector<Category>> categories;  ///< sorted by id; null without boxes
  PictureMapping mapping;                                   ///< of the sample's picture
  ClassMask mask;                                           ///< empty: none
};

}  // namespace quantscope
