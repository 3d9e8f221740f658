#include "core/data/preprocessing.h"

#include <cmath>
#include <cstdio>

namespace quantscope {

namespace {

std::string number(float value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.6g", static_cast<double>(value));
  return text;
}

std::string numbers(const std::vector<float>& values) {
  if (values.size() == 1) return number(values[0]);
  std::string text;
  for (const float value : values) text += (text.empty() ? "[" : ", ") + number(value);
  return text + "]";
}

bool isOnly(const std::vector<float>& values, float wanted) {
  for (const float value : values) {
    if (value != wanted) return false;
  }
  return true;
}

}  // namespace

std::string Preprocessing::describe() const {
  if (!words.empty()) return words;
  std::string text = "pictures 0..255, ";
  switch (resize) {
    case ResizeMode::Exact:
      text += "resized to the input's size";
      break;
    case ResizeMode::CenterCrop:
      text += "the middle 87.5 % resized to the input's size";
      break;
    case ResizeMode::Fit:
      text += "fitted into the input's size on black";
      break;
  }
  switch (interpolation) {
    case Interpolation::Bilinear:
      break;
    case Interpolation::Antialiased:
      text += " with antialiasing";
      break;
    case Interpolation::Area:
      text += " by area";
      break;
    case Interpolation::Nearest:
      text += " by the nearest pixel";
      break;
  }
  if (channels) text += *channels == ChannelOrder::Rgb ? ", RGB" : *channels == ChannelOrder::Bgr ? ", BGR" : ", gray";
  std::string formula = scale == 1.0f ? "x" : "x × " + number(scale);
  if (!isOnly(mean, 0.0f)) formula = "(" + formula + " − " + numbers(mean) + ")";
  if (!isOnly(standardDeviation, 1.0f)) formula += " / " + numbers(standardDeviation);
  text += formula == "x" ? ", values unchanged" : ", " + formula;
  if (source == "model metadata") text += " (from the model's metadata)";
  if (source == "user") text += " (as asked for)";
  return text;
}

}  // namespace quantscope
