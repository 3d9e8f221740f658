#include "core/io/metadata.h"

#include <algorithm>
#include <cstring>

#include "core/io/zip_archive.h"
#include "core/model/metadata_names.h"
#include "core/schema/model_card_generated.h"

namespace quantscope {

namespace {

namespace card = tflite::card;

// Of all packed files together: label files have kilobytes.
constexpr uint64_t kMaximumUnpacked = uint64_t{64} << 20;
// Lists and texts that a hostile card names again and again would else grow without end.
constexpr uint64_t kMaximumCard = uint64_t{64} << 20;
constexpr flatbuffers::uoffset_t kMaximumDepth = 32, kMaximumTables = 100'000;

Error malformed(const std::string& why) {
  return {ErrorCode::Malformed, "cannot read what the model says about itself", std::string(kModelCard), why, ""};
}

Error tooLong() {
  return {ErrorCode::ResourceLimit, "cannot read what the model says about itself", std::string(kModelCard),
          "it is longer than 64 MiB", ""};
}

class CardReader {
public:
  CardReader(std::span<const std::byte> archive, std::vector<io::ZipEntry> entries)
      : m_archive(archive), m_entries(std::move(entries)) {}

  Result<void> read(const card::ModelCard& table, ModelMetadata& metadata) {
    metadata.name = text(table.name());
    metadata.description = text(table.description());
    metadata.version = text(table.version());
    metadata.author = text(table.author());
    metadata.license = text(table.license());
    QS_TRY(readFiles(table.associated_files(), metadata.files));
    if (!table.subgraphs() || table.subgraphs()->size() == 0) return limits();
    const card::SubgraphCard& subgraph = *table.subgraphs()->Get(0);
    QS_TRY(readFiles(subgraph.associated_files(), metadata.files));
    QS_TRY(readTensors(subgraph.input_tensors(), metadata.inputs));
    return readTensors(subgraph.output_tensors(), metadata.outputs);
  }

private:
  std::string text(const flatbuffers::String* string) {
    if (!string || !spend(string->size())) return {};
    return string->str();
  }
  std::vector<float> numbers(const flatbuffers::Vector<float>* values) {
    if (!values || !spend(values->size() * sizeof(float))) return {};
    return {values->begin(), values->end()};
  }
  bool spend(uint64_t bytes) {
    m_spent += bytes;
    return m_spent <= kMaximumCard;
  }
  Result<void> limits() const {
    if (m_spent <= kMaximumCard) return {};
    return tooLong();
  }

  Result<void> readTensors(const flatbuffers::Vector<flatbuffers::Offset<card::TensorCard>>* tables,
                           std::vector<TensorInfo>& tensors) {
    if (!tables) return {};
    for (const card::TensorCard* table : *tables) {
      TensorInfo& tensor = tensors.emplace_back();
      tensor.name = text(table->name());
      tensor.description = text(table->description());
      if (const auto* names = table->dimension_names()) {
        for (const auto* name : *names) tensor.dimensionNames.push_back(text(name));
      }
      if (table->content()) readContent(*table->content(), tensor);
      if (table->process_units()) readProcessUnits(*table->process_units(), tensor);
      if (table->stats()) {
        tensor.min = numbers(table->stats()->min());
        tensor.max = numbers(table->stats()->max());
      }
      QS_TRY(readFiles(table->associated_files(), tensor.files));
    }
    return limits();
  }

  static void readContent(const card::Content& content, TensorInfo& tensor) {
    switch (content.content_properties_type()) {
      case card::ContentProperties_FeatureProperties:
        tensor.content = TensorInfo::Content::Feature;
        break;
      case card::ContentProperties_ImageProperties:
        tensor.content = TensorInfo::Content::Image;
        break;
      case card::ContentProperties_BoundingBoxProperties:
        tensor.content = TensorInfo::Content::BoundingBox;
        break;
      case card::ContentProperties_AudioProperties:
        tensor.content = TensorInfo::Content::Audio;
        break;
      default:
        break;
    }
    if (const auto* image = content.content_properties_as_ImageProperties()) {
      if (image->color_space() == card::ColorSpace_RGB) tensor.colorSpace = TensorInfo::ColorSpace::Rgb;
      if (image->color_space() == card::ColorSpace_GRAYSCALE) tensor.colorSpace = TensorInfo::ColorSpace::Grayscale;
    }
  }

