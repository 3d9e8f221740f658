#include <bit>
#include <cmath>
#include <memory>
#include <numbers>

#include "core/ops/custom_options.h"
#include "core/ops/fourier.h"
#include "core/ops/operand_checks.h"

/// The custom operators AudioSpectrogram and Mfcc of speech models.
namespace quantscope::ops {

namespace {

constexpr int64_t kLargestWindow = 1 << 24;

/// Triangular bands, evenly spaced on the mel scale from `low` to `high` hertz, over the bins of a spectrum.
class MelBands {
public:
  MelBands(size_t bins, double sampleRate, size_t bands, double low, double high) : m_bands(bands) {
    const double spacing = (mel(high) - mel(low)) / static_cast<double>(bands + 1);
    const double binWidth = 0.5 * sampleRate / static_cast<double>(bins - 1);
    m_first = static_cast<size_t>(1.5 + low / binWidth);
    const double last = high / binWidth;
    m_last = last < static_cast<double>(bins) ? static_cast<size_t>(last) : bins;
    std::vector<double> centers(bands + 1);
    for (size_t c = 0; c < centers.size(); ++c) centers[c] = mel(low) + spacing * static_cast<double>(c + 1);
    for (size_t bin = m_first, band = 0; bin <= m_last && bin < bins; ++bin) {
      const double at = mel(static_cast<double>(bin) * binWidth);
      while (band < bands && centers[band] < at) ++band;
      const double below = band == 0 ? mel(low) : centers[band - 1];
      m_bins.push_back({band, (centers[band] - at) / (centers[band] - below)});
    }
  }

  /// False where the bands reach beyond the spectrum.
  bool fits(size_t bins) const { return m_last < bins; }

  /// Sums of magnitudes, from squared ones.
  void apply(const float* spectrum, std::vector<double>& sums) const {
    sums.assign(m_bands, 0.0);
    for (size_t k = 0; k < m_bins.size(); ++k) {
      const double magnitude = std::sqrt(static_cast<double>(spectrum[m_first + k]));
      const double falling = magnitude * m_bins[k].weight;
      if (m_bins[k].band > 0) sums[m_bins[k].band - 1] += falling;
      if (m_bins[k].band < m_bands) sums[m_bins[k].band] += magnitude - falling;
    }
  }

private:
  struct Bin {
    size_t band;    ///< the band whose slope rises here; the one before falls
    double weight;  ///< of the falling slope
  };
  static double mel(double hertz) { return 1127.0 * std::log1p(hertz / 700.0); }

