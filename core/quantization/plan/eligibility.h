#pragma once

#include <string>
#include <vector>

#include "core/quantization/plan/graph_view.h"
#include "core/quantization/targets/target.h"

namespace quantscope::quantization {

/// What an operator gets of what it was asked for.
struct Decision {
  Precision effective = Precision::Float32;
  Granularity granularity = Granularity::PerChannel;
  std::string reason;         ///< where something differs from the wish
  bool missingRange = false;  ///< the reason is that a range is not known
  bool nothingToDo = false;   ///< the operator handles no float values: any wish is fulfilled as it is
  bool asIs = false;          ///< the source has the effective precision already: nothing of it is edited
  std::string refusal;        ///< why the target does not run it in this precision either; empty where it does
};

/// Decides for one operator by itself: its kernels, its operands, its ranges, its target. With avoidDefects, integer
/// forms that some shipped runtime computes wrongly give way to float. Where the target refuses a form, the next
/// humbler one that it takes is chosen; where it takes none, the operator keeps what the CPU computes and `refusal`
/// says why.
Decision decidePrecision(const GraphView& view, OperatorIndex op, const Scheme& wish, const RangeSource& ranges,
                         const Target& target, bool avoidDefects);

/// Operands that the weight-only and dynamic-range forms store as integers: constant float weights, the constant right
/// operand of a product, the constant table of a look-up.
std::vector<size_t> weightOperands(const GraphView& view, OperatorIndex op);

/// Dimension along which a weight operand has one scale per slice; nothing where its form has a single scale.
std::optional<int32_t> channelAxis(const GraphView& view, OperatorIndex op, size_t operand);

/// Integer activations' type that a precision computes in; Float32 where it computes in float.
ElementType computeType(Precision precision);
/// Width of the weights that a precision stores: 4, 8; 16 and 32 for floats.
int weightBits(Precision precision);

}  // namespace quantscope::quantization
