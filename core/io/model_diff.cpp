#include "core/io/model_diff.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "core/io/model_nodes.h"
#include "core/io/table_text.h"
#include "core/io/zip_archive.h"
#include "core/model/metadata_names.h"

namespace quantscope {

namespace {

constexpr size_t kLongestText = 200;
constexpr size_t kStep = size_t{4} << 20;

std::string textOf(const std::string& text) {
  return text;
}
std::string textOf(bool value) {
  return value ? "true" : "false";
}
std::string textOf(ElementType type) {
  const auto name = elementTypeName(type);
  return name == "unknown" ? "type " + std::to_string(static_cast<int>(type)) : std::string(name);
}
template <typename Tag>
std::string textOf(Index<Tag> index) {
  return std::to_string(index.value);
}
template <typename T>
requires std::is_arithmetic_v<T> std::string textOf(T value) {
  char text[40];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}
template <typename T>
std::string textOf(const std::vector<T>& values) {
  std::string text = "[";
  for (const auto& value : values) {
    if (text.size() > kLongestText) return text + ", … " + std::to_string(values.size()) + " in all]";
    if (text.size() > 1) text += ", ";
    text += textOf(value);
  }
  return text + "]";
}

// Numbers are equal when their bits are: a copy keeps the sign of zero and what a NaN carries.
template <typename T>
bool same(const T& a, const T& b) {
  return a == b;
}
bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](float x, float y) { return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y); });
}

