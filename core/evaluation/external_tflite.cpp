#include <dlfcn.h>

#include "core/evaluation/external_runtime.h"

namespace quantscope {

namespace {

/// Functions of tensorflow/lite/c/c_api.h (stable since 2.3). Objects are opaque.
struct Functions {
  const char* (*version)() = nullptr;
  void* (*modelFromFile)(const char*) = nullptr;
  void (*deleteModel)(void*) = nullptr;
  void* (*createInterpreter)(const void* model, const void* options) = nullptr;
  void (*deleteInterpreter)(void*) = nullptr;
  int (*allocate)(void*) = nullptr;
  void* (*inputTensor)(const void*, int32_t) = nullptr;
  const void* (*outputTensor)(const void*, int32_t) = nullptr;
  int (*invoke)(void*) = nullptr;
  size_t (*byteSize)(const void*) = nullptr;
  void* (*data)(const void*) = nullptr;
};

Error failed(const std::string& what, const std::string& where) {
  return {ErrorCode::InvalidArgument, what, where, "the runtime refuses; its reason is on stderr", ""};
}

class TfLiteSession final : public ExternalSession {
public:
  TfLiteSession(const Functions& f, void* model, void* interpreter)
      : m_f(f), m_model(model), m_interpreter(interpreter) {}
  ~TfLiteSession() override {
    m_f.deleteInterpreter(m_interpreter);
    m_f.deleteModel(m_model);
  }

  Result<void> setInput(size_t i, const TensorView& values) override {
    void* tensor = m_f.inputTensor(m_interpreter, static_cast<int32_t>(i));
    if (!tensor || m_f.byteSize(tensor) != values.bytes.size()) {
      return failed("cannot set an input of the runtime", std::to_string(i));
    }
    std::copy(values.bytes.begin(), values.bytes.end(), static_cast<std::byte*>(m_f.data(tensor)));
    return {};
  }
  Result<void> run() override {
    if (m_f.invoke(m_interpreter) != 0) return failed("cannot run the model in the runtime", "");
    return {};
  }
  Result<std::span<const std::byte>> output(size_t i) override {
    const void* tensor = m_f.outputTensor(m_interpreter, static_cast<int32_t>(i));
    if (!tensor) return failed("cannot read an output of the runtime", std::to_string(i));
    return std::span(static_cast<const std::byte*>(m_f.data(tensor)), m_f.byteSize(tensor));
  }

private:
  const Functions& m_f;
  void* m_model;
  void* m_interpreter;
};

class TfLiteRuntime final : public ExternalRuntime {
public:
  TfLiteRuntime(const Functions& functions, std::string path) : m_f(functions), m_path(std::move(path)) {}

  std::string description() const override { return std::string("TensorFlow Lite ") + m_f.version() + ", " + m_path; }
  Result<std::unique_ptr<ExternalSession>> open(const std::filesystem::path& file, const Model&) const override {
    void* model = m_f.modelFromFile(file.c_str());
    if (!model) return failed("cannot open the model in the runtime", file.string());
    void* interpreter = m_f.createInterpreter(model, nullptr);
    if (!interpreter) {
      m_f.deleteModel(model);
      return failed("cannot prepare the model in the runtime", file.string());
    }
    auto session = std::make_unique<TfLiteSession>(m_f, model, interpreter);
    if (m_f.allocate(interpreter) != 0) return failed("cannot prepare the model in the runtime", file.string());
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

std::shared_ptr<const ExternalRuntime> tensorFlowLiteRuntime(void* library, const std::string& path) {
  Functions f;
  const bool complete = find(library, "TfLiteVersion", f.version) &&
                        find(library, "TfLiteModelCreateFromFile", f.modelFromFile) &&
                        find(library, "TfLiteModelDelete", f.deleteModel) &&
                        find(library, "TfLiteInterpreterCreate", f.createInterpreter) &&
                        find(library, "TfLiteInterpreterDelete", f.deleteInterpreter) &&
                        find(library, "TfLiteInterpreterAllocateTensors", f.allocate) &&
                        find(library, "TfLiteInterpreterGetInputTensor", f.inputTensor) &&
                        find(library, "TfLiteInterpreterGetOutputTensor", f.outputTensor) &&
                        find(library, "TfLiteInterpreterInvoke", f.invoke) &&
                        find(library, "TfLiteTensorByteSize", f.byteSize) && find(library, "TfLiteTensorData", f.data);
  if (!complete) return nullptr;
  return std::make_shared<TfLiteRuntime>(f, path);
}

}  // namespace quantscope
