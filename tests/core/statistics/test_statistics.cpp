#include <cmath>
#include <cstring>
#include <random>
#include <set>

#include "core/model/string_values.h"
#include "core/statistics/real_values.h"
#include "core/statistics/tensor_statistics.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

template <typename T>
TensorValue valueOf(ElementType type, std::vector<int32_t> shape, const std::vector<T>& values) {
  TensorValue value{type, std::move(shape), {}};
  const auto bytes = std::as_bytes(std::span(values));
  value.bytes.assign(bytes.begin(), bytes.end());
  return value;
}

std::vector<float> normalNumbers(size_t count, float mean = 0, float deviation = 1) {
  std::mt19937 random(7);
  std::normal_distribution<float> distribution(mean, deviation);
  std::vector<float> values(count);
  for (float& value : values) value = distribution(random);
  return values;
}

/// The definition, in long double and without any cleverness.
ValueSummary naive(const std::vector<double>& values) {
  ValueSummary s;
  s.count = values.size();
  long double sum = 0, squares = 0;
  for (const double v : values) {
    if (std::isnan(v)) {
      ++s.nan;
    } else if (std::isinf(v)) {
      ++s.infinite;
    } else {
      s.min = s.finite ? std::min(s.min, v) : v;
      s.max = s.finite ? std::max(s.max, v) : v;
      ++s.finite;
      s.zeros += v == 0;
      sum += v;
    }
  }
  if (s.finite == 0) return s;
  const long double mean = sum / s.finite;
  for (const double v : values) {
    if (std::isfinite(v)) squares += (v - mean) * (v - mean);
  }
  s.mean = static_cast<double>(mean);
  s.standardDeviation = static_cast<double>(std::sqrt(squares / s.finite));
  return s;
}

void checkSummary(const ValueSummary& found, const ValueSummary& wanted) {
  CHECK(found.count == wanted.count);
  CHECK(found.finite == wanted.finite);
  CHECK(found.nan == wanted.nan);
  CHECK(found.infinite == wanted.infinite);
  CHECK(found.zeros == wanted.zeros);
  if (wanted.finite == 0) {
    CHECK(std::isnan(found.mean));
    return;
  }
  CHECK(found.min == wanted.min);
  CHECK(found.max == wanted.max);
  // Sums of doubles: a few thousand roundings of 1.1e-16 at most.
  CHECK(found.mean == Approx(wanted.mean).epsilon(1e-12).margin(1e-12 * (wanted.max - wanted.min)));
  CHECK(found.standardDeviation == Approx(wanted.standardDeviation).epsilon(1e-9).margin(1e-300));
}

std::vector<uint64_t> naiveHistogram(const std::vector<double>& values, double low, double high, size_t bins) {
  std::vector<uint64_t> counts(bins);
  const double factor = high > low ? static_cast<double>(bins) / (high - low) : 0;
  for (const double v : values) {
    if (std::isfinite(v)) ++counts[std::min(bins - 1, static_cast<size_t>((v - low) * factor))];
  }
  return counts;
}

std::vector<double> doubles(const std::vector<float>& values) {
  return {values.begin(), values.end()};
}

TensorStatistics statisticsOf(const TensorValue& value, StatisticsOptions options = {},
                              const Quantization* quantization = nullptr) {
  const auto result = computeStatistics(value.view(), quantization, options);
  REQUIRE(result.ok());
  return *result;
}

void checkEqual(const TensorStatistics& a, const TensorStatistics& b) {
  auto sameBits = [](const ValueSummary& x, const ValueSummary& y) {
    return std::memcmp(&x.mean, &y.mean, 8) == 0 && std::memcmp(&x.standardDeviation, &y.standardDeviation, 8) == 0 &&
           x.finite == y.finite && std::memcmp(&x.min, &y.min, 8) == 0 && std::memcmp(&x.max, &y.max, 8) == 0;
  };
  CHECK(sameBits(a.values, b.values));
  CHECK(a.histogram.counts == b.histogram.counts);
  CHECK(a.distinct == b.distinct);
  REQUIRE(a.channels.size() == b.channels.size());
  size_t same = 0;
  for (size_t c = 0; c < a.channels.size(); ++c) same += sameBits(a.channels[c], b.channels[c]);
  CHECK(same == a.channels.size());
}

}  // namespace

