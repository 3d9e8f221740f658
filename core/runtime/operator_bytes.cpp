#include "core/runtime/operator_bytes.h"

#include "core/base/checked.h"

namespace quantscope {

std::vector<int64_t> operatorBytes(const PreparedModel& prepared) {
  const Subgraph& graph = prepared.subgraph();
  const auto bytesOf = [&](TensorIndex index) -> int64_t {
    const auto shape = index.valid() ? prepared.shape(index) : std::nullopt;
    const auto count = shape ? checkedElementCount(*shape) : std::nullopt;
    return count ? byteSize(graph.tensor(index).type, *count).value_or(0) : 0;
  };
  std::vector<int64_t> bytes;
  for (const Operator& op : graph.operators) {
    int64_t sum = 0;
    for (const TensorIndex input : op.inputs) sum += bytesOf(input);
    for (const TensorIndex output : op.outputs) sum += bytesOf(output);
    bytes.push_back(sum);
  }
  return bytes;
}

}  // namespace quantscope
