#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/evaluation/evaluate.h"

/// The runtime that a product ships, loaded as a shared library while running: TensorFlow Lite's C interface
/// (libtensorflowlite_c.so) or LiteRT's (libLiteRt.so). Never needed; nothing of it is linked.
namespace quantscope {

/// A model in such a runtime. Not thread-safe; make one per thread.
class ExternalSession {
public:
  virtual ~ExternalSession() = default;
  /// Copies the bytes in. Errors: InvalidArgument where the size differs; what the runtime says.
  virtual Result<void> setInput(size_t i, const TensorView& values) = 0;
  virtual Result<void> run() = 0;
  /// Bytes of output i, valid until the next run.
  virtual Result<std::span<const std::byte>> output(size_t i) = 0;
};

class ExternalRuntime {
public:
  virtual ~ExternalRuntime() = default;
  virtual std::string description() const = 0;  ///< "TensorFlow Lite 2.16.1, /usr/lib/libtensorflowlite_c.so"
  /// `model` is what the file holds: it says how large inputs and outputs are. Errors: what the runtime says, as far as
  /// it does (it writes the rest to stderr); Unsupported where a shape is not fixed.
  virtual Result<std::unique_ptr<ExternalSession>> open(const std::filesystem::path& file,
                                                        const Model& model) const = 0;
};

/// From a chosen library; "auto": $QUANTSCOPE_RUNTIME, else the usual names where the system looks for libraries.
/// Code of that library runs in this process. Errors: NotFound; Unsupported (it has neither interface).
Result<std::shared_ptr<const ExternalRuntime>> loadExternalRuntime(const std::string& library);

/// evaluateClassification() by such a runtime, one session per thread. Errors: as there, and those of open().
Result<std::shared_ptr<const EvaluationResult>> evaluateExternally(
    const ExternalRuntime& runtime, const std::filesystem::path& file, std::shared_ptr<const Model> model,
    const Dataset& dataset, const EvaluationOptions& options, Progress& progress);
/// Latency of one invocation on the inputs of measureLatency(), on the runtime's own choice of threads; no operators
/// and no arena. Errors: those of open() and run(), Cancelled.
Result<std::shared_ptr<const LatencyResult>> measureExternalLatency(const ExternalRuntime& runtime,
                                                                    const std::filesystem::path& file,
                                                                    std::shared_ptr<const Model> model,
                                                                    const LatencyOptions& options, Progress& progress);

/// The two interfaces. `library` is a handle of dlopen(), which stays open.
std::shared_ptr<const ExternalRuntime> tensorFlowLiteRuntime(void* library, const std::string& path);
std::shared_ptr<const ExternalRuntime> liteRtRuntime(void* library, const std::string& path);

}  // namespace quantscope
