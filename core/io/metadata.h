#pragma once

#include "core/base/result.h"
#include "core/model/metadata_info.h"
#include "core/model/model.h"

namespace quantscope {

/// Decodes what the model says about itself: the model card (flatbuffer M001 in the metadata entry
/// TFLITE_METADATA), the files packed behind the model as a ZIP archive, the minimum runtime version.
/// A model that says nothing gives an empty value.
/// Errors: Malformed (the model card or the archive is damaged), ResourceLimit (a packed file that
/// unpacks to more than 64 MiB). The model itself is not affected by either.
Result<ModelMetadata> readMetadata(const Model& model);

}  // namespace quantscope
