#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/evaluation/bootstrap.h"
#include "core/evaluation/fidelity.h"
#include "core/evaluation/tasks/task.h"
#include "core/pipeline/pipeline.h"
#include "ui/workspace/job_controller.h"
#include "ui/workspace/selection.h"

namespace quantscope {
struct Advice;
struct RecipeSearch;
struct Target;
enum class Optimize;
}  // namespace quantscope

namespace quantscope::ui {

/// Where data comes from and what is done to it. The dataset itself is opened when needed.
struct DatasetReference {
  QString path;
  std::optional<Preprocessing> preprocessing;  ///< nothing: from the model's metadata
  size_t limit = 0;
  QString labels = {};  ///< text file of class names in the order of the outputs; empty: metadata, else folder names
  friend bool operator==(const DatasetReference&, const DatasetReference&) = default;
};
enum class DatasetUse { Calibration, Evaluation };

/// What is known of a chosen data set. It is listed in the background.
struct DatasetState {
  enum class Status { None, Loading, Ready, Failed };
  Status status = Status::None;
  std::shared_ptr<const Dataset> dataset;  ///< where Ready
  std::optional<Error> error;              ///< where Failed
};

/// What the outputs mean and how they are read.
struct TaskChoice {
  QString name = QStringLiteral("classification");  ///< "classification", "agreement", or a name of taskList()
  std::optional<int> labelOffset;                   ///< output index (detection: category id) = label + offset
  std::optional<bool> softmax;                      ///< classification: confidences are the softmax; nothing: found out
  double scoreThreshold = 0;                        ///< detection: boxes below it are left out
  int normalLabel = 0;                              ///< anomaly: the label of what is normal
  double maxFalsePositiveRate = 0.1;                ///< anomaly: of the partial AUC
  bool classifies() const { return name == QLatin1String("classification") || name == QLatin1String("keywords"); }
  friend bool operator==(const TaskChoice&, const TaskChoice&) = default;
};

/// Everything that undo takes back, as one plain value.
struct EditState {
  Recipe recipe;
  std::optional<DatasetReference> calibrationData, evaluationData;
  TaskChoice task;
  Observer observer = Observer::MinMax;  ///< how ranges follow from the calibration's observations
  int currentVariant = 0;
  friend bool operator==(const EditState&, const EditState&) = default;
};

/// What a search measured of one of its trials, on the samples that it chose by.
struct SearchFigures {
  QualityMetric metric = QualityMetric::Top1;
  Fidelity fidelity;
  bool best = false;     ///< the one that the search ended with
  bool onFront = false;  ///< no trial is both smaller and better
};

/// A recipe, the model it made, and what was measured. Variant 0 is the float baseline.
struct Variant {
  int id = 0;
  int parent = -1;  ///< id of the variant it was made from
  QString name;
  Recipe recipe;
  std::shared_ptr<const QuantizationPlan> plan;  ///< null for the baseline and after a restore
  std::shared_ptr<const Model> model;            ///< null until made (restored workspaces make it again on demand)
  int64_t bytes = 0;
  std::shared_ptr<const EvaluationResult> evaluation;  ///< of classification; at most one of the two is there
  std::shared_ptr<const TaskResult> taskResult;        ///< of another task
  std::optional<PairedDifference> paired;              ///< of taskResult against the baseline's, sample by sample
  TaskChoice task;                                     ///< that they were measured for
  std::optional<SearchFigures> searched;               ///< of a trial; evaluating it stands above that
  std::vector<std::string> remarks = {};               ///< what was done otherwise than asked for; not saved
  std::shared_ptr<const LatencyResult> latency;
  std::shared_ptr<const LayerErrors> layerErrors;
  std::optional<DatasetReference> evaluationData;  ///< what `evaluation` was measured on
  bool stale = false;  ///< measured with other data or another baseline than now; shown, not deleted

