#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/evaluate.h"
#include "core/evaluation/layer_error.h"
#include "core/evaluation/sensitivity.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope {

/// A sample that a variant answers otherwise than the baseline, with its picture.
struct ReportPicture {
  std::string path, answer;     ///< answer: "dog → cat, now wrong"
  std::string mediaType, data;  ///< "image/jpeg" and the file's bytes; empty: no picture
};

/// One variant as a report shows it. Pointers may be null: not measured.
struct ReportVariant {
  std::string name, madeFrom, mode;
  std::shared_ptr<const Model> model;
  int64_t bytes = 0;
  std::shared_ptr<const EvaluationResult> evaluation;
  std::shared_ptr<const TaskResult> taskResult = {};  ///< of a task other than classification
  std::optional<PairedDifference> paired = {};        ///< of taskResult against that of the first variant
  std::shared_ptr<const LatencyResult> latency;
  std::shared_ptr<const LayerErrors> layerErrors;
  std::string recipeJson;
  std::string commandLine;                  ///< that makes it again
  std::vector<ReportPicture> changed = {};  ///< the first of `changedCount`
  size_t changedCount = 0;
  std::vector<std::string> classNames = {};  ///< by output index
};
struct Report {
  std::string title, modelPath, dataset;
  std::vector<std::pair<std::string, std::string>>
      environment;                      ///< name and value, as shown; see describeEnvironment()
  std::vector<ReportVariant> variants;  ///< the first is the baseline
  std::shared_ptr<const SensitivityResult> sensitivity;
};

/// Program, processor, system and time of day, for Report::environment.
std::vector<std::pair<std::string, std::string>> describeEnvironment(int threads);

/// One self-contained HTML page: tables, inline SVG plots, graph picture, recipe, environment. No network, no script
/// needed.
std::string renderHtmlReport(const Report& report);
/// The table of variants as CSV.
std::string renderCsv(const Report& report);
/// The graph of a model's subgraph 0 as an SVG picture (cards coloured by effective precision), light or dark as the
/// viewer prefers. Errors: those of layoutGraph().
Result<std::string> renderGraphSvg(const Model& model, Progress& progress);

}  // namespace quantscope
