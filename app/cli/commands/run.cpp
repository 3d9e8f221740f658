#include <cmath>

#include "app/cli/arguments.h"
#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/base/checked.h"
#include "core/data/npz.h"
#include "core/report/text.h"
#include "core/runtime/interpreter.h"
#include "core/statistics/tensor_statistics.h"

namespace quantscope::cli {

namespace {

/// Values of larger outputs are for --outputs.
constexpr int64_t kMostValuesShown = 1000;

struct Options {
  std::string model, inputs, outputs, kernels = "fast";
  bool allTensors = false, force = false;
  uint64_t seed = 1;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
  command.add_option("--inputs", options.inputs,
                     ".npz with input_0, input_1, ... or the inputs' names (default: random)");
  command.add_option("--outputs", options.outputs, "Write output_0, output_1, ... to this .npz");
  command.add_flag("--all-tensors", options.allTensors, "Write every tensor that holds data, too, as tensor_<index>");
  command.add_option("--seed", options.seed, "Of random inputs")->capture_default_str();
  command.add_flag("--force", options.force, "Replace files that exist");
  declareKernels(command, options.kernels);
}

/// Names under which an input may stand in a file: its place, its name in a signature, its tensor's name.
std::vector<std::string> namesOf(const Model& model, size_t position) {
  const Subgraph& subgraph = model.subgraphs[0];
  const TensorIndex tensor = subgraph.inputs[position];
  std::vector<std::string> names{"input_" + std::to_string(position)};
  for (const Signature& signature : model.signatures) {
    if (signature.subgraphIndex != 0) continue;
    for (const SignatureMapping& mapping : signature.inputs) {
      if (mapping.tensor == tensor) names.push_back(mapping.name);
    }
  }
  names.push_back(subgraph.tensor(tensor).name);
  return names;
}

Result<NpyArray> readInput(NpzFile& file, const std::string& path, const Model& model, size_t position) {
  const auto names = namesOf(model, position);
  for (const std::string& name : names) {
    if (file.contains(name)) return file.array(name);
  }
  std::string wanted, found;
  for (const std::string& name : names) wanted += (wanted.empty() ? "'" : " or '") + name + "'";
  for (const std::string& name : file.names()) found += (found.empty() ? "" : ", ") + name;
  return Error{ErrorCode::InvalidArgument, "an input is missing", path, "it has no array " + wanted + ", only " + found,
               "add it to the file"};
}

/// Type as in the model, shape as in the model but where its signature leaves a dimension open.
Result<void> checkInput(const NpyArray& array, const Tensor& tensor) {
  const std::string found = std::string(elementTypeName(array.type)) + " " + shapeText(array.shape);
  const auto& open = tensor.shapeSignature;
  const std::string wanted =
      std::string(elementTypeName(tensor.type)) + " " + shapeText(open.empty() ? tensor.shape : open);
  bool fits = array.type == tensor.type && array.shape.size() == tensor.shape.size();
  for (size_t d = 0; fits && d < array.shape.size(); ++d) {
    const bool isOpen = open.size() == tensor.shape.size() && open[d] == -1;
    fits = isOpen || array.shape[d] == tensor.shape[d];
  }
  if (fits) return {};
  return Error{ErrorCode::InvalidArgument, "the input does not fit the model", "input '" + tensor.name + "'",
               "the array is " + found + ", the model takes " + wanted, ""};
}

/// The arrays for all graph inputs, from the file. Nothing without --inputs.
Result<std::vector<NpyArray>> readInputs(const Options& options, const Model& model) {
  std::vector<NpyArray> arrays;
  if (options.inputs.empty()) return arrays;
  QS_ASSIGN(NpzFile file, NpzFile::open(options.inputs));
  const Subgraph& subgraph = model.subgraphs[0];
  for (size_t i = 0; i < subgraph.inputs.size(); ++i) {
    QS_ASSIGN(NpyArray array, readInput(file, options.inputs, model, i));
    QS_TRY(checkInput(array, subgraph.tensor(subgraph.inputs[i])));
    arrays.push_back(std::move(array));
  }
  return arrays;
}

Result<void> writeOutputs(const Options& options, const Session& session, const Subgraph& subgraph, IfExists ifExists) {
  QS_ASSIGN(NpzWriter writer, NpzWriter::create(options.outputs, ifExists));
  for (size_t i = 0; i < session.outputCount(); ++i) {
    QS_TRY(writer.add("output_" + std::to_string(i), session.output(i)));
  }
  for (size_t t = 0; options.allTensors && t < subgraph.tensors.size(); ++t) {
    const ElementType type = subgraph.tensors[t].type;
    if (type == ElementType::Resource || type == ElementType::Variant) continue;
    if (const auto values = session.tensor(TensorIndex(t))) QS_TRY(writer.add("tensor_" + std::to_string(t), *values));
  }
  return writer.finish();
}

/// The raw values of an output, where they are few.
Json rawValues(const TensorView& view) {
  const int64_t count = checkedElementCount(view.shape).value_or(0);
  if (count > kMostValuesShown || bitsPerElement(view.type) == 0) return Json();
  Json values = Json::array();
  for (int64_t i = 0; i < count; ++i) {
    const double value = realValueAt(view, nullptr, i);
    if (isFloat(view.type)) {
      values.push_back(value);
    } else {
      values.push_back(static_cast<int64_t>(value));
    }
  }
  return values;
}

Result<int> run(const Options& options, Console& console) {
  const IfExists ifExists = options.force ? IfExists::Replace : IfExists::Refuse;
  if (options.allTensors && options.outputs.empty()) {
    return console.usageError("run", "--all-tensors needs --outputs FILE");
  }
  if (!options.outputs.empty()) QS_TRY(checkOutput(options.outputs, ifExists));
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  QS_ASSIGN(const auto arrays, readInputs(options, *loaded->model));
  InterpreterOptions wanted;
  wanted.kernels = kernelSet(options.kernels);
  wanted.threads = console.threads();
  wanted.preserveAllTensors = options.allTensors;
  for (const NpyArray& array : arrays) wanted.inputShapes.push_back(array.shape);
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(loaded->model, wanted));
  Session session(prepared);
  const auto random = arrays.empty() ? randomInputs(*prepared, options.seed) : std::vector<TensorValue>{};
  for (size_t i = 0; i < session.inputCount(); ++i) {
    QS_TRY(session.setInput(i, arrays.empty() ? random[i].view() : arrays[i].view()));
  }
  QS_TRY(session.run(&console.progress()));

