#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/quantization/recipe.h"

/// What will be done to one subgraph, decided before anything is edited.
namespace quantscope::quantization {

/// How an activation lives: float32, or integers with one scale.
struct ActivationForm {
  ElementType type = ElementType::Float32;
  float scale = 0;
  int32_t zeroPoint = 0;

  bool integer() const { return type != ElementType::Float32; }
  friend bool operator==(const ActivationForm&, const ActivationForm&) = default;
};

/// A float tensor of the source in one form. The first value of a tensor is what its producer makes; every other
/// one is made of `from` by a QUANTIZE or DEQUANTIZE.
struct PlannedValue {
  TensorIndex source;
  ActivationForm form;
  int from = -1;  ///< index of another value; -1: made by the tensor's producer
};

enum class ConstantUse : uint8_t {
  Weight,      ///< symmetric, from its content
  Bias,        ///< scale of the input times scales of the weights
  Activation,  ///< one scale, asymmetric in int8: `form`, or from its content where form.scale is 0
  Half         ///< float16
};

/// A float constant of the source in another form, for one or several operands.
struct PlannedConstant {
  TensorIndex source;
  ConstantUse use = ConstantUse::Weight;
  ElementType type = ElementType::Int8;
  Granularity granularity = Granularity::PerTensor;
  int32_t axis = 0;          ///< of one scale per slice; for Blockwise the dimension that is cut into blocks
  int32_t blockSize = 0;     ///< for Blockwise
  ActivationForm form;       ///< for Activation
  bool dequantize = false;   ///< a DEQUANTIZE gives its users float32
  bool staticRange = false;  ///< weights of operators whose activations are integers too
  OperatorIndex op;          ///< its user; the first one where there are several
  int input = -1;            ///< value whose scale a bias takes (and weights with a bias must respect); -1: none
  int partner = -1;          ///< constant: the weights of a bias, the bias of weights; -1: none
  std::vector<std::string> algorithms;  ///< for Weight
};

/// What an operand or result becomes.
struct OperandPlan {
  enum class Kind : uint8_t { Keep, Value, Constant };
  Kind kind = Kind::Keep;
  int index = -1;  ///< into values or constants
};

struct OperatorPlan {
  std::vector<OperandPlan> inputs, outputs;
};

struct GraphPlan {
  std::vector<Scheme> schemes;       ///< wishes, by operator
  std::vector<Precision> effective;  ///< by operator
  std::vector<PlannedValue> values;  ///< grouped by nothing; `from` always points to an earlier one
  std::vector<PlannedConstant> constants;
  std::vector<OperatorPlan> operators;
  /// Integer LSTMs and the form of what is inside them in front of the projection.
  std::vector<std::pair<OperatorIndex, ActivationForm>> hidden;
  std::vector<OperandPlan> inputs, outputs;  ///< of the subgraph
};

}  // namespace quantscope::quantization
