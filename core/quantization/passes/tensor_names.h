#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "core/model/model.h"

namespace quantscope::quantization {

/// Names of a subgraph's tensors, so that new ones are like none of them.
class TensorNames {
public:
  explicit TensorNames(const Subgraph& graph) {
    for (const Tensor& tensor : graph.tensors) m_taken.insert(tensor.name);
  }

  /// A short name for a tensor made of another one: "int8_12".
  std::string make(std::string_view kind, TensorIndex source) {
    const std::string base = std::string(kind) + "_" + std::to_string(source.value);
    std::string name = base;
    for (int n = 2; !m_taken.insert(name).second; ++n) name = base + "_" + std::to_string(n);
    return name;
  }

private:
  std::unordered_set<std::string> m_taken;
};

}  // namespace quantscope::quantization
