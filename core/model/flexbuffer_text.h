#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "core/model/option_fields.h"

namespace quantscope {

/// The options of a custom operator where they are a FlexBuffer (the schema-less format of FlatBuffers,
/// https://flatbuffers.dev/internals, "FlexBuffers"): a map gives one field per key, in the order of the file, anything
/// else one field "value". Nested maps and lists are written like JSON, cut off where they become long.
/// Untrusted: every offset, width and count is checked, nesting and size are limited.
/// Nothing where the bytes are no FlexBuffer.
std::optional<std::vector<OptionField>> flexbufferFields(std::span<const std::byte> bytes);

}  // namespace quantscope