TEST_CASE("float32 statistics follow their definition", "[statistics]") {
  for (const size_t count : {1u, 2u, 15u, 16u, 17u, 4096u, 4097u, 300001u}) {
    const auto values = normalNumbers(count, 0.25f, 2.0f);
    const auto found = statisticsOf(valueOf(ElementType::Float32, {static_cast<int32_t>(count)}, values));
    INFO(count);
    const auto wanted = naive(doubles(values));
    checkSummary(found.values, wanted);
    CHECK(found.histogram.low == wanted.min);
    CHECK(found.histogram.high == wanted.max);
    CHECK(found.histogram.counts == naiveHistogram(doubles(values), wanted.min, wanted.max, 2048));
    const std::set<float> different(values.begin(), values.end());
    CHECK(found.distinct == (different.size() > 65536 ? std::nullopt : std::optional<uint64_t>(different.size())));
  }
}

TEST_CASE("a small deviation beside a large mean is not lost", "[statistics]") {
  const auto values = normalNumbers(200000, 10000.0f, 0.01f);
  checkSummary(statisticsOf(valueOf(ElementType::Float32, {200000}, values)).values, naive(doubles(values)));
  auto outlier = values;
  outlier[0] = -1e30f;
  checkSummary(statisticsOf(valueOf(ElementType::Float32, {200000}, outlier)).values, naive(doubles(outlier)));
}

TEST_CASE("NaN and infinities are counted apart and are in no bin", "[statistics]") {
  auto values = normalNumbers(100000);
  values[0] = NAN;
  values[5000] = INFINITY;
  values[5001] = -INFINITY;
  values[99999] = -NAN;
  values[70000] = 0.0f;
  values[70001] = -0.0f;
  const auto found = statisticsOf(valueOf(ElementType::Float32, {100000}, values));
  checkSummary(found.values, naive(doubles(values)));
  CHECK(found.values.zeros == 2);
  CHECK(found.histogram.total() == found.values.finite);
  CHECK(found.histogram.counts == naiveHistogram(doubles(values), found.values.min, found.values.max, 2048));

  const auto none = statisticsOf(valueOf<float>(ElementType::Float32, {3}, {NAN, INFINITY, NAN}));
  CHECK(none.values.finite == 0);
  CHECK(none.histogram.total() == 0);
  CHECK(none.distinct == 2);
  CHECK(statisticsOf(valueOf<float>(ElementType::Float32, {0, 3}, {})).values.count == 0);
}

TEST_CASE("statistics do not depend on the number of threads", "[statistics]") {
  auto values = normalNumbers(1 << 20);
  values[1234] = NAN;
  for (const std::vector<int32_t>& shape :
       {std::vector<int32_t>{1 << 20}, {64, 1 << 14}, {1 << 15, 32}, {1 << 11, 64, 8}}) {
    for (int axis = -1; axis < static_cast<int>(shape.size()); ++axis) {
      StatisticsOptions options;
      if (axis >= 0) options.channelAxis = axis;
      const auto value = valueOf(ElementType::Float32, shape, values);
      const auto one = statisticsOf(value, options);
      options.threads = 3;
      checkEqual(one, statisticsOf(value, options));
    }
  }
}

TEST_CASE("channel summaries are those of the slices, along any axis", "[statistics]") {
  const std::vector<std::vector<int32_t>> shapes{{3, 5, 7}, {40, 3, 3, 16}, {8, 1000},
                                                 {1000, 8}, {5000, 3, 2},   {2, 1, 40000}};
  for (const auto& shape : shapes) {
    size_t count = 1;
    for (const int32_t d : shape) count *= static_cast<size_t>(d);
    auto values = normalNumbers(count, 1.0f);
    for (size_t i = 0; i < count; i += 13) values[i] = 0;
    if (count > 20000) values[20000] = NAN;
    size_t inner = count;
    for (size_t axis = 0; axis < shape.size(); ++axis) {
      const auto channels = static_cast<size_t>(shape[axis]);
      inner /= channels;
      std::vector<std::vector<double>> slices(channels);
      for (size_t i = 0; i < count; ++i) slices[i / inner % channels].push_back(static_cast<double>(values[i]));
      StatisticsOptions options;
      options.channelAxis = static_cast<int32_t>(axis);
      const auto found = statisticsOf(valueOf(ElementType::Float32, shape, values), options);
      REQUIRE(found.channels.size() == channels);
      CHECK(found.channelAxis == static_cast<int32_t>(axis));
      INFO(shape.size() << " dimensions, axis " << axis);
      for (size_t c = 0; c < channels; c += 1 + channels / 50) checkSummary(found.channels[c], naive(slices[c]));
      checkSummary(found.values, naive(doubles(values)));
    }
  }
}