  bool measured() const { return evaluation || taskResult; }
  bool partial() const { return evaluation ? evaluation->partial : taskResult && taskResult->partial; }
};

/// What a search for mixed precision is asked for.
struct SearchWish {
  std::optional<double> maxDrop;    ///< smallest file that loses at most so much (0.01: one point) ...
  std::optional<int64_t> maxBytes;  ///< ... or the best file of at most so many bytes; exactly one is given
  std::vector<Precision> schemes;   ///< to choose from beside float32; empty: all that the plan allows
  size_t trials = 60;               ///< variants that are evaluated at most
  size_t samples = 0;               ///< that they are evaluated on; 0: all
};

/// A warning with its operator, what it means, and what can be done about it with one click.
struct Problem {
  enum class Severity { Note, Warning, Error };
  Severity severity = Severity::Warning;
  OperatorIndex op;  ///< invalid: the whole model
  TensorIndex tensor;
  QString what, why;
  struct Remedy {
    QString label;                ///< "Keep this operator in float32"
    std::function<void()> apply;  ///< undoable
  };
  std::vector<Remedy> remedies;
};

struct WorkspaceFile;

/// The open workspace: one baseline model, data sets, the recipe being edited, variants and their results. Views look
/// at it and listen; every change of the recipe is an undo command that reads as a change log entry.
/// All heavy work goes through jobs(). Lives on the window's thread.
class Document : public QObject {
  Q_OBJECT
public:
  explicit Document(QObject* parent = nullptr);
  ~Document() override;

  // --- files -------------------------------------------------------------------------------------------
  /// Opens a workspace (.qscope) or a model, by the name's ending. Of a bundle with several models the window is asked
  /// which one (bundleFound).
  void open(const QString& path);
  /// Opens a model as a new workspace (job). The current one is kept where it fails.
  void openModel(const QString& path);
  /// Opens a .qscope workspace (job for the model). With `recovered` (what an autosave was saved as; may be empty) the
  /// file is an autosave: the workspace counts as modified and keeps its own name.
  void openWorkspace(const QString& path, const std::optional<QString>& recovered = std::nullopt);
  /// Writes the .qscope file (JSON, relative paths, atomic). Errors name the file.
  Result<void> saveWorkspace(const QString& path);
  /// What writes a copy of the present state with absolute paths, whenever and on whatever thread it is called; the
  /// document keeps its name and stays modified.
  std::function<Result<void>()> copyWriter(const QString& path) const;
  /// Back to the welcome page.
  void closeWorkspace();
  QString workspacePath() const { return m_workspacePath; }  ///< empty: never saved
  QString displayName() const;                               ///< for the title: "resnet8.qscope"
  bool modified() const;
  bool opening() const { return m_opening; }

  // --- baseline ----------------------------------------------------------------------------------------
  bool hasModel() const { return m_loaded != nullptr; }
  std::shared_ptr<const LoadedModel> loaded() const { return m_loaded; }
  std::shared_ptr<const Model> model() const { return m_loaded ? m_loaded->model : nullptr; }
  const ModelSummary& summary() const { return m_summary; }
  /// Statistics of a constant tensor: null until the background job has them; asking starts it. statisticsReady()
  /// tells. Per-channel summaries lie along the axis of weight scales.
  std::shared_ptr<const TensorStatistics> statistics(TensorIndex tensor);
  /// Why statistics() of a tensor stays null; nothing while it is not known to.
  std::optional<Error> statisticsError(TensorIndex tensor) const;

  // --- data --------------------------------------------------------------------------------------------
  const std::optional<DatasetReference>& dataset(DatasetUse use) const;
  const DatasetState& datasetState(DatasetUse use) const;
  /// The opened data set, for class names and pictures; null until it is listed.
  std::shared_ptr<const Dataset> openedDataset(DatasetUse use) const { return datasetState(use).dataset; }
  /// Undoable.
  void setDataset(DatasetUse use, const std::optional<DatasetReference>& reference);
  const TaskChoice& task() const { return m_state.task; }
  /// Undoable. Results of another task are marked as stale.
  void setTask(const TaskChoice& task);
  /// Both at once, one step of undo: a folder with "calibration" and "evaluation" (or "test") inside sets both, any
  /// other folder or file is used for calibration and evaluation alike.
  void setDatasetFolder(const QString& path);
  Observer observer() const { return m_state.observer; }
  /// Undoable. Ranges that were observed are chosen anew, without running anything.
  void setObserver(Observer observer);
  std::shared_ptr<const CalibrationResult> ranges() const { return m_ranges; }
  /// The ranges were observed on other data than what is chosen now.
  bool rangesStale() const;