  void readProcessUnits(const flatbuffers::Vector<flatbuffers::Offset<card::ProcessUnit>>& units, TensorInfo& tensor) {
    for (const card::ProcessUnit* unit : units) {
      if (const auto* normalization = unit->options_as_NormalizationOptions()) {
        tensor.mean = numbers(normalization->mean());
        tensor.std = numbers(normalization->std());
      }
      if (const auto* threshold = unit->options_as_ScoreThresholdingOptions()) {
        tensor.scoreThreshold = threshold->global_score_threshold();
      }
    }
  }

  Result<void> readFiles(const flatbuffers::Vector<flatbuffers::Offset<card::AssociatedFile>>* tables,
                         std::vector<AssociatedFile>& files) {
    if (!tables) return {};
    for (const card::AssociatedFile* table : *tables) {
      AssociatedFile& file = files.emplace_back();
      file.name = text(table->name());
      file.description = text(table->description());
      file.locale = text(table->locale());
      const auto kind = table->type();
      if (kind >= card::FileType_MIN && kind <= card::FileType_MAX) file.kind = static_cast<AssociatedFile::Kind>(kind);
      const auto entry = std::ranges::find(m_entries, file.name, &io::ZipEntry::name);
      if (entry == m_entries.end()) continue;
      QS_ASSIGN(file.content, io::unpackZip(m_archive, *entry, kMaximumUnpacked - m_unpacked));
      m_unpacked += file.content.size();
      file.found = true;
    }
    return limits();
  }

  std::span<const std::byte> m_archive;
  std::vector<io::ZipEntry> m_entries;
  uint64_t m_unpacked = 0, m_spent = 0;
};

std::span<const std::byte> entryBytes(const Model& model, std::string_view name) {
  for (const MetadataEntry& entry : model.metadata) {
    const bool known = entry.buffer.valid() && entry.buffer.position() < model.buffers.size();
    if (entry.name == name && known) return model.buffer(entry.buffer).bytes;
  }
  return {};
}

}  // namespace

Result<ModelMetadata> readMetadata(const Model& model) {
  ModelMetadata metadata;
  const auto runtime = entryBytes(model, kMinimumRuntime);
  const std::string_view runtimeText(reinterpret_cast<const char*>(runtime.data()), runtime.size());
  metadata.minimumRuntime = runtimeText.substr(0, runtimeText.find('\0'));

  QS_ASSIGN(std::vector<io::ZipEntry> entries, io::listZip(model.trailing.bytes, model.trailing.fileOffset));
  for (const io::ZipEntry& entry : entries) metadata.packedFiles.push_back(entry.name);

  const auto bytes = entryBytes(model, kModelCard);
  if (bytes.empty()) return metadata;
  if (bytes.size() > kMaximumCard) return tooLong();
  // The verifier asks for an address that fits the largest number.
  std::vector<uint64_t> aligned(bytes.size() / sizeof(uint64_t) + 1);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  const auto* data = reinterpret_cast<const uint8_t*>(aligned.data());
  flatbuffers::Verifier verifier(data, bytes.size(), kMaximumDepth, kMaximumTables);
  if (!card::VerifyModelCardBuffer(verifier)) return malformed("it is damaged or no flatbuffer with the mark \"M001\"");
  QS_TRY(CardReader(model.trailing.bytes, std::move(entries)).read(*card::GetModelCard(data), metadata));
  return metadata;
}

}  // namespace quantscope
