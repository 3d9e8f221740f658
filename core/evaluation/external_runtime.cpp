#include "core/evaluation/external_runtime.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "core/evaluation/classify_samples.h"
#include "core/evaluation/sample_runner.h"

namespace quantscope {

namespace {

constexpr const char* kUsualNames[]{"libtensorflowlite_c.so", "libLiteRt.so", "libtensorflow-lite.so"};

Result<std::shared_ptr<const ExternalRuntime>> openLibrary(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char* why = ::dlerror();
    return Error{ErrorCode::NotFound, "cannot load the runtime", path, why ? why : "", "check the path"};
  }
  if (auto runtime = tensorFlowLiteRuntime(library, path)) return runtime;
  if (auto runtime = liteRtRuntime(library, path)) return runtime;
  ::dlclose(library);
  return Error{ErrorCode::Unsupported, "cannot use the library as a runtime", path,
               "it has neither TensorFlow Lite's nor LiteRT's C interface",
               "give libtensorflowlite_c.so or libLiteRt.so"};
}

/// Sessions of one file, one per worker, made when first used.
class ExternalSessions {
public:
  ExternalSessions(const ExternalRuntime& runtime, const std::filesystem::path& file, const Model& model, int workers)
      : m_runtime(runtime), m_file(file), m_model(model), m_sessions(static_cast<size_t>(std::max(1, workers))) {}

  Result<ExternalSession*> of(int worker) {
    auto& session = m_sessions[static_cast<size_t>(worker)];
    if (!session) {
      QS_ASSIGN(session, m_runtime.open(m_file, m_model));
    }
    return session.get();
  }

private:
  const ExternalRuntime& m_runtime;
  const std::filesystem::path& m_file;
  const Model& m_model;
  std::vector<std::unique_ptr<ExternalSession>> m_sessions;
};

}  // namespace

Result<std::shared_ptr<const ExternalRuntime>> loadExternalRuntime(const std::string& library) {
  if (library != "auto") return openLibrary(library);
  if (const char* chosen = std::getenv("QUANTSCOPE_RUNTIME")) return openLibrary(chosen);
  for (const char* name : kUsualNames) {
    auto runtime = openLibrary(name);
    if (runtime || runtime.error().code != ErrorCode::NotFound) return runtime;
  }
  return Error{ErrorCode::NotFound, "there is no runtime to load", "auto",
               "the system knows neither libtensorflowlite_c.so nor libLiteRt.so",
               "give its path (--runtime PATH), or set QUANTSCOPE_RUNTIME"};
}

Result<std::shared_ptr<const EvaluationResult>> evaluateExternally(
    const ExternalRuntime& runtime, const std::filesystem::path& file, std::shared_ptr<const Model> model,
    const Dataset& dataset, const EvaluationOptions& options, Progress& progress) {
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(model));
  const auto inputs = preparedInputs(*prepared);
  const Subgraph& graph = prepared->subgraph();
  ExternalSessions sessions(runtime, file, *model, options.threads);
  QS_TRY(sessions.of(0));  // before the first sample is blamed for it
  const Tensor& scores = graph.tensor(graph.outputs[0]);
  const ScoreRun run = [&](int worker, const Sample& sample) -> Result<TensorView> {
    if (!progress.goOn()) return Error::cancelled();
    QS_ASSIGN(ExternalSession* const session, sessions.of(worker));
    for (size_t i = 0; i < inputs.size(); ++i) {
      QS_ASSIGN(const TensorValue value, bindInput(sample.inputs[i], inputs[i]));
      QS_TRY(session->setInput(i, value.view()));
    }
    QS_TRY(session->run());
    QS_ASSIGN(const auto bytes, session->output(0));
    return TensorView{scores.type, scores.shape, bytes};
  };
  return classifySamples(*prepared, run, dataset, options, progress);
}

Result<std::shared_ptr<const LatencyResult>> measureExternalLatency(const ExternalRuntime& runtime,
                                                                    const std::filesystem::path& file,
                                                                    std::shared_ptr<const Model> model,
                                                                    const LatencyOptions& options, Progress& progress) {
  using Clock = std::chrono::steady_clock;
  QS_ASSIGN(const auto prepared, PreparedModel::prepare(model));
  QS_ASSIGN(const auto session, runtime.open(file, *model));
  const auto inputs = randomInputs(*prepared, options.seed);
  const int warmup = std::max(0, options.warmup), runs = std::max(1, options.runs);
  progress.begin("Measuring latency", static_cast<uint64_t>(warmup + runs), "runs");
  std::vector<double> times;
  const auto start = Clock::now();
  auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  for (int run = 0; run < warmup + runs; ++run) {
    if (options.timeLimitSeconds > 0 && times.size() >= 3 &&
        seconds(Clock::now() - start) > 2 * options.timeLimitSeconds) {
      break;
    }
    for (size_t i = 0; i < inputs.size(); ++i) QS_TRY(session->setInput(i, inputs[i].view()));
    const auto before = Clock::now();
    QS_TRY(session->run());
    if (run >= warmup) times.push_back(seconds(Clock::now() - before) * 1e6);
    if (!progress.advance()) return Error::cancelled();
  }
  std::sort(times.begin(), times.end());
  auto result = std::make_shared<LatencyResult>();
  result->medianMicroseconds = (times[(times.size() - 1) / 2] + times[times.size() / 2]) / 2;
  result->p90Microseconds = times[std::min(times.size() - 1, times.size() * 9 / 10)];
  result->minMicroseconds = times.front();
  result->runs = static_cast<int>(times.size());
  return std::shared_ptr<const LatencyResult>(std::move(result));
}

}  // namespace quantscope
