#include "tests/support/damaged_models.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>

#include "core/ops/registry.h"
#include "tests/support/paths.h"

namespace quantscope::tests {

namespace fs = std::filesystem;

namespace {

int32_t oddNumber(std::mt19937& random) {
  constexpr int32_t kNumbers[] = {0, 1, 2, 3, 4, 5, 7, 8, 16, 31, 255, 65536, -1, -2, -7, INT32_MAX, INT32_MIN};
  return kNumbers[random() % std::size(kNumbers)];
}

/// Shapes, types, parameters of one tensor.
void damageTensor(Tensor& tensor, std::mt19937& random) {
  switch (random() % 6) {
    case 0:
      if (!tensor.shape.empty()) tensor.shape[random() % tensor.shape.size()] = oddNumber(random);
      break;
    case 1:
      if (random() % 2) {
        tensor.shape.push_back(oddNumber(random));
      } else if (!tensor.shape.empty()) {
        tensor.shape.pop_back();
      }
      break;
    case 2:
      tensor.type = static_cast<ElementType>(random() % (kElementTypeCount + 1));
      break;
    case 3:
      tensor.isVariable = !tensor.isVariable;
      break;
    case 4:
      if (tensor.quantization && !tensor.quantization->scale.empty()) {
        constexpr float kScales[] = {0.0f, 1.0f, -1.0f, 1e-38f, 1e-30f, 1e30f, 3.4e38f, 1e-6f, 0.5f};
        tensor.quantization->scale[random() % tensor.quantization->scale.size()] =
            kScales[random() % std::size(kScales)];
      } else {
        tensor.quantization = Quantization();
        tensor.quantization->scale = {0.5f};
        tensor.quantization->zeroPoint = {3};
      }
      break;
    default:
      if (tensor.quantization && !tensor.quantization->zeroPoint.empty()) {
        tensor.quantization->zeroPoint[0] = oddNumber(random);
        tensor.quantization->quantizedDimension = oddNumber(random) % 5;
      }
  }
}

/// Operands, operator code and options.
void damageOperator(Model& model, Operator& op, size_t tensors, std::mt19937& random) {
  auto& operands = random() % 3 ? op.inputs : op.outputs;
  switch (random() % 5) {
    case 0:
      if (!operands.empty())
        operands[random() % operands.size()] = TensorIndex(static_cast<int32_t>(random() % (tensors + 1)) - 1);
      break;
    case 1:
      if (random() % 2) {
        operands.push_back(TensorIndex(static_cast<int32_t>(random() % tensors)));
      } else if (!operands.empty()) {
        operands.pop_back();
      }
      break;
    case 2: {
      // The operands of one operator for another.
      const auto rows = kernelRows();
      OperatorCode& code = model.operatorCodes[op.opcodeIndex];
      code = OperatorCode::builtin(rows[random() % rows.size()].code);
      if (random() % 2) op.options = {};
      break;
    }
    case 3:
      op.options = {};
      break;
    default:
      std::reverse(op.inputs.begin(), op.inputs.end());
  }
}

}  // namespace

std::vector<fs::path> smallModels() {
  std::vector<fs::path> paths;
  for (const char* folder : {"operators", "random"}) {
    for (const auto& entry : fs::directory_iterator(sourceFolder() / "tests" / "golden" / folder)) {
      if (entry.path().extension() == ".tflite") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

Model damaged(const Model& original, std::mt19937& random) {
  Model model = original;
  for (int change = 1 + static_cast<int>(random() % 3); change > 0; --change) {
    Subgraph& graph = model.subgraphs[random() % model.subgraphs.size()];
    if (graph.tensors.empty()) continue;
    if (random() % 2 || graph.operators.empty()) {
      damageTensor(graph.tensors[random() % graph.tensors.size()], random);
    } else {
      damageOperator(model, graph.operators[random() % graph.operators.size()], graph.tensors.size(), random);
    }
  }
  return model;
}

int damageRounds(int usual) {
  const char* wanted = std::getenv("QUANTSCOPE_FUZZ_ROUNDS");
  return wanted ? std::max(1, std::atoi(wanted)) : usual;
}

}  // namespace quantscope::tests
