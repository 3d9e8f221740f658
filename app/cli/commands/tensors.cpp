#include <cmath>
#include <regex>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/report/text.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model, filter, csv;
  bool force = false;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  command.add_option("--filter", options.filter, "Only tensors whose name has a match of this regular expression");
  command.add_option("--csv", options.csv, "Write the table to this file, too");
  command.add_flag("--force", options.force, "Replace files that exist");
}

/// What is shown of a tensor and, where it is constant, of its statistics. There may be very many.
struct Row {
  size_t subgraph = 0, index = 0;
  const Tensor* tensor = nullptr;
  int64_t bytes = 0;
  std::unique_ptr<TensorStatistics> statistics;
  std::optional<double> sqnr;
};

struct Rows {
  std::shared_ptr<const LoadedModel> loaded;  ///< whose tensors they are
  std::vector<Row> rows;
  bool severalSubgraphs() const { return loaded->model->subgraphs.size() > 1; }
};

/// Signal to rounding noise of a quantized constant, in dB: rounding alone has the variance scale^2 / 12.
std::optional<double> roundingSqnr(const Tensor& tensor, const TensorStatistics& statistics) {
  if (!tensor.quantized() || statistics.values.finite == 0) return std::nullopt;
  double noise = 0;
  for (const float scale : tensor.quantization->scale)
    noise += static_cast<double>(scale) * static_cast<double>(scale) / 12;
  noise /= static_cast<double>(tensor.quantization->scale.size());
  const double mean = statistics.values.mean, deviation = statistics.values.standardDeviation;
  const double signal = mean * mean + deviation * deviation;
  if (!(noise > 0) || !(signal > 0)) return std::nullopt;
  return 10 * std::log10(signal / noise);
}

// The default matcher backtracks on the stack, which a long name overflows; this one takes time proportional to pattern
// times name. Names are compared as far as anybody reads them.
#ifdef __GLIBCXX__
constexpr auto kFilterSyntax =
    std::regex_constants::ECMAScript | std::regex_constants::nosubs | std::regex_constants::__polynomial;
#else
constexpr auto kFilterSyntax = std::regex_constants::ECMAScript | std::regex_constants::nosubs;
#endif
constexpr size_t kComparedName = 4096;

bool matches(const std::string& name, const std::regex& filter) {
  const std::string_view compared = std::string_view(name).substr(0, kComparedName);
  return std::regex_search(compared.begin(), compared.end(), filter);
}

