#include "app/cli/command.h"
#include "app/cli/table.h"
#include "core/evaluation/graph_diff.h"
#include "core/io/model_diff.h"
#include "core/pipeline/pipeline.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

struct Options {
  std::string a, b;
  bool exact = false;
};

void declare(CLI::App& command, Options& options) {
  command.add_option("a", options.a, "The .tflite file from before")->required();
  command.add_option("b", options.b, "The one from after")->required();
  command.add_flag("--exact", options.exact, "Every field, by position: is anything lost?");
}

Json tensorJson(const Subgraph& subgraph, TensorIndex index) {
  return {{"index", index.value}, {"name", subgraph.tensor(index).name}};
}

Json operatorJson(const Model& model, OperatorIndex index) {
  return {{"index", index.value}, {"op", operatorName(model, model.subgraphs[0].operators[index.position()])}};
}

/// The lists of a GraphDiff as text and as JSON.
class DiffWriter {
public:
  DiffWriter(const Model& a, const Model& b) : m_a(a), m_b(b) {}

  void operators(const char* key, const char* words, const std::vector<OperatorIndex>& list, const Model& model) {
    Json rows = Json::array();
    for (const OperatorIndex op : list) {
      rows.push_back(operatorJson(model, op));
      text += std::string(words) + " operator " + std::to_string(op.value) + " " +
              operatorName(model, model.subgraphs[0].operators[op.position()]) + "\n";
    }
    json[key] = std::move(rows);
  }
  void tensors(const char* key, const char* words, const std::vector<TensorIndex>& list, const Model& model) {
    Json rows = Json::array();
    for (const TensorIndex tensor : list) {
      rows.push_back(tensorJson(model.subgraphs[0], tensor));
      text += std::string(words) + " tensor #" + std::to_string(tensor.value) + " " +
              model.subgraphs[0].tensor(tensor).name + "\n";
    }
    json[key] = std::move(rows);
  }
  void changes(const char* key, const std::vector<TensorChange>& list) {
    Json rows = Json::array();
    for (const TensorChange& change : list) {
      const std::string& name = m_b.subgraphs[0].tensor(change.after).name;
      rows.push_back({{"before", change.before.value},
                      {"after", change.after.value},
                      {"name", name},
                      {"was", change.was},
                      {"is", change.is}});
      text += std::string(key) + " tensor #" + std::to_string(change.after.value) + " " + name +
              (change.was.empty() ? "" : ": " + change.was + " → " + change.is) + "\n";
    }
    json[key] = std::move(rows);
  }

  std::string text;
  Json json;

private:
  const Model& m_a;
  const Model& m_b;
};

Result<int> runExact(const Model& a, const Model& b, Console& console) {
  if (a.incomplete || b.incomplete) {
    console.note("note: fields that this version does not know are not compared");
  }
  console.progress().begin("Comparing", 0, "tensors");
  const auto differences = diffModels(a, b, {}, &console.progress());
  if (!console.progress().goOn()) return Error::cancelled();
  Json list = Json::array();
  for (const ModelDifference& d : differences) {
    list.push_back({{"where", d.where}, {"what", d.what}, {"a", d.a}, {"b", d.b}});
    console.print(d.where + ": " + d.what + ": " + d.a + " → " + d.b + "\n");
  }
  if (differences.empty()) console.print("nothing differs\n");
  console.result({{"equal", differences.empty()}, {"differences", std::move(list)}});
  return 0;
}

Result<int> run(const Options& options, Console& console) {
  QS_ASSIGN(const auto a, loadModel(options.a, &console.progress()));
  QS_ASSIGN(const auto b, loadModel(options.b, &console.progress()));
  if (options.exact) return runExact(*a->model, *b->model, console);
  const GraphDiff diff = diffGraphs(*a->model, *b->model);
  DiffWriter writer(*a->model, *b->model);
  writer.json = {{"equal", diff.empty()}, {"bytes_before", a->fileBytes}, {"bytes_after", b->fileBytes}};
  writer.operators("operators_added", "added", diff.addedOperators, *b->model);
  writer.operators("operators_removed", "removed", diff.removedOperators, *a->model);
  writer.tensors("tensors_added", "added", diff.addedTensors, *b->model);
  writer.tensors("tensors_removed", "removed", diff.removedTensors, *a->model);
  writer.changes("retyped", diff.retyped);
  writer.changes("rescaled", diff.rescaled);
  writer.changes("reshaped", diff.reshaped);
  writer.changes("revalued", diff.revalued);
  console.print(writer.text + text::count(a->fileBytes) + " bytes → " + text::count(b->fileBytes) + " bytes" +
                (diff.empty() ? ", the same operators and tensors\n" : "\n"));
  console.result(writer.json);
  return 0;
}

}  // namespace

void addDiff(CLI::App& app, Action& chosen) {
  addCommand<Options>(app, chosen, "diff", "Operators and tensors added, removed, retyped, rescaled", declare, run);
}

}  // namespace quantscope::cli
