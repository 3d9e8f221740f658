#include <bit>
#include <cstring>
#include <optional>

#include "core/data/audio.h"
#include "core/data/file_bytes.h"

namespace quantscope {

namespace {

constexpr uint64_t kMostBytes = uint64_t{256} << 20;
constexpr uint32_t kPcm = 1, kFloat = 3, kExtensible = 0xfffe;

struct Format {
  uint32_t coding = 0, channels = 0, rate = 0, bits = 0;
};

uint32_t little(std::span<const std::byte> bytes, size_t at, size_t count) {
  uint32_t value = 0;
  for (size_t i = 0; i < count; ++i) value |= std::to_integer<uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

bool names(std::span<const std::byte> bytes, size_t at, const char (&name)[5]) {
  return std::memcmp(bytes.data() + at, name, 4) == 0;
}

/// -1 to 1.
float sampleAt(std::span<const std::byte> data, size_t at, const Format& format) {
  if (format.coding == kFloat) return std::bit_cast<float>(little(data, at, 4));
  if (format.bits == 8) return (static_cast<float>(little(data, at, 1)) - 128.0f) / 128.0f;
  const uint32_t raw = little(data, at, format.bits / 8) << (32 - format.bits);
  return static_cast<float>(static_cast<int32_t>(raw)) / 2147483648.0f;
}

}  // namespace

Result<Sound> decodeWav(std::span<const std::byte> bytes, const std::string& where) {
  auto error = [&](ErrorCode code, std::string why) {
    return Error{code, "cannot read the sound", where, std::move(why), ""};
  };
  if (bytes.size() < 12 || !names(bytes, 0, "RIFF") || !names(bytes, 8, "WAVE")) {
    return error(ErrorCode::Malformed, "it is no WAV file");
  }
  std::optional<Format> format;
  std::span<const std::byte> data;
  for (size_t at = 12; at + 8 <= bytes.size();) {
    const size_t size = little(bytes, at + 4, 4), left = bytes.size() - at - 8;
    if (names(bytes, at, "fmt ") && size >= 16 && size <= left) {
      format = {little(bytes, at + 8, 2), little(bytes, at + 10, 2), little(bytes, at + 12, 4),
                little(bytes, at + 22, 2)};
      if (format->coding == kExtensible && size >= 26) format->coding = little(bytes, at + 32, 2);
    } else if (names(bytes, at, "data")) {
      // Recorders that were stopped hard leave a size that is too large.
      data = bytes.subspan(at + 8, std::min(size, left));
      break;
    }
    if (size > left) break;
    at += 8 + size + size % 2;
  }
  if (!format || data.empty()) return error(ErrorCode::Malformed, "it has no format or no samples");
  const bool pcm = format->coding == kPcm && format->bits >= 8 && format->bits <= 32 && format->bits % 8 == 0;
  if (!pcm && !(format->coding == kFloat && format->bits == 32)) {
    return error(ErrorCode::Unsupported, "its coding is " + std::to_string(format->coding) + " with " +
                                             std::to_string(format->bits) + " bits, not PCM or 32-bit floats");
  }
  if (format->channels < 1 || format->channels > 64 || format->rate < 1 || format->rate > 10'000'000) {
    return error(ErrorCode::Malformed, "its number of channels or its rate makes no sense");
  }
  const size_t width = format->bits / 8, frame = width * format->channels;
  Sound sound;
  sound.sampleRate = static_cast<int>(format->rate);
  sound.samples.reserve(data.size() / frame);
  for (size_t at = 0; at + frame <= data.size(); at += frame) {
    float sum = 0;
    for (size_t c = 0; c < format->channels; ++c) sum += sampleAt(data, at + c * width, *format);
    sound.samples.push_back(sum / static_cast<float>(format->channels));
  }
  return sound;
}

Result<Sound> readWav(const std::filesystem::path& path) {
  QS_ASSIGN(const auto bytes, data::readFileBytes(path, kMostBytes));
  return decodeWav(bytes, path.string());
}

}  // namespace quantscope
