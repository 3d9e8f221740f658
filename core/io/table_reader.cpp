#include "core/io/table_reader.h"

#include <algorithm>

#include "core/io/flatbuffer_values.h"

namespace quantscope::io {

namespace {

using flatbuffers::Table;

// Memory that a decoded model may take beside its constants. The largest models known need a tenth.
constexpr uint64_t kMaximumCost = uint64_t{1} << 30;
constexpr size_t kTensorsPerStep = 1024;

bool anySet(const std::vector<EmptyFields>& fields) {
  return std::any_of(fields.begin(), fields.end(), [](EmptyFields f) { return f != 0; });
}

}  // namespace

TableReader::TableReader(std::shared_ptr<const void> owner, std::span<const std::byte> file,
                         std::span<const std::byte> flatbuffer)
    : m_owner(std::move(owner)), m_file(file), m_survey(flatbuffer) {}

Result<void> TableReader::charge(uint64_t bytes) {
  m_cost += bytes;
  if (m_cost <= kMaximumCost) return {};
  return Error{ErrorCode::ResourceLimit, "cannot open the model", "",
               "its tables and lists would take more than 1 GiB of memory, which no real model does", ""};
}

Result<TableFacts> TableReader::survey(const Table& table, const flatbuffers::TypeTable* type, const char* name) {
  const TableFacts facts = m_survey.table(&table, type, name);
  QS_TRY(charge(facts.vectorBytes));
  return facts;
}

Result<const Table*> TableReader::unionValue(const void* value, const flatbuffers::TypeTable* type, const char* name,
                                             EmptyFields& empty) {
  if (!value) {
    empty = kNoOptionsTable;
    return reinterpret_cast<const Table*>(kNoFields + 4);
  }
  const auto* table = static_cast<const Table*>(value);
  QS_ASSIGN(const TableFacts facts, survey(*table, type, name));
  if (facts.misaligned) return malformed(name, "a list of 64-bit numbers does not begin at a multiple of 8 bytes");
  empty = facts.emptyFields;
  return table;
}

Buffer TableReader::inside(const flatbuffers::Vector<uint8_t>& data) const {
  Buffer buffer;
  buffer.owner = m_owner;
  buffer.bytes = std::as_bytes(std::span(data.data(), data.size()));
  buffer.present = true;
  return buffer;
}

Result<Buffer> TableReader::outside(uint64_t offset, uint64_t size, const std::string& where) {
  if (offset > m_file.size() || size > m_file.size() - offset) {
    return malformed(where, "its " + std::to_string(size) + " bytes at " + std::to_string(offset) +
                                " lie outside the file of " + std::to_string(m_file.size()) +
                                " bytes; the file is cut off");
  }
  m_end = std::max(m_end, offset + size);
  Buffer buffer;
  buffer.owner = m_owner;
  buffer.bytes = m_file.subspan(offset, size);
  buffer.present = true;
  buffer.fileOffset = offset;
  return buffer;
}

Result<void> TableReader::read(const tflite::Model& root, Model& model, Progress* progress) {
  m_model = &model;
  QS_TRY(readHead(root));
  QS_TRY(readBuffers(root));
  const auto* subgraphs = root.subgraphs();
  if (!subgraphs || subgraphs->size() == 0) return malformed("", "it has no subgraph");
  QS_TRY(charge(subgraphs->size() * sizeof(Subgraph)));
  model.subgraphs.resize(subgraphs->size());
  for (flatbuffers::uoffset_t i = 0; i < subgraphs->size(); ++i) {
    QS_TRY(readSubgraph(*subgraphs->Get(i), i, progress));
  }
  QS_TRY(readSignatures(root));
  QS_TRY(readExternalBuffers(root));
  findTrailing();
  model.notices = m_survey.notices();
  model.notices.insert(model.notices.end(), m_contradictions.begin(), m_contradictions.end());
  model.incomplete = m_survey.incomplete();
  return {};
}

Result<void> TableReader::readHead(const tflite::Model& root) {
  QS_ASSIGN(const TableFacts facts, survey(asTable(root), tflite::ModelTypeTable(), "Model"));
  m_model->version = root.version();
  if (root.version() != 3) {
    return Error{ErrorCode::Unsupported, "cannot open the model", "",
                 "it has the format version " + std::to_string(root.version()) + "; only version 3 is supported",
                 "convert the original network again with a current converter"};
  }
  m_model->emptyFields = facts.emptyFields & kModelLists;
  copyString(root.description(), m_model->description, m_model->hasDescription);
  copyVector(root.metadata_buffer(), m_model->metadataBuffer);
  if (const auto* codes = root.operator_codes()) {
    QS_TRY(charge(codes->size() * sizeof(OperatorCode)));
    m_model->operatorCodes.reserve(codes->size());
    for (const tflite::OperatorCode* table : *codes) {
      QS_TRY(survey(asTable(*table), tflite::OperatorCodeTypeTable(), "OperatorCode"));
      OperatorCode& code = m_model->operatorCodes.emplace_back();
      code.deprecatedBuiltinCode = table->deprecated_builtin_code();
      code.builtinCode = table->builtin_code();
      code.version = table->version();
      copyString(table->custom_code(), code.customCode, code.hasCustomCode);
    }
  }
  if (const auto* entries = root.metadata()) {
    QS_TRY(charge(entries->size() * sizeof(MetadataEntry)));
    m_model->metadata.reserve(entries->size());
    for (const tflite::Metadata* table : *entries) {
      QS_TRY(survey(asTable(*table), tflite::MetadataTypeTable(), "Metadata"));
      MetadataEntry& entry = m_model->metadata.emplace_back();
      copyString(table->name(), entry.name, entry.hasName);
      entry.buffer = BufferIndex(static_cast<size_t>(table->buffer()));
    }
  }
  return {};
}

Result<void> TableReader::readBuffers(const tflite::Model& root) {
  const auto* tables = root.buffers();
  if (!tables || tables->size() == 0) return malformed("", "it has no list of buffers");
  QS_TRY(charge(tables->size() * sizeof(Buffer)));
  m_model->buffers.reserve(tables->size());
  for (flatbuffers::uoffset_t i = 0; i < tables->size(); ++i) {
    const tflite::Buffer& table = *tables->Get(i);
    // The bytes themselves cost nothing: they stay in the file.
    m_survey.table(&asTable(table), tflite::BufferTypeTable(), "Buffer");
    const bool isOutside = table.offset() >= kFirstRealOffset;
    if (table.data()) {
      m_model->buffers.push_back(inside(*table.data()));
      if (isOutside)
        m_contradictions.push_back("buffer " + std::to_string(i) + " has data and an offset; the data counts");
    } else if (isOutside) {
      QS_ASSIGN(Buffer buffer, outside(table.offset(), table.size(), "buffer " + std::to_string(i)));
      m_model->buffers.push_back(std::move(buffer));
    } else {
      m_model->buffers.emplace_back();
    }
  }
  return {};
}

Result<void> TableReader::readSubgraph(const tflite::SubGraph& table, size_t index, Progress* progress) {
  Subgraph& subgraph = m_model->subgraphs[index];
  const std::string where = "subgraph " + std::to_string(index);
  QS_ASSIGN(const TableFacts facts, survey(asTable(table), tflite::SubGraphTypeTable(), "SubGraph"));
  subgraph.emptyFields = facts.emptyFields & kSubgraphLists;
  subgraph.debugMetadataIndex = table.debug_metadata_index();
  copyString(table.name(), subgraph.name, subgraph.hasName);
  if (!table.tensors()) return malformed(where, "it has no list of tensors");
  const size_t tensorCount = table.tensors()->size();
  const size_t operatorCount = table.operators() ? table.operators()->size() : 0;
  QS_TRY(charge(tensorCount * sizeof(Tensor) + operatorCount * sizeof(Operator)));
  auto goOn = [&](size_t step) {
    return !progress || step % kTensorsPerStep != 0 || progress->advance(kTensorsPerStep);
  };
  if (progress) progress->begin("Opening the model", tensorCount + operatorCount, "tensors and operators");

  subgraph.tensors.resize(tensorCount);
  for (size_t i = 0; i < tensorCount; ++i) {
    if (!goOn(i + 1)) return Error::cancelled();
    QS_TRY(readTensor(*table.tensors()->Get(static_cast<flatbuffers::uoffset_t>(i)), subgraph.tensors[i],
                      where + ", tensor " + std::to_string(i)));
  }
  QS_TRY(copyIndices(table.inputs(), tensorCount, Missing::Forbidden, where, "inputs", subgraph.inputs));
  QS_TRY(copyIndices(table.outputs(), tensorCount, Missing::Forbidden, where, "outputs", subgraph.outputs));
  subgraph.operators.resize(operatorCount);
  for (size_t i = 0; i < operatorCount; ++i) {
    if (!goOn(i + 1)) return Error::cancelled();
    QS_TRY(readOperator(*table.operators()->Get(static_cast<flatbuffers::uoffset_t>(i)), subgraph.operators[i],
                        subgraph, where + ", operator " + std::to_string(i)));
  }
  return {};
}

Result<void> TableReader::readTensor(const tflite::Tensor& table, Tensor& tensor, const std::string& where) {
  QS_ASSIGN(const TableFacts facts, survey(asTable(table), tflite::TensorTypeTable(), "Tensor"));
  tensor.emptyFields = facts.emptyFields & kTensorLists;
  copyString(table.name(), tensor.name, tensor.hasName);
  copyVector(table.shape(), tensor.shape);
  copyVector(table.shape_signature(), tensor.shapeSignature);
  tensor.hasRank = table.has_rank();
  tensor.type = static_cast<ElementType>(table.type());
  tensor.isVariable = table.is_variable();
  tensor.externalBuffer = table.external_buffer();
  if (table.buffer() >= m_model->buffers.size()) {
    return malformed(where, "it names buffer " + std::to_string(table.buffer()) + ", but the model has " +
                                std::to_string(m_model->buffers.size()) + " buffers");
  }
  tensor.buffer = BufferIndex(static_cast<size_t>(table.buffer()));
  if (table.quantization()) QS_TRY(readQuantization(*table.quantization(), tensor.quantization.emplace()));
  if (const auto* sparsity = table.sparsity()) {
    const TableFacts below = m_survey.tree(&asTable(*sparsity), tflite::SparsityParametersTypeTable(),
                                           "SparsityParameters", tensor.emptyNested);
    QS_TRY(charge(below.vectorBytes + tensor.emptyNested.size() * sizeof(tflite::DimensionMetadataT)));
    tensor.sparsity.reset(sparsity->UnPack());
  }
  if (const auto* variants = table.variant_tensors()) {
    QS_TRY(charge(variants->size() * sizeof(tflite::VariantSubTypeT)));
    for (const tflite::VariantSubType* variant : *variants) {
      const TableFacts below =
          m_survey.tree(&asTable(*variant), tflite::VariantSubTypeTypeTable(), "VariantSubType", tensor.emptyNested);
      QS_TRY(charge(below.vectorBytes));
      tensor.variantTensors.emplace_back(variant->UnPack());
    }
  }
  if (!anySet(tensor.emptyNested)) tensor.emptyNested.clear();
  return {};
}

Result<void> TableReader::readQuantization(const tflite::QuantizationParameters& table, Quantization& quantization) {
  QS_ASSIGN(const TableFacts facts,
            survey(asTable(table), tflite::QuantizationParametersTypeTable(), "QuantizationParameters"));
  quantization.emptyFields = facts.emptyFields;
  copyVector(table.min(), quantization.min);
  copyVector(table.max(), quantization.max);
  copyVector(table.scale(), quantization.scale);
  copyVector(table.zero_point(), quantization.zeroPoint);
  quantization.quantizedDimension = table.quantized_dimension();
  const auto tag = table.details_type();
  constexpr size_t kDetailsSlot = 5;
  const auto* type = unionMember(tflite::QuantizationParametersTypeTable(), kDetailsSlot, tag);
  if (!type) return {};
  QS_ASSIGN(const Table* value,
            unionValue(table.details(), type, tflite::EnumNameQuantizationDetails(tag), quantization.emptyDetails));
  auto details = std::make_shared<tflite::QuantizationDetailsUnion>();
  details->type = tag;
  details->value = tflite::QuantizationDetailsUnion::UnPack(value, tag, nullptr);
  quantization.details = std::move(details);
  return {};
}

}  // namespace quantscope::io
