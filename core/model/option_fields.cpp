#include "core/model/option_fields.h"

#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <cstdio>

#include "core/model/flexbuffer_text.h"

namespace quantscope {

namespace {

constexpr size_t kLongestValue = 400;
constexpr size_t kShownBytes = 32;

/// Bytes that nobody can read: how many, and the first of them.
std::string bytesText(std::span<const std::byte> bytes) {
  std::string text = std::to_string(bytes.size()) + (bytes.empty() ? "" : ":");
  for (const std::byte byte : bytes.first(std::min(bytes.size(), kShownBytes))) {
    char digits[4];
    std::snprintf(digits, sizeof(digits), " %02x", static_cast<unsigned>(byte));
    text += digits;
  }
  return text + (bytes.size() > kShownBytes ? " …" : "");
}

void addOpaque(std::span<const std::byte> bytes, const std::string& prefix, std::vector<OptionField>& fields) {
  const auto decoded = flexbufferFields(bytes);
  if (!decoded) {
    fields.push_back({prefix + "bytes", bytesText(bytes)});
    return;
  }
  for (const OptionField& field : *decoded) fields.push_back({prefix + field.name, field.value});
}

/// Collects fields as text while FlatBuffers walks over a packed options table.
class FieldCollector : public flatbuffers::IterationVisitor {
public:
  std::vector<OptionField> fields;

  void Field(size_t, size_t, flatbuffers::ElementaryType, bool isVector, const flatbuffers::TypeTable*,
             const char* name, const uint8_t* value) override {
    // Absent vectors and strings are empty ones to every reader.
    fields.push_back({name ? name : "", isVector && !value ? "[]" : ""});
  }
  void UType(uint8_t value, const char* name) override { add(value, name); }
  void Bool(bool value) override { addText(value ? "true" : "false"); }
  void Char(int8_t value, const char* name) override { add(value, name); }
  void UChar(uint8_t value, const char* name) override { add(value, name); }
  void Short(int16_t value, const char* name) override { add(value, name); }
  void UShort(uint16_t value, const char* name) override { add(value, name); }
  void Int(int32_t value, const char* name) override { add(value, name); }
  void UInt(uint32_t value, const char* name) override { add(value, name); }
  void Long(int64_t value) override { addText(std::to_string(value)); }
  void ULong(uint64_t value) override { addText(std::to_string(value)); }
  void Float(float value) override { addText(optionNumber(value)); }
  void Double(double value) override { addText(optionNumber(value)); }
  void String(const flatbuffers::String* value) override { addText("\"" + value->str() + "\""); }
  void StartVector() override { addText("["); }
  void EndVector() override { addText("]"); }
  void Element(size_t position, flatbuffers::ElementaryType, const flatbuffers::TypeTable*, const uint8_t*) override {
    if (position > 0) addText(", ");
  }

private:
  template <typename T>
  void add(T value, const char* name) {
    addText(name ? std::string(name) : std::to_string(+value));
  }
  void addText(const std::string& text) {
    if (fields.empty()) return;
    std::string& value = fields.back().value;
    if (value.size() < kLongestValue) {
      value += text;
    } else if (value.compare(value.size() - 3, 3, "…") != 0) {
      value += "…";
    }
  }
};

template <typename Union>
void collect(const Union& options, const flatbuffers::TypeTable* unionTable, FieldCollector& collector) {
  const auto tag = static_cast<size_t>(options.type);
  if (tag == 0 || !options.value || tag >= unionTable->num_elems) return;
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(true);
  builder.Finish(options.Pack(builder));
  const flatbuffers::TypeTable* table = unionTable->type_refs[unionTable->type_codes[tag].sequence_ref]();
  flatbuffers::IterateObject(flatbuffers::GetRoot<uint8_t>(builder.GetBufferPointer()), table, &collector);
}

}  // namespace

std::string optionNumber(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.9g", value);
  return text;
}

std::vector<OptionField> optionFields(const Operator& op) {
  FieldCollector collector;
  collect(op.options, tflite::BuiltinOptionsTypeTable(), collector);
  collect(op.options2, tflite::BuiltinOptions2TypeTable(), collector);
  std::vector<OptionField> fields = std::move(collector.fields);
  if (const auto* composite = op.options2.AsStableHLOCompositeOptions()) {
    std::erase_if(fields, [](const OptionField& field) { return field.name == "composite_attributes"; });
    if (!composite->composite_attributes.empty()) {
      addOpaque(std::as_bytes(std::span(composite->composite_attributes)), "attributes.", fields);
    }
  }
  if (op.customOptions && !op.customOptions->bytes.empty()) addOpaque(op.customOptions->bytes, "", fields);
  return fields;
}

}  // namespace quantscope
