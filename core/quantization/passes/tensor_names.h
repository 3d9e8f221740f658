#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
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
    // Thousands of tensors may be made of one.
    for (int& n = m_last[base]; !m_taken.insert(name).second;)
      name = base + "_" + std::to_string(n = std::max(n, 1) + 1);
    return name;
  }

private:
  std::unordered_set<std::string> m_taken;
  std::unordered_map<std::string, int> m_last;  ///< number that was given last, by kind and source
};

}  // namespace quantscope::quantization
