#include <dlfcn.h>

#include <algorithm>
#include <array>

#include "core/base/checked.h"
#include "core/evaluation/external_runtime.h"

namespace quantscope {

namespace {

constexpr size_t kMostDimensions = 8;
constexpr int kCpu = 1, kHostMemory = 1, kReadLock = 0, kWriteLock = 1;

/// litert/c/litert_model_types.h and litert_layout.h: a fixed binary interface of 72 bytes.
struct RankedType {
  int32_t elementType = 0;
  uint32_t rank = 0;
  std::array<int32_t, kMostDimensions> dimensions{};
  std::array<uint32_t, kMostDimensions> strides{};
};
static_assert(sizeof(RankedType) == 72);

/// Functions of litert/c as of LiteRT 2.3, where models and buffers belong to an environment. Objects are opaque;
/// status 0 is success.
struct Functions {
  int (*createEnvironment)(int, const void*, void**) = nullptr;
  void (*destroyEnvironment)(void*) = nullptr;
  int (*createModel)(void*, const char*, void**) = nullptr;
  void (*destroyModel)(void*) = nullptr;
  int (*createOptions)(void**) = nullptr;
  void (*destroyOptions)(void*) = nullptr;
  int (*setAccelerators)(void*, int) = nullptr;
  int (*compile)(void*, void*, void*, void**) = nullptr;
  void (*destroyCompiled)(void*) = nullptr;
  int (*createBuffer)(void*, int, const RankedType*, size_t, void**) = nullptr;
  void (*destroyBuffer)(void*) = nullptr;
  int (*lock)(void*, void**, int) = nullptr;
  int (*unlock)(void*) = nullptr;
  int (*run)(void*, size_t, size_t, void**, size_t, void**) = nullptr;
};

Error failed(const std::string& what, const std::string& where, int status) {
  return {ErrorCode::InvalidArgument, what, where,
          "the runtime says status " + std::to_string(status) + "; its reason is on stderr", ""};
}

class LiteRtSession final : public ExternalSession {
public:
  explicit LiteRtSession(const Functions& f) : m_f(f) {}
  ~LiteRtSession() override {
    for (void* buffer : m_inputs) m_f.destroyBuffer(buffer);
    for (void* buffer : m_outputs) m_f.destroyBuffer(buffer);
    if (m_compiled) m_f.destroyCompiled(m_compiled);
    if (m_options) m_f.destroyOptions(m_options);
    if (m_model) m_f.destroyModel(m_model);
    if (m_environment) m_f.destroyEnvironment(m_environment);
  }

  Result<void> open(const std::filesystem::path& file, const Model& model) {
    const std::string where = file.string();
    if (const int s = m_f.createEnvironment(0, nullptr, &m_environment)) return failed("cannot start LiteRT", "", s);
    if (const int s = m_f.createModel(m_environment, file.c_str(), &m_model)) {
      return failed("cannot open the model in LiteRT", where, s);
    }
    if (const int s = m_f.createOptions(&m_options)) return failed("cannot start LiteRT", "", s);
    if (const int s = m_f.setAccelerators(m_options, kCpu)) return failed("cannot start LiteRT", "", s);
    if (const int s = m_f.compile(m_environment, m_model, m_options, &m_compiled)) {
      return failed("cannot prepare the model in LiteRT", where, s);
    }
    const Subgraph& graph = model.subgraphs[0];
    for (const TensorIndex input : graph.inputs) QS_TRY(addBuffer(graph.tensor(input), m_inputs, m_inputBytes));
    for (const TensorIndex output : graph.outputs) QS_TRY(addBuffer(graph.tensor(output), m_outputs, m_outputBytes));
    m_results.resize(m_outputs.size());
    return {};
  }

  Result<void> setInput(size_t i, const TensorView& values) override {
    if (i >= m_inputs.size() || m_inputBytes[i] != values.bytes.size()) {
      return Error{ErrorCode::InvalidArgument, "cannot set an input of the runtime", std::to_string(i),
                   "its size differs", ""};
    }
    void* memory = nullptr;
    if (const int s = m_f.lock(m_inputs[i], &memory, kWriteLock)) return failed("cannot set an input", "", s);
    std::copy(values.bytes.begin(), values.bytes.end(), static_cast<std::byte*>(memory));
    m_f.unlock(m_inputs[i]);
    return {};
  }

  Result<void> run() override {
    const int s = m_f.run(m_compiled, 0, m_inputs.size(), m_inputs.data(), m_outputs.size(), m_outputs.data());
    if (s) return failed("cannot run the model in LiteRT", "", s);
    return {};
  }

