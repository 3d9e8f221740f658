#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/base/result.h"
#include "core/io/flat_nodes.h"

namespace quantscope::io {

/// Where each node stands in the file.
struct FlatLayout {
  struct Place {
    uint64_t address;
    NodeId node;
  };
  std::vector<uint64_t> addresses;  ///< by node
  std::vector<Place> places;        ///< in ascending order of address
  uint64_t size = 0;                ///< of the flatbuffer in bytes
};

/// Places everything that `root` refers to: referring nodes first (offsets point forward only), then what
/// refers to nothing, last the aligned data with small nodes in the gaps between.
FlatLayout layOut(const FlatNodes& nodes, NodeId root);

/// Takes the next bytes of the file.
using ByteSink = std::function<Result<void>(std::span<const std::byte>)>;

/// Writes the flatbuffer in one pass from front to back. `identifier` has 4 characters.
Result<void> emit(const FlatNodes& nodes, const FlatLayout& layout, NodeId root, std::string_view identifier,
                  const ByteSink& sink);

}  // namespace quantscope::io
