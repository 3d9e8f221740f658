#include "ui/workspace/result_json.h"

#include <algorithm>

namespace quantscope::ui {

namespace {

Json toJson(const Proportion& share) {
  return {{"hits", share.hits}, {"total", share.total}};
}

void readProportion(StrictObject& object, Proportion& share) {
  object.read("hits", share.hits);
  object.read("total", share.total);
  if (share.hits > share.total) object.fail("hits", "is more than total");
}

Json toJson(const LayerError& error) {
  return {{"floatOperator", error.floatOperator.value},
          {"quantizedOperator", error.quantizedOperator.value},
          {"floatTensor", error.floatTensor.value},
          {"quantizedTensor", error.quantizedTensor.value},
          {"name", error.name},
          {"sqnrDecibel", error.sqnrDecibel},
          {"meanSquaredError", error.meanSquaredError},
          {"cosine", error.cosine},
          {"maxAbsolute", error.maxAbsolute},
          {"rmseOverScale", error.rmseOverScale},
          {"op", error.op},
          {"values", error.values},
          {"klDivergence", error.klDivergence},
          {"scaleBits", error.scaleBits},
          {"saturated", error.saturated}};
}

LayerError readLayerError(StrictObject& object) {
  LayerError error;
  object.read("floatOperator", error.floatOperator.value);
  object.read("quantizedOperator", error.quantizedOperator.value);
  object.read("floatTensor", error.floatTensor.value);
  object.read("quantizedTensor", error.quantizedTensor.value);
  object.read("name", error.name);
  object.read("sqnrDecibel", error.sqnrDecibel);
  object.read("meanSquaredError", error.meanSquaredError);
  object.read("cosine", error.cosine);
  object.read("maxAbsolute", error.maxAbsolute);
  object.read("rmseOverScale", error.rmseOverScale);
  object.read("op", error.op);
  object.read("values", error.values);
  // Workspaces of earlier versions do not have these.
  if (object.has("klDivergence")) object.read("klDivergence", error.klDivergence);
  if (object.has("scaleBits")) object.read("scaleBits", error.scaleBits);
  if (object.has("saturated")) object.read("saturated", error.saturated);
  return error;
}

Json skippedToJson(const std::vector<SkippedItem>& items) {
  Json skipped = Json::array();
  for (const SkippedItem& item : items) skipped.push_back({{"path", item.path}, {"why", item.why}});
  return skipped;
}

void readSkipped(StrictObject& object, std::vector<SkippedItem>& items) {
  object.objects("skipped", [&](StrictObject& o) {
    SkippedItem item;
    o.read("path", item.path);
    o.read("why", item.why);
    items.push_back(std::move(item));
  });
}

/// Predictions as five lists of equal length: a fifth of the size of one object each.
Json predictionsToJson(const std::vector<Prediction>& predictions) {
  Json sample = Json::array(), label = Json::array(), top1 = Json::array(), inTop5 = Json::array(),
       confidence = Json::array();
  for (const Prediction& p : predictions) {
    sample.push_back(p.sample);
    label.push_back(p.label);
    top1.push_back(p.top1);
    inTop5.push_back(p.inTop5 ? 1 : 0);
    confidence.push_back(p.confidence);
  }
  return {{"sample", sample}, {"label", label}, {"top1", top1}, {"inTop5", inTop5}, {"confidence", confidence}};
}

void readPredictions(StrictObject& object, std::vector<Prediction>& predictions) {
  std::vector<int64_t> sample, label, top1, inTop5;
  std::vector<double> confidence;
  object.read("sample", sample);
  object.read("label", label);
  object.read("top1", top1);
  object.read("inTop5", inTop5);
  object.read("confidence", confidence);
  for (size_t other : {label.size(), top1.size(), inTop5.size(), confidence.size()}) {
    if (other != sample.size()) return object.fail("sample", "and the lists beside it differ in length");
  }
  for (size_t i = 0; i < sample.size(); ++i) {
    predictions.push_back({static_cast<uint32_t>(sample[i]), static_cast<int32_t>(label[i]),
                           static_cast<int32_t>(top1[i]), inTop5[i] != 0, static_cast<float>(confidence[i])});
  }
}

constexpr std::pair<Interpolation, const char*> kInterpolations[] = {{Interpolation::Bilinear, "bilinear"},
                                                                     {Interpolation::Antialiased, "antialias"},
                                                                     {Interpolation::Area, "area"},
                                                                     {Interpolation::Nearest, "nearest"}};

std::string interpolationName(Interpolation interpolation) {
  for (const auto& [value, name] : kInterpolations) {
    if (value == interpolation) return name;
  }
  return {};
}

}  // namespace

Json toJson(const Preprocessing& p) {
  Json json = {{"mean", p.mean}, {"standardDeviation", p.standardDeviation}, {"scale", p.scale}};
  if (p.interpolation != Interpolation::Bilinear) json["interpolation"] = interpolationName(p.interpolation);
  json["resize"] = p.resize == ResizeMode::Exact ? "exact" : p.resize == ResizeMode::CenterCrop ? "center-crop" : "fit";
  if (p.channels)
    json["channels"] = *p.channels == ChannelOrder::Rgb ? "rgb" : *p.channels == ChannelOrder::Bgr ? "bgr" : "gray";
  json["source"] = p.source;
  return json;
}

void readPreprocessing(StrictObject& object, Preprocessing& p) {
  std::vector<double> mean(p.mean.begin(), p.mean.end()),
      deviation(p.standardDeviation.begin(), p.standardDeviation.end());
  double scale = p.scale;
  std::string resize = "exact", channels;
  object.read("mean", mean);
  object.read("standardDeviation", deviation);
  object.read("scale", scale);
  object.read("resize", resize);
  if (object.has("channels")) object.read("channels", channels);
  if (object.has("interpolation")) {
    std::string name;
    object.read("interpolation", name);
    const auto known = std::find_if(std::begin(kInterpolations), std::end(kInterpolations),
                                    [&name](const auto& row) { return name == row.second; });
    if (known == std::end(kInterpolations))
      object.fail("interpolation", "is \"" + name + "\"; bilinear, antialias, area and nearest are known");
    else
      p.interpolation = known->first;
  }
  object.read("source", p.source);
  p.mean.assign(mean.begin(), mean.end());
  p.standardDeviation.assign(deviation.begin(), deviation.end());
  p.scale = static_cast<float>(scale);
  if (std::find(deviation.begin(), deviation.end(), 0.0) != deviation.end())
    object.fail("standardDeviation", "holds a zero");
  if (mean.empty() || deviation.empty()) object.fail("mean", "or standardDeviation is empty");
  if (resize == "exact")
    p.resize = ResizeMode::Exact;
  else if (resize == "center-crop")
    p.resize = ResizeMode::CenterCrop;
  else if (resize == "fit")
    p.resize = ResizeMode::Fit;
  else
    object.fail("resize", "is \"" + resize + "\"; exact, center-crop and fit are known");
  if (channels == "rgb")
    p.channels = ChannelOrder::Rgb;
  else if (channels == "bgr")
    p.channels = ChannelOrder::Bgr;
  else if (channels == "gray")
    p.channels = ChannelOrder::Gray;
  else if (object.has("channels"))
    object.fail("channels", "is \"" + channels + "\"; rgb, bgr and gray are known");
}

Json toJson(const EvaluationResult& r) {
  Json json = {{"samples", r.samples}, {"labelled", r.labelled}, {"top1", toJson(r.top1)}, {"top5", toJson(r.top5)}};
  if (r.agreement) json["agreement"] = toJson(*r.agreement);
  json["predictions"] = predictionsToJson(r.predictions);
  json["classes"] = r.classes;
  json["skipped"] = skippedToJson(r.skipped);
  json["samplesPerSecond"] = r.samplesPerSecond;
  json["partial"] = r.partial;
  json["preprocessing"] = toJson(r.preprocessing);
  return json;
}

std::shared_ptr<const EvaluationResult> readEvaluation(StrictObject& object) {
  auto r = std::make_shared<EvaluationResult>();
  object.read("samples", r->samples);
  object.read("labelled", r->labelled);
  object.object("top1", [&](StrictObject& o) { readProportion(o, r->top1); });
  object.object("top5", [&](StrictObject& o) { readProportion(o, r->top5); });
  if (object.has("agreement"))
    object.object("agreement", [&](StrictObject& o) { readProportion(o, r->agreement.emplace()); });
  object.object("predictions", [&](StrictObject& o) { readPredictions(o, r->predictions); });
  uint64_t classes = 0;
  object.read("classes", classes);
  r->classes = classes;
  readSkipped(object, r->skipped);
  object.read("samplesPerSecond", r->samplesPerSecond);
  object.read("partial", r->partial);
  object.object("preprocessing", [&](StrictObject& o) { readPreprocessing(o, r->preprocessing); });
  constexpr uint64_t kMostClasses = 4096;  // of a confusion matrix
  if (r->labelled && classes && classes <= kMostClasses) {
    r->confusion.assign(classes, std::vector<uint32_t>(classes));
    for (const Prediction& p : r->predictions) {
      const bool inside = p.label >= 0 && p.top1 >= 0 && uint64_t(p.label) < classes && uint64_t(p.top1) < classes;
      if (inside) ++r->confusion[static_cast<size_t>(p.label)][static_cast<size_t>(p.top1)];
    }
  }
  return r;
}

Json toJson(const LatencyResult& r) {
  Json operators = Json::array();
  for (const OperatorLatency& op : r.operators)
    operators.push_back({{"index", op.index.value},
                         {"medianMicroseconds", op.medianMicroseconds},
                         {"share", op.share},
                         {"macs", op.macs}});
  return {{"medianMicroseconds", r.medianMicroseconds},
          {"p90Microseconds", r.p90Microseconds},
          {"minMicroseconds", r.minMicroseconds},
          {"runs", r.runs},
          {"threads", r.threads},
          {"kernels", r.kernels == KernelSet::Fast ? "fast" : "reference"},
          {"operators", operators},
          {"arenaBytes", r.arenaBytes}};
}

std::shared_ptr<const LatencyResult> readLatency(StrictObject& object) {
  auto r = std::make_shared<LatencyResult>();
  std::string kernels;
  object.read("medianMicroseconds", r->medianMicroseconds);
  object.read("p90Microseconds", r->p90Microseconds);
  object.read("minMicroseconds", r->minMicroseconds);
  object.read("runs", r->runs);
  object.read("threads", r->threads);
  object.read("kernels", kernels);
  r->kernels = kernels == "reference" ? KernelSet::Reference : KernelSet::Fast;
  object.objects("operators", [&](StrictObject& o) {
    OperatorLatency op;
    o.read("index", op.index.value);
    o.read("medianMicroseconds", op.medianMicroseconds);
    o.read("share", op.share);
    o.read("macs", op.macs);
    r->operators.push_back(op);
  });
  object.read("arenaBytes", r->arenaBytes);
  return r;
}

Json toJson(const LayerErrors& errors) {
  Json accumulated = Json::array(), local = Json::array();
  for (const LayerError& error : errors.accumulated) accumulated.push_back(toJson(error));
  for (const LayerError& error : errors.local) local.push_back(toJson(error));
  return {{"accumulated", accumulated},
          {"local", local},
          {"samples", errors.samples},
          {"unmatched", errors.unmatched},
          {"skipped", skippedToJson(errors.skipped)}};
}

std::shared_ptr<const LayerErrors> readLayerErrors(StrictObject& object) {
  auto errors = std::make_shared<LayerErrors>();
  object.objects("accumulated", [&](StrictObject& o) { errors->accumulated.push_back(readLayerError(o)); });
  object.objects("local", [&](StrictObject& o) { errors->local.push_back(readLayerError(o)); });
  object.read("samples", errors->samples);
  object.read("unmatched", errors->unmatched);
  readSkipped(object, errors->skipped);
  return errors;
}

Json toJson(const SensitivityResult& r) {
  Json operators = Json::array();
  for (const OperatorSensitivity& op : r.operators)
    operators.push_back({{"index", op.index.value},
                         {"op", op.op},
                         {"quantizeOne", op.quantizeOne},
                         {"keepOne", op.keepOne},
                         {"quantizeOneError", op.quantizeOneError},
                         {"keepOneError", op.keepOneError}});
  return {{"metric", r.metric},
          {"samples", r.samples},
          {"operators", operators},
          {"floatMetric", r.floatMetric},
          {"quantizedMetric", r.quantizedMetric},
          {"quantizedError", r.quantizedError},
          {"skipped", skippedToJson(r.skipped)}};
}

std::shared_ptr<const SensitivityResult> readSensitivity(StrictObject& object) {
  auto r = std::make_shared<SensitivityResult>();
  object.read("metric", r->metric);
  object.read("samples", r->samples);
  object.objects("operators", [&](StrictObject& o) {
    OperatorSensitivity op;
    o.read("index", op.index.value);
    o.read("op", op.op);
    o.read("quantizeOne", op.quantizeOne);
    o.read("keepOne", op.keepOne);
    o.read("quantizeOneError", op.quantizeOneError);
    o.read("keepOneError", op.keepOneError);
    r->operators.push_back(std::move(op));
  });
  object.read("floatMetric", r->floatMetric);
  object.read("quantizedMetric", r->quantizedMetric);
  object.read("quantizedError", r->quantizedError);
  readSkipped(object, r->skipped);
  return r;
}

}  // namespace quantscope::ui
