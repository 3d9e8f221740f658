#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

namespace quantscope {

/// One field of an operator's options, in words: {"padding", "SAME"}, {"stride_h", "2"}, {"new_shape", "[1, 64]"}.
struct OptionField {
  std::string name, value;
};

/// Every field of the operator's *Options table (either union) in the schema's order, defaults included, by
/// reflection on the schema; after them the options of a custom operator: field by field where they are a FlexBuffer,
/// else one field "bytes" with their number and beginning. Attributes of composites are decoded the same way, as
/// "attributes.<name>". Empty where it has none.
std::vector<OptionField> optionFields(const Operator& op);

/// A number as it is written in fields: 9 digits, which tell every float32 apart.
std::string optionNumber(double value);

}  // namespace quantscope
