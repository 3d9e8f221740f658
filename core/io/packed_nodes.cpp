// The part of ModelNodes that takes over tables which a Model holds as the schema's own structs.
#include "core/io/flatbuffer_values.h"
#include "core/io/model_nodes.h"
#include "core/io/schema_survey.h"

namespace quantscope::io {

namespace {

using flatbuffers::Table;
using flatbuffers::TypeTable;

bool isVector(const TypeTable* type, size_t slot) {
  const flatbuffers::TypeCode code = type->type_codes[slot];
  return code.is_repeating || code.base_type == flatbuffers::ET_STRING;
}

// Whether a number differs from the default by its bits: -0.0 does, although it compares equal to 0.
bool isDefault(const uint8_t* address, const Table* defaults, size_t slot, size_t size) {
  const uint8_t* other = defaults ? defaults->GetAddressOf(slotOffset(slot)) : nullptr;
  return other && std::memcmp(address, other, size) == 0;
}

bool hasFields(const Table* table, const TypeTable* type, const Table* defaults) {
  for (size_t slot = 0; slot < type->num_elems; ++slot) {
    const uint8_t* address = table->GetAddressOf(slotOffset(slot));
    if (!address) continue;
    const size_t size = schema::scalarSize(schema::elementaryType(type, slot));
    if (isVector(type, slot) || !isDefault(address, defaults, slot, size)) return true;
  }
  return false;
}

EmptyFields takeFirst(std::span<const EmptyFields>& empty) {
  if (empty.empty()) return 0;
  const EmptyFields first = empty.front();
  empty = empty.subspan(1);
  return first;
}

void copyNumber(TableFields& fields, const uint8_t* address, size_t slot, size_t size) {
  auto copy = [&](auto value) {
    std::memcpy(&value, address, sizeof(value));
    fields.present(slot, value);
  };
  switch (size) {
    case 1:
      return copy(uint8_t{});
    case 2:
      return copy(uint16_t{});
    case 4:
      return copy(uint32_t{});
    default:
      return copy(uint64_t{});
  }
}

}  // namespace

NodeId ModelNodes::importedField(const Table* table, const TypeTable* type, size_t slot,
                                 std::span<const EmptyFields>& empty) {
  const flatbuffers::TypeCode code = type->type_codes[slot];
  const auto base = schema::elementaryType(type, slot);
  const auto* vector = table->GetPointer<const flatbuffers::Vector<uint8_t>*>(slotOffset(slot));
  if (base == flatbuffers::ET_STRING) {
    return m_nodes.text({reinterpret_cast<const char*>(vector->data()), vector->size()});
  }
  if (base == flatbuffers::ET_SEQUENCE) {
    const TypeTable* below = schema::fieldType(type, slot);
    if (below->st == flatbuffers::ST_UNION) {
      below = unionMember(type, slot, table->GetField<uint8_t>(slotOffset(slot - 1), 0));
    }
    if (!below) return kNoNode;
    if (!code.is_repeating) return imported(table->GetPointer<const Table*>(slotOffset(slot)), below, empty);
    std::vector<NodeId> ids;
    for (const Table* element :
         *table->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>>*>(slotOffset(slot))) {
      ids.push_back(imported(element, below, empty));
    }
    return m_nodes.list(ids);
  }
  const size_t bytes = vector->size() * scalarSize(base);
  const std::span<const uint8_t> elements(vector->data(), bytes);
  switch (scalarSize(base)) {
    case 1:
      return m_nodes.numbers(elements);
    case 2:
      return m_nodes.numbers(std::span(reinterpret_cast<const uint16_t*>(elements.data()), vector->size()));
    case 4:
      return m_nodes.numbers(std::span(reinterpret_cast<const uint32_t*>(elements.data()), vector->size()));
    default:
      return m_nodes.numbers(std::span(reinterpret_cast<const uint64_t*>(elements.data()), vector->size()));
  }
}

NodeId ModelNodes::imported(const Table* table, const TypeTable* type, std::span<const EmptyFields>& empty,
                            const Table* defaults) {
  const EmptyFields mask = takeFirst(empty);
  TableFields fields;
  for (size_t slot = 0; slot < type->num_elems; ++slot) {
    const uint8_t* address = table->GetAddressOf(slotOffset(slot));
    if (isVector(type, slot)) {
      if (address) fields.reference(slot, importedField(table, type, slot, empty));
      // A text of no characters has a byte more than a list of no elements.
      if (!address && (mask >> slot & 1) != 0) {
        const bool isText = !type->type_codes[slot].is_repeating;
        fields.reference(slot, isText ? m_nodes.text("") : m_nodes.list({}));
      }
    } else if (address && type->type_codes[slot].base_type == flatbuffers::ET_SEQUENCE) {
      fields.reference(slot, importedField(table, type, slot, empty));
    } else if (address) {
      const size_t size = scalarSize(schema::elementaryType(type, slot));
      if (!isDefault(address, defaults, slot, size)) copyNumber(fields, address, slot, size);
    }
  }
  return m_nodes.table(std::move(fields));
}

template <typename Object>
NodeId ModelNodes::packed(const Object& object, const TypeTable* type, std::span<const EmptyFields>& empty) {
  m_scratch.Clear();
  m_scratch.Finish(Object::TableType::Pack(m_scratch, &object));
  return imported(flatbuffers::GetRoot<Table>(m_scratch.GetBufferPointer()), type, empty);
}

template <typename Union>
const Table* ModelNodes::defaultsOf(const Union& value, const TypeTable* type) {
  flatbuffers::DetachedBuffer& known = m_defaults[type];
  if (!known.data()) {
    Union plain;
    plain.type = value.type;
    plain.value = Union::UnPack(kNoFields + 4, value.type, nullptr);
    m_scratch.Clear();
    m_scratch.Finish(flatbuffers::Offset<Table>(plain.Pack(m_scratch).o));
    known = m_scratch.Release();
  }
  return flatbuffers::GetRoot<Table>(known.data());
}

template <typename Union>
NodeId ModelNodes::packedUnion(const Union& value, const TypeTable* type, EmptyFields empty) {
  if (!type || !value.value) return kNoNode;
  m_scratch.ForceDefaults(true);
  const Table* defaults = defaultsOf(value, type);
  m_scratch.Clear();
  m_scratch.Finish(flatbuffers::Offset<Table>(value.Pack(m_scratch).o));
  m_scratch.ForceDefaults(false);
  const auto* table = flatbuffers::GetRoot<Table>(m_scratch.GetBufferPointer());
  if ((empty & kNoOptionsTable) != 0 && !hasFields(table, type, defaults)) return kNoNode;
  std::span<const EmptyFields> mask(&empty, 1);
  return imported(table, type, mask, defaults);
}

template NodeId ModelNodes::packed(const tflite::SparsityParametersT&, const TypeTable*, std::span<const EmptyFields>&);
template NodeId ModelNodes::packed(const tflite::VariantSubTypeT&, const TypeTable*, std::span<const EmptyFields>&);
template NodeId ModelNodes::packed(const tflite::ExternalBufferGroupT&, const TypeTable*,
                                   std::span<const EmptyFields>&);
template NodeId ModelNodes::packed(const tflite::ExternalBufferT&, const TypeTable*, std::span<const EmptyFields>&);
template NodeId ModelNodes::packedUnion(const tflite::BuiltinOptionsUnion&, const TypeTable*, EmptyFields);
template NodeId ModelNodes::packedUnion(const tflite::BuiltinOptions2Union&, const TypeTable*, EmptyFields);
template NodeId ModelNodes::packedUnion(const tflite::QuantizationDetailsUnion&, const TypeTable*, EmptyFields);

}  // namespace quantscope::io