TEST_CASE("every numeric type is read as real numbers", "[statistics]") {
  auto maximum = [](const TensorValue& value) { return statisticsOf(value).values.max; };
  CHECK(maximum(valueOf<uint16_t>(ElementType::Float16, {2}, {0xbc00, 0x7bff})) == 65504);
  CHECK(maximum(valueOf<uint16_t>(ElementType::BFloat16, {2}, {0xbf80, 0x4049})) == 3.140625);
  CHECK(maximum(valueOf<double>(ElementType::Float64, {2}, {-1, 1e300})) == 1e300);
  CHECK(maximum(valueOf<uint8_t>(ElementType::Float8E4M3FN, {4}, {0x7e, 0x01, 0xff, 0xfe})) == 448);
  CHECK(statisticsOf(valueOf<uint8_t>(ElementType::Float8E4M3FN, {2}, {0x7f, 0x01})).values.min == std::ldexp(1.0, -9));
  CHECK(maximum(valueOf<uint8_t>(ElementType::Float8E5M2, {3}, {0x7b, 0x7c, 0x7f})) == 57344);
  CHECK(maximum(valueOf<int8_t>(ElementType::Int8, {2}, {-128, 127})) == 127);
  CHECK(maximum(valueOf<uint8_t>(ElementType::UInt8, {2}, {0, 255})) == 255);
  CHECK(maximum(valueOf<int16_t>(ElementType::Int16, {2}, {-32768, 32767})) == 32767);
  CHECK(maximum(valueOf<uint16_t>(ElementType::UInt16, {1}, {65535})) == 65535);
  CHECK(maximum(valueOf<int32_t>(ElementType::Int32, {2}, {-1, 2147483647})) == 2147483647.0);
  CHECK(maximum(valueOf<uint32_t>(ElementType::UInt32, {1}, {4294967295u})) == 4294967295.0);
  CHECK(maximum(valueOf<int64_t>(ElementType::Int64, {1}, {int64_t{1} << 52})) == std::ldexp(1.0, 52));
  CHECK(maximum(valueOf<uint64_t>(ElementType::UInt64, {1}, {~uint64_t{0}})) == std::ldexp(1.0, 64));
  CHECK(statisticsOf(valueOf<uint8_t>(ElementType::Bool, {4}, {0, 1, 2, 1})).values.mean == 0.75);
  CHECK(statisticsOf(valueOf<uint8_t>(ElementType::Bool, {4}, {0, 1, 2, 1})).distinct == 2);
  CHECK(maximum(valueOf<float>(ElementType::Complex64, {1}, {3, -4})) == 5);
  CHECK(maximum(valueOf<double>(ElementType::Complex128, {1}, {-3, 4})) == 5);

  const auto int4 = valueOf<uint8_t>(ElementType::Int4, {3}, {0x8f, 0x07});
  CHECK(realValues(int4.view(), nullptr).value() == std::vector<float>{-1, -8, 7});
  CHECK(statisticsOf(int4).values.min == -8);
  CHECK(statisticsOf(int4).distinct == 3);
  CHECK(realValues(valueOf<uint8_t>(ElementType::UInt4, {3}, {0x8f, 0x07}).view(), nullptr).value() ==
        std::vector<float>{15, 8, 7});
  CHECK(realValues(valueOf<uint8_t>(ElementType::Int2, {5}, {0b11100100, 0b01}).view(), nullptr).value() ==
        std::vector<float>{0, 1, -2, -1, 1});
}

