#pragma once

#include <string>

#include "core/quantization/recipe.h"

namespace quantscope {

/// How a quantized file came about.
struct QuantizationRecord {
  std::string tool;  ///< "Quantscope 0.1.0"
  Recipe recipe;
  std::string dataset;      ///< description of the calibration data; empty: none
  std::string datasetHash;  ///< SHA-256 of its inputs as they were fed
  uint64_t samples = 0;
};

/// Name of the metadata entry that holds it.
inline constexpr const char* kRecordName = "quantscope_record";

/// The model with the record as a metadata entry of JSON text (docs/formats.md); an earlier record is replaced.
Model withRecord(Model model, const QuantizationRecord& record);
/// The JSON text of the record in a model; empty where it has none.
std::string recordText(const Model& model);

}  // namespace quantscope
