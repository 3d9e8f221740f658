#pragma once

#include <QSet>
#include <QTimer>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

#include "core/base/thread_pool.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

/// What only the sources of Document see.
struct Document::Private {
  // statistics
  std::unordered_map<TensorIndex, std::shared_ptr<const TensorStatistics>> statistics;
  std::unordered_map<TensorIndex, Error> statisticsErrors;
  std::vector<TensorIndex> statisticsWanted;  ///< the last one is next: what was asked for last is being looked at
  bool statisticsRunning = false;

  // weight SQNR: by operator, for the wishes it was computed for
  std::vector<std::vector<std::pair<Scheme, std::optional<double>>>> sqnrKnown;
  std::vector<std::optional<double>> sqnr;
  bool sqnrRunning = false;

  // plan
  bool planRunning = false, planWanted = false;

  // data sets
  DatasetState calibration, evaluation;
  std::optional<DatasetReference> calibrationOpened, evaluationOpened;
  int datasetGeneration = 0;
  std::optional<DatasetReference> rangesData;

  std::map<int, int> variantJobs;  ///< job -> variant
  bool resultsChanged = false;     ///< measured or made since the last save
  bool applying = false;           ///< undo commands are being restored: they must not act
  bool wasModified = false;
  int lastVariantId = 0;
  QString savedAs;  ///< of a recovered autosave
};

/// Opens a data set as its reference says; on any thread. `open`: the same data set where it is open already.
Result<std::shared_ptr<const Dataset>> openReference(const DatasetReference& reference, const Model& model,
                                                     const std::shared_ptr<const Dataset>& open = nullptr);

/// The recipe of a variant with what it was made on; a value that work on other threads takes along.
struct Document::Making {
  std::shared_ptr<const Model> source, ready;  ///< ready: null until it is made
  Recipe recipe;
  std::shared_ptr<const CalibrationResult> ranges;
  std::optional<DatasetReference> samples;  ///< for algorithms that look at some
  std::shared_ptr<const Dataset> open;

  /// The variant's model, made again where it is not there. Errors: those of quantizeModel().
  Result<std::shared_ptr<const Model>> make(Progress& progress) const;
};

/// Threads of heavy work: one processor is left to the window.
inline int workThreads() {
  return std::max(1, hardwareThreads() - (hardwareThreads() > 2 ? 1 : 0));
}

/// Integer activations need observed ranges.
inline bool needsActivationRanges(Precision precision) {
  return precision == Precision::Int8 || precision == Precision::Int16x8 || precision == Precision::Int4x8 ||
         precision == Precision::Int4x16;
}

inline std::filesystem::path toPath(const QString& path) {
  return std::filesystem::path(path.toStdU16String());
}
inline QString fromPath(const std::filesystem::path& path) {
  return QString::fromStdU16String(path.u16string());
}

}  // namespace quantscope::ui
