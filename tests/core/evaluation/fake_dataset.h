#pragma once

#include <atomic>
#include <chrono>
#include <cstring>
#include <set>
#include <thread>

#include "core/data/dataset.h"

namespace quantscope::tests {

/// Samples of seeded noise with a peak at the label; some of them unreadable, some slow.
class FakeDataset final : public Dataset {
public:
  FakeDataset(size_t count, int32_t values, int32_t classes) : m_count(count), m_values(values), m_classes(classes) {
    for (int32_t i = 0; i < classes; ++i) m_names.push_back("class " + std::to_string(i));
  }

  std::set<size_t> unreadable;
  bool withLabels = true;
  std::chrono::milliseconds delay{0};
  mutable std::atomic<size_t> loaded{0};

  size_t size() const override { return m_count; }
  Result<Sample> load(size_t index) const override {
    ++loaded;
    if (delay.count() > 0) std::this_thread::sleep_for(delay);
    if (unreadable.count(index)) {
      return Error{ErrorCode::Malformed, "cannot read the picture", name(index), "it is broken", ""};
    }
    Sample sample;
    sample.name = name(index);
    sample.label = label(index);
    TensorValue value;
    value.shape = {1, m_values};
    value.bytes.resize(static_cast<size_t>(m_values) * 4);
    uint32_t state = static_cast<uint32_t>(index) * 2654435761u + 17;
    for (float& v : value.mutableValues<float>()) {
      state = state * 1664525u + 1013904223u;
      v = static_cast<float>(state >> 8) / static_cast<float>(1 << 24);
    }
    value.mutableValues<float>()[index % static_cast<size_t>(m_classes)] += 0.7f;
    sample.inputs.push_back(std::move(value));
    return sample;
  }
  std::string name(size_t index) const override { return "sample " + std::to_string(index); }
  std::optional<int32_t> label(size_t index) const override {
    if (!withLabels) return std::nullopt;
    return static_cast<int32_t>(index % static_cast<size_t>(m_classes));
  }
  const std::vector<std::string>& classNames() const override { return m_names; }
  bool labelled() const override { return withLabels; }
  std::string description() const override { return "fake"; }
  const Preprocessing& preprocessing() const override { return m_preprocessing; }
  const std::vector<SkippedItem>& skipped() const override { return m_skipped; }

private:
  size_t m_count;
  int32_t m_values, m_classes;
  std::vector<std::string> m_names;
  Preprocessing m_preprocessing;
  std::vector<SkippedItem> m_skipped;
};

}  // namespace quantscope::tests
