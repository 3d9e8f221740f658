#include "core/io/schema_survey.h"

#include <algorithm>
#include <cstring>

namespace quantscope::io {

namespace {

using flatbuffers::Table;
using flatbuffers::TypeTable;

constexpr size_t kMaximumNotes = 100;
// A later schema adds a field or two; a table with many more is not worth the time of a search.
constexpr size_t kMaximumNewFields = 64;

// A vector or string field: both begin with their count.
struct VectorField {
  const uint8_t* address;
  uint32_t count;
};

VectorField vectorField(const Table* table, size_t slot) {
  const auto* address = table->GetPointer<const uint8_t*>(slotOffset(slot));
  return {address, address ? flatbuffers::ReadScalar<uint32_t>(address) : 0};
}

int64_t readInteger(const uint8_t* field, size_t size, bool isSigned) {
  uint64_t raw = 0;
  std::memcpy(&raw, field, size);
  if (isSigned && size < 8) {
    const int shift = 64 - 8 * static_cast<int>(size);
    return static_cast<int64_t>(raw << shift) >> shift;
  }
  return static_cast<int64_t>(raw);
}

}  // namespace

void SchemaSurvey::reach(const void* pointer, uint64_t size) {
  const auto* byte = static_cast<const std::byte*>(pointer);
  m_end = std::max(m_end, static_cast<uint64_t>(byte - m_bytes.data()) + size);
}

void SchemaSurvey::note(std::string text, bool lost) {
  m_incomplete = m_incomplete || lost;
  if (m_notes.size() < kMaximumNotes || m_notes.contains(text)) ++m_notes[std::move(text)];
}

void SchemaSurvey::unknownSlots(const Table* table, const TypeTable* type, std::string_view name) {
  const uint8_t* vtable = table->GetVTable();
  const auto bytes = flatbuffers::ReadScalar<flatbuffers::voffset_t>(vtable);
  reach(vtable, bytes);
  const size_t limit = type->num_elems + kMaximumNewFields;
  if (slotOffset(limit) < bytes) note("table " + std::string(name) + " has far too many fields", true);
  for (size_t slot = type->num_elems; slot < limit && slotOffset(slot) + size_t{2} <= bytes; ++slot) {
    if (flatbuffers::ReadScalar<flatbuffers::voffset_t>(vtable + slotOffset(slot)) == 0) continue;
    note("table " + std::string(name) + " has a field " + std::to_string(slot) + " that this version does not know",
         true);
  }
}

void SchemaSurvey::enumerator(const uint8_t* field, const TypeTable* type, size_t slot, std::string_view name) {
  const TypeTable* values = schema::fieldType(type, slot);
  const auto base = schema::elementaryType(type, slot);
  const bool isSigned = base == flatbuffers::ET_CHAR || base == flatbuffers::ET_SHORT || base == flatbuffers::ET_INT;
  const int64_t value = readInteger(field, scalarSize(base), isSigned);
  const bool known = values->values ? std::find(values->values, values->values + values->num_elems, value) !=
                                          values->values + values->num_elems
                                    : value >= 0 && static_cast<uint64_t>(value) < values->num_elems;
  if (known) return;
  note(std::string(name) + "." + type->names[slot] + " has the value " + std::to_string(value) +
           ", which this version does not know",
       false);
}

void SchemaSurvey::unionTag(const Table* table, const TypeTable* type, size_t slot, std::string_view name) {
  const auto tag = table->GetField<uint8_t>(slotOffset(slot), 0);
  const bool hasValue = table->CheckField(slotOffset(slot + 1));
  const std::string where = std::string(name) + "." + type->names[slot + 1];
  if (tag == 0 && hasValue) note(where + " has a value but no kind", true);
  if (tag != 0 && !unionMember(type, slot, tag)) {
    note(where + " is of the kind " + std::to_string(tag) + ", which this version does not know", true);
  }
}

TableFacts SchemaSurvey::table(const Table* table, const TypeTable* type, std::string_view name) {
  TableFacts facts;
  reach(table, sizeof(flatbuffers::soffset_t));
  unknownSlots(table, type, name);
  for (size_t slot = 0; slot < type->num_elems; ++slot) {
    const uint8_t* field = table->GetAddressOf(slotOffset(slot));
    if (!field) continue;
    const flatbuffers::TypeCode code = type->type_codes[slot];
    const auto base = schema::elementaryType(type, slot);
    if (code.is_repeating || base == flatbuffers::ET_STRING) {
      const VectorField vector = vectorField(table, slot);
      const uint64_t bytes = uint64_t{vector.count} * (code.is_repeating ? scalarSize(base) : 1);
      if (vector.count == 0) facts.emptyFields |= EmptyFields{1} << slot;
      facts.vectorBytes += bytes;
      if (code.is_repeating && vector.count > 0) {
        const auto elements = reinterpret_cast<uintptr_t>(vector.address) + sizeof(uint32_t);
        facts.misaligned = facts.misaligned || elements % std::max<size_t>(scalarSize(base), 1) != 0;
      }
      reach(field, 4);
      reach(vector.address, 4 + bytes + (base == flatbuffers::ET_STRING && !code.is_repeating ? 1 : 0));
      continue;
    }
    reach(field, scalarSize(base));
    if (base == flatbuffers::ET_UTYPE) {
      unionTag(table, type, slot, name);
    } else if (base != flatbuffers::ET_SEQUENCE && code.sequence_ref >= 0) {
      enumerator(field, type, slot, name);
    }
  }
  return facts;
}

TableFacts SchemaSurvey::tree(const Table* table, const TypeTable* type, std::string_view name,
                              std::vector<EmptyFields>& empty) {
  TableFacts facts = this->table(table, type, name);
  empty.push_back(facts.emptyFields);
  auto add = [&facts](const TableFacts& below) {
    facts.vectorBytes += below.vectorBytes;
    facts.misaligned = facts.misaligned || below.misaligned;
  };
  for (size_t slot = 0; slot < type->num_elems; ++slot) {
    const flatbuffers::TypeCode code = type->type_codes[slot];
    if (code.base_type != flatbuffers::ET_SEQUENCE || !table->CheckField(slotOffset(slot))) continue;
    const TypeTable* below = schema::fieldType(type, slot);
    if (below->st == flatbuffers::ST_UNION) {
      below = unionMember(type, slot, table->GetField<uint8_t>(slotOffset(slot - 1), 0));
    }
    if (!below) continue;
    if (code.is_repeating) {
      const auto* vector = table->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>>*>(slotOffset(slot));
      for (const Table* element : *vector) {
        add(tree(element, below, type->names[slot], empty));
      }
    } else {
      const auto* value = table->GetPointer<const Table*>(slotOffset(slot));
      add(tree(value, below, type->names[slot], empty));
    }
  }
  return facts;
}

std::vector<std::string> SchemaSurvey::notices() const {
  std::vector<std::string> lines;
  for (const auto& [text, count] : m_notes) {
    lines.push_back(count == 1 ? text : text + " (" + std::to_string(count) + " times)");
  }
  return lines;
}

}  // namespace quantscope::io