std::string shortened(std::string text) {
  if (text.size() <= kLongestText) return text;
  // Not in the middle of a character.
  size_t end = kLongestText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

class Comparison {
public:
  Comparison(const Model& a, const Model& b, const DiffOptions& options, Progress* progress)
      : m_a(a), m_b(b), m_options(options), m_progress(progress) {}

  std::vector<ModelDifference> run() {
    if (m_progress) m_progress->begin("Comparing the models", 0, "bytes");
    compareHead();
    if (m_options.exact) compareBuffers();
    count("model", "subgraphs", m_a.subgraphs, m_b.subgraphs);
    for (size_t i = 0; i < std::min(m_a.subgraphs.size(), m_b.subgraphs.size()); ++i) {
      compareSubgraphs(m_a.subgraphs[i], m_b.subgraphs[i], "subgraph " + std::to_string(i));
    }
    compareSignatures();
    compareExternal();
    compareTrailing();
    return std::move(m_differences);
  }

private:
  bool full() const { return m_stopped || m_differences.size() >= m_options.limit; }

  void add(const std::string& where, const std::string& what, std::string a, std::string b) {
    if (!full()) m_differences.push_back({where, what, shortened(std::move(a)), shortened(std::move(b))});
  }
  template <typename T>
  void field(const std::string& where, const char* what, const T& a, const T& b) {
    if (!same(a, b)) add(where, what, textOf(a), textOf(b));
  }
  template <typename T>
  void count(const std::string& where, const char* what, const std::vector<T>& a, const std::vector<T>& b) {
    if (a.size() != b.size()) add(where, what, std::to_string(a.size()), std::to_string(b.size()));
  }
  void text(const std::string& where, const char* what, const std::string& a, bool hasA, const std::string& b,
            bool hasB) {
    const bool sameAbsence = !m_options.exact || hasA == hasB;
    if (a == b && sameAbsence) return;
    add(where, what, hasA ? "\"" + a + "\"" : "absent", hasB ? "\"" + b + "\"" : "absent");
  }
  void empties(const std::string& where, EmptyFields a, EmptyFields b) {
    if (m_options.exact && a != b) add(where, "empty fields", std::to_string(a), std::to_string(b));
  }
  void bytes(const std::string& where, const char* what, std::span<const std::byte> a, std::span<const std::byte> b) {
    if (a.size() != b.size()) {
      add(where, what, std::to_string(a.size()) + " bytes", std::to_string(b.size()) + " bytes");
      return;
    }
    if (a.data() == b.data()) return;
    for (size_t begin = 0; begin < a.size() && !full(); begin += kStep) {
      const size_t length = std::min(kStep, a.size() - begin);
      if (std::memcmp(a.data() + begin, b.data() + begin, length) != 0) {
        const auto at = std::mismatch(a.begin() + static_cast<ptrdiff_t>(begin), a.end(),
                                      b.begin() + static_cast<ptrdiff_t>(begin));
        const auto position = at.first - a.begin();
        return add(where, what, "", "differs from byte " + std::to_string(position) + " on");
      }
      if (m_progress && !m_progress->advance(length)) m_stopped = true;
    }
  }
  void optionalBytes(const std::string& where, const char* what, const Buffer* a, const Buffer* b) {
    const bool hasA = a && a->present, hasB = b && b->present;
    if (hasA != hasB) return add(where, what, hasA ? "present" : "absent", hasB ? "present" : "absent");
    if (hasA) bytes(where, what, a->bytes, b->bytes);
  }
  void fields(const std::string& where, const std::string& part, const std::vector<io::FieldText>& a,
              const std::vector<io::FieldText>& b) {
    for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
      static const io::FieldText kNone;
      const io::FieldText &x = i < a.size() ? a[i] : kNone, &y = i < b.size() ? b[i] : kNone;
      if (x.name == y.name && x.value == y.value) continue;
      add(where, part + (x.name.empty() ? y.name : x.name), x.value, y.value);
      if (x.name != y.name) return;
    }
  }

  void compareHead() {
    field("model", "version", m_a.version, m_b.version);
    text("model", "description", m_a.description, m_a.hasDescription, m_b.description, m_b.hasDescription);
    const auto marks = io::markedOutside(m_a) != io::markedOutside(m_b) ? ~(EmptyFields{1} << 6) : ~EmptyFields{0};
    empties("model", m_a.emptyFields & marks, m_b.emptyFields & marks);
    if (m_options.exact) {
      field("model", "metadata_buffer", m_a.metadataBuffer, m_b.metadataBuffer);
      count("model", "operator codes", m_a.operatorCodes, m_b.operatorCodes);
      for (size_t i = 0; i < std::min(m_a.operatorCodes.size(), m_b.operatorCodes.size()); ++i) {
        const OperatorCode &a = m_a.operatorCodes[i], &b = m_b.operatorCodes[i];
        const std::string where = "operator code " + std::to_string(i);
        field(where, "builtin_code", static_cast<int>(a.builtinCode), static_cast<int>(b.builtinCode));
        field(where, "deprecated_builtin_code", static_cast<int>(a.deprecatedBuiltinCode),
              static_cast<int>(b.deprecatedBuiltinCode));
        field(where, "version", a.version, b.version);
        text(where, "custom_code", a.customCode, a.hasCustomCode, b.customCode, b.hasCustomCode);
      }
    }
    compareMetadata();
  }

  void compareMetadata() {
    auto entries = [](const Model& model) {
      std::vector<MetadataEntry> list = model.metadata;
      std::erase_if(list, [](const MetadataEntry& e) { return e.name == kOutsideMark; });
      return list;
    };
    const auto a = entries(m_a), b = entries(m_b);
    count("model", "metadata", a, b);
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const std::string where = "metadata " + std::to_string(i) + " " + a[i].name;
      text(where, "name", a[i].name, a[i].hasName, b[i].name, b[i].hasName);
      if (m_options.exact) field(where, "buffer", a[i].buffer, b[i].buffer);
      optionalBytes(where, "content", bufferOf(m_a, a[i].buffer), bufferOf(m_b, b[i].buffer));
    }
  }

  static const Buffer* bufferOf(const Model& model, BufferIndex index) {
    return index.valid() && index.position() < model.buffers.size() ? &model.buffers[index.position()] : nullptr;
  }

  // Without those at the end that hold nothing but the mark of constants outside.
  static size_t meantBuffers(const Model& model) {
    size_t size = model.buffers.size();
    for (const MetadataEntry& entry : model.metadata) {
      if (entry.name == kOutsideMark && entry.buffer.valid() && entry.buffer.position() + 1 == size) --size;
    }
    return size;
  }

  void compareBuffers() {
    const size_t a = meantBuffers(m_a), b = meantBuffers(m_b);
    if (a != b) add("model", "buffers", std::to_string(a), std::to_string(b));
    for (size_t i = 0; i < std::min(a, b) && !full(); ++i) {
      optionalBytes("buffer " + std::to_string(i), "data", &m_a.buffers[i], &m_b.buffers[i]);
    }
  }

  void compareSubgraphs(const Subgraph& a, const Subgraph& b, const std::string& where) {
    text(where, "name", a.name, a.hasName, b.name, b.hasName);
    field(where, "inputs", a.inputs, b.inputs);
    field(where, "outputs", a.outputs, b.outputs);
    field(where, "debug_metadata_index", a.debugMetadataIndex, b.debugMetadataIndex);
    empties(where, a.emptyFields, b.emptyFields);
    count(where, "tensors", a.tensors, b.tensors);
    for (size_t i = 0; i < std::min(a.tensors.size(), b.tensors.size()) && !full(); ++i) {
      compareTensors(a.tensors[i], b.tensors[i], where + ", tensor " + std::to_string(i) + " " + a.tensors[i].name);
    }
    count(where, "operators", a.operators, b.operators);
    for (size_t i = 0; i < std::min(a.operators.size(), b.operators.size()) && !full(); ++i) {
      compareOperators(a.operators[i], b.operators[i],
                       where + ", operator " + std::to_string(i) + " " + operatorName(m_a, a.operators[i]));
    }
  }

  void compareTensors(const Tensor& a, const Tensor& b, const std::string& where) {
    text(where, "name", a.name, a.hasName, b.name, b.hasName);
    field(where, "shape", a.shape, b.shape);
    field(where, "shape_signature", a.shapeSignature, b.shapeSignature);
    field(where, "has_rank", a.hasRank, b.hasRank);
    field(where, "type", a.type, b.type);
    field(where, "is_variable", a.isVariable, b.isVariable);
    field(where, "external_buffer", a.externalBuffer, b.externalBuffer);
    empties(where, a.emptyFields, b.emptyFields);
    if (m_options.exact) {
      field(where, "buffer", a.buffer, b.buffer);
      if (a.emptyNested != b.emptyNested) add(where, "empty fields of sparsity or variants", "", "");
    } else {
      optionalBytes(where, "constant", isConstant(m_a, a) ? bufferOf(m_a, a.buffer) : nullptr,
                    isConstant(m_b, b) ? bufferOf(m_b, b.buffer) : nullptr);
    }
    compareQuantization(a.quantization, b.quantization, where);
    const std::vector<io::FieldText> none;
    fields(where, "sparsity.", a.sparsity ? io::fieldsOf(*a.sparsity) : none,
           b.sparsity ? io::fieldsOf(*b.sparsity) : none);
    count(where, "variant_tensors", a.variantTensors, b.variantTensors);
    for (size_t i = 0; i < std::min(a.variantTensors.size(), b.variantTensors.size()); ++i) {
      fields(where, "variant_tensors[" + std::to_string(i) + "].", io::fieldsOf(*a.variantTensors[i]),
             io::fieldsOf(*b.variantTensors[i]));
    }
  }

  void compareQuantization(const std::optional<Quantization>& optionalA, const std::optional<Quantization>& optionalB,
                           const std::string& where) {
    if (m_options.exact && optionalA.has_value() != optionalB.has_value()) {
      return add(where, "quantization", optionalA ? "present" : "absent", optionalB ? "present" : "absent");
    }
    static const Quantization kNone;
    const Quantization &a = optionalA ? *optionalA : kNone, &b = optionalB ? *optionalB : kNone;
    field(where, "quantization.min", a.min, b.min);
    field(where, "quantization.max", a.max, b.max);
    field(where, "quantization.scale", a.scale, b.scale);
    field(where, "quantization.zero_point", a.zeroPoint, b.zeroPoint);
    field(where, "quantization.quantized_dimension", a.quantizedDimension, b.quantizedDimension);
    empties(where + ", quantization", a.emptyFields, b.emptyFields);
    empties(where + ", quantization.details", a.emptyDetails, b.emptyDetails);
    auto kind = [](const Quantization& q) { return q.details ? static_cast<int>(q.details->type) : 0; };
    field(where, "quantization.details_type", kind(a), kind(b));
    const std::vector<io::FieldText> none;
    fields(where, "quantization.details.", a.details ? io::fieldsOf(*a.details) : none,
           b.details ? io::fieldsOf(*b.details) : none);
  }

  void compareOperators(const Operator& a, const Operator& b, const std::string& where) {
    if (m_options.exact) field(where, "opcode_index", a.opcodeIndex, b.opcodeIndex);
    const std::string nameA = operatorName(m_a, a), nameB = operatorName(m_b, b);
    field(where, "operator", nameA, nameB);
    field(where, "version", versionOf(m_a, a), versionOf(m_b, b));
    field(where, "inputs", a.inputs, b.inputs);
    field(where, "outputs", a.outputs, b.outputs);
    field(where, "intermediates", a.intermediates, b.intermediates);
    field(where, "mutating_variable_inputs", a.mutatingVariableInputs, b.mutatingVariableInputs);
    field(where, "debug_metadata_index", a.debugMetadataIndex, b.debugMetadataIndex);
    field(where, "custom_options_format", static_cast<int>(a.customOptionsFormat),
          static_cast<int>(b.customOptionsFormat));
    optionalBytes(where, "custom_options", a.customOptions ? &*a.customOptions : nullptr,
                  b.customOptions ? &*b.customOptions : nullptr);
    field(where, "builtin_options_type", std::string(tflite::EnumNameBuiltinOptions(a.options.type)),
          std::string(tflite::EnumNameBuiltinOptions(b.options.type)));
    fields(where, "builtin_options.", io::fieldsOf(a.options), io::fieldsOf(b.options));
    field(where, "builtin_options_2_type", std::string(tflite::EnumNameBuiltinOptions2(a.options2.type)),
          std::string(tflite::EnumNameBuiltinOptions2(b.options2.type)));
    fields(where, "builtin_options_2.", io::fieldsOf(a.options2), io::fieldsOf(b.options2));
    empties(where, a.emptyFields, b.emptyFields);
    empties(where + ", options", a.emptyOptions, b.emptyOptions);
    empties(where + ", options 2", a.emptyOptions2, b.emptyOptions2);
  }

  static int32_t versionOf(const Model& model, const Operator& op) {
    return op.opcodeIndex < model.operatorCodes.size() ? model.operatorCodes[op.opcodeIndex].version : 0;
  }

  void compareSignatures() {
    count("model", "signatures", m_a.signatures, m_b.signatures);
    for (size_t i = 0; i < std::min(m_a.signatures.size(), m_b.signatures.size()); ++i) {
      const Signature &a = m_a.signatures[i], &b = m_b.signatures[i];
      const std::string where = "signature " + std::to_string(i) + " " + a.key;
      text(where, "key", a.key, a.hasKey, b.key, b.hasKey);
      field(where, "subgraph_index", a.subgraphIndex, b.subgraphIndex);
      text(where, "deprecated_tag", a.deprecatedTag.value_or(""), a.deprecatedTag.has_value(),
           b.deprecatedTag.value_or(""), b.deprecatedTag.has_value());
      empties(where, a.emptyFields, b.emptyFields);
      compareMappings(where, "input", a.inputs, b.inputs);
      compareMappings(where, "output", a.outputs, b.outputs);
    }
  }

  void compareMappings(const std::string& where, const char* side, const std::vector<SignatureMapping>& a,
                       const std::vector<SignatureMapping>& b) {
    count(where, side, a, b);
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
      const std::string entry = where + ", " + side + " " + std::to_string(i);
      text(entry, "name", a[i].name, a[i].hasName, b[i].name, b[i].hasName);
      field(entry, "tensor_index", a[i].tensor, b[i].tensor);
    }
  }

  void compareExternal() {
    auto lists = [this](const char* what, const auto& a, const auto& b) {
      count("model", what, a, b);
      for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        fields(std::string(what) + " " + std::to_string(i), "", io::fieldsOf(a[i]), io::fieldsOf(b[i]));
      }
    };
    lists("external buffer groups", m_a.externalBufferGroups, m_b.externalBufferGroups);
    lists("external buffers", m_a.externalBuffers, m_b.externalBuffers);
    if (m_options.exact && m_a.emptyExternal != m_b.emptyExternal) add("external buffers", "empty fields", "", "");
  }

  // The offsets in an archive follow its place in the file: compared as if it began the file. An archive that does not
  // count from the beginning of the first file stays as it is, even where by chance it does in the second.
  void compareTrailing() {
    auto endOf = [](const Model& model) {
      return io::movedArchiveEnd(model.trailing.bytes, model.trailing.fileOffset, 0);
    };
    auto moved = [](const Model& model, const std::vector<std::byte>& end) {
      std::vector<std::byte> content(model.trailing.bytes.begin(), model.trailing.bytes.end());
      std::copy(end.begin(), end.end(), content.end() - static_cast<ptrdiff_t>(end.size()));
      return content;
    };
    const auto end = endOf(m_a);
    bytes("bytes after the model", "content", moved(m_a, end),
          moved(m_b, end.empty() ? std::vector<std::byte>() : endOf(m_b)));
  }

  const Model &m_a, &m_b;
  const DiffOptions& m_options;
  Progress* m_progress;
  bool m_stopped = false;
  std::vector<ModelDifference> m_differences;
};

}  // namespace

std::vector<ModelDifference> diffModels(const Model& a, const Model& b, const DiffOptions& options,
                                        Progress* progress) {
  return Comparison(a, b, options, progress).run();
}

}  // namespace quantscope
