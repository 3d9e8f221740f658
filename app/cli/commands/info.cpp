#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/io/metadata.h"
#include "core/pipeline/pipeline.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string model;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("model", options.model, "The .tflite file")->required();
}

Json indices(const std::vector<TensorIndex>& list) {
  Json json = Json::array();
  for (const TensorIndex index : list) json.push_back(index.value);
  return json;
}

Json mappings(const std::vector<SignatureMapping>& list) {
  Json json = Json::array();
  for (const SignatureMapping& mapping : list)
    json.push_back({{"name", mapping.name}, {"tensor", mapping.tensor.value}});
  return json;
}

Json subgraphJson(const Model& model, size_t index, const ModelSummary& summary) {
  const Subgraph& subgraph = model.subgraphs[index];
  Json operators = Json::array();
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const Operator& op = subgraph.operators[i];
    Json row{{"index", i},
             {"op", operatorName(model, op)},
             {"version", model.operatorCode(op).version},
             {"inputs", indices(op.inputs)},
             {"outputs", indices(op.outputs)},
             {"precision", precisionName(effectivePrecision(model, SubgraphIndex(index), op))}};
    if (index == 0) {
      row["macs"] = summary.operatorMacs[i];
      row["parameters"] = summary.operatorParameters[i];
    }
    operators.push_back(std::move(row));
  }
  return {{"name", subgraph.name},
          {"operators", std::move(operators)},
          {"tensors", subgraph.tensors.size()},
          {"inputs", indices(subgraph.inputs)},
          {"outputs", indices(subgraph.outputs)}};
}

Json document(const LoadedModel& loaded, const ModelSummary& summary, const ModelMetadata& card) {
  const Model& model = *loaded.model;
  Json subgraphs = Json::array(), signatures = Json::array(), metadata = Json::array();
  for (size_t i = 0; i < model.subgraphs.size(); ++i) subgraphs.push_back(subgraphJson(model, i, summary));
  for (const Signature& signature : model.signatures) {
    signatures.push_back({{"key", signature.key},
                          {"subgraph", signature.subgraphIndex},
                          {"inputs", mappings(signature.inputs)},
                          {"outputs", mappings(signature.outputs)}});
  }
  for (const MetadataEntry& entry : model.metadata) {
    const bool there = entry.buffer.valid() && entry.buffer.position() < model.buffers.size();
    metadata.push_back({{"name", entry.name}, {"bytes", there ? model.buffer(entry.buffer).bytes.size() : 0}});
  }
  return {{"path", loaded.path.string()},
          {"bytes", loaded.fileBytes},
          {"description", model.description},
          {"subgraphs", std::move(subgraphs)},
          {"parameters", summary.parameters},
          {"macs", summary.macs},
          {"constant_bytes", summary.constantBytes},
          {"signatures", std::move(signatures)},
          {"metadata", std::move(metadata)},
          {"card",
           {{"name", card.name},
            {"description", card.description},
            {"version", card.version},
            {"author", card.author},
            {"license", card.license},
            {"minimum_runtime", card.minimumRuntime}}},
          {"notices", model.notices}};
}

std::string tensorText(const Subgraph& subgraph, TensorIndex index) {
  const Tensor& tensor = subgraph.tensor(index);
  std::string text = "#" + std::to_string(index.value) + " " + tensor.name + "  " +
                     std::string(elementTypeName(tensor.type)) + "  " +
                     shapeText(tensor.shapeSignature.empty() ? tensor.shape : tensor.shapeSignature);
  if (tensor.quantized() && !tensor.quantization->perChannel()) {
    text += "  scale " + text::compact(static_cast<double>(tensor.quantization->scale[0]), 6) + ", zero point " +
            std::to_string(tensor.quantization->zeroPoint.empty() ? 0 : tensor.quantization->zeroPoint[0]);
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> headLines(const LoadedModel& loaded, const ModelSummary& summary,
                                                           const ModelMetadata& card) {
  const Model& model = *loaded.model;
  const Subgraph& subgraph = model.subgraphs[0];
  std::vector<std::pair<std::string, std::string>> lines{
      {"size", text::count(loaded.fileBytes) + " bytes, of them constants " + text::count(summary.constantBytes)},
      {"parameters", text::count(summary.parameters)},
      {"MACs", text::count(summary.macs)}};
  if (!card.name.empty()) lines.emplace_back("name", card.name);
  if (!card.version.empty()) lines.emplace_back("version", card.version);
  if (!card.author.empty()) lines.emplace_back("author", card.author);
  if (!card.license.empty()) lines.emplace_back("license", card.license);
  if (!model.description.empty()) lines.emplace_back("description", model.description);
  if (!card.minimumRuntime.empty()) lines.emplace_back("runtime", card.minimumRuntime + " or later");
  for (const TensorIndex input : subgraph.inputs) lines.emplace_back("input", tensorText(subgraph, input));
  for (const TensorIndex output : subgraph.outputs) lines.emplace_back("output", tensorText(subgraph, output));
  for (const Signature& signature : model.signatures) {
    std::string names;
    for (const SignatureMapping& mapping : signature.inputs) names += (names.empty() ? "" : ", ") + mapping.name;
    names += " →";
    for (const SignatureMapping& mapping : signature.outputs) names += " " + mapping.name;
    lines.emplace_back("signature", signature.key + ": " + names);
  }
  for (const MetadataEntry& entry : model.metadata) lines.emplace_back("metadata", entry.name);
  for (const std::string& notice : model.notices) lines.emplace_back("notice", notice);
  return lines;
}

std::string operatorTable(const Model& model, size_t index, const ModelSummary& summary) {
  const Subgraph& subgraph = model.subgraphs[index];
  Table table({{"#", Align::Right},
               {"operator"},
               {"version", Align::Right},
               {"precision"},
               {"result"},
               {"parameters", Align::Right},
               {"MACs", Align::Right},
               {"name"}});
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const Operator& op = subgraph.operators[i];
    const Tensor* result = op.output(0).valid() ? &subgraph.tensor(op.output(0)) : nullptr;
    auto counted = [&](const std::vector<int64_t>& list) {
      return index == 0 && list[i] > 0 ? text::count(list[i]) : std::string();
    };
    table.addRow({std::to_string(i), operatorName(model, op), std::to_string(model.operatorCode(op).version),
                  std::string(precisionLabel(effectivePrecision(model, SubgraphIndex(index), op))),
                  result ? shapeText(result->shape) : "", counted(summary.operatorParameters),
                  counted(summary.operatorMacs), result ? text::shorten(result->name, 60) : ""});
  }
  return table.text();
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto loaded, loadModel(options.model, &console.progress()));
  const Model& model = *loaded->model;
  const ModelSummary summary = summarize(model);
  const auto metadata = readMetadata(model);
  if (!metadata) console.note("note: " + metadata.error().message());
  const ModelMetadata card = metadata ? *metadata : ModelMetadata{};
  console.print(options.model + "\n" + nameValueLines(headLines(*loaded, summary, card)));
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    const Subgraph& subgraph = model.subgraphs[i];
    console.print("\nsubgraph " + std::to_string(i) + (subgraph.name.empty() ? "" : " " + subgraph.name) + ": " +
                  text::count(static_cast<int64_t>(subgraph.operators.size())) + " operators, " +
                  text::count(static_cast<int64_t>(subgraph.tensors.size())) + " tensors\n");
    console.print(operatorTable(model, i, summary));
  }
  console.result(document(*loaded, summary, card));
  return 0;
}

}  // namespace

void addInfo(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "info", "Operators, sizes, signatures and metadata of a model", declare, run);
}

}  // namespace quantscope::cli