  // --- recipe ------------------------------------------------------------------------------------------
  const Recipe& recipe() const { return m_state.recipe; }
  /// Precisions that the quantizer offers, in the order of its modes; float32 first.
  std::vector<Precision> offeredPrecisions() const;
  /// Undoable; `text` is the entry of the history ("Set 3 operators to int16×8"). Consecutive changes with the same
  /// (not empty) mergeKey within a second and a half become one entry: typing, dragging.
  void setRecipe(const Recipe& recipe, const QString& text, const QString& mergeKey = {});
  /// Undoable; nothing: back to what the rules say.
  void setOperatorScheme(const std::vector<OperatorIndex>& operators, std::optional<Scheme> scheme);
  /// As above with the precision only; granularity and algorithms stay.
  void setOperatorPrecision(const std::vector<OperatorIndex>& operators, Precision precision);
  /// Undoable; another device, the same wishes: the plan says what becomes of them.
  void setTarget(const std::string& name);
  /// The recipe's target; the first one where the recipe names none that is known.
  const Target& target() const;
  /// Undoable: the recipe becomes that of a preset for a device. `samples`: there will be data to calibrate on.
  void usePreset(Optimize optimize, const Target& device, bool samples);
  /// Undoable: the recipe becomes that of a mode, for a device.
  void useMode(const std::string& mode, const Target& device);
  /// There is calibration data, or ranges were observed.
  bool hasSamples() const { return m_state.calibrationData || m_ranges; }
  /// Undoable: an algorithm is taken up or left out in the schemes of these operators; none: in the whole recipe.
  void setAlgorithm(const std::vector<OperatorIndex>& operators, const std::string& name, bool on);
  /// What suits a device, in the background; `done` is called on the window's thread.
  void advise(const std::string& target, bool samples, std::function<void(const Result<Advice>&)> done);
  /// What the recipe will really give; planned anew in the background at every change (planChanged). Null without a
  /// model, before the first plan, or where the recipe is wrong (planError).
  std::shared_ptr<const QuantizationPlan> plan() const { return m_plan; }
  QString planError() const { return m_planError; }
  /// A newer plan is being made: plan() is of an earlier recipe.
  bool planPending() const;
  /// Scheme each operator is asked for.
  const ResolvedRecipe& resolved() const { return m_resolved; }
  /// The plan gives the operator another precision than it is asked for. Operators whose results are integers anyway
  /// (SHAPE, ARG_MAX) never differ: there is nothing to choose.
  bool differs(OperatorIndex op) const;
  /// Type of the operator's result where that is integers or truth values which nothing quantizes (SHAPE, ARG_MAX): its
  /// precision is no choice. Nothing for all others.
  std::optional<ElementType> fixedResult(OperatorIndex op) const;
  /// The operator has a choice of its own beside the rules.
  bool hasOwnScheme(OperatorIndex op) const;
  /// Weight SQNR in dB of an operator under its wish; nothing where it has no weights, stays float32, or is not known
  /// yet (computed in the background, sqnrChanged tells).
  std::optional<double> weightSqnr(OperatorIndex op) const;
  QUndoStack* undoStack() { return &m_undo; }

  // --- work (all as jobs) --------------------------------------------------------------------------------
  void calibrate();
  /// Makes a variant of the current recipe (calibrates first where that is needed and data is set).
  void quantize(const QString& name = {});
  /// Measures top-1 and latency of variants, one job each; the baseline first where it was not measured on this data.
  void evaluate(const std::vector<int>& variantIds);
  /// All variants without results on the present data; where there is none, the current one again.
  void evaluateOutstanding();
  void measureSensitivity();
  void compareLayersOf(int variantId);
  /// Mixed precision under a budget: every trial becomes a variant, the best one the current. Cancelled after some
  /// trial fits the budget: the best so far. Calibrates first where needed.
  void search(const SearchWish& wish);
  std::shared_ptr<const SensitivityResult> sensitivity() const { return m_sensitivity; }
  /// Listed job that works on a variant now or will; nothing: none.
  std::optional<int> jobOfVariant(int id) const;

