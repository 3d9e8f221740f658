#include "core/data/picture_input.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "core/data/resize.h"

namespace quantscope {

namespace {

/// 8-bit values with the channels that the model takes, interleaved.
struct Pixels {
  int width = 0, height = 0, channels = 3;
  std::vector<uint8_t> values;
};

Pixels selectChannels(const Picture& picture, ChannelOrder order, int channels) {
  Pixels pixels{picture.width, picture.height, channels, {}};
  const size_t count = picture.rgb.size() / 3;
  if (order == ChannelOrder::Rgb && channels == 3) {
    pixels.values = picture.rgb;
    return pixels;
  }
  pixels.values.resize(count * static_cast<size_t>(channels));
  uint8_t* target = pixels.values.data();
  for (size_t i = 0; i < count; ++i) {
    const uint8_t* rgb = picture.rgb.data() + 3 * i;
    if (order == ChannelOrder::Bgr && channels == 3) {
      for (int c = 2; c >= 0; --c) *target++ = rgb[c];
    } else {
      // ITU-R 601-2 in 16-bit fixed point.
      const auto gray = static_cast<uint8_t>((rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
      for (int c = 0; c < channels; ++c) *target++ = gray;
    }
  }
  return pixels;
}

struct Placement {
  int outWidth, outHeight;  ///< of the whole picture
  int left, top;            ///< first column and row of it that are used
  int width, height;        ///< how many are used
  int x, y;                 ///< where they go
};

int atLeastOne(double value) {
  return std::max(1, static_cast<int>(std::lround(value)));
}

Placement place(int pictureWidth, int pictureHeight, const PictureInput& input, ResizeMode mode) {
  constexpr double kCrop = 0.875;
  if (mode == ResizeMode::Exact) return {input.width, input.height, 0, 0, input.width, input.height, 0, 0};
  const double x = static_cast<double>(input.width) / pictureWidth,
               y = static_cast<double>(input.height) / pictureHeight;
  const double factor = mode == ResizeMode::CenterCrop ? std::max(x, y) / kCrop : std::min(x, y);
  const int outWidth = atLeastOne(pictureWidth * factor), outHeight = atLeastOne(pictureHeight * factor);
  const int width = std::min(outWidth, input.width), height = std::min(outHeight, input.height);
  return {outWidth, outHeight, (outWidth - width) / 2,    (outHeight - height) / 2,
          width,    height,    (input.width - width) / 2, (input.height - height) / 2};
}

class Normalization {
public:
  Normalization(const Preprocessing& p, int channels) : m_scale(p.scale) {
    for (int c = 0; c < channels; ++c) {
      m_mean.push_back(p.mean[p.mean.size() == 1 ? 0 : static_cast<size_t>(c)]);
      m_deviation.push_back(p.standardDeviation[p.standardDeviation.size() == 1 ? 0 : static_cast<size_t>(c)]);
    }
  }
  float operator()(float pixel, size_t channel) const {
    return (pixel * m_scale - m_mean[channel]) / m_deviation[channel];
  }

private:
  float m_scale;
  std::vector<float> m_mean, m_deviation;
};

}  // namespace

std::optional<PictureInput> PictureInput::of(const InputSpec& input) {
  std::vector<int32_t> s = input.shape;
  if (s.size() == 4 && s[0] >= 1) s.erase(s.begin());
  if (s.size() != 3 || std::any_of(s.begin(), s.end(), [](int32_t d) { return d < 1; })) return std::nullopt;
  PictureInput result;
  result.channelsFirst = s[2] != 1 && s[2] != 3;
  if (result.channelsFirst) s = {s[1], s[2], s[0]};
  if (s[2] != 1 && s[2] != 3) return std::nullopt;
  result.height = s[0];
  result.width = s[1];
  result.channels = s[2];
  result.shape = input.shape;
  if (result.shape.size() == 4) result.shape[0] = 1;
  return result;
}

Result<void> checkPreprocessing(const Preprocessing& preprocessing, const PictureInput& input) {
  auto invalid = [](const std::string& why) {
    return Error{ErrorCode::InvalidArgument, "cannot prepare pictures", "", why, "correct mean and standard deviation"};
  };
  const auto channels = static_cast<size_t>(input.channels);
  for (const auto* values : {&preprocessing.mean, &preprocessing.standardDeviation}) {
    if (values->size() != 1 && values->size() != channels) {
      return invalid(std::to_string(values->size()) + " values are given for " + std::to_string(channels) +
                     " channels");
    }
    for (const float value : *values) {
      if (!std::isfinite(value)) return invalid("a value is not finite");
    }
  }
  for (const float value : preprocessing.standardDeviation) {
    if (value == 0) return invalid("the standard deviation is 0");
  }
  if (!std::isfinite(preprocessing.scale)) return invalid("the scale is not finite");
  return {};
}

PictureMapping mappingOf(const Picture& picture, const Preprocessing& preprocessing, const PictureInput& input) {
  const Placement p = place(picture.width, picture.height, input, preprocessing.resize);
  const double x = static_cast<double>(picture.width) / p.outWidth,
               y = static_cast<double>(picture.height) / p.outHeight;
  return {input.width * x, (p.left - p.x) * x, input.height * y, (p.top - p.y) * y};
}

TensorValue preprocessPicture(const Picture& picture, const Preprocessing& preprocessing, const PictureInput& input) {
  const auto order = preprocessing.channels.value_or(input.channels == 1 ? ChannelOrder::Gray : ChannelOrder::Rgb);
  const Pixels pixels = selectChannels(picture, order, input.channels);
  const auto channels = static_cast<size_t>(input.channels);
  const Placement p = place(pixels.width, pixels.height, input, preprocessing.resize);
  const Normalization normalize(preprocessing, input.channels);

  TensorValue result{ElementType::Float32, input.shape, {}};
  const size_t plane = static_cast<size_t>(input.width) * static_cast<size_t>(input.height);
  result.bytes.resize(plane * channels * sizeof(float));
  auto values = result.mutableValues<float>();
  const size_t pixelStep = input.channelsFirst ? 1 : channels, channelStep = input.channelsFirst ? plane : 1;
  const bool padded = p.width < input.width || p.height < input.height;
  for (size_t c = 0; padded && c < channels; ++c) {
    for (size_t i = 0; i < plane; ++i) values[i * pixelStep + c * channelStep] = normalize(0.0f, c);
  }
  auto targetOf = [&](size_t y) {
    return values.data() +
           ((static_cast<size_t>(p.y) + y) * static_cast<size_t>(input.width) + static_cast<size_t>(p.x)) * pixelStep;
  };
  if (p.outWidth == pixels.width && p.outHeight == pixels.height) {
    std::vector<std::array<float, 256>> table(channels);
    for (size_t c = 0; c < channels; ++c) {
      for (size_t v = 0; v < 256; ++v) table[c][v] = normalize(static_cast<float>(v), c);
    }
    for (size_t y = 0; y < static_cast<size_t>(p.height); ++y) {
      const uint8_t* source =
          pixels.values.data() +
          ((y + static_cast<size_t>(p.top)) * static_cast<size_t>(pixels.width) + static_cast<size_t>(p.left)) *
              channels;
      float* target = targetOf(y);
      for (size_t x = 0; x < static_cast<size_t>(p.width); ++x) {
        for (size_t c = 0; c < channels; ++c) target[x * pixelStep + c * channelStep] = table[c][*source++];
      }
    }
    return result;
  }
  const auto xTaps = data::resizeTaps(pixels.width, p.outWidth, p.left, p.width, preprocessing.interpolation);
  const auto yTaps = data::resizeTaps(pixels.height, p.outHeight, p.top, p.height, preprocessing.interpolation);
  const auto resized = data::resizeRows(pixels.values, pixels.width, input.channels, xTaps, yTaps);
  const float* source = resized.data();
  for (size_t y = 0; y < static_cast<size_t>(p.height); ++y) {
    float* target = targetOf(y);
    for (size_t x = 0; x < static_cast<size_t>(p.width); ++x) {
      for (size_t c = 0; c < channels; ++c) target[x * pixelStep + c * channelStep] = normalize(*source++, c);
    }
  }
  return result;
}

}  // namespace quantscope
