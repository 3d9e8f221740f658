#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <numbers>

#include "core/data/audio.h"

namespace quantscope {

namespace {

constexpr double kPi = std::numbers::pi;

/// In place, radix 2 (Cooley and Tukey 1965); the size is a power of two.
void fourier(std::vector<std::complex<double>>& values) {
  const size_t size = values.size();
  for (size_t i = 1, j = 0; i < size; ++i) {
    size_t bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(values[i], values[j]);
  }
  for (size_t length = 2; length <= size; length *= 2) {
    for (size_t k = 0; k < length / 2; ++k) {
      const double angle = -2 * kPi * static_cast<double>(k) / static_cast<double>(length);
      const std::complex<double> turn(std::cos(angle), std::sin(angle));
      for (size_t i = k; i < size; i += length) {
        const auto even = values[i], odd = values[i + length / 2] * turn;
        values[i] = even + odd;
        values[i + length / 2] = even - odd;
      }
    }
  }
}

double mel(double hertz) {
  return 1127 * std::log(1 + hertz / 700);
}

/// Weight of each bin of the spectrum, [mel bin][bin].
std::vector<std::vector<double>> melWeights(const AudioFrontEnd& f, size_t transform) {
  const size_t bins = transform / 2 + 1;
  const double low = mel(f.lowHertz), step = (mel(f.highHertz) - low) / (f.melBins + 1);
  std::vector<std::vector<double>> weights(static_cast<size_t>(f.melBins), std::vector<double>(bins));
  for (size_t m = 0; m < weights.size(); ++m) {
    const double center = low + step * static_cast<double>(m + 1);
    for (size_t k = 1; k < bins; ++k) {  // without the constant part
      const double at = mel(static_cast<double>(k) * f.sampleRate / static_cast<double>(transform));
      weights[m][k] = std::max(0.0, 1 - std::abs(at - center) / step);
    }
  }
  return weights;
}

std::vector<double> logMel(const AudioFrontEnd& f, std::span<const float> window, size_t transform,
                           const std::vector<std::vector<double>>& weights) {
  std::vector<std::complex<double>> spectrum(transform);
  const double size = static_cast<double>(window.size());
  for (size_t i = 0; i < window.size(); ++i) {
    const double hann = 0.5 - 0.5 * std::cos(2 * kPi * static_cast<double>(i) / size);
    spectrum[i] = static_cast<double>(window[i]) * hann;
  }
  fourier(spectrum);
  std::vector<double> result;
  for (const auto& triangle : weights) {
    double sum = 0;
    for (size_t k = 0; k < triangle.size(); ++k) {
      if (triangle[k] > 0) sum += triangle[k] * std::abs(spectrum[k]);
    }
    result.push_back(std::log(sum + f.offset));
  }
  return result;
}

double cosineSum(const std::vector<double>& values, int order) {
  const double bins = static_cast<double>(values.size());
  double sum = 0;
  for (size_t m = 0; m < values.size(); ++m) {
    sum += values[m] * std::cos(kPi * order * (2 * static_cast<double>(m) + 1) / (2 * bins));
  }
  return sum * std::sqrt(2 / bins);
}

}  // namespace

std::string AudioFrontEnd::describe() const {
  char text[256];
  if (features == Features::Waveform) {
    std::snprintf(text, sizeof text, "sound as it is, %d samples at %d Hz, -1 to 1", samples(), sampleRate);
    return text;
  }
  char kind[96];
  if (features == Features::Mfcc) {
    std::snprintf(kind, sizeof kind, "MFCC, %d of %d mel bins", coefficients, melBins);
  } else {
    std::snprintf(kind, sizeof kind, "logarithm of %d mel bins", melBins);
  }
  std::snprintf(text, sizeof text, "%s from %g to %g Hz, windows of %g ms every %g ms at %d Hz", kind, lowHertz,
                highHertz, windowMilliseconds, strideMilliseconds, sampleRate);
  return text;
}

Result<void> AudioFrontEnd::check() const {
  auto invalid = [](const char* why) {
    return Error{ErrorCode::InvalidArgument, "cannot make features of sounds", "", why, "correct the audio options"};
  };
  if (sampleRate < 100 || sampleRate > 1'000'000) return invalid("the sample rate is out of range");
  if (!(seconds > 0 && seconds <= 3600)) return invalid("the length is out of range");
  if (features == Features::Waveform) return {};
  if (window() < 2 || window() > 1 << 16 || stride() < 1) return invalid("the window or its stride is out of range");
  if (frames() < 1) return invalid("a sample is shorter than the window");
  if (melBins < 1 || melBins > 4096) return invalid("the number of mel bins is out of range");
  if (!(lowHertz >= 0 && lowHertz < highHertz && highHertz <= sampleRate / 2.0)) {
    return invalid("the frequencies must rise and stay below half of the sample rate");
  }
  if (features == Features::Mfcc && (coefficients < 1 || coefficients > melBins)) {
    return invalid("there are more coefficients than mel bins");
  }
  return {};
}

std::vector<float> audioFeatures(const AudioFrontEnd& f, std::span<const float> samples) {
  std::vector<float> sound(static_cast<size_t>(f.samples()));
  std::copy_n(samples.begin(), std::min(samples.size(), sound.size()), sound.begin());
  if (f.features == AudioFrontEnd::Features::Waveform) return sound;
  const auto window = static_cast<size_t>(f.window());
  size_t transform = 1;
  while (transform < window) transform *= 2;
  const auto weights = melWeights(f, transform);
  std::vector<float> result;
  for (int frame = 0; frame < f.frames(); ++frame) {
    const auto begin = static_cast<size_t>(frame) * static_cast<size_t>(f.stride());
    const auto bins = logMel(f, std::span(sound).subspan(begin, window), transform, weights);
    for (int i = 0; i < f.perFrame(); ++i) {
      const double value =
          f.features == AudioFrontEnd::Features::Mfcc ? cosineSum(bins, i) : bins[static_cast<size_t>(i)];
      result.push_back(static_cast<float>(value));
    }
  }
  return result;
}

}  // namespace quantscope
