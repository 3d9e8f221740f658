#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ui/workspace/document.h"

namespace quantscope::ui {

/// One entry of the undo history.
struct HistoryStep {
  QString text;
  EditState after;
};

/// What a .qscope file holds, as plain values; documented in docs/formats.md. Paths are as in the file.
struct WorkspaceFile {
  QString modelPath;
  int64_t modelBytes = 0;  ///< of the model file when it was saved: another size makes the results stale
  EditState state;
  std::vector<Variant> variants;  ///< without models and plans; the first is the baseline
  std::shared_ptr<const SensitivityResult> sensitivity;
  std::string ranges;  ///< JSON text of the calibration; empty: none. Read once the model is there
  std::optional<DatasetReference> rangesData;  ///< what they were observed on
  EditState historyStart;                      ///< before the first step
  std::vector<HistoryStep> history;
  int historyPosition = 0;  ///< steps that are done
};

/// As JSON text. Where evaluation results are many, this is the longest part.
std::string workspaceToJson(const WorkspaceFile& file);
/// Errors: Malformed with the key ("variants[2].bytes is not a whole number"); Unsupported for a newer version.
Result<WorkspaceFile> workspaceFromJson(std::string_view text);
/// Reads and parses; errors name the file. Nothing above 256 MB is read.
Result<WorkspaceFile> readWorkspaceFile(const QString& path);

}  // namespace quantscope::ui
