#include "app/cli/measured_models.h"

#include <fstream>

#include "app/cli/prediction_files.h"
#include "core/evaluation/answers.h"

namespace quantscope::cli {

namespace {

constexpr size_t kLayerSamples = 50;
constexpr size_t kChangedShown = 24;
constexpr size_t kMostPictureBytes = 200'000;

bool sameInputs(const Model& a, const Model& b) {
  const auto x = inputSpecs(a), y = inputSpecs(b);
  if (x.size() != y.size()) return false;
  for (size_t i = 0; i < x.size(); ++i) {
    if (x[i].shape != y[i].shape) return false;
  }
  return true;
}

/// Where an error does not say which of the models it is about, it does so afterwards.
Error about(Error error, const std::string& path) {
  if (error.code == ErrorCode::Cancelled || error.where.find(path) != std::string::npos) return error;
  error.where = path + (error.where.empty() ? "" : ", " + error.where);
  return error;
}

Result<void> measure(MeasuredModel& model, const MeasuredModel* first, const MeasureOptions& options,
                     Console& console) {
  EvaluationOptions wanted;
  wanted.limit = options.limit;
  wanted.threads = console.threads();
  wanted.kernels = options.kernels;
  wanted.keepScores = options.keepScores;
  wanted.labelOffset = options.labelOffset;
  wanted.softmax = options.softmax;
  if (first) wanted.baseline = first->evaluation;
  QS_ASSIGN(model.evaluation, evaluateClassification(model.loaded->model, *model.dataset, wanted, console.progress()));
  if (model.evaluation->partial) return Error::cancelled();
  LatencyOptions latency;
  latency.runs = 30;
  latency.warmup = 5;
  latency.threads = console.latencyThreads();
  latency.kernels = options.kernels;
  latency.timeLimitSeconds = 2;
  QS_ASSIGN(model.latency, measureLatency(model.loaded->model, latency, console.progress()));
  if (!options.runtime) return {};
  wanted.baseline = model.evaluation;
  QS_ASSIGN(model.externalEvaluation, evaluateExternally(*options.runtime, model.path, model.loaded->model,
                                                         *model.dataset, wanted, console.progress()));
  if (model.externalEvaluation->partial) return Error::cancelled();
  QS_ASSIGN(model.externalLatency,
            measureExternalLatency(*options.runtime, model.path, model.loaded->model, latency, console.progress()));
  return {};
}

/// JPEG and PNG, which browsers show; empty for others and large ones.
std::string mediaTypeOf(const std::string& bytes) {
  if (bytes.rfind("\xff\xd8", 0) == 0) return "image/jpeg";
  return bytes.rfind("\x89PNG", 0) == 0 ? "image/png" : "";
}

void addChanged(const MeasuredModel& first, const MeasuredModel& model, int32_t labelOffset, ReportVariant& variant) {
  const auto changed = changedAnswers(*first.evaluation, *model.evaluation);
  variant.changedCount = changed.size();
  const Dataset& dataset = *model.dataset;
  auto named = [&](int32_t output) {
    const std::string name = className(dataset, output, labelOffset);
    return name.empty() ? std::to_string(output) : name;
  };
  for (size_t i = 0; i < std::min(kChangedShown, changed.size()); ++i) {
    const ChangedAnswer& c = changed[i];
    ReportPicture picture;
    picture.path = dataset.name(c.sample);
    picture.answer = named(c.first) + " → " + named(c.second);
    if (c.label >= 0) {
      picture.answer += c.second == c.label  ? ", now right"
                        : c.first == c.label ? ", now wrong"
                                             : ", right is " + named(c.label);
    }
    std::ifstream file(dataset.picturePath(c.sample), std::ios::binary);
    std::string bytes(kMostPictureBytes + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<size_t>(std::max<std::streamsize>(0, file.gcount())));
    if (bytes.size() <= kMostPictureBytes) picture.mediaType = mediaTypeOf(bytes);
    if (!picture.mediaType.empty()) picture.data = std::move(bytes);
    variant.changed.push_back(std::move(picture));
  }
}

}  // namespace

Result<std::vector<MeasuredModel>> measureModels(const std::vector<std::string>& paths, const DataArguments& data,
                                                 const MeasureOptions& options, Console& console) {
  const auto names = shortNames(paths);
  std::vector<MeasuredModel> models;
  // All files are opened before anything is measured: a wrong last one is not found out after minutes.
  for (size_t i = 0; i < paths.size(); ++i) {
    MeasuredModel model;
    model.path = paths[i];
    model.name = names[i];
    QS_ASSIGN(model.loaded, loadModel(paths[i], &console.progress()));
    if (i > 0 && sameInputs(*models[0].loaded->model, *model.loaded->model)) {
      model.dataset = models[0].dataset;
    } else {
      auto dataset = openData(data, *model.loaded->model);
      if (!dataset) return dataset.error();
      model.dataset = std::move(*dataset);
    }
    models.push_back(std::move(model));
  }
  notePreprocessing(*models[0].dataset, console);
  for (MeasuredModel& model : models) {
    const auto done = measure(model, &model == &models[0] ? nullptr : &models[0], options, console);
    if (!done) return about(done.error(), model.path);
  }
  return models;
}

Result<Report> reportOf(const std::vector<MeasuredModel>& models, const std::string& commandLine,
                        const std::string& data, KernelSet kernels, int32_t labelOffset, Console& console) {
  Report report;
  report.title = models.size() == 1 ? models[0].name
                                    : models[0].name + " and " + std::to_string(models.size() - 1) +
                                          (models.size() == 2 ? " variant" : " variants");
  report.modelPath = models[0].path;
  if (models[0].dataset) report.dataset = data + " (" + models[0].dataset->description() + ")";
  report.environment = describeEnvironment(console.threads());
  report.environment.emplace_back("Command", commandLine);
  for (const MeasuredModel& model : models) {
    ReportVariant variant;
    variant.name = model.name;
    variant.model = model.loaded->model;
    variant.bytes = model.loaded->fileBytes;
    variant.evaluation = model.evaluation;
    variant.latency = model.latency;
    if (model.dataset && model.evaluation) {
      for (size_t c = 0; c < model.evaluation->classes; ++c) {
        variant.classNames.push_back(className(*model.dataset, static_cast<int32_t>(c), labelOffset));
      }
      if (&model != &models[0]) addChanged(models[0], model, labelOffset, variant);
    }
    if (&model != &models[0] && model.dataset) {
      EvaluationOptions wanted;
      wanted.limit = kLayerSamples;
      wanted.threads = console.threads();
      wanted.kernels = kernels;
      auto errors = compareLayers(models[0].loaded->model, variant.model, *model.dataset, wanted, console.progress());
      if (errors) {
        variant.layerErrors = std::move(*errors);
      } else if (errors.error().code == ErrorCode::Cancelled) {
        return errors.error();
      } else {
        console.note("note: " + model.name + ": no error per operator: " + errors.error().message());
      }
    }
    report.variants.push_back(std::move(variant));
  }
  return report;
}

}  // namespace quantscope::cli
