#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/calibration/ranges.h"
#include "core/ops/operator_rules.h"
#include "core/quantization/recipe.h"

namespace quantscope::quantization {

/// One subgraph of a float model and what planning asks of it again and again.
class GraphView {
public:
  /// The model must live as long as the view, and its indices must be valid (checkIndices()).
  GraphView(const Model& model, SubgraphIndex index);

  const Model& model;
  const Subgraph& graph;
  const SubgraphIndex index;
  const std::vector<TensorUses> uses;
  std::vector<const OperatorRules*> rules;  ///< by operator; null: not in the table
  std::vector<Precision> stored;            ///< by operator: the precision it has in the source
  bool entry = false;  ///< called from outside (subgraph 0, signatures), so that its boundary types may change

  const Operator& op(OperatorIndex i) const { return graph.operators[i.position()]; }
  const Tensor& tensor(TensorIndex i) const { return graph.tensor(i); }
  /// A float32 tensor that is computed (or given to the graph) on every run.
  bool isActivation(TensorIndex i) const;
  /// A float constant that can take another form: stored as float32, densely and long enough for its shape; or stored
  /// as int8, int4 or float16 and read as float by a dynamic-range kernel or through a DEQUANTIZE.
  bool isFloatConstant(TensorIndex i) const;
  /// Its values, decoded when they are first asked for; empty where it is none. Thread-safe.
  std::span<const float> floatConstant(TensorIndex i) const;
  /// Number of its values; 0 where it is none. Decodes nothing.
  int64_t constantCount(TensorIndex i) const;
  /// The constant tensor that a float constant is stored in: itself, or the operand of its DEQUANTIZE. Where training
  /// left a QUANTIZE and a DEQUANTIZE behind it, the float one, although the values are those that it is rounded to.
  TensorIndex storedAs(TensorIndex i) const;
  /// "tensor 5 conv1/weights".
  std::string describe(TensorIndex i) const;
  /// "operator 3 CONV_2D".
  std::string describe(OperatorIndex i) const;

private:
  struct Decoded {
    std::once_flag once;
    std::vector<float> values;
  };
  std::vector<TensorIndex> m_stored;  ///< by tensor; invalid: no float constant
  std::unique_ptr<Decoded[]> m_decoded;
  std::vector<TensorIndex> m_rounding;  ///< by tensor: the codes that training rounds the constant to; mostly invalid
};

/// Errors: Malformed where an operator, tensor, buffer or operator code is named that does not exist.
Result<void> checkIndices(const Model& model);

struct Range {
  float min = 0, max = 0;
};

/// Ranges of activations: set by hand, else trained (that of the codes which a QUANTIZE and a DEQUANTIZE in the source
/// round them to), else calibrated, else that of the operand whose values an operator hands on.
/// Where a tensor holds padding (the -1e9 of a mask), its range reaches so far beyond the honest values that what is
/// masked stays masked: e^-11 is less than half a code of a softmax, in int8 and in int16.
class RangeSource {
public:
  RangeSource(const GraphView& view, const Recipe& recipe, const CalibrationResult* calibrated);
  /// Finite, min <= max; nothing where it is not known.
  std::optional<Range> find(TensorIndex tensor) const;
  bool calibrated() const { return m_calibrated != nullptr; }

private:
  std::optional<Range> recorded(TensorIndex tensor) const;
  std::optional<Range> trainedRange(TensorIndex tensor) const;
  const TensorRange* observed(TensorIndex tensor) const;
  float paddingRoom(TensorIndex tensor) const;

  const GraphView& m_view;
  const CalibrationResult* m_calibrated;
  std::vector<std::optional<Range>> m_overrides;
};

/// Values of a quantized or float16 constant as floats; empty where its bytes do not fit its shape and parameters.
std::vector<float> decodeConstant(const Model& model, const Tensor& tensor);

/// Smallest and largest value, including 0. Needs finite values; a NaN is skipped.
Range contentRange(std::span<const float> values);

}  // namespace quantscope::quantization
