#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/quantization/plan/graph_view.h"

namespace quantscope::quantization {

/// In words, what is in the way; nothing where nothing is.
using Obstacle = std::optional<std::string>;

struct IntegerVerdict {
  Obstacle obstacle;
  bool missingRange = false;  ///< the obstacle is that a range is not known
};

/// Whether an operator as it stands can compute in int8 or int16: its kernels, options, operands, results and ranges.
/// With avoidDefects, forms that some shipped runtime computes wrongly are obstacles.
IntegerVerdict checkInteger(const GraphView& view, OperatorIndex op, const RangeSource& ranges, ElementType type,
                            bool avoidDefects);

/// Float operands and results that an operator has, by role.
struct FloatOperands {
  int activations = 0;  ///< computed operands in activation roles
  int constants = 0;    ///< constant operands in activation roles
  int results = 0;
};
FloatOperands floatOperands(const GraphView& view, OperatorIndex op);

/// Whole small constants are looked at; of large ones the first values, the rest when they are quantized.
bool looksFinite(std::span<const float> values);

/// The operator's name, as kernels go by it.
std::string kernelName(const GraphView& view, OperatorIndex op);

/// In words, what some shipped runtime computes wrongly in the integer form of this operator; empty where nothing.
std::string defectText(const GraphView& view, OperatorIndex op, ElementType type);

}  // namespace quantscope::quantization
