#include "ui/workspace/workspace_file.h"

#include <QFile>
#include <algorithm>
#include <set>

#include "ui/workspace/result_json.h"
#include "ui/workspace/strict_json.h"

namespace quantscope::ui {

namespace {

constexpr const char* kFormat = "quantscope-workspace";
constexpr int64_t kVersion = 1;
constexpr qint64 kLargestFile = qint64{256} << 20;

Json recipeJson(const Recipe& recipe) {
  return Json::parse(recipeToJson(recipe));
}

void readRecipe(StrictObject& object, const char* key, Recipe& recipe) {
  const Json* value = object.raw(key);
  if (!value) return;
  Result<Recipe> read = recipeFromJson(value->dump());
  if (!read.ok()) return object.fail(key, "is not a recipe: " + read.error().message());
  recipe = std::move(read).value();
}

Json datasetJson(const DatasetReference& reference) {
  Json json = {{"path", reference.path.toStdString()}};
  if (reference.limit) json["limit"] = reference.limit;
  if (reference.preprocessing) json["preprocessing"] = toJson(*reference.preprocessing);
  if (!reference.labels.isEmpty()) json["labels"] = reference.labels.toStdString();
  return json;
}

DatasetReference readDataset(StrictObject& object) {
  DatasetReference reference;
  object.read("path", reference.path);
  uint64_t limit = 0;
  if (object.has("limit")) object.read("limit", limit);
  reference.limit = limit;
  if (object.has("preprocessing"))
    object.object("preprocessing", [&](StrictObject& o) { readPreprocessing(o, reference.preprocessing.emplace()); });
  if (object.has("labels")) object.read("labels", reference.labels);
  if (reference.path.isEmpty()) object.fail("path", "is empty");
  return reference;
}

Json stateJson(const EditState& state) {
  Json json = {{"recipe", recipeJson(state.recipe)}};
  if (state.calibrationData) json["calibrationData"] = datasetJson(*state.calibrationData);
  if (state.evaluationData) json["evaluationData"] = datasetJson(*state.evaluationData);
  if (state.task != TaskChoice{}) json["task"] = toJson(state.task);
  if (state.observer != Observer::MinMax) json["observer"] = observerName(state.observer);
  json["currentVariant"] = state.currentVariant;
  return json;
}

void readState(StrictObject& object, EditState& state) {
  readRecipe(object, "recipe", state.recipe);
  if (object.has("calibrationData"))
    object.object("calibrationData", [&](StrictObject& o) { state.calibrationData = readDataset(o); });
  if (object.has("evaluationData"))
    object.object("evaluationData", [&](StrictObject& o) { state.evaluationData = readDataset(o); });
  if (object.has("task")) object.object("task", [&](StrictObject& o) { state.task = readTaskChoice(o); });
  if (object.has("observer")) {
    std::string name;
    object.read("observer", name);
    const Result<Observer> observer = parseObserver(name);
    if (observer.ok())
      state.observer = *observer;
    else
      object.fail("observer", "is \"" + name + "\", which is no observer that is known");
  }
  object.read("currentVariant", state.currentVariant);
}

Json variantJson(const Variant& variant) {
  Json json = {{"id", variant.id}, {"parent", variant.parent}, {"name", variant.name.toStdString()}};
  json["recipe"] = recipeJson(variant.recipe);
  json["bytes"] = variant.bytes;
  json["stale"] = variant.stale;
  if (variant.evaluationData) json["evaluationData"] = datasetJson(*variant.evaluationData);
  if (variant.evaluation) json["evaluation"] = toJson(*variant.evaluation);
  if (variant.taskResult) json["taskResult"] = toJson(*variant.taskResult);
  if (variant.paired) json["paired"] = toJson(*variant.paired);
  if (variant.task != TaskChoice{}) json["task"] = toJson(variant.task);
  if (variant.searched) json["searched"] = toJson(*variant.searched);
  if (variant.latency) json["latency"] = toJson(*variant.latency);
  if (variant.layerErrors) json["layerErrors"] = toJson(*variant.layerErrors);
  return json;
}

Variant readVariant(StrictObject& object) {
  Variant variant;
  object.read("id", variant.id);
  object.read("parent", variant.parent);
  object.read("name", variant.name);
  readRecipe(object, "recipe", variant.recipe);
  object.read("bytes", variant.bytes);
  object.read("stale", variant.stale);
  if (object.has("evaluationData"))
    object.object("evaluationData", [&](StrictObject& o) { variant.evaluationData = readDataset(o); });
  if (object.has("evaluation"))
    object.object("evaluation", [&](StrictObject& o) { variant.evaluation = readEvaluation(o); });
  if (object.has("taskResult"))
    object.object("taskResult", [&](StrictObject& o) { variant.taskResult = readTaskResult(o); });
  if (object.has("paired")) object.object("paired", [&](StrictObject& o) { variant.paired = readPaired(o); });
  if (object.has("task")) object.object("task", [&](StrictObject& o) { variant.task = readTaskChoice(o); });
  if (object.has("searched"))
    object.object("searched", [&](StrictObject& o) { variant.searched = readSearchFigures(o); });
  if (object.has("latency")) object.object("latency", [&](StrictObject& o) { variant.latency = readLatency(o); });
  if (object.has("layerErrors"))
    object.object("layerErrors", [&](StrictObject& o) { variant.layerErrors = readLayerErrors(o); });
  return variant;
}

/// Ids are unique, parents stand before their children, the baseline is first.
void checkVariants(StrictObject& root, const std::vector<Variant>& variants) {
  if (variants.empty() || variants.front().id != 0)
    return root.fail("variants", "does not begin with the baseline (id 0)");
  std::set<int> ids{0};
  for (size_t i = 1; i < variants.size(); ++i) {
    const std::string key = "variants[" + std::to_string(i) + "]";
    if (!ids.contains(variants[i].parent))
      return root.fail((key + ".parent").c_str(), "is not the id of an earlier variant");
    if (!ids.insert(variants[i].id).second) return root.fail((key + ".id").c_str(), "is used twice");
  }
}

void readHistory(StrictObject& object, WorkspaceFile& file) {
  // What the beginning does not name it did not have.
  file.historyStart = {};
  object.object("start", [&](StrictObject& o) { readState(o, file.historyStart); });
  object.objects("steps", [&](StrictObject& o) {
    HistoryStep step;
    o.read("text", step.text);
    o.object("after", [&](StrictObject& inner) { readState(inner, step.after); });
    file.history.push_back(std::move(step));
  });
  object.read("position", file.historyPosition);
  if (file.historyPosition < 0 || file.historyPosition > static_cast<int>(file.history.size()))
    object.fail("position", "is outside of the steps");
}

/// Indented, but lists of plain values in one line: the files stay readable and comparable.
void writePretty(const Json& json, int depth, std::string& text) {
  const bool list = json.is_array(), object = json.is_object();
  const bool plain = std::none_of(json.begin(), json.end(), [](const Json& item) { return item.is_structured(); });
  if ((!list && !object) || json.empty() || (list && plain)) {
    text += json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  const std::string indent(static_cast<size_t>(depth) + 1, ' ');
  text += list ? "[" : "{";
  bool first = true;
  for (auto it = json.begin(); it != json.end(); ++it) {
    text += (first ? "\n" : ",\n") + indent;
    first = false;
    if (object) text += Json(it.key()).dump(-1, ' ', false, Json::error_handler_t::replace) + ": ";
    writePretty(*it, depth + 1, text);
  }
  text += "\n" + std::string(static_cast<size_t>(depth), ' ') + (list ? "]" : "}");
}

}  // namespace

std::string workspaceToJson(const WorkspaceFile& file) {
  Json json = {{"format", kFormat}, {"version", kVersion}};
  json["model"] = {{"path", file.modelPath.toStdString()}, {"bytes", file.modelBytes}};
  json["state"] = stateJson(file.state);
  Json variants = Json::array();
  for (const Variant& variant : file.variants) variants.push_back(variantJson(variant));
  json["variants"] = variants;
  if (file.sensitivity) json["sensitivity"] = toJson(*file.sensitivity);
  if (!file.ranges.empty()) {
    json["ranges"] = {{"result", Json::parse(file.ranges)}};
    if (file.rangesData) json["ranges"]["data"] = datasetJson(*file.rangesData);
  }
  Json steps = Json::array();
  for (const HistoryStep& step : file.history)
    steps.push_back({{"text", step.text.toStdString()}, {"after", stateJson(step.after)}});
  json["history"] = {{"start", stateJson(file.historyStart)}, {"steps", steps}, {"position", file.historyPosition}};
  std::string text;
  writePretty(json, 0, text);
  return text + "\n";
}

Result<WorkspaceFile> workspaceFromJson(std::string_view text) {
  QS_ASSIGN(const Json json, parseJson(text));
  std::optional<Error> error;
  WorkspaceFile file;
  StrictObject root(json, "", error);
  std::string format;
  int64_t version = 0;
  root.read("format", format);
  if (format != kFormat) root.fail("format", std::string("is not \"") + kFormat + "\": this is no workspace");
  root.read("version", version);
  if (!error && version > kVersion) {
    return Error{ErrorCode::Unsupported, "", "",
                 "it was written by a newer version of Quantscope (format " + std::to_string(version) + ")",
                 "open it with that version"};
  }
  if (version < 1) root.fail("version", "is not a version");
  root.object("model", [&](StrictObject& o) {
    o.read("path", file.modelPath);
    o.read("bytes", file.modelBytes);
    if (file.modelPath.isEmpty()) o.fail("path", "is empty");
  });
  root.object("state", [&](StrictObject& o) { readState(o, file.state); });
  root.objects("variants", [&](StrictObject& o) { file.variants.push_back(readVariant(o)); });
  if (!error) checkVariants(root, file.variants);
  if (root.has("sensitivity"))
    root.object("sensitivity", [&](StrictObject& o) { file.sensitivity = readSensitivity(o); });
  if (root.has("ranges")) {
    root.object("ranges", [&](StrictObject& o) {
      if (const Json* result = o.raw("result")) file.ranges = result->dump();
      if (o.has("data")) o.object("data", [&](StrictObject& inner) { file.rangesData = readDataset(inner); });
    });
  }
  file.historyStart = file.state;
  if (root.has("history")) root.object("history", [&](StrictObject& o) { readHistory(o, file); });
  root.finish();
  if (error) return *error;
  return file;
}

Result<WorkspaceFile> readWorkspaceFile(const QString& path) {
  const auto failure = [&](ErrorCode code, std::string why, std::string remedy) {
    return Error{code, "cannot open the workspace", path.toStdString(), std::move(why), std::move(remedy)};
  };
  QFile input(path);
  if (!input.exists()) return failure(ErrorCode::NotFound, "there is no such file", "");
  if (!input.open(QIODevice::ReadOnly)) return failure(ErrorCode::Io, input.errorString().toStdString(), "");
  if (input.size() > kLargestFile)
    return failure(ErrorCode::ResourceLimit, "it is larger than 256 MB", "is this a workspace?");
  const QByteArray text = input.readAll();
  Result<WorkspaceFile> file = workspaceFromJson({text.constData(), static_cast<size_t>(text.size())});
  if (file.ok()) return file;
  const Error& inner = file.error();
  return failure(inner.code, inner.why,
                 inner.remedy.empty() ? "correct the file, or open the model itself" : inner.remedy);
}

}  // namespace quantscope::ui
