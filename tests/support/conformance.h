#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/runtime/interpreter.h"

/// Comparison of our interpreter with recorded runs of the real one (.npz files with `input_k`, `output_k` and
/// `tensor_<index>` of subgraph 0).
namespace quantscope::tests {

/// How one tensor compares.
struct TensorComparison {
  TensorIndex tensor;
  std::string name;
  std::string operatorText;  ///< "CONV_2D int8 int8 int32 -> int8": what computed it
  int64_t values = 0;
  int64_t different = 0;  ///< integers: not equal; floats: beyond the tolerance
  double largest = 0.0;   ///< largest difference; floats: relative to the larger of |value| and the tensor's tolerance
  bool isFloat = false;
  std::string failure;  ///< not empty: it could not be run, why
};

struct ConformanceOptions {
  InterpreterOptions interpreter;
  /// Floats: |ours - recorded| <= relative * (|recorded| + largest |recorded| of the tensor / 10). Sums of float32 in
  /// another order differ by a few units of the last place of their largest partial sum, not of their result.
  double relative = 1e-5;
};

/// Runs the model on the recorded inputs and compares every recorded tensor that an operator computes.
Result<std::vector<TensorComparison>> compareRun(const std::filesystem::path& model, const std::filesystem::path& run,
                                                 const ConformanceOptions& options);

/// Runs every operator of subgraph 0 alone on its recorded inputs, so that no difference is inherited, and compares
/// its outputs; one that cannot run has a failure. Operators with unrecorded operands or with state are left out.
Result<std::vector<TensorComparison>> compareOperators(const std::filesystem::path& model,
                                                       const std::filesystem::path& run,
                                                       const ConformanceOptions& options);

/// One line: "tensor 12 conv/BiasAdd (CONV_2D ...): 3 of 4096 values differ, at most by 2".
std::string describe(const TensorComparison& comparison);

}  // namespace quantscope::tests
