#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/io/tflite_reader.h"
#include "core/runtime/cpu_level.h"
#include "core/runtime/interpreter.h"

/// bench_interpreter [--threads n] [--cpu baseline|avx2|avx512|vnni] [--profile] <model.tflite>...
/// Prints the latency of one sample of random values: best and median of runs of about a second.
namespace {

using namespace quantscope;
using Clock = std::chrono::steady_clock;

void fillInputs(Session& session) {
  std::mt19937 random(1);
  for (size_t i = 0; i < session.inputCount(); ++i) {
    const auto bytes = session.mutableInput(i);
    if (session.input(i).type == ElementType::Float32) {
      auto* values = reinterpret_cast<float*>(bytes.data());
      for (size_t k = 0; k < bytes.size() / sizeof(float); ++k) values[k] = static_cast<float>(random()) * 0x1p-32f;
    } else {
      for (std::byte& b : bytes) b = static_cast<std::byte>(random());
    }
  }
}

void printProfile(Session& session, const Model& model) {
  std::map<std::string, std::pair<double, double>> byOperator;
  const int repeats = 50;
  for (int r = 0; r < repeats; ++r) {
    const auto profile = session.runProfiled();
    if (!profile) return;
    for (const OperatorProfile& p : *profile) {
      const Operator& op = model.subgraphs[0].operators[p.index.position()];
      auto& [time, macs] = byOperator[std::to_string(p.index.value) + " " + operatorName(model, op)];
      time += double(p.nanoseconds) / repeats;
      macs = double(p.macs);
    }
  }
  for (const auto& [name, numbers] : byOperator) {
    std::printf("    %-28s %9.2f us  %8.3f MMAC  %7.1f GMAC/s\n", name.c_str(), numbers.first / 1e3,
                numbers.second / 1e6, numbers.second / std::max(numbers.first, 1.0));
  }
}

}  // namespace

int main(int count, char** arguments) {
  InterpreterOptions options;
  bool profile = false;
  std::vector<std::string> models;
  const std::map<std::string, CpuLevel> levels{{"baseline", CpuLevel::Baseline},
                                               {"avx2", CpuLevel::Avx2},
                                               {"avx512", CpuLevel::Avx512},
                                               {"vnni", CpuLevel::Avx512Vnni}};
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    if (argument == "--threads" && i + 1 < count) {
      options.threads = std::atoi(arguments[++i]);
    } else if (argument == "--cpu" && i + 1 < count) {
      options.cpu = levels.at(arguments[++i]);
    } else if (argument == "--profile") {
      profile = true;
    } else {
      models.push_back(argument);
    }
  }
  for (const std::string& path : models) {
    const auto model = readModel(path);
    if (!model) {
      std::printf("%s: %s\n", path.c_str(), model.error().message().c_str());
      continue;
    }
    const auto prepared = PreparedModel::prepare(*model, options);
    if (!prepared) {
      std::printf("%s: %s\n", path.c_str(), prepared.error().message().c_str());
      continue;
    }
    Session session(*prepared);
    fillInputs(session);
    std::vector<double> times;
    const auto start = Clock::now();
    while (times.size() < 10 || (Clock::now() - start < std::chrono::milliseconds(800) && times.size() < 20000)) {
      const auto before = Clock::now();
      if (!session.run()) return 1;
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
    }
    std::sort(times.begin(), times.end());
    std::printf("%-60s best %9.1f us  median %9.1f us  (%s, %d threads)\n", path.c_str(), times.front(),
                times[times.size() / 2], std::string(cpuLevelName((*prepared)->cpuLevel())).c_str(), options.threads);
    if (profile) printProfile(session, **model);
  }
}
