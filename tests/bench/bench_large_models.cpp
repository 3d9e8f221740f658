// Makes a model of 4 GB and one of 50,000 operators in a folder, and prints how long opening them takes and how much
// memory is resident after it, and after streaming all statistics.
//   bench_large_models <folder> [gigabytes, default 4] [operators, default 50000]
// The files stay there for measuring other programs with them; files that are there are used as they are.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "core/base/thread_pool.h"
#include "core/io/tflite_writer.h"
#include "core/pipeline/arena_estimate.h"
#include "core/pipeline/pipeline.h"
#include "core/statistics/tensor_statistics.h"

using namespace quantscope;

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A figure of /proc/self/status in MB; -1 where there is none.
double statusMegabytes(const std::string& name) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return std::strtod(line.c_str() + name.size(), nullptr) / 1024;
  }
  return -1;
}

/// Layers of FULLY_CONNECTED with 4096 × 4096 float32 weights (64 MB) that share one block of random numbers in memory;
/// in the file each has its own.
Result<void> makeHeavy(const std::filesystem::path& path, size_t gigabytes) {
  constexpr int32_t kWidth = 4096;
  constexpr size_t kLayerBytes = size_t{kWidth} * kWidth * sizeof(float);
  std::vector<std::byte> block(kLayerBytes + gigabytes * 16 * 64);
  std::mt19937 random(1);
  for (size_t i = 0; i + 4 <= block.size(); i += 4) {
    const float value = static_cast<float>(random()) * 0x1p-32f - 0.5f;
    std::copy_n(reinterpret_cast<const std::byte*>(&value), sizeof(value), block.begin() + static_cast<ptrdiff_t>(i));
  }
  const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(block));
  Model model;
  model.operatorCodes.push_back(OperatorCode::builtin(tflite::BuiltinOperator_FULLY_CONNECTED));
  model.buffers.emplace_back();
  Subgraph& graph = model.subgraphs.emplace_back();
  auto addTensor = [&](std::string name, std::vector<int32_t> shape, size_t buffer) {
    Tensor& tensor = graph.tensors.emplace_back();
    tensor.name = std::move(name);
    tensor.shape = std::move(shape);
    tensor.buffer = BufferIndex(buffer);
    return TensorIndex(graph.tensors.size() - 1);
  };
  TensorIndex x = addTensor("input", {1, kWidth}, 0);
  graph.inputs = {x};
  for (size_t layer = 0; layer < gigabytes * 16; ++layer) {
    Buffer& buffer = model.buffers.emplace_back();
    buffer.owner = owner;
    buffer.bytes = std::span(*owner).subspan(layer * 64, kLayerBytes);
    buffer.present = true;
    const auto w = addTensor("layer" + std::to_string(layer) + "/weights", {kWidth, kWidth}, model.buffers.size() - 1);
    const auto y = addTensor("layer" + std::to_string(layer) + "/result", {1, kWidth}, 0);
    Operator& op = graph.operators.emplace_back();
    op.inputs = {x, w, TensorIndex()};
    op.outputs = {y};
    op.options.Set(tflite::FullyConnectedOptionsT{});
    x = y;
  }
  graph.outputs = {x};
  return writeModel(model, path, IfExists::Replace);
}

/// A chain of convolutions, additions and activations with small constants.
Result<void> makeLong(const std::filesystem::path& path, size_t operators) {
  Model model;
  for (const auto code : {tflite::BuiltinOperator_CONV_2D, tflite::BuiltinOperator_ADD, tflite::BuiltinOperator_RELU}) {
    model.operatorCodes.push_back(OperatorCode::builtin(code));
  }
  model.buffers.emplace_back();
  Subgraph& graph = model.subgraphs.emplace_back();
  auto addTensor = [&](std::string name, std::vector<int32_t> shape, size_t buffer) {
    Tensor& tensor = graph.tensors.emplace_back();
    tensor.name = std::move(name);
    tensor.shape = std::move(shape);
    tensor.buffer = BufferIndex(buffer);
    return TensorIndex(graph.tensors.size() - 1);
  };
  auto addConstant = [&](std::string name, std::vector<int32_t> shape, size_t count, size_t seed) {
    std::vector<float> values(count, static_cast<float>(seed) * 1e-5f);
    model.buffers.push_back(Buffer::fromValues(std::span<const float>(values)));
    return addTensor(std::move(name), std::move(shape), model.buffers.size() - 1);
  };
  TensorIndex x = addTensor("input", {1, 8, 8, 4}, 0);
  graph.inputs = {x};
  for (size_t i = 0; i < operators; ++i) {
    const std::string name = "block" + std::to_string(i / 3) + "/step" + std::to_string(i % 3);
    const auto y = addTensor(name, {1, 8, 8, 4}, 0);
    Operator& op = graph.operators.emplace_back();
    op.opcodeIndex = static_cast<uint32_t>(i % 3);
    op.inputs = {x};
    op.outputs = {y};
    if (i % 3 == 0) {
      op.inputs.push_back(addConstant(name + "/weights", {4, 1, 1, 4}, 16, i));
      op.inputs.push_back(addConstant(name + "/bias", {4}, 4, i + 1));
      tflite::Conv2DOptionsT options;
      options.stride_h = options.stride_w = 1;
      op.options.Set(std::move(options));
    } else if (i % 3 == 1) {
      op.inputs.push_back(x);
      op.options.Set(tflite::AddOptionsT{});
    }
    x = y;
  }
  graph.outputs = {x};
  return writeModel(model, path, IfExists::Replace);
}

