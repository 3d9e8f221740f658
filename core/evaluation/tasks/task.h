#pragma once

#include <any>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/evaluation/evaluate.h"

/// What a model is for, and how well it does that. One file per task; the list of them is in task_list.cpp.
namespace quantscope {

/// How outputs are read. What a task does not use is ignored.
struct TaskOptions {
  /// Output index = label + offset. 1 where output 0 is a background class. Detection: category id = class + offset;
  /// nothing: the smallest id of the annotations.
  std::optional<int32_t> labelOffset;
  std::vector<std::string> classNames;  ///< in output order; detection finds categories by them
  float scoreThreshold = 0;             ///< detection: boxes below it are left out
  double maxFalsePositiveRate = 0.1;    ///< anomaly: of the partial AUC
  int32_t normalLabel = 0;              ///< anomaly: the class that is not anomalous
  std::vector<size_t> recallAt{1, 5};   ///< embedding
};

/// One figure of a task.
struct TaskMetric {
  std::string name;
  double value = 0;
  std::optional<double> low = {}, high = {};  ///< 95 % interval
  bool higherIsBetter = true;
};

/// Figures of one class, category or output.
struct TaskRow {
  std::string name;
  std::vector<double> values;  ///< by TaskResult::columns; NaN where undefined
};

struct TaskResult {
  std::string task;
  std::vector<TaskMetric> metrics;  ///< the first is what variants are compared by
  std::vector<std::string> columns;
  std::vector<TaskRow> rows;
  /// One figure per used sample whose mean follows from it alone, for paired tests; empty where there is none.
  std::vector<double> perSample;
  std::string perSampleName;
  std::vector<uint32_t> sampleIndices;  ///< by perSample: index in the dataset
  uint64_t samples = 0;
  double samplesPerSecond = 0;
  bool partial = false;
  std::vector<std::string> notes;  ///< how outputs were read, in words
  std::vector<SkippedItem> skipped;
  Preprocessing preprocessing;
};

/// One output of a run as real values.
struct OutputValues {
  std::vector<int32_t> shape;
  std::vector<float> values;
};

/// A task on one model and one dataset.
class TaskMeasurement {
public:
  virtual ~TaskMeasurement() = default;
  /// What one sample tells; on any thread. Errors: why the sample is skipped.
  virtual Result<std::any> observe(const std::vector<OutputValues>& outputs, const Sample& sample) const = 0;
  /// The observations in the order of the samples, on one thread.
  virtual void add(uint32_t sample, std::any observation) = 0;
  /// Fills metrics, columns, rows, perSample and notes.
  virtual void finish(TaskResult& result) = 0;
};

struct TaskContext {
  const PreparedModel& prepared;
  const Dataset& dataset;
  const TaskOptions& options;
};

struct TaskEntry {
  const char* name;         ///< as on the command line
  const char* description;  ///< for help: what it measures and what it needs of the data
  Result<std::unique_ptr<TaskMeasurement>> (*create)(const TaskContext&);
};
/// All tasks but classification, whose entry is evaluateClassification().
std::span<const TaskEntry> taskList();
const TaskEntry* findTask(std::string_view name);

/// Runs the model on all samples. The same result on any number of threads. Cancelled after at least one block of
/// samples: what was done, marked partial. Errors: Cancelled; InvalidArgument (nothing could be used, an output that
/// the task cannot read); what preparing gives.
Result<std::shared_ptr<const TaskResult>> evaluateTask(const TaskEntry& task, std::shared_ptr<const Model> model,
                                                       const Dataset& dataset, const TaskOptions& taskOptions,
                                                       const EvaluationOptions& options, Progress& progress);

/// Makers, one per file.
Result<std::unique_ptr<TaskMeasurement>> createDetection(const TaskContext& context);
Result<std::unique_ptr<TaskMeasurement>> createSegmentation(const TaskContext& context);
Result<std::unique_ptr<TaskMeasurement>> createRegression(const TaskContext& context);
Result<std::unique_ptr<TaskMeasurement>> createAnomaly(const TaskContext& context);
Result<std::unique_ptr<TaskMeasurement>> createEmbedding(const TaskContext& context);

}  // namespace quantscope
