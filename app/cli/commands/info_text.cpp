#include <algorithm>
#include <map>

#include "app/cli/commands/info_facts.h"
#include "app/cli/table.h"
#include "core/model/option_fields.h"
#include "core/model/subgraph_calls.h"
#include "core/ops/operator_rules.h"
#include "core/pipeline/operator_macs.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

constexpr size_t kMostLabels = 5;

template <typename List, typename ToText>
std::string joined(const List& list, const char* between, ToText toText) {
  std::string result;
  for (const auto& item : list) result += (result.empty() ? "" : between) + toText(item);
  return result;
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

std::string numbersText(const std::vector<float>& numbers) {
  return joined(numbers, ", ", [](float number) { return text::compact(static_cast<double>(number), 6); });
}

/// What the model card says about an input or output, below its line.
void addTensorInfo(const std::vector<TensorInfo>& infos, size_t position, Lines& lines) {
  if (position >= infos.size()) return;
  const TensorInfo& info = infos[position];
  auto add = [&](const std::string& text) { lines.emplace_back("", "  " + text); };
  if (!info.name.empty()) add(info.name + (info.description.empty() ? "" : ": " + info.description));
  if (!info.mean.empty() || !info.std.empty()) {
    add("normalized: (value - " + numbersText(info.mean) + ") / " + numbersText(info.std));
  }
  if (!info.min.empty() || !info.max.empty()) {
    add("values from " + numbersText(info.min) + " to " + numbersText(info.max));
  }
  for (const AssociatedFile& file : info.files) add("file " + file.name + (file.found ? "" : " (not packed)"));
  auto labels = info.labels();
  if (labels.empty()) return;
  const size_t count = labels.size();
  labels.resize(std::min(count, kMostLabels));
  add(text::count(static_cast<int64_t>(count)) + " labels: " +
      joined(labels, ", ", [](const std::string& label) { return label; }) + (count > kMostLabels ? ", …" : ""));
}

std::string arenaText(const Model& model, const ArenaEstimate& arena) {
  std::string text = "about " + text::count(arena.plannedBytes.value_or(arena.peakBytes)) + " bytes";
  if (arena.peakOperator.valid()) {
    text += ", most at operator " + std::to_string(arena.peakOperator.value) + " " +
            operatorName(model, model.subgraphs[0].operators[arena.peakOperator.position()]);
  }
  return text;
}

/// "CONV_2D × 9, ADD × 3", the most frequent first.
std::string operatorKinds(const Model& model) {
  constexpr size_t kMostKinds = 12;
  std::map<std::string, int64_t> counts;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Operator& op : subgraph.operators) ++counts[operatorName(model, op)];
  }
  std::vector<std::pair<std::string, int64_t>> kinds(counts.begin(), counts.end());
  std::ranges::stable_sort(kinds, [](const auto& a, const auto& b) { return a.second > b.second; });
  const size_t count = kinds.size();
  kinds.resize(std::min(count, kMostKinds));
  std::string text = joined(kinds, ", ", [](const auto& kind) {
    return kind.second == 1 ? kind.first : kind.first + " × " + text::count(kind.second);
  });
  return count > kMostKinds ? text + ", and " + std::to_string(count - kMostKinds) + " more kinds" : text;
}

void addCard(const ModelMetadata& card, Lines& lines) {
  const std::pair<const char*, const std::string&> texts[] = {{"name", card.name},
                                                              {"about", card.description},
                                                              {"version", card.version},
                                                              {"author", card.author},
                                                              {"license", card.license}};
  for (const auto& [name, text] : texts) {
    if (!text.empty()) lines.emplace_back(name, text);
  }
  if (!card.minimumRuntime.empty()) lines.emplace_back("runtime", card.minimumRuntime + " or later");
}

Lines headLines(const InfoFacts& facts) {
  const Model& model = *facts.loaded->model;
  const Subgraph& subgraph = model.subgraphs[0];
  Lines lines{{"size", text::count(facts.loaded->fileBytes) + " bytes, of them constants " +
                           text::count(facts.summary.constantBytes)},
              {"parameters", text::count(facts.summary.parameters)},
              {"MACs", text::count(facts.summary.macs)}};
  if (facts.arena) lines.emplace_back("activations", arenaText(model, *facts.arena));
  lines.emplace_back("operators", operatorKinds(model));
  if (!model.description.empty()) lines.emplace_back("description", model.description);
  addCard(facts.card, lines);
  for (size_t i = 0; i < subgraph.inputs.size(); ++i) {
    lines.emplace_back("input", tensorText(subgraph, subgraph.inputs[i]));
    addTensorInfo(facts.card.inputs, i, lines);
  }
  for (size_t i = 0; i < subgraph.outputs.size(); ++i) {
    lines.emplace_back("output", tensorText(subgraph, subgraph.outputs[i]));
    addTensorInfo(facts.card.outputs, i, lines);
  }
  for (const Signature& signature : model.signatures) {
    auto nameOf = [](const SignatureMapping& mapping) { return mapping.name; };
    lines.emplace_back(
        "signature",
        signature.key + ": " + joined(signature.inputs, ", ", nameOf) + " → " +
            joined(signature.outputs, ", ", nameOf) +
            (signature.subgraphIndex == 0 ? "" : "  (subgraph " + std::to_string(signature.subgraphIndex) + ")"));
  }
  for (const MetadataEntry& entry : model.metadata) {
    const bool there = entry.buffer.valid() && entry.buffer.position() < model.buffers.size();
    const auto bytes = static_cast<int64_t>(there ? model.buffer(entry.buffer).bytes.size() : 0);
    lines.emplace_back("metadata", entry.name + ", " + text::count(bytes) + " bytes");
  }
  if (!facts.card.packedFiles.empty()) {
    lines.emplace_back("packed", joined(facts.card.packedFiles, ", ", [](const std::string& name) { return name; }));
  } else if (!model.trailing.bytes.empty()) {
    lines.emplace_back("appended", text::count(static_cast<int64_t>(model.trailing.bytes.size())) +
                                       " bytes after the model, kept as they are");
  }
  for (const std::string& notice : model.notices) lines.emplace_back("notice", notice);
  return lines;
}

