#pragma once

#include <string>
#include <vector>

#include "core/model/model.h"

/// Tables that a Model holds as the schema's structs, as exact text by reflection, however long: what the
/// comparison of models needs. For people: core/model/option_fields.h.
namespace quantscope::io {

struct FieldText {
  std::string name;   ///< "stride_w"; "dim_metadata[0].format" below a list
  std::string value;  ///< "2", "SAME", "true", "0.5", "[1, -1]", "\"text\""; empty lists are "[]"
};

/// Every field, defaults included.
std::vector<FieldText> fieldsOf(const tflite::BuiltinOptionsUnion& options);
std::vector<FieldText> fieldsOf(const tflite::BuiltinOptions2Union& options);
std::vector<FieldText> fieldsOf(const tflite::QuantizationDetailsUnion& details);
std::vector<FieldText> fieldsOf(const tflite::SparsityParametersT& sparsity);
std::vector<FieldText> fieldsOf(const tflite::VariantSubTypeT& variant);
std::vector<FieldText> fieldsOf(const tflite::ExternalBufferGroupT& group);
std::vector<FieldText> fieldsOf(const tflite::ExternalBufferT& buffer);

}  // namespace quantscope::io
