#pragma once

#include <string>

#include "app/cli/arguments.h"

namespace quantscope::cli {

/// What a model really receives and answers for one sample of its data: range and mean of each input (by channel for
/// pictures) before and after it was bound to the input's type, the outputs as raw and real values, the best classes.
/// Errors: NotFound (no such sample), those of loading and running.
Result<int> previewSample(const std::string& model, const DataArguments& data, size_t sample, KernelSet kernels,
                          Console& console);

}  // namespace quantscope::cli
