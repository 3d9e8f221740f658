#include <algorithm>

#include "app/cli/command.h"
#include "app/cli/tensor_choice.h"
#include "core/base/checked.h"
#include "core/pipeline/pipeline.h"
#include "core/report/text.h"
#include "core/statistics/real_values.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, tensor;
  int bins = 40;
  std::optional<int> channel;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  command.add_option("--tensor", options.tensor, "Name of the tensor, or # and its number")->required();
  command.add_option("--bins", options.bins, "Number of bins")->check(CLI::Range(1, 65536))->capture_default_str();
  command.add_option("--channel", options.channel, "Only this slice along the tensor's channel axis")
      ->check(CLI::NonNegativeNumber);
}

/// Real values of one slice along `axis`.
Result<std::vector<float>> channelValues(const Model& model, TensorIndex index, int32_t axis, int channel) {
  const Tensor& tensor = model.subgraphs[0].tensor(index);
  const Error unfit{ErrorCode::InvalidArgument, "there is no such channel", "tensor '" + tensor.name + "'", "", ""};
  if (axis < 0 || static_cast<size_t>(axis) >= tensor.shape.size()) {
    Error error = unfit;
    error.why = "it has no channel axis";
    error.remedy = "leave --channel out";
    return error;
  }
  const int32_t channels = tensor.shape[static_cast<size_t>(axis)];
  if (channel >= channels) {
    Error error = unfit;
    error.why = "channels go from 0 to " + std::to_string(channels - 1);
    return error;
  }
  QS_ASSIGN(const TensorReader reader, TensorReader::constant(model, SubgraphIndex{0}, index));
  const auto shape = std::span(tensor.shape);
  const int64_t inner = checkedElementCount(shape.subspan(static_cast<size_t>(axis) + 1)).value_or(0);
  const int64_t outer = checkedElementCount(shape.first(static_cast<size_t>(axis))).value_or(0);
  // Their product is a part of the tensor's own count, which the reader has checked.
  std::vector<float> values(static_cast<size_t>(outer * inner));
  for (int64_t o = 0; o < outer; ++o) {
    reader.read((o * channels + channel) * inner,
                std::span(values).subspan(static_cast<size_t>(o * inner), static_cast<size_t>(inner)));
  }
  return values;
}

int32_t channelAxis(const Model& model, TensorIndex index) {
  const Tensor& tensor = model.subgraphs[0].tensor(index);
  if (tensor.quantized() && tensor.quantization->perChannel()) return tensor.quantization->quantizedDimension;
  return weightChannelAxis(model, SubgraphIndex{0}, index);
}

std::string picture(const Histogram& histogram) {
  constexpr size_t kWidth = 60;
  const uint64_t most =
      histogram.counts.empty() ? 0 : *std::max_element(histogram.counts.begin(), histogram.counts.end());
  std::string result;
  for (size_t i = 0; i < histogram.counts.size(); ++i) {
    auto edge = [&](size_t k) {
      const std::string shown = text::compact(histogram.low + static_cast<double>(k) * histogram.binWidth(), 5);
      return std::string(12 - std::min<size_t>(12, text::width(shown)), ' ') + shown;
    };
    const uint64_t count = histogram.counts[i];
    // A bin that holds anything shows at least one mark.
    const size_t marks =
        most == 0 || count == 0
            ? 0
            : std::max<size_t>(1, static_cast<size_t>(static_cast<double>(count) * kWidth / static_cast<double>(most)));
    result += edge(i) + " …" + edge(i + 1) + "  " + std::string(marks, '#') + (marks ? " " : "") +
              text::count(static_cast<int64_t>(count)) + "\n";
  }
  return result;
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const Model& model = *loaded->model;
  QS_ASSIGN(const TensorIndex index, findTensor(model, options.tensor));
  const Tensor& tensor = model.subgraphs[0].tensor(index);
  StatisticsOptions wanted;
  wanted.bins = options.bins;
  wanted.threads = console.threads();
  if (loaded->source.file)
    wanted.release = [&loaded](std::span<const std::byte> range) { loaded->source.file->release(range); };
  TensorStatistics statistics;
  console.progress().begin("Reading the tensor", constantBytes(model, tensor).size(), "bytes");
  if (options.channel) {
    if (!isConstant(model, tensor)) {
      return Error{ErrorCode::InvalidArgument, "the tensor has no values", tensor.name, "it is not constant",
                   "run the model to see its values"};
    }
    QS_ASSIGN(const auto values, channelValues(model, index, channelAxis(model, index), *options.channel));
    const std::vector<int32_t> shape{static_cast<int32_t>(values.size())};
    const TensorView view{ElementType::Float32, shape, std::as_bytes(std::span(values))};
    QS_ASSIGN(statistics, computeStatistics(view, nullptr, wanted, &console.progress()));
  } else {
    QS_ASSIGN(statistics, computeConstantStatistics(model, SubgraphIndex{0}, index, wanted, &console.progress()));
  }
  const ValueSummary& s = statistics.values;
  console.print("#" + std::to_string(index.value) + " " + tensor.name + "  " +
                std::string(elementTypeName(tensor.type)) + "  " + shapeText(tensor.shape) +
                (options.channel ? ", channel " + std::to_string(*options.channel) : "") + "\n" +
                text::count(static_cast<int64_t>(s.count)) + " values, min " + text::compact(s.min) + ", max " +
                text::compact(s.max) + ", mean " + text::compact(s.mean) + ", std " +
                text::compact(s.standardDeviation) + ", zeros " + text::count(static_cast<int64_t>(s.zeros)) +
                (s.nan + s.infinite ? ", not finite " + text::count(static_cast<int64_t>(s.nan + s.infinite)) : "") +
                "\n" + picture(statistics.histogram));
  console.result({{"index", index.value},
                  {"name", tensor.name},
                  {"channel", options.channel ? Json(*options.channel) : Json()},
                  {"low", statistics.histogram.low},
                  {"high", statistics.histogram.high},
                  {"counts", statistics.histogram.counts},
                  {"count", s.count},
                  {"min", s.min},
                  {"max", s.max},
                  {"mean", s.mean},
                  {"std", s.standardDeviation},
                  {"zeros", s.zeros},
                  {"nan", s.nan},
                  {"infinite", s.infinite},
                  {"percentile_0_1", statistics.percentile01},
                  {"percentile_99_9", statistics.percentile99_9}});
  return 0;
}

}  // namespace

void addHistogram(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "histogram", "Distribution of a constant tensor's values", declare, run);
}

}  // namespace quantscope::cli