TEST_CASE("short codes are summed up as their definition says, whole and per channel, scaled and not", "[statistics]") {
  using enum ElementType;
  std::mt19937 random(3);
  for (const ElementType type :
       {Int2, Int4, UInt4, Int8, UInt8, Bool, Float8E4M3FN, Float8E5M2, Float16, BFloat16, Int16, UInt16}) {
    for (const std::vector<int32_t>& shape : {std::vector<int32_t>{100'001}, {40, 37, 90}, {5, 7, 3, 211}}) {
      int64_t count = 1;
      for (const int32_t dimension : shape) count *= dimension;
      TensorValue value{type, shape, {}};
      value.bytes.resize(static_cast<size_t>(*byteSize(type, count)));
      for (std::byte& byte : value.bytes) byte = static_cast<std::byte>(random() >> 7);
      for (const bool scaled : {false, true}) {
        for (int32_t axis = -1; axis < static_cast<int32_t>(shape.size()); ++axis) {
          if (axis >= 0 && shape[static_cast<size_t>(axis)] > 1000) continue;
          Quantization quantization;
          const size_t channels = axis < 0 ? 1 : static_cast<size_t>(shape[static_cast<size_t>(axis)]);
          for (size_t c = 0; c < channels && scaled; ++c) {
            quantization.scale.push_back(0.25f + static_cast<float>(c) * 0.01f);
            quantization.zeroPoint.push_back(static_cast<int64_t>(c % 2));
          }
          quantization.quantizedDimension = std::max(0, axis);
          StatisticsOptions options;
          options.bins = 100;
          if (axis >= 0) options.channelAxis = axis;
          const auto reader = TensorReader::make(value.view(), &quantization);
          REQUIRE(reader.ok());
          std::vector<double> all(static_cast<size_t>(count));
          reader->read(0, std::span<double>(all));
          INFO(elementTypeName(type) << ", shape " << shapeText(shape) << ", axis " << axis << ", scaled " << scaled);
          const TensorStatistics found = statisticsOf(value, options, &quantization);
          const ValueSummary wanted = naive(all);
          checkSummary(found.values, wanted);
          CHECK(found.histogram.counts == naiveHistogram(all, wanted.min, wanted.max, 100));
          if (axis >= 0) {
            int64_t inner = 1;
            for (size_t d = static_cast<size_t>(axis) + 1; d < shape.size(); ++d) inner *= shape[d];
            std::vector<std::vector<double>> slices(channels);
            for (size_t i = 0; i < all.size(); ++i) {
              slices[i / static_cast<size_t>(inner) % channels].push_back(all[i]);
            }
            REQUIRE(found.channels.size() == channels);
            for (const size_t c : {size_t{0}, channels / 2, channels - 1})
              checkSummary(found.channels[c], naive(slices[c]));
          }
          options.threads = 3;
          checkEqual(found, statisticsOf(value, options, &quantization));
        }
      }
    }
  }
}

TEST_CASE("wide types keep what float32 cannot hold", "[statistics]") {
  std::vector<double> values(70000);
  std::mt19937 random(3);
  for (double& value : values) value = std::ldexp(static_cast<double>(random()), -40) + 1e6;
  values[1] = 0;
  const auto found = statisticsOf(valueOf(ElementType::Float64, {70000}, values));
  checkSummary(found.values, naive(values));
  CHECK(found.histogram.counts == naiveHistogram(values, 0, found.values.max, 2048));
  CHECK_FALSE(found.distinct.has_value());
  const auto huge = statisticsOf(valueOf<double>(ElementType::Float64, {3}, {-1.7e308, 0, 1.7e308}));
  CHECK(huge.histogram.counts[0] == 1);
  CHECK(huge.histogram.counts[1024] == 1);
  CHECK(huge.histogram.counts[2047] == 1);
}

TEST_CASE("a tensor without elements has no channels, whatever its shape says", "[statistics]") {
  StatisticsOptions options;
  options.channelAxis = 0;
  const auto found = statisticsOf(valueOf<float>(ElementType::Float32, {2'000'000'000, 0}, {}), options);
  CHECK(found.values.count == 0);
  CHECK(found.distinct == 0u);
  CHECK(found.channels.empty());
  CHECK(found.channelAxis == -1);
}

TEST_CASE("quantized integers are shown in real units, per channel", "[statistics]") {
  Quantization perTensor;
  perTensor.scale = {0.5f};
  perTensor.zeroPoint = {10};
  const auto int8 = valueOf<int8_t>(ElementType::Int8, {2, 2}, {10, 12, -128, 127});
  CHECK(realValues(int8.view(), &perTensor).value() == std::vector<float>{0, 1, -69, 58.5f});
  CHECK(statisticsOf(int8, {}, &perTensor).values.zeros == 1);
  CHECK(statisticsOf(int8, {}, &perTensor).channels.empty());

  Quantization perChannel;
  perChannel.scale = {1.0f, 0.1f};
  perChannel.zeroPoint = {0, 0};
  perChannel.quantizedDimension = 1;
  const auto found = statisticsOf(int8, {}, &perChannel);
  CHECK(found.channelAxis == 1);
  REQUIRE(found.channels.size() == 2);
  CHECK(found.channels[0].max == 10);
  CHECK(found.channels[1].max == static_cast<double>(0.1f * 127.0f));
  CHECK(realValueAt(int8.view(), &perChannel, 3) == static_cast<double>(0.1f * 127.0f));
  CHECK(std::isnan(realValueAt(int8.view(), &perChannel, 4)));

  const auto bias = valueOf<int32_t>(ElementType::Int32, {2}, {2147483647, -1});
  Quantization scaled;
  scaled.scale = {0.5f};
  scaled.zeroPoint = {0};
  CHECK(statisticsOf(bias, {}, &scaled).values.max == 1073741823.5);

  perChannel.scale.push_back(3);
  perChannel.zeroPoint.push_back(0);
  CHECK(computeStatistics(int8.view(), &perChannel, {}).error().code == ErrorCode::Malformed);
  perChannel.quantizedDimension = 7;
  CHECK(computeStatistics(int8.view(), &perChannel, {}).error().code == ErrorCode::Malformed);
}

TEST_CASE("blockwise scales of a constant are applied", "[statistics]") {
  Model model;
  model.buffers.resize(1);
  model.subgraphs.resize(1);
  auto add = [&](ElementType type, std::vector<int32_t> shape, Buffer buffer) -> Tensor& {
    model.buffers.push_back(std::move(buffer));
    Tensor tensor;
    tensor.name = "w";
    tensor.type = type;
    tensor.shape = std::move(shape);
    tensor.buffer = BufferIndex(model.buffers.size() - 1);
    model.subgraphs[0].tensors.push_back(tensor);
    return model.subgraphs[0].tensors.back();
  };
  add(ElementType::Float16, {2, 2},
      Buffer::fromValues<uint16_t>(std::vector<uint16_t>{0x3c00, 0x4000, 0x3800, 0xbc00}));
  Tensor& weights =
      add(ElementType::Int4, {2, 4}, Buffer::fromValues<uint8_t>(std::vector<uint8_t>{0x11, 0x11, 0x11, 0x71, 0xff}));
  tflite::BlockwiseQuantizationT blockwise;
  blockwise.scales = 0;
  blockwise.zero_points = -1;
  blockwise.block_size = 2;
  auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
  details->Set(blockwise);
  weights.quantization.emplace();
  weights.quantization->details = details;
  const auto reader = TensorReader::constant(model, SubgraphIndex(0), TensorIndex(1));
  REQUIRE(reader.ok());
  std::vector<float> values(8);
  reader->read(0, std::span<float>(values));
  CHECK(values == std::vector<float>{1, 1, 2, 2, 0.5f, 0.5f, -1, -7});
  CHECK(computeConstantStatistics(model, SubgraphIndex(0), TensorIndex(1), {})->values.min == -7);
  details->AsBlockwiseQuantization()->block_size = 3;
  CHECK(computeConstantStatistics(model, SubgraphIndex(0), TensorIndex(1), {}).error().code == ErrorCode::Malformed);
  details->AsBlockwiseQuantization()->scales = 99;
  CHECK(computeConstantStatistics(model, SubgraphIndex(0), TensorIndex(1), {}).error().code == ErrorCode::Malformed);
}

TEST_CASE("string tensors are listed", "[statistics]") {
  const std::vector<std::string> strings{"a", "b", "a", ""};
  TensorValue value{ElementType::String, {4}, packStrings(strings)};
  const auto found = statisticsOf(value);
  CHECK(found.strings == strings);
  CHECK(found.values.count == 4);
  CHECK(found.distinct == 3);
  value.bytes.resize(9);
  CHECK(computeStatistics(value.view(), nullptr, {}).error().code == ErrorCode::Malformed);
}

TEST_CASE("bytes and shape that disagree are an error", "[statistics][untrusted]") {
  auto codeOf = [](ElementType type, std::vector<int32_t> shape, size_t bytes) {
    const TensorValue value{type, std::move(shape), std::vector<std::byte>(bytes)};
    const auto result = computeStatistics(value.view(), nullptr, {});
    REQUIRE_FALSE(result.ok());
    return result.error().code;
  };
  CHECK(codeOf(ElementType::Float32, {2}, 7) == ErrorCode::Malformed);
  CHECK(codeOf(ElementType::Float32, {-1}, 4) == ErrorCode::Malformed);
  CHECK(codeOf(ElementType::Float32, {65536, 65536, 65536, 65536}, 4) == ErrorCode::Malformed);
  CHECK(codeOf(ElementType::Resource, {1}, 4) == ErrorCode::Unsupported);
  const auto value = valueOf<float>(ElementType::Float32, {1}, {1});
  for (const int bins : {0, -5, 65537}) {
    StatisticsOptions options;
    options.bins = bins;
    CHECK(computeStatistics(value.view(), nullptr, options).error().code == ErrorCode::InvalidArgument);
  }
  StatisticsOptions options;
  options.channelAxis = 1;
  CHECK(computeStatistics(value.view(), nullptr, options).error().code == ErrorCode::InvalidArgument);
  options.channelAxis = 0;
  options.bins = 65536;
  CHECK(computeStatistics(value.view(), nullptr, options).ok());
}

TEST_CASE("different values are counted up to the limit", "[statistics]") {
  std::vector<int32_t> values(200000);
  for (size_t i = 0; i < values.size(); ++i) values[i] = static_cast<int32_t>(i % 65536) - 7;
  CHECK(statisticsOf(valueOf(ElementType::Int32, {200000}, values)).distinct == 65536);
  values[100000] = 1 << 20;
  CHECK_FALSE(statisticsOf(valueOf(ElementType::Int32, {200000}, values)).distinct.has_value());
  CHECK(statisticsOf(valueOf<float>(ElementType::Float32, {5}, {0.0f, -0.0f, NAN, -NAN, 1})).distinct == 3);
  CHECK(statisticsOf(valueOf<uint16_t>(ElementType::Float16, {5}, {0, 0x8000, 0x7e00, 0xfe01, 1})).distinct == 3);
}

TEST_CASE("quantiles lie on the curve of the counts", "[statistics]") {
  Histogram histogram{0, 4, {1, 0, 2, 1}};
  CHECK(histogram.total() == 4);
  CHECK(histogram.quantile(0) == 0);
  CHECK(histogram.quantile(0.25) == 1);
  CHECK(histogram.quantile(0.5) == 2.5);
  CHECK(histogram.quantile(0.75) == 3);
  CHECK(histogram.quantile(1) == 4);
  CHECK(Histogram{2, 2, {5}}.quantile(0.3) == 2);
  const auto values = normalNumbers(1 << 18);
  const auto found = statisticsOf(valueOf(ElementType::Float32, {1 << 18}, values));
  auto sorted = values;
  std::sort(sorted.begin(), sorted.end());
  CHECK(found.percentile01 == Approx(sorted[262]).margin(0.01));
  CHECK(found.percentile99_9 == Approx(sorted[sorted.size() - 263]).margin(0.01));
}

TEST_CASE("statistics stop when asked and give pages back", "[statistics]") {
  const auto value = valueOf(ElementType::Float32, {1 << 20}, normalNumbers(1 << 20));
  Progress cancelled;
  cancelled.cancel();
  CHECK(computeStatistics(value.view(), nullptr, {}, &cancelled).error().code == ErrorCode::Cancelled);
  Progress progress;
  StatisticsOptions options;
  size_t released = 0;
  options.release = [&](std::span<const std::byte> bytes) { released += bytes.size(); };
  REQUIRE(computeStatistics(value.view(), nullptr, options, &progress).ok());
  CHECK(progress.state().done == value.bytes.size());
  CHECK(released == value.bytes.size());
}

TEST_CASE("the signal-to-noise ratio is in decibel", "[statistics]") {
  const std::vector<float> a{1, 2, 3}, b{1, 2, 3.1f};
  CHECK(sqnrDecibel(a, b) == Approx(10 * std::log10(14 / 0.01)).epsilon(1e-5));
  CHECK(std::isinf(sqnrDecibel(a, a)));
}
