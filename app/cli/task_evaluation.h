#pragma once

#include <string>
#include <vector>

#include "app/cli/arguments.h"
#include "core/evaluation/tasks/task.h"

namespace quantscope::cli {

/// What `evaluate` needs for a task that is no classification.
struct TaskArguments {
  std::vector<std::string> models;
  std::string task, predictions;
  DataArguments data;
  TaskOptions options;
  size_t limit = 0;
  KernelSet kernels = KernelSet::Fast;
  IfExists ifExists = IfExists::Refuse;
};

/// Names for --task, classification first.
std::vector<std::string> taskNames();

/// Evaluates models side by side on a task and prints the figures. Errors: those of loading and evaluating, with the
/// model's path.
Result<int> evaluateTaskModels(const TaskArguments& arguments, Console& console);

}  // namespace quantscope::cli
