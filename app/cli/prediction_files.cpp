#include "app/cli/prediction_files.h"

#include <map>

#include "core/data/npz.h"
#include "core/evaluation/answers.h"
#include "core/report/text.h"

namespace quantscope::cli {

namespace {

constexpr size_t kShown = 5;

std::string pathOf(const Dataset& dataset, uint32_t sample) {
  const auto file = dataset.picturePath(sample);
  return file.empty() ? dataset.name(sample) : file.string();
}

}  // namespace

std::string className(const Dataset& dataset, int32_t output, int32_t labelOffset) {
  const auto& names = dataset.classNames();
  const int64_t index = int64_t{output} - labelOffset;
  return output >= 0 && index >= 0 && static_cast<size_t>(index) < names.size() ? names[static_cast<size_t>(index)]
                                                                                : "";
}

std::string predictionsCsv(const std::vector<MeasuredModel>& models, int32_t labelOffset) {
  std::string csv = "model,sample,path,label,label_name,top1,top1_name,confidence,right,changed,file\n";
  std::map<uint32_t, int32_t> firstAnswers;
  for (const Prediction& p : models[0].evaluation->predictions) firstAnswers[p.sample] = p.top1;
  for (const MeasuredModel& model : models) {
    const Dataset& dataset = *model.dataset;
    for (const Prediction& p : model.evaluation->predictions) {
      const auto first = firstAnswers.find(p.sample);
      csv += text::csvField(model.name) + "," + std::to_string(p.sample) + "," +
             text::csvField(dataset.name(p.sample)) + "," + (p.label >= 0 ? std::to_string(p.label) : "") + "," +
             text::csvField(className(dataset, p.label, labelOffset)) + "," + std::to_string(p.top1) + "," +
             text::csvField(className(dataset, p.top1, labelOffset)) + "," +
             text::compact(static_cast<double>(p.confidence), 6) + "," +
             (p.label < 0         ? ""
              : p.label == p.top1 ? "1"
                                  : "0") +
             "," +
             (first == firstAnswers.end() ? ""
              : first->second == p.top1   ? "0"
                                          : "1") +
             "," + text::csvField(dataset.picturePath(p.sample).string()) + "\n";
    }
  }
  return csv;
}

Result<void> writeScores(const std::string& path, IfExists ifExists, const std::vector<MeasuredModel>& models) {
  QS_ASSIGN(NpzWriter writer, NpzWriter::create(path, ifExists));
  for (size_t i = 0; i < models.size(); ++i) {
    const EvaluationResult& e = *models[i].evaluation;
    std::vector<int32_t> labels, samples;
    for (const Prediction& p : e.predictions) {
      labels.push_back(p.label);
      samples.push_back(static_cast<int32_t>(p.sample));
    }
    const std::string suffix = i == 0 ? "" : "_" + std::to_string(i);
    const std::vector<int32_t> rows{static_cast<int32_t>(e.predictions.size())};
    const std::vector<int32_t> shape{rows[0], static_cast<int32_t>(e.classes)};
    QS_TRY(writer.add("sample" + suffix, {ElementType::Int32, rows, std::as_bytes(std::span(samples))}));
    QS_TRY(writer.add("label" + suffix, {ElementType::Int32, rows, std::as_bytes(std::span(labels))}));
    QS_TRY(
        writer.add("scores_" + std::to_string(i), {ElementType::Float32, shape, std::as_bytes(std::span(e.scores))}));
  }
  return writer.finish();
}

std::string changedText(const MeasuredModel& first, const MeasuredModel& model, int32_t labelOffset) {
  const auto changed = changedAnswers(*first.evaluation, *model.evaluation);
  if (changed.empty()) return "";
  const Dataset& dataset = *model.dataset;
  auto named = [&](int32_t output) {
    const std::string name = className(dataset, output, labelOffset);
    return name.empty() ? std::to_string(output) : name;
  };
  std::string text = model.name + " answers " + text::count(static_cast<int64_t>(changed.size())) +
                     " samples otherwise than " + first.name + ":\n";
  for (size_t i = 0; i < std::min(kShown, changed.size()); ++i) {
    const ChangedAnswer& c = changed[i];
    text += "  " + pathOf(dataset, c.sample) + ": " + named(c.first) + " → " + named(c.second) +
            (c.label < 0           ? ""
             : c.second == c.label ? ", now right"
             : c.first == c.label  ? ", now wrong"
                                   : "") +
            "\n";
  }
  if (changed.size() > kShown) {
    text += "  and " + text::count(static_cast<int64_t>(changed.size() - kShown)) + " more (--predictions FILE.csv)\n";
  }
  return text;
}

Json changedJson(const MeasuredModel& first, const MeasuredModel& model) {
  Json list = Json::array();
  for (const ChangedAnswer& c : changedAnswers(*first.evaluation, *model.evaluation)) {
    list.push_back({{"sample", c.sample},
                    {"path", pathOf(*model.dataset, c.sample)},
                    {"label", c.label < 0 ? Json() : Json(c.label)},
                    {"first", c.first},
                    {"this", c.second}});
  }
  return list;
}

}  // namespace quantscope::cli
