#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/result.h"
#include "core/model/tensor_view.h"

namespace quantscope::runtime {

/// The table of a HASHTABLE operator: int64 to string or string to int64.
class HashTable {
public:
  /// True for the pairs of types that tables have.
  static bool takes(ElementType keys, ElementType values);

  /// Fills an empty table; one that is filled stays as it is. Errors: strings that are damaged, as many values as keys.
  Result<void> import(const TensorView& keys, const TensorView& values);
  /// The bytes of a tensor with one value for each key, the default where it is unknown.
  Result<std::vector<std::byte>> find(const TensorView& keys, const TensorView& defaultValue) const;
  size_t size() const { return m_numbers.size() + m_strings.size(); }
  void clear();

private:
  bool m_filled = false;
  std::unordered_map<std::string, int64_t> m_numbers;
  std::unordered_map<int64_t, std::string> m_strings;
};

}  // namespace quantscope::runtime
