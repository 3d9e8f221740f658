#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace quantscope {

/// What turns a second of sound into a model's input.
struct AudioFrontEnd {
  enum class Features { Waveform, LogMel, Mfcc };
  Features features = Features::Mfcc;
  int sampleRate = 16000;
  double seconds = 1;  ///< of each sample: longer sounds are cut off, shorter ones filled with silence
  double windowMilliseconds = 30, strideMilliseconds = 20;
  int melBins = 40;
  double lowHertz = 20, highHertz = 4000;
  int coefficients = 10;  ///< of MFCC
  double offset = 1e-6;   ///< added before the logarithm

  int samples() const { return static_cast<int>(seconds * sampleRate + 0.5); }
  int window() const { return static_cast<int>(windowMilliseconds * sampleRate / 1000 + 0.5); }
  int stride() const { return static_cast<int>(strideMilliseconds * sampleRate / 1000 + 0.5); }
  int frames() const { return samples() < window() ? 0 : 1 + (samples() - window()) / stride(); }
  int perFrame() const { return features == Features::Mfcc ? coefficients : melBins; }
  /// "MFCC, 10 of 40 mel bins from 20 to 4000 Hz, windows of 30 ms every 20 ms at 16000 Hz"
  std::string describe() const;
  /// Errors: InvalidArgument (a rate, length or number that makes no sense).
  Result<void> check() const;
};

/// Samples from -1 to 1, channels averaged.
struct Sound {
  int sampleRate = 0;
  std::vector<float> samples;
};
/// A RIFF WAVE file: PCM of 8, 16, 24 or 32 bits, or 32-bit floats; also with the extensible header. Untrusted.
/// Errors: NotFound, Io, Malformed, Unsupported (another coding), ResourceLimit (above 256 MB).
Result<Sound> readWav(const std::filesystem::path& path);
Result<Sound> decodeWav(std::span<const std::byte> bytes, const std::string& where);

/// The features of a sound, frames() times perFrame() values (waveform: samples()).
/// Spectrogram: magnitudes of windows under a periodic Hann window, padded to a power of two. Mel: triangles that are
/// evenly spaced on the scale 1127 ln(1 + f / 700). Logarithm of the mel bins plus an offset. MFCC: their
/// orthonormal-like DCT-II, sum times sqrt(2 / bins), as tf.signal.mfccs_from_log_mel_spectrograms has it.
std::vector<float> audioFeatures(const AudioFrontEnd& frontEnd, std::span<const float> samples);

}  // namespace quantscope