  Result<std::span<const std::byte>> output(size_t i) override {
    void* memory = nullptr;
    if (const int s = m_f.lock(m_outputs[i], &memory, kReadLock)) return failed("cannot read an output", "", s);
    const auto* bytes = static_cast<const std::byte*>(memory);
    m_results[i].assign(bytes, bytes + m_outputBytes[i]);
    m_f.unlock(m_outputs[i]);
    return std::span<const std::byte>(m_results[i]);
  }

private:
  Result<void> addBuffer(const Tensor& tensor, std::vector<void*>& buffers, std::vector<size_t>& sizes) {
    const auto count = checkedElementCount(tensor.shape);
    const auto bytes = count ? byteSize(tensor.type, *count) : std::nullopt;
    const auto type = liteRtType(tensor.type);
    if (!bytes || !type || tensor.shape.size() > kMostDimensions) {
      return Error{ErrorCode::Unsupported, "cannot hand a tensor to LiteRT", tensor.name,
                   std::string(elementTypeName(tensor.type)) + " " + shapeText(tensor.shape), ""};
    }
    RankedType ranked;
    ranked.elementType = *type;
    ranked.rank = static_cast<uint32_t>(tensor.shape.size());
    std::copy(tensor.shape.begin(), tensor.shape.end(), ranked.dimensions.begin());
    void* buffer = nullptr;
    const auto size = static_cast<size_t>(*bytes);
    if (const int s = m_f.createBuffer(m_environment, kHostMemory, &ranked, size, &buffer)) {
      return failed("cannot hand a tensor to LiteRT", tensor.name, s);
    }
    buffers.push_back(buffer);
    sizes.push_back(size);
    return {};
  }

  /// Numbers of LiteRtElementType.
  static std::optional<int32_t> liteRtType(ElementType type) {
    switch (type) {
      case ElementType::Float32:
        return 1;
      case ElementType::Int32:
        return 2;
      case ElementType::UInt8:
        return 3;
      case ElementType::Int64:
        return 4;
      case ElementType::Bool:
        return 6;
      case ElementType::Int16:
        return 7;
      case ElementType::Int8:
        return 9;
      case ElementType::Float16:
        return 10;
      default:
        return std::nullopt;
    }
  }

  const Functions& m_f;
  void* m_environment = nullptr;
  void* m_model = nullptr;
  void* m_options = nullptr;
  void* m_compiled = nullptr;
  std::vector<void*> m_inputs, m_outputs;
  std::vector<size_t> m_inputBytes, m_outputBytes;
  std::vector<std::vector<std::byte>> m_results;
};

class LiteRtRuntime final : public ExternalRuntime {
public:
  LiteRtRuntime(const Functions& functions, std::string path) : m_f(functions), m_path(std::move(path)) {}

  std::string description() const override { return "LiteRT, " + m_path; }
  Result<std::unique_ptr<ExternalSession>> open(const std::filesystem::path& file, const Model& model) const override {
    auto session = std::make_unique<LiteRtSession>(m_f);
    QS_TRY(session->open(file, model));
    return std::unique_ptr<ExternalSession>(std::move(session));
  }

private:
  Functions m_f;
  std::string m_path;
};

template <typename F>
bool find(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(::dlsym(library, name));
  return function != nullptr;
}

}  // namespace

std::shared_ptr<const ExternalRuntime> liteRtRuntime(void* library, const std::string& path) {
  Functions f;
  const bool complete =
      find(library, "LiteRtCreateEnvironment", f.createEnvironment) &&
      find(library, "LiteRtDestroyEnvironment", f.destroyEnvironment) &&
      find(library, "LiteRtCreateModelFromFile", f.createModel) &&
      find(library, "LiteRtDestroyModel", f.destroyModel) && find(library, "LiteRtCreateOptions", f.createOptions) &&
      find(library, "LiteRtDestroyOptions", f.destroyOptions) &&
      find(library, "LiteRtSetOptionsHardwareAccelerators", f.setAccelerators) &&
      find(library, "LiteRtCreateCompiledModel", f.compile) &&
      find(library, "LiteRtDestroyCompiledModel", f.destroyCompiled) &&
      find(library, "LiteRtCreateManagedTensorBuffer", f.createBuffer) &&
      find(library, "LiteRtDestroyTensorBuffer", f.destroyBuffer) && find(library, "LiteRtLockTensorBuffer", f.lock) &&
      find(library, "LiteRtUnlockTensorBuffer", f.unlock) && find(library, "LiteRtRunCompiledModel", f.run);
  if (!complete) return nullptr;
  return std::make_shared<LiteRtRuntime>(f, path);
}

}  // namespace quantscope
