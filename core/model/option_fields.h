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
/// reflection on the schema. Empty where it has none.
std::vector<OptionField> optionFields(const Operator& op);

}  // namespace quantscope
