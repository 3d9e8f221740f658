#include <algorithm>

#include "core/data/dataset.h"

namespace quantscope {

std::vector<InputSpec> inputSpecs(const Model& model) {
  std::vector<InputSpec> specs;
  if (model.subgraphs.empty()) return specs;
  const Subgraph& graph = model.subgraphs[0];
  const auto signature = std::find_if(model.signatures.begin(), model.signatures.end(),
                                      [](const Signature& candidate) { return candidate.subgraphIndex == 0; });
  for (const TensorIndex index : graph.inputs) {
    if (!index.valid() || index.position() >= graph.tensors.size()) continue;
    const Tensor& tensor = graph.tensor(index);
    InputSpec spec{tensor.name, tensor.shape, tensor.type, tensor.quantization};
    if (signature != model.signatures.end()) {
      for (const SignatureMapping& mapping : signature->inputs) {
        if (mapping.tensor == index && mapping.hasName) spec.name = mapping.name;
      }
    }
    specs.push_back(std::move(spec));
  }
  return specs;
}

}  // namespace quantscope
