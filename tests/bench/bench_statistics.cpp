// Prints bytes per second of the statistics of a float32 tensor beside a plain loop that only reads the memory.
// bench_statistics [megabytes] [threads]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "core/base/thread_pool.h"
#include "core/statistics/tensor_statistics.h"

using namespace quantscope;

namespace {

double bestSeconds(const std::function<void()>& work) {
  double best = 1e9;
  for (int i = 0; i < 7; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return best;
}

/// Reads all bytes in pieces of 1 MB and combines them so that no read can be left out.
uint64_t readMemory(std::span<const std::byte> bytes, int threads) {
  constexpr size_t kPiece = size_t{1} << 20;
  std::vector<uint64_t> folded(bytes.size() / kPiece);
  parallelFor(folded.size(), threads, [&](size_t piece, int) {
    uint64_t lanes[16] = {};
    for (size_t at = piece * kPiece; at < (piece + 1) * kPiece; at += sizeof(lanes)) {
      uint64_t words[16];
      std::memcpy(words, bytes.data() + at, sizeof(words));
      for (int i = 0; i < 16; ++i) lanes[i] ^= words[i];
    }
    for (const uint64_t lane : lanes) folded[piece] ^= lane;
  });
  uint64_t all = 0;
  for (const uint64_t word : folded) all ^= word;
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const size_t megabytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 256;
  const int threads = argc > 2 ? std::atoi(argv[2]) : hardwareThreads();
  TensorValue value{ElementType::Float32, {static_cast<int32_t>(megabytes * 1024), 256}, {}};
  value.bytes.resize(megabytes << 20);
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  auto values = value.mutableValues<float>();
  const size_t fresh = std::min<size_t>(values.size(), size_t{1} << 22);
  for (size_t i = 0; i < values.size(); ++i) values[i] = i < fresh ? normal(random) : values[i - fresh];

  const double gigabytes = static_cast<double>(value.bytes.size()) / 1e9;
  volatile uint64_t sink = 0;
  const double reading = bestSeconds([&] { sink = readMemory(value.bytes, threads); });
  auto measure = [&](const char* what, const StatisticsOptions& options, const TensorView& view, double size) {
    const double seconds = bestSeconds([&] {
      const auto result = computeStatistics(view, nullptr, options);
      if (!result.ok()) std::abort();
      sink = result->values.zeros;
    });
    std::printf("%-44s %6.2f GB/s, %.2f of reading\n", what, size / seconds, reading / gigabytes * size / seconds);
  };
  std::printf("%zu MB of float32, %d threads\n%-44s %6.2f GB/s\n", megabytes, threads, "plain read",
              gigabytes / reading);
  StatisticsOptions options;
  options.threads = threads;
  measure("summary and histogram of 2,048 bins", options, value.view(), gigabytes);
  options.channelAxis = 0;
  measure("the same, per channel, axis 0", options, value.view(), gigabytes);
  options.channelAxis = 1;
  measure("the same, per channel, axis 1", options, value.view(), gigabytes);
  options.channelAxis.reset();
  std::fill(values.begin(), values.end(), 0.0f);
  values[0] = 1;
  measure("nearly all zeros", options, value.view(), gigabytes);
  for (const ElementType type : {ElementType::Int8, ElementType::Float16, ElementType::Int4}) {
    const std::vector<int32_t> shape{static_cast<int32_t>(32 << 20)};
    const auto bytes = static_cast<size_t>(byteSize(type, shape[0]).value());
    const TensorView view{type, shape, std::span(value.bytes).first(bytes)};
    measure(std::string(elementTypeName(type)).c_str(), options, view, static_cast<double>(bytes) / 1e9);
  }
  return 0;
}
