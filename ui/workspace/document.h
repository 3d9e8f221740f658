#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>
#include <memory>
#include <optional>
#include <vector>

#include "core/pipeline/pipeline.h"
#include "ui/workspace/job_controller.h"
#include "ui/workspace/selection.h"

namespace quantscope::ui {

/// Where data comes from and what is done to it. The dataset itself is opened when needed.
struct DatasetReference {
  QString path;
  std::optional<Preprocessing> preprocessing;  ///< nothing: from the model's metadata
  size_t limit = 0;
  friend bool operator==(const DatasetReference& a, const DatasetReference& b) {
    return a.path == b.path && a.limit == b.limit && a.preprocessing.has_value() == b.preprocessing.has_value();
  }
};
enum class DatasetUse { Calibration, Evaluation };

/// A recipe, the model it made, and what was measured. Variant 0 is the float baseline.
struct Variant {
  int id = 0;
  int parent = -1;       ///< id of the variant it was made from
  QString name;
  Recipe recipe;
  std::shared_ptr<const QuantizationPlan> plan;      ///< null for the baseline
  std::shared_ptr<const Model> model;                ///< null until made (restored workspaces make it again on demand)
  int64_t bytes = 0;
  std::shared_ptr<const EvaluationResult> evaluation;
  std::shared_ptr<const LatencyResult> latency;
  std::shared_ptr<const LayerErrors> layerErrors;
  bool stale = false;    ///< measured with other data or another baseline than now; shown, not deleted
};

/// A warning with its operator, what it means, and what can be done about it with one click.
struct Problem {
  enum class Severity { Note, Warning, Error };
  Severity severity = Severity::Warning;
  OperatorIndex op;
  TensorIndex tensor;
  QString what, why;
  struct Remedy {
    QString label;                       ///< "Keep this operator in float32"
    std::function<void()> apply;         ///< undoable
  };
  std::vector<Remedy> remedies;
};

/// The open workspace: one baseline model, data sets, the recipe being edited, variants and their results. Views look
/// at it and listen; every change of the recipe is an undo command that reads as a change log entry.
/// All heavy work goes through jobs(). Lives on the window's thread.
class Document : public QObject {
  Q_OBJECT
public:
  explicit Document(QObject* parent = nullptr);
  ~Document() override;

  // --- files -------------------------------------------------------------------------------------------
  /// Opens a model as a new workspace (job). The current one is kept where it fails.
  void openModel(const QString& path);
  /// Opens a .qscope workspace (job for the model).
  void openWorkspace(const QString& path);
  /// Writes the .qscope file (JSON, relative paths, atomic). Errors name the file.
  Result<void> saveWorkspace(const QString& path);
  QString workspacePath() const { return m_workspacePath; }
  QString displayName() const;  ///< for the title: "resnet8.qscope"
  bool modified() const;

  // --- baseline ----------------------------------------------------------------------------------------
  bool hasModel() const { return m_loaded != nullptr; }
  std::shared_ptr<const LoadedModel> loaded() const { return m_loaded; }
  std::shared_ptr<const Model> model() const { return m_loaded ? m_loaded->model : nullptr; }
  const ModelSummary& summary() const { return m_summary; }
  /// Statistics of a constant tensor: null until the background job has them; asking starts it. statisticsReady() tells.
  std::shared_ptr<const TensorStatistics> statistics(TensorIndex tensor);

  // --- data --------------------------------------------------------------------------------------------
  const std::optional<DatasetReference>& dataset(DatasetUse use) const;
  /// Undoable.
  void setDataset(DatasetUse use, const std::optional<DatasetReference>& reference);
  /// The opened data set, for class names and pictures; null until a job or view opened it.
  std::shared_ptr<const Dataset> openedDataset(DatasetUse use) const;
  std::shared_ptr<const CalibrationResult> ranges() const { return m_ranges; }

  // --- recipe ------------------------------------------------------------------------------------------
  const Recipe& recipe() const { return m_recipe; }
  /// Undoable; `text` is the entry of the history ("Set 3 operators to int16×8").
  void setRecipe(const Recipe& recipe, const QString& text);
  void setOperatorScheme(const std::vector<OperatorIndex>& operators, std::optional<Scheme> scheme);
  /// What the recipe will really give; planned again at every change (<= 100 ms). Null without a model or where the recipe is wrong.
  std::shared_ptr<const QuantizationPlan> plan() const { return m_plan; }
  QString planError() const { return m_planError; }
  /// Scheme each operator is asked for.
  const ResolvedRecipe& resolved() const { return m_resolved; }
  /// Weight SQNR in dB of an operator under its wish; nothing where it has no weights. Computed in the background.
  std::optional<double> weightSqnr(OperatorIndex op) const;
  QUndoStack* undoStack() { return &m_undo; }

  // --- work (all as jobs) --------------------------------------------------------------------------------
  void calibrate();
  /// Makes a variant of the current recipe (calibrates first where that is needed and data is set).
  void quantize(const QString& name = {});
  void evaluate(const std::vector<int>& variantIds);
  void measureSensitivity();
  void compareLayersOf(int variantId);
  std::shared_ptr<const SensitivityResult> sensitivity() const { return m_sensitivity; }

  // --- variants ----------------------------------------------------------------------------------------
  const std::vector<Variant>& variants() const { return m_variants; }
  const Variant* variant(int id) const;
  int currentVariant() const { return m_currentVariant; }
  void setCurrentVariant(int id);      ///< its recipe becomes the one being edited (undoable)
  void renameVariant(int id, const QString& name);
  void removeVariant(int id);
  Result<void> exportVariant(int id, const QString& path, IfExists ifExists);

  const std::vector<Problem>& problems() const { return m_problems; }
  JobController& jobs() { return m_jobs; }
  Selection& selection() { return m_selection; }

signals:
  void modelChanged();
  void recipeChanged();       ///< wishes and plan
  void datasetsChanged();
  void rangesChanged();
  void variantsChanged();     ///< list, names or results
  void currentVariantChanged();
  void sensitivityChanged();
  void problemsChanged();
  void statisticsReady(quantscope::TensorIndex tensor);
  void sqnrChanged();
  void modifiedChanged();
  /// For the non-modal message bar: what happened and what to do.
  void failed(const QString& message);
  void notice(const QString& message);

private:
  struct Private;
  friend class RecipeCommand;
  friend class DatasetCommand;
  std::unique_ptr<Private> d;
  std::shared_ptr<const LoadedModel> m_loaded;
  ModelSummary m_summary;
  QString m_workspacePath, m_planError;
  Recipe m_recipe;
  ResolvedRecipe m_resolved;
  std::shared_ptr<const QuantizationPlan> m_plan;
  std::shared_ptr<const CalibrationResult> m_ranges;
  std::shared_ptr<const SensitivityResult> m_sensitivity;
  std::vector<Variant> m_variants;
  int m_currentVariant = 0;
  std::vector<Problem> m_problems;
  std::optional<DatasetReference> m_calibrationData, m_evaluationData;
  QUndoStack m_undo;
  Selection m_selection;
  JobController m_jobs;  // last: joins before the rest goes
};

}  // namespace quantscope::ui