std::string operatorTable(const InfoFacts& facts, size_t index) {
  const Model& model = *facts.loaded->model;
  const Subgraph& subgraph = model.subgraphs[index];
  Table table({{"#", Align::Right},
               {"operator"},
               {"version", Align::Right},
               {"precision"},
               {"result"},
               {"parameters", Align::Right},
               {"MACs", Align::Right},
               {"name"}});
  auto counted = [](int64_t number) { return number > 0 ? text::count(number) : std::string(); };
  const std::vector<Precision> precisions = effectivePrecisions(model, SubgraphIndex(index));
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const Operator& op = subgraph.operators[i];
    const Tensor* result = op.output(0).valid() ? &subgraph.tensor(op.output(0)) : nullptr;
    const std::string calls = callsText(op);
    table.addRow({std::to_string(i), operatorName(model, op), std::to_string(model.operatorCode(op).version),
                  std::string(precisionLabel(precisions[i])), result ? shapeText(result->shape) : "",
                  index == 0 ? counted(facts.summary.operatorParameters[i]) : "",
                  counted(operatorMacs(model, subgraph, op)),
                  (result ? text::shorten(result->name, 60) : "") + (calls.empty() ? "" : "  → " + calls)});
  }
  return table.text();
}

std::string operatorDetails(const Model& model, size_t index) {
  const Subgraph& subgraph = model.subgraphs[index];
  std::string text;
  for (size_t i = 0; i < subgraph.operators.size(); ++i) {
    const Operator& op = subgraph.operators[i];
    text += "\n" + std::to_string(i) + " " + printable(operatorName(model, op)) + ", version " +
            std::to_string(model.operatorCode(op).version) + "\n";
    Lines lines;
    for (const OptionField& field : optionFields(op)) lines.emplace_back(field.name, field.value);
    if (const std::string calls = callsText(op); !calls.empty()) lines.emplace_back("runs", calls);
    for (size_t k = 0; k < op.inputs.size(); ++k) {
      if (op.inputs[k].valid()) lines.emplace_back(inputRole(model, op, k), tensorText(subgraph, op.inputs[k]));
    }
    for (const TensorIndex output : op.outputs) {
      if (output.valid()) lines.emplace_back("result", tensorText(subgraph, output));
    }
    text += nameValueLines(lines);
  }
  return text;
}

}  // namespace

std::string inputRole(const Model& model, const Operator& op, size_t input) {
  if (!op.input(input).valid()) return "";
  const OperatorRules* rules = findRules(model.code(op));
  switch (rules ? rules->role(input) : OperandRole::Activation) {
    case OperandRole::Weight:
      return "weight";
    case OperandRole::Bias:
      return "bias";
    case OperandRole::Parameter:
      return "parameter";
    case OperandRole::State:
      return "state";
    default:
      return rules ? "activation" : "input";
  }
}

std::string callsText(const Operator& op) {
  return joined(subgraphCalls(op), ", ", [](const SubgraphCall& call) {
    return "subgraph " + std::to_string(call.subgraph) + " (" + std::string(call.role) + ")";
  });
}

std::string infoText(const InfoFacts& facts, bool details) {
  const Model& model = *facts.loaded->model;
  std::string text = facts.loaded->path.string() + "\n" + nameValueLines(headLines(facts));
  for (size_t i = 0; i < model.subgraphs.size(); ++i) {
    const Subgraph& subgraph = model.subgraphs[i];
    text += "\nsubgraph " + std::to_string(i) + (subgraph.name.empty() ? "" : " " + printable(subgraph.name)) + ": " +
            text::count(static_cast<int64_t>(subgraph.operators.size())) + " operators, " +
            text::count(static_cast<int64_t>(subgraph.tensors.size())) + " tensors\n" + operatorTable(facts, i);
    if (details) text += operatorDetails(model, i);
  }
  return text;
}

std::string bundleText(const std::string& path, const std::vector<BundledModel>& models) {
  Table table({{"bytes", Align::Right}, {"packed"}, {"open it as"}});
  for (const BundledModel& model : models) {
    table.addRow({text::count(static_cast<int64_t>(model.bytes)), model.packed ? "yes" : "no",
                  bundledModelPath(path, model.name).string()});
  }
  return path + ": a bundle of " + std::to_string(models.size()) + (models.size() == 1 ? " model\n" : " models\n") +
         table.text();
}

}  // namespace quantscope::cli