  const Subgraph& subgraph = prepared->subgraph();
  if (!options.outputs.empty()) QS_TRY(writeOutputs(options, session, subgraph, ifExists));
  Table table({{"output"},
               {"type"},
               {"shape"},
               {"min", Align::Right},
               {"max", Align::Right},
               {"mean", Align::Right},
               {"name"}});
  Json outputs = Json::array();
  for (size_t i = 0; i < session.outputCount(); ++i) {
    const TensorView view = session.output(i);
    const Tensor& tensor = subgraph.tensor(subgraph.outputs[i]);
    const auto statistics = computeStatistics(view, nullptr, {}, nullptr);
    auto value = [&](double ValueSummary::*field) { return statistics ? statistics->values.*field : std::nan(""); };
    table.addRow({"output_" + std::to_string(i), std::string(elementTypeName(view.type)), shapeText(view.shape),
                  text::compact(value(&ValueSummary::min), 6), text::compact(value(&ValueSummary::max), 6),
                  text::compact(value(&ValueSummary::mean), 6), tensor.name});
    outputs.push_back({{"tensor", subgraph.outputs[i].value},
                       {"name", tensor.name},
                       {"type", elementTypeName(view.type)},
                       {"shape", std::vector<int32_t>(view.shape.begin(), view.shape.end())},
                       {"min", value(&ValueSummary::min)},
                       {"max", value(&ValueSummary::max)},
                       {"mean", value(&ValueSummary::mean)},
                       {"values", rawValues(view)}});
  }
  console.print(table.text());
  console.result(
      {{"model", options.model},
       {"kernels", options.kernels},
       {"inputs", options.inputs.empty() ? Json("random, seed " + std::to_string(options.seed)) : Json(options.inputs)},
       {"out", options.outputs.empty() ? Json() : Json(options.outputs)},
       {"outputs", std::move(outputs)}});
  return 0;
}

}  // namespace

void addRun(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "run", "Execute a model once, on raw values of its tensors' types", declare, run);
}

}  // namespace quantscope::cli
