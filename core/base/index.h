#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace quantscope {

/// An index that cannot be mixed up with an index into another list. Invalid (-1) by default, which
/// in operator inputs means "optional operand left out".
template <typename Tag>
struct Index {
  int32_t value = -1;

  constexpr Index() = default;
  constexpr explicit Index(int32_t v) : value(v) {}
  constexpr explicit Index(size_t v) : value(static_cast<int32_t>(v)) {}
  constexpr bool valid() const { return value >= 0; }
  constexpr size_t position() const { return static_cast<size_t>(value); }
  friend constexpr auto operator<=>(const Index&, const Index&) = default;
};

using TensorIndex = Index<struct TensorTag>;      ///< into Subgraph::tensors
using OperatorIndex = Index<struct OperatorTag>;  ///< into Subgraph::operators
using SubgraphIndex = Index<struct SubgraphTag>;  ///< into Model::subgraphs
using BufferIndex = Index<struct BufferTag>;      ///< into Model::buffers

}  // namespace quantscope

template <typename Tag>
struct std::hash<quantscope::Index<Tag>> {
  size_t operator()(const quantscope::Index<Tag>& index) const noexcept { return std::hash<int32_t>()(index.value); }
};
