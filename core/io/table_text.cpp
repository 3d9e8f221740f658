#include "core/io/table_text.h"

#include <array>
#include <charconv>
#include <cstring>

#include "core/schema/reflection.h"

namespace quantscope::io {

namespace {

using flatbuffers::Table;
using flatbuffers::TypeTable;
using schema::slotOffset;

template <typename T>
std::string numberText(const uint8_t* address) {
  T value;
  std::memcpy(&value, address, sizeof(T));
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

std::string scalarText(const uint8_t* address, flatbuffers::ElementaryType type) {
  switch (type) {
    case flatbuffers::ET_BOOL:
      return *address != 0 ? "true" : "false";
    case flatbuffers::ET_CHAR:
      return std::to_string(static_cast<int8_t>(*address));
    case flatbuffers::ET_SHORT:
      return numberText<int16_t>(address);
    case flatbuffers::ET_USHORT:
      return numberText<uint16_t>(address);
    case flatbuffers::ET_INT:
      return numberText<int32_t>(address);
    case flatbuffers::ET_UINT:
      return numberText<uint32_t>(address);
    case flatbuffers::ET_LONG:
      return numberText<int64_t>(address);
    case flatbuffers::ET_ULONG:
      return numberText<uint64_t>(address);
    case flatbuffers::ET_FLOAT:
      return numberText<float>(address);
    case flatbuffers::ET_DOUBLE:
      return numberText<double>(address);
    default:
      return std::to_string(*address);
  }
}

std::string enumeratorText(const uint8_t* address, flatbuffers::ElementaryType base, const TypeTable* values) {
  const std::string number = scalarText(address, base);
  for (size_t i = 0; i < values->num_elems; ++i) {
    if (number == std::to_string(values->values ? values->values[i] : static_cast<int64_t>(i))) return values->names[i];
  }
  return number;
}

class TableText {
public:
  std::vector<FieldText> fields;

  void add(const Table* table, const TypeTable* type, const std::string& prefix) {
    for (size_t slot = 0; slot < type->num_elems; ++slot) addField(table, type, slot, prefix + type->names[slot]);
  }

private:
  void addField(const Table* table, const TypeTable* type, size_t slot, const std::string& name) {
    const auto base = schema::elementaryType(type, slot);
    const bool repeats = type->type_codes[slot].is_repeating;
    const uint8_t* address = table->GetAddressOf(slotOffset(slot));
    if (base == flatbuffers::ET_SEQUENCE) return addBelow(table, type, slot, name);
    if (repeats || base == flatbuffers::ET_STRING) {
      fields.push_back({name, repeats ? listText(table, type, slot) : stringText(table, slot)});
      return;
    }
    if (!address) return;
    const TypeTable* values = schema::fieldType(type, slot);
    fields.push_back({name, values ? enumeratorText(address, base, values) : scalarText(address, base)});
  }

  void addBelow(const Table* table, const TypeTable* type, size_t slot, const std::string& name) {
    if (!table->CheckField(slotOffset(slot))) return;
    const TypeTable* below = schema::fieldType(type, slot);
    if (below->st == flatbuffers::ST_UNION) {
      below = schema::unionMember(type, slot, table->GetField<uint8_t>(slotOffset(slot - 1), 0));
    }
    if (!below) return;
    if (!type->type_codes[slot].is_repeating)
      return add(table->GetPointer<const Table*>(slotOffset(slot)), below, name + ".");
    size_t position = 0;
    for (const Table* element :
         *table->GetPointer<const flatbuffers::Vector<flatbuffers::Offset<Table>>*>(slotOffset(slot))) {
      add(element, below, name + "[" + std::to_string(position++) + "].");
    }
  }

  static std::string stringText(const Table* table, size_t slot) {
    const auto* text = table->GetPointer<const flatbuffers::String*>(slotOffset(slot));
    return "\"" + (text ? text->str() : std::string()) + "\"";
  }

  static std::string listText(const Table* table, const TypeTable* type, size_t slot) {
    const auto* list = table->GetPointer<const flatbuffers::Vector<uint8_t>*>(slotOffset(slot));
    const auto base = schema::elementaryType(type, slot);
    const TypeTable* values = schema::fieldType(type, slot);
    std::string text = "[";
    for (size_t i = 0; list && i < list->size(); ++i) {
      const uint8_t* address = list->data() + i * schema::scalarSize(base);
      if (i > 0) text += ", ";
      text += values ? enumeratorText(address, base, values) : scalarText(address, base);
    }
    return text + "]";
  }
};

template <typename Pack>
std::vector<FieldText> texts(const TypeTable* type, Pack pack) {
  flatbuffers::FlatBufferBuilder builder;
  // So that defaults are there to be shown.
  builder.ForceDefaults(true);
  builder.Finish(flatbuffers::Offset<Table>(pack(builder).o));
  TableText text;
  text.add(flatbuffers::GetRoot<Table>(builder.GetBufferPointer()), type, "");
  return std::move(text.fields);
}

template <typename Object>
std::vector<FieldText> objectTexts(const Object& object, const TypeTable* type) {
  return texts(type, [&](auto& builder) { return Object::TableType::Pack(builder, &object); });
}

template <typename Union>
std::vector<FieldText> unionTexts(const Union& value, const TypeTable* owner, size_t slot) {
  const TypeTable* type = schema::unionMember(owner, slot, value.type);
  if (!type || !value.value) return {};
  return texts(type, [&](auto& builder) { return value.Pack(builder); });
}

}  // namespace

std::vector<FieldText> fieldsOf(const tflite::BuiltinOptionsUnion& options) {
  constexpr size_t kSlot = 4;
  return unionTexts(options, tflite::OperatorTypeTable(), kSlot);
}

std::vector<FieldText> fieldsOf(const tflite::BuiltinOptions2Union& options) {
  constexpr size_t kSlot = 12;
  return unionTexts(options, tflite::OperatorTypeTable(), kSlot);
}

std::vector<FieldText> fieldsOf(const tflite::QuantizationDetailsUnion& details) {
  constexpr size_t kSlot = 5;
  return unionTexts(details, tflite::QuantizationParametersTypeTable(), kSlot);
}

std::vector<FieldText> fieldsOf(const tflite::SparsityParametersT& sparsity) {
  return objectTexts(sparsity, tflite::SparsityParametersTypeTable());
}

std::vector<FieldText> fieldsOf(const tflite::VariantSubTypeT& variant) {
  return objectTexts(variant, tflite::VariantSubTypeTypeTable());
}

std::vector<FieldText> fieldsOf(const tflite::ExternalBufferGroupT& group) {
  return objectTexts(group, tflite::ExternalBufferGroupTypeTable());
}

std::vector<FieldText> fieldsOf(const tflite::ExternalBufferT& buffer) {
  return objectTexts(buffer, tflite::ExternalBufferTypeTable());
}

}  // namespace quantscope::io
