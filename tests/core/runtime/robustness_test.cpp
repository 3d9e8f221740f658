#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <thread>

#include "core/io/tflite_reader.h"
#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/damaged_models.h"
#include "tests/support/paths.h"

/// Damaged models: whatever the reader lets through must be refused or run, never crash. Most telling under the
/// sanitizers.
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

std::vector<std::byte> contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

}  // namespace

TEST_CASE("models with changed bytes are refused or run", "[runtime]") {
  std::mt19937 random(11);
  Outcome outcome;
  for (const fs::path& path : smallModels()) {
    INFO(path.filename());
    const auto original = contents(path);
    for (int round = damageRounds(10); round > 0; --round) {
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
    for (int round = damageRounds(20); round > 0; --round) {
      tryModel(std::make_shared<const Model>(damaged(**model, random)), random, outcome);
    }
  }
  CHECK(outcome.refused > 0);
  CHECK(outcome.ran > 0);
}

}  // namespace quantscope::tests
