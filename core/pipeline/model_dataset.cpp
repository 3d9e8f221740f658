#include "core/io/metadata.h"
#include "core/pipeline/pipeline.h"

namespace quantscope {

namespace {

std::optional<Preprocessing> preprocessingFrom(const ModelMetadata& metadata) {
  for (const TensorInfo& input : metadata.inputs) {
    if (input.mean.empty() && input.std.empty()) continue;
    Preprocessing preprocessing;
    if (!input.mean.empty()) preprocessing.mean = input.mean;
    if (!input.std.empty()) preprocessing.standardDeviation = input.std;
    if (input.colorSpace == TensorInfo::ColorSpace::Grayscale) preprocessing.channels = ChannelOrder::Gray;
    preprocessing.source = "model metadata";
    return preprocessing;
  }
  return std::nullopt;
}

std::vector<std::string> labelsFrom(const ModelMetadata& metadata) {
  return metadata.outputs.empty() ? std::vector<std::string>() : metadata.outputs[0].labels();
}

class RandomDataset final : public Dataset {
public:
  RandomDataset(std::shared_ptr<const PreparedModel> prepared, size_t count, uint64_t seed)
      : m_prepared(std::move(prepared)), m_count(count), m_seed(seed) {}
  size_t size() const override { return m_count; }
  Result<Sample> load(size_t index) const override {
    Sample sample;
    sample.inputs = randomInputs(*m_prepared, m_seed + index);
    sample.name = name(index);
    return sample;
  }
  std::string name(size_t index) const override { return "random " + std::to_string(index); }
  std::optional<int32_t> label(size_t) const override { return std::nullopt; }
  const std::vector<std::string>& classNames() const override { return m_classNames; }
  bool labelled() const override { return false; }
  std::string description() const override { return std::to_string(m_count) + " random samples"; }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_skipped; }

private:
  std::shared_ptr<const PreparedModel> m_prepared;
  size_t m_count;
  uint64_t m_seed;
  std::vector<std::string> m_classNames;
  Preprocessing m_preprocessing;
  std::vector<SkippedItem> m_skipped;
};

}  // namespace

std::optional<Preprocessing> metadataPreprocessing(const Model& model) {
  const auto metadata = readMetadata(model);
  return metadata ? preprocessingFrom(*metadata) : std::nullopt;
}

std::vector<std::string> metadataLabels(const Model& model) {
  const auto metadata = readMetadata(model);
  return metadata ? labelsFrom(*metadata) : std::vector<std::string>();
}

Result<std::shared_ptr<const Dataset>> openModelDataset(const std::filesystem::path& path, const Model& model,
                                                        const DatasetOptions& options) {
  DatasetOptions complete = options;
  if (!complete.preprocessing || complete.labels.empty()) {
    auto metadata = readMetadata(model);
    // Without its preprocessing every figure would be wrong; without the labels their order is only the usual one.
    if (!metadata && !complete.preprocessing) return std::move(metadata).error();
    if (metadata && !complete.preprocessing) complete.preprocessing = preprocessingFrom(*metadata);
    if (metadata && complete.labels.empty()) complete.labels = labelsFrom(*metadata);
  }
  return openDataset(path, model, complete);
}

Result<std::shared_ptr<const Dataset>> randomDataset(std::shared_ptr<const Model> model, size_t count, uint64_t seed) {
  QS_ASSIGN(auto prepared, PreparedModel::prepare(std::move(model)));
  return std::shared_ptr<const Dataset>(std::make_shared<RandomDataset>(std::move(prepared), count, seed));
}

}  // namespace quantscope
