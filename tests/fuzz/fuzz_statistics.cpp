// Any bytes as a .tflite file: statistics of every constant that it holds.
#include <cstdlib>

#include "core/io/tflite_reader.h"
#include "core/statistics/tensor_statistics.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto owner = std::make_shared<std::vector<std::byte>>(reinterpret_cast<const std::byte*>(data),
                                                        reinterpret_cast<const std::byte*>(data) + size);
  const auto model = readModelFromBytes(owner, *owner, "input");
  if (!model.ok()) return 0;
  StatisticsOptions options;
  options.bins = 32;
  for (size_t s = 0; s < (*model)->subgraphs.size(); ++s) {
    const Subgraph& subgraph = (*model)->subgraphs[s];
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      options.channelAxis.reset();
      const int32_t axis = weightChannelAxis(**model, SubgraphIndex(s), TensorIndex(i));
      if (axis >= 0) options.channelAxis = axis;
      const auto result = computeConstantStatistics(**model, SubgraphIndex(s), TensorIndex(i), options);
      if (result.ok() && result->histogram.total() != result->values.finite) std::abort();
    }
  }
  return 0;
}
