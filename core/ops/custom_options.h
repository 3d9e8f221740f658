#pragma once

#include <flatbuffers/flexbuffers.h>

#include "core/ops/kernel.h"

namespace quantscope::ops {

/// The options of a custom operator as a flexbuffer map; lives as long as the model. Error where they are none.
inline Result<flexbuffers::Map> customOptionMap(const PrepareContext& context) {
  if (!context.op.customOptions) return context.malformed("it has no options");
  const auto bytes = context.op.customOptions->bytes;
  const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
  if (bytes.empty() || !flexbuffers::VerifyBuffer(data, bytes.size())) {
    return context.malformed("its options are damaged");
  }
  const auto root = flexbuffers::GetRoot(data, bytes.size());
  if (!root.IsMap()) return context.malformed("its options are no map");
  return root.AsMap();
}

}  // namespace quantscope::ops
