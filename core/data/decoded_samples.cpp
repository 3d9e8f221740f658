#include "core/data/decoded_samples.h"

#include <mutex>

namespace quantscope {

namespace {

class DecodedSamples final : public Dataset {
public:
  DecodedSamples(std::shared_ptr<const Dataset> dataset, uint64_t bytes)
      : m_dataset(std::move(dataset)), m_kept(m_dataset->size()), m_left(bytes) {}

  size_t size() const override { return m_dataset->size(); }
  Result<Sample> load(size_t index) const override {
    if (const auto kept = find(index)) return *kept;
    QS_ASSIGN(Sample sample, m_dataset->load(index));
    uint64_t bytes = 0;
    for (const TensorValue& input : sample.inputs) bytes += input.bytes.size();
    const std::lock_guard lock(m_mutex);
    if (!m_kept[index] && bytes <= m_left) {
      m_left -= bytes;
      m_kept[index] = std::make_shared<const Sample>(sample);
    }
    return sample;
  }
  std::string name(size_t index) const override { return m_dataset->name(index); }
  std::optional<int32_t> label(size_t index) const override { return m_dataset->label(index); }
  std::filesystem::path picturePath(size_t index) const override { return m_dataset->picturePath(index); }
  const std::vector<std::string>& classNames() const override { return m_dataset->classNames(); }
  bool labelled() const override { return m_dataset->labelled(); }
  std::string description() const override { return m_dataset->description(); }
  const Preprocessing& preprocessing() const override { return m_dataset->preprocessing(); }
  const std::vector<SkippedItem>& skipped() const override { return m_dataset->skipped(); }

private:
  std::shared_ptr<const Sample> find(size_t index) const {
    const std::lock_guard lock(m_mutex);
    return m_kept[index];
  }

  std::shared_ptr<const Dataset> m_dataset;
  mutable std::mutex m_mutex;
  mutable std::vector<std::shared_ptr<const Sample>> m_kept;
  mutable uint64_t m_left;
};

}  // namespace

std::shared_ptr<const Dataset> keepDecoded(std::shared_ptr<const Dataset> dataset, uint64_t bytes) {
  return std::make_shared<DecodedSamples>(std::move(dataset), bytes);
}

std::shared_ptr<const Dataset> keepDecoded(const Dataset& dataset, uint64_t bytes) {
  return keepDecoded(std::shared_ptr<const Dataset>(std::shared_ptr<void>(), &dataset), bytes);
}

}  // namespace quantscope
