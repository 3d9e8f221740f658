#pragma once

#include <cstddef>
#include <cstdint>

#include "core/schema/tflite_generated.h"

/// Steps through the reflection that flatc generates for the schema.
namespace quantscope::schema {

/// Offset in the vtable of a slot.
constexpr flatbuffers::voffset_t slotOffset(size_t slot) {
  return static_cast<flatbuffers::voffset_t>(4 + 2 * slot);
}

/// Bytes that a scalar, or the offset to anything else, takes in a table.
constexpr size_t scalarSize(flatbuffers::ElementaryType type) {
  switch (type) {
    case flatbuffers::ET_SHORT:
    case flatbuffers::ET_USHORT:
      return 2;
    case flatbuffers::ET_INT:
    case flatbuffers::ET_UINT:
    case flatbuffers::ET_FLOAT:
    case flatbuffers::ET_STRING:
    case flatbuffers::ET_SEQUENCE:
      return 4;
    case flatbuffers::ET_LONG:
    case flatbuffers::ET_ULONG:
    case flatbuffers::ET_DOUBLE:
      return 8;
    default:
      return 1;
  }
}

inline flatbuffers::ElementaryType elementaryType(const flatbuffers::TypeTable* type, size_t slot) {
  return static_cast<flatbuffers::ElementaryType>(type->type_codes[slot].base_type);
}

/// The enumeration, union or table that a field is of; null for plain numbers and texts.
inline const flatbuffers::TypeTable* fieldType(const flatbuffers::TypeTable* type, size_t slot) {
  const int reference = type->type_codes[slot].sequence_ref;
  return reference < 0 ? nullptr : type->type_refs[reference]();
}

/// The type of the member `tag` of the union in `slot` (its kind or its value); null where there is none.
inline const flatbuffers::TypeTable* unionMember(const flatbuffers::TypeTable* type, size_t slot, uint8_t tag) {
  const flatbuffers::TypeTable* members = fieldType(type, slot);
  if (!members || tag == 0 || tag >= members->num_elems) return nullptr;
  return fieldType(members, tag);
}

}  // namespace quantscope::schema