void measureOpening(const std::filesystem::path& path) {
  std::shared_ptr<const LoadedModel> loaded;
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    loaded.reset();
    const auto start = Clock::now();
    auto result = loadModel(path);
    if (!result.ok()) {
      std::printf("%s\n", result.error().message().c_str());
      std::exit(1);
    }
    best = std::min(best, secondsSince(start));
    loaded = std::move(*result);
  }
  const Subgraph& graph = loaded->model->subgraphs[0];
  std::printf("%s: %.2f GB, %zu operators, %zu tensors\n", path.filename().c_str(),
              static_cast<double>(loaded->fileBytes) / 1e9, graph.operators.size(), graph.tensors.size());
  std::printf("  opening                %8.1f ms, best of 5; %.0f MB resident\n", best * 1e3,
              statusMegabytes("VmRSS:"));
  const auto start = Clock::now();
  const ModelSummary summary = summarize(*loaded->model);
  const auto arena = estimateArena(graph, *loaded->model);
  std::printf("  summary and arena      %8.1f ms; %lld parameters, %lld bytes of activations at once\n",
              secondsSince(start) * 1e3, static_cast<long long>(summary.parameters),
              static_cast<long long>(arena ? arena->peakBytes : -1));
}

void measureStatistics(const std::filesystem::path& path) {
  const auto loaded = loadModel(path);
  if (!loaded.ok()) std::exit(1);
  const Model& model = *(*loaded)->model;
  StatisticsOptions options;
  options.threads = hardwareThreads();
  options.release = [&](std::span<const std::byte> range) { (*loaded)->source.file->release(range); };
  double most = 0, bytes = 0;
  const auto start = Clock::now();
  for (size_t i = 0; i < model.subgraphs[0].tensors.size(); ++i) {
    const Tensor& tensor = model.subgraphs[0].tensors[i];
    if (!isConstant(model, tensor)) continue;
    if (!computeConstantStatistics(model, SubgraphIndex(0), TensorIndex(i), options).ok()) std::exit(1);
    bytes += static_cast<double>(constantBytes(model, tensor).size());
    most = std::max(most, statusMegabytes("VmRSS:"));
  }
  const double seconds = secondsSince(start);
  std::printf("  all statistics         %8.1f ms, %.2f GB/s; at most %.0f MB resident between tensors\n", seconds * 1e3,
              bytes / 1e9 / seconds, most);

  // How long it takes to stop in the middle of the largest tensor.
  double slowest = 0;
  for (int i = 0; i < 5; ++i) {
    Progress progress;
    Clock::time_point stopped;
    std::thread stopper([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(5 + 7 * i));
      stopped = Clock::now();
      progress.cancel();
    });
    for (size_t t = 0; t < model.subgraphs[0].tensors.size(); ++t) {
      if (!isConstant(model, model.subgraphs[0].tensors[t])) continue;
      const auto result = computeConstantStatistics(model, SubgraphIndex(0), TensorIndex(t), options, &progress);
      if (!result.ok()) break;
    }
    const auto end = Clock::now();
    stopper.join();
    slowest = std::max(slowest, std::chrono::duration<double>(end - stopped).count());
  }
  std::printf("  stopping               %8.1f ms, slowest of 5\n", slowest * 1e3);
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) {
    std::printf("bench_large_models <folder> [gigabytes] [operators]\n");
    return 2;
  }
  const std::filesystem::path folder = arguments[1];
  const size_t gigabytes = count > 2 ? std::strtoul(arguments[2], nullptr, 10) : 4;
  const size_t operators = count > 3 ? std::strtoul(arguments[3], nullptr, 10) : 50'000;
  const auto heavy = folder / ("heavy_" + std::to_string(gigabytes) + "gb.tflite");
  const auto lengthy = folder / ("long_" + std::to_string(operators) + ".tflite");
  for (const auto& [path, made] :
       {std::pair{heavy, std::filesystem::exists(heavy) ? Result<void>() : makeHeavy(heavy, gigabytes)},
        {lengthy, std::filesystem::exists(lengthy) ? Result<void>() : makeLong(lengthy, operators)}}) {
    if (made.ok()) continue;
    std::printf("%s: %s\n", path.c_str(), made.error().message().c_str());
    return 1;
  }
  measureOpening(lengthy);
  measureOpening(heavy);
  measureStatistics(heavy);
  std::printf("largest resident memory of this run: %.0f MB\n", statusMegabytes("VmHWM:"));
  return 0;
}