  size_t m_bands, m_first = 0, m_last = 0;
  std::vector<Bin> m_bins;
};

}  // namespace

/// Input [samples, channels]; output [channels, windows, bins]: squared magnitudes, or magnitudes, of Hann windows
/// filled with zeros to a power of two.
Result<std::unique_ptr<Kernel>> prepareAudioSpectrogram(PrepareContext& context) {
  QS_TRY(context.requireInputs(1, 1));
  QS_TRY(context.requireOutputs(1, 1));
  const Operand& x = context.input(0);
  QS_TRY(requireType(context, x, {ElementType::Float32}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  QS_TRY(requireRank(context, x, 2, 2));
  QS_ASSIGN(const auto map, customOptionMap(context));
  const int64_t window = map["window_size"].AsInt64(), stride = map["stride"].AsInt64();
  const bool squared = map["magnitude_squared"].AsBool();
  if (window < 2 || window > kLargestWindow || stride < 1 || stride > INT32_MAX) {
    return context.malformed("its window of " + std::to_string(window) + " samples and stride of " +
                             std::to_string(stride) + " are impossible");
  }
  const int64_t samples = x.shape[0], channels = x.shape[1];
  const int64_t windows = samples < window ? 0 : 1 + (samples - window) / stride;
  const size_t length = std::bit_ceil(static_cast<size_t>(window)), bins = length / 2 + 1;
  QS_TRY(context.setOutputShape(
      0, {static_cast<int32_t>(channels), static_cast<int32_t>(windows), static_cast<int32_t>(bins)}));
  const size_t slot = context.addScratch(length * sizeof(std::complex<double>));
  std::vector<double> hann(static_cast<size_t>(window));
  for (size_t i = 0; i < hann.size(); ++i) {
    hann[i] = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(window));
  }
  return makeKernel([=, hann = std::move(hann)](const KernelContext& run) {
    const float* in = run.input<float>(0);
    float* out = run.output<float>(0);
    auto* work = run.scratchAs<std::complex<double>>(slot);
    for (int64_t channel = 0; channel < channels; ++channel) {
      for (int64_t w = 0; w < windows; ++w) {
        for (size_t i = 0; i < length; ++i) {
          const auto sample = static_cast<int64_t>(i) + w * stride;
          work[i] = i < hann.size() ? static_cast<double>(in[sample * channels + channel]) * hann[i] : 0.0;
        }
        fourierTransform(work, length);
        for (size_t bin = 0; bin < bins; ++bin) {
          const auto power = static_cast<float>(std::norm(work[bin]));
          *out++ = squared ? power : std::sqrt(power);
        }
      }
    }
  });
}

/// Inputs: squared spectrogram [channels, windows, bins], sample rate (one int32); output [channels, windows,
/// coefficients]: cosine transform of the logarithms of mel bands.
Result<std::unique_ptr<Kernel>> prepareMfcc(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 2));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({1})) return nullptr;
  const Operand &x = context.input(0), &rate = context.input(1);
  QS_TRY(requireType(context, x, {ElementType::Float32}));
  QS_TRY(requireType(context, rate, {ElementType::Int32}));
  QS_TRY(requireType(context, context.output(0), {ElementType::Float32}));
  QS_TRY(requireRank(context, x, 3, 3));
  QS_ASSIGN(const auto map, customOptionMap(context));
  const int64_t high = map["upper_frequency_limit"].AsInt64(), low = map["lower_frequency_limit"].AsInt64();
  const int64_t bands = map["filterbank_channel_count"].AsInt64(), count = map["dct_coefficient_count"].AsInt64();
  const auto bins = static_cast<size_t>(x.shape[2]);
  const int32_t sampleRate = rate.elementCount() == 1 ? rate.constantAs<int32_t>()[0] : 0;
  if (bins < 2 || sampleRate < 1 || low < 0 || high <= low || high > (1 << 30) || bands < 1 || bands > (1 << 12) ||
      count < 1 || count > bands) {
    return context.malformed("its options, sample rate and spectrum do not go together");
  }
  auto mel = std::make_shared<const MelBands>(bins, sampleRate, static_cast<size_t>(bands), static_cast<double>(low),
                                              static_cast<double>(high));
  if (!mel->fits(bins)) {
    return context.malformed("its upper frequency limit of " + std::to_string(high) + " Hz is beyond the spectrum");
  }
  QS_TRY(context.setOutputShape(0, {x.shape[0], x.shape[1], static_cast<int32_t>(count)}));
  const int64_t frames = int64_t{x.shape[0]} * x.shape[1];
  return makeKernel([=](const KernelContext& run) {
    constexpr double kFloor = 1e-12;
    const float* in = run.input<float>(0);
    float* out = run.output<float>(0);
    const double norm = std::sqrt(2.0 / static_cast<double>(bands)),
                 angle = std::numbers::pi / static_cast<double>(bands);
    std::vector<double> sums;
    for (int64_t f = 0; f < frames; ++f, in += bins) {
      mel->apply(in, sums);
      for (double& sum : sums) sum = std::log(sum < kFloor ? kFloor : sum);
      for (int64_t k = 0; k < count; ++k) {
        double total = 0.0;
        for (size_t b = 0; b < sums.size(); ++b) {
          total += norm * std::cos(static_cast<double>(k) * angle * (static_cast<double>(b) + 0.5)) * sums[b];
        }
        *out++ = static_cast<float>(total);
      }
    }
  });
}

}  // namespace quantscope::ops