  // --- variants ----------------------------------------------------------------------------------------
  const std::vector<Variant>& variants() const { return m_variants; }
  const Variant* variant(int id) const;
  int currentVariant() const { return m_state.currentVariant; }
  void setCurrentVariant(int id);  ///< its recipe becomes the one being edited (undoable)
  void renameVariant(int id, const QString& name);
  void removeVariant(int id);  ///< children get its parent; the baseline stays
  /// Writes the variant's model (job); notice() or failed() tells.
  void exportVariant(int id, const QString& path, IfExists ifExists);

  const std::vector<Problem>& problems() const { return m_problems; }
  JobController& jobs() { return m_jobs; }
  Selection& selection() { return m_selection; }
  const Selection& selection() const { return m_selection; }

  /// Asks the window to show a view by its id of the view registry ("rules", "problems").
  void showView(const QString& id) { emit viewRequested(id); }

signals:
  void modelChanged();
  void recipeChanged();    ///< wishes
  void planChanged();      ///< plan() is of the present recipe
  void datasetsChanged();  ///< choice or state
  void taskChanged();
  void rangesChanged();
  void variantsChanged();  ///< list, names or results
  void currentVariantChanged();
  void sensitivityChanged();
  void problemsChanged();
  void statisticsReady(quantscope::TensorIndex tensor);
  void sqnrChanged();
  void modifiedChanged();
  void openingChanged();
  /// For the non-modal message bar: what happened, where, why, and what to do.
  void failed(const quantscope::Error& error);
  void notice(const QString& message);
  /// Something that was asked for needs data first; the window asks for it and calls `then`.
  void dataNeeded(quantscope::ui::DatasetUse use, std::function<void()> then);
  void viewRequested(const QString& id);
  /// A file that was to be opened holds several models.
  void bundleFound(const QString& path, const std::vector<quantscope::BundledModel>& models);

private:
  struct Private;
  friend class EditCommand;
  friend struct ProblemSources;

  void adopt(std::shared_ptr<const LoadedModel> loaded, const WorkspaceFile* file,
             std::shared_ptr<const CalibrationResult> ranges);
  void clearMeasured();
  /// The present state as it is written; a model is open.
  WorkspaceFile workspaceFile() const;
  void push(EditState after, const QString& text, const QString& mergeKey = {});
  void applyState(const EditState& state);
  void resolve();
  void replan();
  void startPlan();
  void startSqnr();
  void startStatistics();
  void openDatasets();
  void markStale();
  void updateProblems();
  void touchResults();
  bool needsRanges(const Recipe& recipe) const;
  bool needsSamples(const Recipe& recipe) const;
  void calibrateThen(std::function<void()> then);
  void chooseRangesAnew();
  void quantizeNow(const QString& name);
  struct Baseline;
  void startEvaluation(int id, std::shared_ptr<Baseline> baseline);
  void adoptTrials(const RecipeSearch& search, int parent);
  /// What it takes to make a variant's model, on any thread.
  struct Making;
  Making making(const Variant& variant) const;
  Variant* findVariant(int id);
  QString variantNameFor(const Recipe& recipe, const QString& wish) const;
  void report(const Error& error);

  std::unique_ptr<Private> d;
  std::shared_ptr<const LoadedModel> m_loaded;
  ModelSummary m_summary;
  QString m_workspacePath, m_planError;
  bool m_opening = false;
  EditState m_state;
  ResolvedRecipe m_resolved;
  std::shared_ptr<const QuantizationPlan> m_plan;
  std::shared_ptr<const CalibrationResult> m_ranges;
  std::shared_ptr<const SensitivityResult> m_sensitivity;
  std::vector<Variant> m_variants;
  std::vector<Problem> m_problems;
  QUndoStack m_undo;
  Selection m_selection;
  JobController m_jobs;  // last: joins before the rest goes
};

}  // namespace quantscope::ui
