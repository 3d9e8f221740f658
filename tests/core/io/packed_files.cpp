#include "tests/core/io/packed_files.h"

#include <zlib.h>

#include "core/io/tflite_writer.h"
#include "core/model/edit.h"
#include "core/model/metadata_names.h"
#include "core/schema/model_card_generated.h"
#include "tests/support/catch.h"

namespace quantscope::tests {

namespace {

namespace card = tflite::card;

std::string deflated(const std::string& content) {
  std::string packed(content.size() + 100, '\0');
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

class Bytes {
public:
  std::vector<std::byte> bytes;
  Bytes& word(uint32_t value) { return raw(&value, 4); }
  Bytes& half(uint16_t value) { return raw(&value, 2); }
  Bytes& text(const std::string& value) { return raw(value.data(), value.size()); }

private:
  Bytes& raw(const void* data, size_t size) {
    const auto* from = static_cast<const std::byte*>(data);
    bytes.insert(bytes.end(), from, from + size);
    return *this;
  }
};

}  // namespace

std::vector<std::byte> zipOf(const std::vector<PackedFile>& files, uint64_t origin) {
  Bytes out, directory;
  for (const PackedFile& file : files) {
    const std::string packed = file.deflated ? deflated(file.content) : file.content;
    const auto crc = static_cast<uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(file.content.data()), static_cast<uInt>(file.content.size())));
    const auto position = static_cast<uint32_t>(origin + out.bytes.size());
    const uint16_t method = file.deflated ? 8 : 0;
    const auto packedSize = static_cast<uint32_t>(packed.size()), size = static_cast<uint32_t>(file.content.size());
    const auto nameSize = static_cast<uint16_t>(file.name.size());
    out.word(0x04034b50).half(20).half(0).half(method).half(0).half(0).word(crc).word(packedSize).word(size);
    out.half(nameSize).half(0).text(file.name).text(packed);
    directory.word(0x02014b50)
        .half(20)
        .half(20)
        .half(0)
        .half(method)
        .half(0)
        .half(0)
        .word(crc)
        .word(packedSize)
        .word(size);
    directory.half(nameSize).half(0).half(0).half(0).half(0).word(0).word(position).text(file.name);
  }
  const auto begin = static_cast<uint32_t>(origin + out.bytes.size());
  const auto count = static_cast<uint16_t>(files.size());
  const auto length = static_cast<uint32_t>(directory.bytes.size());
  out.bytes.insert(out.bytes.end(), directory.bytes.begin(), directory.bytes.end());
  out.word(0x06054b50).half(0).half(0).half(count).half(count).word(length).word(begin).half(0);
  return out.bytes;
}

std::vector<std::byte> modelCard() {
  flatbuffers::FlatBufferBuilder b;
  const std::vector<float> mean = {127.5f}, deviation = {127.5f}, lowest = {-1}, highest = {1};
  const auto normalization = card::CreateNormalizationOptionsDirect(b, &mean, &deviation);
  const std::vector units = {
      card::CreateProcessUnit(b, card::ProcessUnitOptions_NormalizationOptions, normalization.Union())};
  const auto image = card::CreateImageProperties(b, card::ColorSpace_RGB);
  const auto content = card::CreateContent(b, card::ContentProperties_ImageProperties, image.Union());
  const auto stats = card::CreateStatsDirect(b, &highest, &lowest);
  const std::vector inputs = {card::CreateTensorCardDirect(b, "image", "a picture", nullptr, content, &units, stats)};
  const auto threshold = card::CreateScoreThresholdingOptions(b, 0.25f);
  const std::vector outputUnits = {
      card::CreateProcessUnit(b, card::ProcessUnitOptions_ScoreThresholdingOptions, threshold.Union())};
  const std::vector files = {
      card::CreateAssociatedFileDirect(b, "labels_de.txt", "Namen", card::FileType_TENSOR_AXIS_LABELS, "de"),
      card::CreateAssociatedFileDirect(b, "labels.txt", "names", card::FileType_TENSOR_AXIS_LABELS)};
  const std::vector outputs = {
      card::CreateTensorCardDirect(b, "probability", "of each class", nullptr, 0, &outputUnits, 0, &files)};
  const std::vector subgraphs = {card::CreateSubgraphCardDirect(b, nullptr, nullptr, &inputs, &outputs)};
  b.Finish(card::CreateModelCardDirect(b, "classifier", "tells shapes apart", "v1", &subgraphs, "the authors", "GPL"),
           card::ModelCardIdentifier());
  const auto bytes = std::as_bytes(std::span(b.GetBufferPointer(), b.GetSize()));
  return {bytes.begin(), bytes.end()};
}

std::vector<std::byte> withCardAndFiles(Model model, const std::vector<PackedFile>& files) {
  model.metadata.push_back({std::string(kModelCard), true, addBuffer(model, Buffer::fromBytes(modelCard()))});
  auto bytes = serializeModel(model);
  REQUIRE(bytes.ok());
  const auto archive = zipOf(files, bytes->size());
  bytes->insert(bytes->end(), archive.begin(), archive.end());
  return *bytes;
}

}  // namespace quantscope::tests
