#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/model/tensor_view.h"
#include "core/runtime/interpreter.h"

/// Results of the real runtime's reference kernels, and how ours are compared with them.
namespace quantscope::tests {

/// A model and what one invocation of it gave: input_<k>, output_<k>, and tensor_<index> of subgraph 0.
struct GoldenRun {
  std::string name;  ///< "resnet8/official_int8"
  std::filesystem::path model, arrays;
};

/// All runs of tests/golden and, where they are there, of the shared folder, of the folder QUANTSCOPE_GOLDENS, and of
/// the real runtime in the Python that QUANTSCOPE_PYTHON names, which is then asked about random operators. By name.
std::vector<GoldenRun> goldenRuns();

/// True for runs in which the reference kernels are wrong, which the default kernels correct: the window of
/// LOCAL_RESPONSE_NORMALIZATION leaves out its last channel; BATCH_MATMUL takes scales per column for 0; and random
/// operators whose name begins with defect_.
bool recordsDefect(const std::string& name);

struct LoadedRun {
  std::shared_ptr<const Model> model;
  std::map<std::string, TensorValue> arrays;
  std::vector<std::vector<int32_t>> inputShapes;

  /// Null where the runtime did not keep the tensor.
  const TensorValue* tensor(TensorIndex index) const;
};

/// Reads both files.
Result<LoadedRun> load(const GoldenRun& run);

/// How far a tensor is from the golden one. Integers and bools count in steps of the last place. Floats count in units
/// of 1e-5 * |expected| + 1e-5 * max|tensor|: kernels may add in any order, and the error of a sum is relative to its
/// terms, which the largest value of the tensor stands for; above 1 is too far.
struct Difference {
  bool comparable = false;  ///< same type and shape
  bool exact = false;       ///< bit for bit (floats: equal values)
  bool isFloat = false;
  double worst = 0.0;

  bool acceptable() const { return comparable && (exact || (isFloat && worst <= 1.0)); }
};

Difference difference(const TensorView& ours, const TensorView& golden);

/// "exact", "within 0.3 of the float tolerance", "off by 2", "another shape".
std::string describe(const Difference& difference);

/// The operator alone: its inputs are graph inputs, but constants and what follows from constants only, which are
/// constants with the golden values. Null where the run does not tell what it reads: the state that an operator before
/// it left, or a tensor that the runtime did not keep.
std::shared_ptr<const Model> isolated(const LoadedRun& run, OperatorIndex index);

/// Types of the operands that are there: "int8, int8, int32 → int8"; "float32… → float32" for more than three in a row.
std::string operandTypes(const Model& model, const Operator& op);

}  // namespace quantscope::tests