Result<std::vector<Row>> collectRows(const LoadedModel& loaded, const std::optional<std::regex>& filter,
                                     Console& console) {
  const Model& model = *loaded.model;
  std::vector<Row> rows;
  uint64_t bytes = 0;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      if (!filter || matches(tensor.name, *filter)) bytes += constantBytes(model, tensor).size();
    }
  }
  console.progress().begin("Reading tensors", bytes, "bytes");
  StatisticsOptions options;
  options.threads = console.threads();
  if (loaded.source.file)
    options.release = [&loaded](std::span<const std::byte> range) { loaded.source.file->release(range); };
  for (size_t s = 0; s < model.subgraphs.size(); ++s) {
    const Subgraph& subgraph = model.subgraphs[s];
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      if (!console.progress().goOn()) return Error::cancelled();
      const Tensor& tensor = subgraph.tensors[i];
      if (filter && !matches(tensor.name, *filter)) continue;
      Row row{s, i, &tensor, static_cast<int64_t>(constantBytes(model, tensor).size()), {}, {}};
      if (isConstant(model, tensor)) {
        auto statistics =
            computeConstantStatistics(model, SubgraphIndex(s), TensorIndex(i), options, &console.progress());
        if (!statistics && statistics.error().code == ErrorCode::Cancelled) return statistics.error();
        if (statistics) {
          row.sqnr = roundingSqnr(tensor, *statistics);
          statistics->histogram = {};
          statistics->channels = {};
          row.statistics = std::make_unique<TensorStatistics>(std::move(*statistics));
        } else {
          console.note("note: tensor " + std::to_string(i) + " '" + tensor.name + "': " + statistics.error().why);
        }
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

Json rowJson(const Row& row) {
  const Tensor& tensor = *row.tensor;
  Json json{{"index", row.index},
            {"subgraph", row.subgraph},
            {"name", tensor.name},
            {"shape", tensor.shape},
            {"type", elementTypeName(tensor.type)},
            {"scale", tensor.quantization ? tensor.quantization->scale : std::vector<float>{}},
            {"zero_point", tensor.quantization ? tensor.quantization->zeroPoint : std::vector<int64_t>{}}};
  if (!tensor.shapeSignature.empty()) json["shape_signature"] = tensor.shapeSignature;
  if (tensor.quantized()) json["quantized_dimension"] = tensor.quantization->quantizedDimension;
  const auto& s = row.statistics;
  json["min"] = s ? Json(s->values.min) : Json();
  json["max"] = s ? Json(s->values.max) : Json();
  json["mean"] = s ? Json(s->values.mean) : Json();
  json["std"] = s ? Json(s->values.standardDeviation) : Json();
  json["zeros"] = s ? Json(s->values.zeros) : Json();
  json["bytes"] = row.bytes;
  json["unique"] = s && s->distinct ? Json(*s->distinct) : Json();
  json["nan"] = s ? Json(s->values.nan) : Json();
  json["infinite"] = s ? Json(s->values.infinite) : Json();
  json["percentile_0_1"] = s ? Json(s->percentile01) : Json();
  json["percentile_99_9"] = s ? Json(s->percentile99_9) : Json();
  if (s && !s->strings.empty()) json["strings"] = s->strings;
  json["sqnr"] = row.sqnr ? Json(*row.sqnr) : Json();
  json["constant"] = s != nullptr || row.bytes > 0;
  return json;
}

std::string scaleText(const Tensor& tensor) {
  if (!tensor.quantized()) return "";
  const auto& scale = tensor.quantization->scale;
  if (scale.size() > 1)
    return std::to_string(scale.size()) + " scales, axis " + std::to_string(tensor.quantization->quantizedDimension);
  return text::compact(static_cast<double>(scale[0]), 6);
}

std::string zeroPointText(const Tensor& tensor) {
  if (!tensor.quantized() || tensor.quantization->perChannel() || tensor.quantization->zeroPoint.empty()) return "";
  return std::to_string(tensor.quantization->zeroPoint[0]);
}

const std::vector<Table::Column> kColumns{{"#", Align::Right},
                                          {"name"},
                                          {"type"},
                                          {"shape"},
                                          {"scale", Align::Right},
                                          {"zero", Align::Right},
                                          {"min", Align::Right},
                                          {"max", Align::Right},
                                          {"mean", Align::Right},
                                          {"std", Align::Right},
                                          {"zeros", Align::Right},
                                          {"unique", Align::Right},
                                          {"SQNR", Align::Right},
                                          {"bytes", Align::Right}};

std::vector<std::string> cells(const Row& row, bool severalSubgraphs, bool full) {
  const Tensor& tensor = *row.tensor;
  const auto& s = row.statistics;
  auto number = [&](double value) { return full ? text::compact(value, 9) : text::compact(value, 4); };
  auto counted = [&](uint64_t value) {
    return full ? std::to_string(value) : text::count(static_cast<int64_t>(value));
  };
  return {(severalSubgraphs ? std::to_string(row.subgraph) + ":" : "") + std::to_string(row.index),
          full ? tensor.name : text::shorten(tensor.name, 48),
          std::string(elementTypeName(tensor.type)),
          shapeText(tensor.shapeSignature.empty() ? tensor.shape : tensor.shapeSignature),
          scaleText(tensor),
          zeroPointText(tensor),
          s ? number(s->values.min) : "",
          s ? number(s->values.max) : "",
          s ? number(s->values.mean) : "",
          s ? number(s->values.standardDeviation) : "",
          s ? counted(s->values.zeros) : "",
          s ? (s->distinct ? counted(*s->distinct) : "> 65,536") : "",
          row.sqnr ? text::fixed(*row.sqnr, 1) + (full ? "" : " dB") : "",
          row.bytes > 0 ? counted(static_cast<uint64_t>(row.bytes)) : ""};
}

std::string csvOf(const std::vector<Row>& rows, bool severalSubgraphs) {
  std::string csv;
  auto addLine = [&](const std::vector<std::string>& fields) {
    for (size_t i = 0; i < fields.size(); ++i) csv += (i > 0 ? "," : "") + text::csvField(fields[i]);
    csv += "\n";
  };
  std::vector<std::string> titles;
  for (const Table::Column& column : kColumns) titles.push_back(column.title);
  addLine(titles);
  for (const Row& row : rows) addLine(cells(row, severalSubgraphs, true));
  return csv;
}

Result<int> run(const Options& options, Console& console) {
  std::optional<std::regex> filter;
  if (!options.filter.empty()) {
    try {
      filter.emplace(options.filter, kFilterSyntax);
    } catch (const std::regex_error& problem) {
      return console.usageError("tensors", "'" + options.filter + "' is no regular expression: " + problem.what());
    }
  }
  const IfExists ifExists = options.force ? IfExists::Replace : IfExists::Refuse;
  if (!options.csv.empty()) QS_TRY(checkOutput(options.csv, ifExists));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(auto collected, collectRows(*loaded, filter, console));
  const auto all = std::make_shared<const Rows>(Rows{loaded, std::move(collected)});
  if (!options.csv.empty()) {
    QS_TRY(writeFileAtomically(options.csv, csvOf(all->rows, all->severalSubgraphs()), ifExists));
  }
  console.print([all](const TextSink& sink) {
    auto row = [&all](size_t i) { return cells(all->rows[i], all->severalSubgraphs(), false); };
    Table::write(kColumns, all->rows.size(), row, sink);
  });
  console.result([all](JsonWriter& writer) {
    writer.beginArray();
    for (const Row& row : all->rows) writer.value(rowJson(row));
    writer.end();
  });
  return 0;
}

}  // namespace

void addTensors(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "tensors", "Shape, type, quantization and statistics of every tensor", declare, run);
}

}  // namespace quantscope::cli
