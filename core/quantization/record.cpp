#include "core/quantization/record.h"

#include <nlohmann/json.hpp>

#include "core/model/edit.h"

namespace quantscope {

Model withRecord(Model model, const QuantizationRecord& record) {
  nlohmann::ordered_json json;
  json["tool"] = record.tool;
  json["recipe"] = nlohmann::ordered_json::parse(recipeToJson(record.recipe));
  if (record.samples > 0) {
    json["calibration"] = {{"samples", record.samples}, {"dataset", record.dataset}};
    if (!record.datasetHash.empty()) json["calibration"]["sha256"] = record.datasetHash;
  }
  const std::string text = json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  const BufferIndex buffer = addBuffer(model, Buffer::fromValues(std::span<const char>(text)));
  for (MetadataEntry& entry : model.metadata) {
    if (entry.name != kRecordName) continue;
    entry.buffer = buffer;
    pruneUnused(model);
    return model;
  }
  MetadataEntry entry;
  entry.name = kRecordName;
  entry.buffer = buffer;
  model.metadata.push_back(std::move(entry));
  return model;
}

std::string recordText(const Model& model) {
  for (const MetadataEntry& entry : model.metadata) {
    if (entry.name != kRecordName || !entry.buffer.valid() || entry.buffer.position() >= model.buffers.size()) continue;
    const auto bytes = model.buffers[entry.buffer.position()].bytes;
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
  return {};
}

}  // namespace quantscope
