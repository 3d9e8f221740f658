#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/console.h"
#include "core/base/atomic_file.h"
#include "core/pipeline/pipeline.h"

/// Options that several commands share, and what follows from them.
namespace quantscope::cli {

/// --data and everything that says how its items become inputs.
struct DataArguments {
  std::string data;
  std::vector<float> mean, standardDeviation;
  std::optional<float> scale;
  std::string audio;       ///< waveform, log-mel or mfcc; empty: what the input's shape suggests
  AudioFrontEnd frontEnd;  ///< its figures
  std::string resize, interpolation, channels, labels;
};
void declareData(CLI::App& command, DataArguments& arguments, bool required);
/// Opens the dataset for a model. Errors: those of openModelDataset(); an unreadable file of labels.
Result<std::shared_ptr<const Dataset>> openData(const DataArguments& arguments, const Model& model);
/// Says on stderr what will be done to the samples.
void notePreprocessing(const Dataset& dataset, Console& console);
/// Says on stderr which samples were left out of the ranges, and what was odd about the others.
void noteRanges(const CalibrationResult& ranges, Console& console);

/// --observer and --observer-for.
struct ObserverArguments {
  std::string observer = "minmax";
  std::vector<std::string> byName;  ///< "REGEX=observer"
  CLI::Option* option = nullptr;    ///< --observer

  bool given() const { return (option && option->count() > 0) || !byName.empty(); }
};
void declareObserver(CLI::App& command, ObserverArguments& arguments);
/// Errors: InvalidArgument (no "="; an unknown observer).
Result<std::vector<ObserverChoice>> observerChoices(const ObserverArguments& arguments);

/// -o and --force.
struct OutputArguments {
  std::string path;
  bool force = false;

  IfExists ifExists() const { return force ? IfExists::Replace : IfExists::Refuse; }
};
void declareOutput(CLI::App& command, OutputArguments& arguments, const std::string& what, bool required = true);
/// Errors where the file could not be written at the end, so that no work is done in vain: it exists and --force is not
/// given, no such folder, read-only.
Result<void> checkOutput(const std::string& path, IfExists ifExists);

void declareKernels(CLI::App& command, std::string& kernels);
KernelSet kernelSet(const std::string& name);

/// The lines of a text file without their ends.
Result<std::vector<std::string>> readLines(const std::filesystem::path& path);

/// Fields of JSON documents.
Json toJson(const Preprocessing& preprocessing);
Json toJson(const std::vector<SkippedItem>& skipped);
/// The first few skipped items, for people; empty where there are none.
std::string skippedText(const std::vector<SkippedItem>& skipped);

/// "model.tflite" of a path: enough to tell models apart in a table, unless two have the same.
std::vector<std::string> shortNames(const std::vector<std::string>& paths);

}  // namespace quantscope::cli
