#include "app/cli/commands/info_facts.h"
#include "core/model/option_fields.h"
#include "core/model/subgraph_calls.h"
#include "core/pipeline/operator_macs.h"

namespace quantscope::cli {

namespace {

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

/// Numbers, truth values, texts and lists as what they are; words of an enumeration as text.
Json optionsJson(const Operator& op) {
  Json json = Json::object();
  for (const OptionField& field : optionFields(op)) {
    Json value = Json::parse(field.value, nullptr, false);
    json[field.name] = value.is_discarded() ? Json(field.value) : std::move(value);
  }
  return json;
}

Json operatorJson(const InfoFacts& facts, size_t subgraph, size_t index, Precision precision) {
  const Model& model = *facts.loaded->model;
  const Subgraph& graph = model.subgraphs[subgraph];
  const Operator& op = graph.operators[index];
  Json roles = Json::array();
  for (size_t i = 0; i < op.inputs.size(); ++i) roles.push_back(inputRole(model, op, i));
  Json row{{"index", index},
           {"op", operatorName(model, op)},
           {"version", model.operatorCode(op).version},
           {"inputs", indices(op.inputs)},
           {"outputs", indices(op.outputs)},
           {"precision", precisionName(precision)},
           {"macs", operatorMacs(model, graph, op)},
           {"roles", std::move(roles)},
           {"options", optionsJson(op)}};
  if (subgraph == 0) row["parameters"] = facts.summary.operatorParameters[index];
  const auto calls = subgraphCalls(op);
  if (!calls.empty()) {
    for (const SubgraphCall& call : calls) row["subgraphs"].push_back({{"role", call.role}, {"index", call.subgraph}});
  }
  return row;
}

void writeSubgraph(const InfoFacts& facts, size_t index, JsonWriter& writer) {
  const Subgraph& subgraph = facts.loaded->model->subgraphs[index];
  writer.beginObject();
  writer.member("name", subgraph.name);
  writer.key("operators");
  writer.beginArray();
  const std::vector<Precision> precisions = effectivePrecisions(*facts.loaded->model, SubgraphIndex(index));
  for (size_t i = 0; i < subgraph.operators.size(); ++i) writer.value(operatorJson(facts, index, i, precisions[i]));
  writer.end();
  writer.member("tensors", subgraph.tensors.size());
  writer.member("inputs", indices(subgraph.inputs));
  writer.member("outputs", indices(subgraph.outputs));
  writer.end();
}

Json tensorInfoJson(const TensorInfo& info) {
  Json json{{"name", info.name}, {"description", info.description}};
  if (!info.mean.empty()) json["mean"] = info.mean;
  if (!info.std.empty()) json["std"] = info.std;
  if (!info.min.empty()) json["min"] = info.min;
  if (!info.max.empty()) json["max"] = info.max;
  if (info.scoreThreshold) json["score_threshold"] = *info.scoreThreshold;
  for (const AssociatedFile& file : info.files) {
    json["files"].push_back({{"name", file.name}, {"description", file.description}, {"packed", file.found}});
  }
  const auto labels = info.labels();
  if (!labels.empty()) json["labels"] = labels;
  return json;
}

Json cardJson(const ModelMetadata& card) {
  Json inputs = Json::array(), outputs = Json::array();
  for (const TensorInfo& info : card.inputs) inputs.push_back(tensorInfoJson(info));
  for (const TensorInfo& info : card.outputs) outputs.push_back(tensorInfoJson(info));
  return {{"name", card.name},           {"description", card.description}, {"version", card.version},
          {"author", card.author},       {"license", card.license},         {"minimum_runtime", card.minimumRuntime},
          {"inputs", std::move(inputs)}, {"outputs", std::move(outputs)},   {"packed_files", card.packedFiles}};
}

Json arenaJson(const std::optional<ArenaEstimate>& arena) {
  if (!arena) return nullptr;
  return {{"peak_bytes", arena->peakBytes},
          {"peak_operator", arena->peakOperator.valid() ? Json(arena->peakOperator.value) : Json()},
          {"planned_bytes", arena->plannedBytes ? Json(*arena->plannedBytes) : Json()}};
}

}  // namespace

void writeInfo(const InfoFacts& facts, JsonWriter& writer) {
  const Model& model = *facts.loaded->model;
  Json signatures = Json::array(), metadata = Json::array();
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
  writer.member("path", facts.loaded->path.string());
  writer.member("bytes", facts.loaded->fileBytes);
  writer.member("description", model.description);
  writer.key("subgraphs");
  writer.beginArray();
  for (size_t i = 0; i < model.subgraphs.size(); ++i) writeSubgraph(facts, i, writer);
  writer.end();
  writer.member("parameters", facts.summary.parameters);
  writer.member("macs", facts.summary.macs);
  writer.member("constant_bytes", facts.summary.constantBytes);
  writer.member("trailing_bytes", model.trailing.bytes.size());
  writer.member("arena", arenaJson(facts.arena));
  writer.member("signatures", signatures);
  writer.member("metadata", metadata);
  writer.member("card", cardJson(facts.card));
  writer.member("notices", model.notices);
}

Json bundleDocument(const std::string& path, const std::vector<BundledModel>& models) {
  Json list = Json::array();
  for (const BundledModel& model : models) {
    list.push_back({{"name", model.name},
                    {"path", bundledModelPath(path, model.name).string()},
                    {"bytes", model.bytes},
                    {"packed", model.packed}});
  }
  return {{"path", path}, {"models", std::move(list)}};
}

}  // namespace quantscope::cli
