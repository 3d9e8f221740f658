#include "app/cli/sample_preview.h"

#include <algorithm>
#include <numeric>

#include "app/cli/table.h"
#include "core/evaluation/sample_runner.h"
#include "core/evaluation/scores.h"
#include "core/report/text.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope::cli {

namespace {

constexpr size_t kValuesShown = 8, kClassesShown = 5;

struct Extent {
  double low = 0, high = 0, mean = 0;
};

Extent extentOf(const std::vector<float>& values, size_t first, size_t step) {
  Extent extent;
  size_t count = 0;
  for (size_t i = first; i < values.size(); i += step, ++count) {
    const double v = static_cast<double>(values[i]);
    extent.low = count == 0 ? v : std::min(extent.low, v);
    extent.high = count == 0 ? v : std::max(extent.high, v);
    extent.mean += v;
  }
  if (count > 0) extent.mean /= static_cast<double>(count);
  return extent;
}

Json numbersJson(const std::vector<float>& values, size_t most) {
  Json list = Json::array();
  for (size_t i = 0; i < std::min(most, values.size()); ++i) list.push_back(values[i]);
  return list;
}

std::string firstNumbers(const std::vector<float>& values) {
  std::string text;
  for (size_t i = 0; i < std::min(kValuesShown, values.size()); ++i) {
    text += (i ? ", " : "") + text::compact(static_cast<double>(values[i]), 5);
  }
  return text + (values.size() > kValuesShown ? ", …" : "");
}

/// One row per channel where the last dimension is 1, 3 or 4, else one for all.
Json describeValues(const std::string& what, const TensorView& view, const Quantization* quantization, Table& table) {
  const auto values = realValues(view, quantization);
  Json json{{"type", elementTypeName(view.type)},
            {"shape", std::vector<int32_t>(view.shape.begin(), view.shape.end())}};
  if (!values) return json;
  const size_t last = view.shape.empty() ? 1 : static_cast<size_t>(view.shape.back());
  const size_t channels = view.shape.size() >= 3 && (last == 3 || last == 4) ? last : 1;
  Json rows = Json::array();
  for (size_t c = 0; c < channels; ++c) {
    const Extent extent = extentOf(*values, c, channels);
    const std::string kind = std::string(elementTypeName(view.type)) + " " + shapeText(view.shape);
    table.addRow({c == 0 ? what : "", c == 0 ? kind : "", channels == 1 ? "" : std::to_string(c),
                  text::compact(extent.low, 5), text::compact(extent.high, 5), text::compact(extent.mean, 5),
                  c == 0 ? firstNumbers(*values) : ""});
    rows.push_back({{"min", extent.low}, {"max", extent.high}, {"mean", extent.mean}});
  }
  json["channels"] = std::move(rows);
  json["first_values"] = numbersJson(*values, kValuesShown);
  return json;
}

std::string bestClasses(const Dataset& dataset, const ScoreReader& reader, const TensorView& output, Json& json) {
  const auto scores = reader.real(output);
  const auto probabilities = reader.probabilities(scores);
  std::vector<size_t> order(scores.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return scores[a] > scores[b]; });
  Table table({{"class", Align::Right}, {"name"}, {"score", Align::Right}, {"probability", Align::Right}});
  json = Json::array();
  for (size_t i = 0; i < std::min(kClassesShown, order.size()); ++i) {
    const size_t c = order[i];
    const std::string name = c < dataset.classNames().size() ? dataset.classNames()[c] : "";
    table.addRow(
        {std::to_string(c), name, text::compact(static_cast<double>(scores[c]), 5), text::percent(probabilities[c])});
    json.push_back({{"class", c}, {"name", name}, {"score", scores[c]}, {"probability", probabilities[c]}});
  }
  return table.text();
}

}  // namespace

Result<int> previewSample(const std::string& path, const DataArguments& data, size_t index, KernelSet kernels,
                          Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(path, &console.progress()));
  QS_ASSIGN(const auto dataset, openData(data, *loaded->model));
  notePreprocessing(*dataset, console);
  if (index >= dataset->size()) {
    return Error{ErrorCode::NotFound, "there is no such sample", std::to_string(index),
                 "the data has " + std::to_string(dataset->size()) + ", counted from 0", ""};
  }
  InterpreterOptions interpreter;
  interpreter.kernels = kernels;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(loaded->model, interpreter));
  Session session(prepared);
  QS_ASSIGN(const Sample sample, dataset->load(index));
  const auto inputs = preparedInputs(*prepared);
  QS_TRY(runSample(session, inputs, sample, console.progress()));

  Table table({{"value"},
               {"kind"},
               {"channel", Align::Right},
               {"min", Align::Right},
               {"max", Align::Right},
               {"mean", Align::Right},
               {"first values"}});
  Json inputsJson = Json::array(), outputsJson = Json::array();
  for (size_t i = 0; i < inputs.size(); ++i) {
    const std::string name = inputs.size() == 1 ? "input" : "input " + inputs[i].name;
    Json given = describeValues(name + " prepared", sample.inputs[i].view(), nullptr, table);
    // The raw numbers that the model receives, not their real values.
    Json received = describeValues(name + " received", session.input(i), nullptr, table);
    inputsJson.push_back({{"name", inputs[i].name}, {"prepared", std::move(given)}, {"received", std::move(received)}});
  }
  const Subgraph& graph = prepared->subgraph();
  for (size_t i = 0; i < session.outputCount(); ++i) {
    const Tensor& tensor = graph.tensor(graph.outputs[i]);
    const std::string name = session.outputCount() == 1 ? "output" : "output " + tensor.name;
    Json json{{"name", tensor.name}, {"raw", describeValues(name + " raw", session.output(i), nullptr, table)}};
    if (tensor.quantization && tensor.quantization->quantized()) {
      json["real"] = describeValues(name + " real", session.output(i), &*tensor.quantization, table);
    }
    outputsJson.push_back(std::move(json));
  }
  const auto file = dataset->picturePath(index);
  std::string text =
      "sample " + std::to_string(index) + ": " + sample.name + (file.empty() ? "" : " (" + file.string() + ")") + "\n";
  if (sample.label) text += "label " + std::to_string(*sample.label) + "\n";
  text += table.text();
  Json best;
  const auto reader = ScoreReader::create(*prepared);
  if (reader) text += "\n" + bestClasses(*dataset, *reader, session.output(0), best);
  console.print(text);
  console.result({{"sample", index},
                  {"name", sample.name},
                  {"file", file.string()},
                  {"label", sample.label ? Json(*sample.label) : Json()},
                  {"inputs", std::move(inputsJson)},
                  {"outputs", std::move(outputsJson)},
                  {"best", std::move(best)},
                  {"preprocessing", toJson(dataset->preprocessing())}});
  return 0;
}

}  // namespace quantscope::cli
