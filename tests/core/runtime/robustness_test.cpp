#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "core/io/tflite_reader.h"
#include "core/ops/registry.h"
#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

/// Damaged models: whatever the reader lets through must be refused or run, never crash. Most telling under the
/// sanitizers. QUANTSCOPE_FUZZ_ROUNDS: rounds per model instead of the few of an ordinary test run.
namespace quantscope::tests {

namespace {

namespace fs = std::filesystem;

/// Stops a run that would take too long: a damaged loop may never end.
class Watchdog {
public:
  explicit Watchdog(Progress& progress)
      : m_thread([this, &progress] {
          std::unique_lock lock(m_mutex);
          if (!m_wake.wait_for(lock, std::chrono::seconds(5), [this] { return m_done; })) progress.cancel();
        }) {}
  ~Watchdog() {
    {
      const std::lock_guard lock(m_mutex);
      m_done = true;
    }
    m_wake.notify_all();
    m_thread.join();
  }

private:
  std::mutex m_mutex;
  std::condition_variable m_wake;
  bool m_done = false;
  std::thread m_thread;
};

struct Outcome {
  int refused = 0, failed = 0, ran = 0;
};

void runWithRandomInputs(const std::shared_ptr<const PreparedModel>& prepared, std::mt19937& random, Outcome& outcome) {
  Session session(prepared);
  for (int repeat = 0; repeat < 2; ++repeat) {
    for (size_t k = 0; k < session.inputCount(); ++k) {
      for (std::byte& byte : session.mutableInput(k)) byte = static_cast<std::byte>(random());
    }
    Progress progress;
    const Watchdog watchdog(progress);
    const auto ran = session.run(&progress);
    if (!ran.ok()) CHECK_FALSE(ran.error().message().empty());
    ++(ran.ok() ? outcome.ran : outcome.failed);
  }
}

void tryModel(std::shared_ptr<const Model> model, std::mt19937& random, Outcome& outcome) {
  InterpreterOptions options;
  options.memoryLimit = 16 << 20;
  options.kernels = random() % 2 ? KernelSet::Fast : KernelSet::Reference;
  options.preserveAllTensors = random() % 2 != 0;
  auto prepared = PreparedModel::prepare(std::move(model), options);
  if (prepared.ok()) return runWithRandomInputs(*prepared, random, outcome);
  ++outcome.refused;
  CHECK_FALSE(prepared.error().message().empty());
  CHECK(prepared.error().code != ErrorCode::Internal);
}

int rounds(int usual) {
  const char* wanted = std::getenv("QUANTSCOPE_FUZZ_ROUNDS");
  return wanted ? std::max(1, std::atoi(wanted)) : usual;
}

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

std::vector<std::byte> contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

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

}  // namespace

TEST_CASE("models with changed bytes are refused or run", "[runtime]") {
  std::mt19937 random(11);
  Outcome outcome;
  for (const fs::path& path : smallModels()) {
    INFO(path.filename());
    const auto original = contents(path);
    for (int round = rounds(10); round > 0; --round) {
      auto bytes = std::make_shared<std::vector<std::byte>>(original);
      for (int change = 1 + static_cast<int>(random() % 4); change > 0; --change) {
        (*bytes)[random() % bytes->size()] = static_cast<std::byte>(random());
      }
      auto model = readModelFromBytes(bytes, *bytes, "damaged");
      if (model.ok()) tryModel(*model, random, outcome);
    }
  }
  CHECK(outcome.refused > 0);
  CHECK(outcome.ran > 0);
}

TEST_CASE("models whose structure makes no sense are refused or run", "[runtime]") {
  std::mt19937 random(12);
  Outcome outcome;
  for (const fs::path& path : smallModels()) {
    INFO(path.filename());
    auto model = readModel(path);
    REQUIRE(model.ok());
    for (int round = rounds(20); round > 0; --round) {
      tryModel(std::make_shared<const Model>(damaged(**model, random)), random, outcome);
    }
  }
  CHECK(outcome.refused > 0);
  CHECK(outcome.ran > 0);
}

}  // namespace quantscope::tests
