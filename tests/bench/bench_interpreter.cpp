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

/// bench_interpreter [--threads n] [--cpu baseline|avx2|avx512|vnni] [--kernels fast|reference] [--seconds s]
/// [--profile]
///                   [--bare] <model.tflite>...
/// Prints the latency of one sample of random values: best and median of runs of about a second. --bare prints the
/// median and the best in microseconds alone, for scripts.
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
  bool profile = false, bare = false, failed = false;
  double seconds = 0.8;
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
    } else if (argument == "--kernels" && i + 1 < count) {
      options.kernels = std::string(arguments[++i]) == "reference" ? KernelSet::Reference : KernelSet::Fast;
    } else if (argument == "--seconds" && i + 1 < count) {
      seconds = std::atof(arguments[++i]);
    } else if (argument == "--bare") {
      bare = true;
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
      failed = true;
      continue;
    }
    const auto prepared = PreparedModel::prepare(*model, options);
    if (!prepared) {
      std::printf("%s: %s\n", path.c_str(), prepared.error().message().c_str());
      failed = true;
      continue;
    }
    Session session(*prepared);
    fillInputs(session);
    std::vector<double> times;
    const auto start = Clock::now();
    const std::chrono::duration<double> wanted(seconds);
    while (times.size() < 5 || (Clock::now() - start < wanted && times.size() < 20000)) {
      const auto before = Clock::now();
      if (!session.run()) return 1;
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - before).count());
    }
    std::sort(times.begin(), times.end());
    if (bare) {
      std::printf("%.2f %.2f\n", times[times.size() / 2], times.front());
      continue;
    }
    std::printf("%-60s best %9.1f us  median %9.1f us  (%s, %d threads)\n", path.c_str(), times.front(),
                times[times.size() / 2], std::string(cpuLevelName((*prepared)->cpuLevel())).c_str(), options.threads);
    if (profile) printProfile(session, **model);
  }
  return failed ? 1 : 0;
}
