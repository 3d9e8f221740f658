// Any text as a file of calibration ranges; what is read must be written and read again as the same text.
#include <cstdlib>

#include "core/calibration/ranges.h"

using namespace quantscope;

namespace {

Model fewTensors() {
  Model model;
  model.buffers.emplace_back();
  Subgraph& subgraph = model.subgraphs.emplace_back();
  for (const char* name : {"x", "conv", "y"}) {
    Tensor& tensor = subgraph.tensors.emplace_back();
    tensor.name = name;
    tensor.shape = {1, 4};
  }
  return model;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Model model = fewTensors();
  const auto ranges = rangesFromJson({reinterpret_cast<const char*>(data), size}, "input", model);
  if (!ranges.ok()) return 0;
  const std::string text = rangesToJson(*ranges);
  const auto again = rangesFromJson(text, "copy", model);
  if (!again.ok() || rangesToJson(*again) != text) std::abort();
  return 0;
}
