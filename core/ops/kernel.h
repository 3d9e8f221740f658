#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"

/// What an operator implements to be executed: a prepare function that checks everything once and returns a
/// Kernel; the kernel then runs as often as wanted, on many threads at once, and trusts what was checked.
namespace quantscope {

/// Which arithmetic runs. Both give the integers of the TensorFlow Lite reference kernels.
enum class KernelSet {
  Fast,      ///< vectorized; where the reference kernels are defective, the right result
  Reference  ///< plain loops; reproduces the reference kernels, defects included
};

/// What is known of a tensor while an operator is prepared.
struct Operand {
  TensorIndex index;               ///< invalid: optional operand left out
  const Tensor* tensor = nullptr;  ///< null: left out
  ElementType type = ElementType::Float32;
  std::vector<int32_t> shape;           ///< resolved (resized, inferred) shape
  bool shapeKnown = true;               ///< false: known only while running
  bool isConstant = false;              ///< the values are known now (file constant or folded)
  /// The values where isConstant; 16-byte aligned. A file's constants live as long as the model; values that
  /// valuesKnown() waited for only while preparing: copy what the kernel needs of them.
  std::span<const std::byte> constant;

  bool present() const { return tensor != nullptr; }
  int rank() const { return static_cast<int>(shape.size()); }
  int64_t elementCount() const;
  bool quantized() const { return tensor && tensor->quantized(); }
  float scale(size_t channel = 0) const;     ///< a single scale serves every channel; 0 where not quantized
  int32_t zeroPoint(size_t channel = 0) const;
  const std::vector<float>& scales() const;  ///< empty where not quantized
  template <typename T>
  std::span<const T> constantAs() const {
    return {reinterpret_cast<const T*>(constant.data()), constant.size() / sizeof(T)};
  }
};

/// Runs independent pieces of one operator on several threads; the pieces must not share outputs.
class TaskRunner {
public:
  virtual ~TaskRunner() = default;
  virtual int threads() const = 0;
  virtual void run(int pieces, const std::function<void(int piece)>& body) = 0;
};

/// Everything a kernel sees while running. Pointers are in operand order; null where left out. All are
/// 64-byte aligned but constants (16) and may not alias, unless the kernel declared inPlace.
struct KernelContext {
  std::span<const std::byte* const> inputs;
  std::span<std::byte* const> outputs;
  std::span<std::byte* const> scratch;          ///< in the order of PrepareContext::addScratch
  std::span<std::byte* const> variables;        ///< mutable view of inputs[i] where it is a variable tensor, else null
  TaskRunner* tasks = nullptr;                  ///< null: this thread only
  /// For data-dependent outputs (PrepareContext::setOutputDynamic): allocates output `i` and returns it.
  /// Null where no output is dynamic.
  std::function<Result<std::byte*>(size_t i, std::vector<int32_t> shape)> resizeOutput;
  /// As above for types without fixed size (strings): `bytes` bytes.
  std::function<Result<std::byte*>(size_t i, std::vector<int32_t> shape, size_t bytes)> resizeOutputBytes;

  template <typename T>
  const T* input(size_t i) const { return i < inputs.size() ? reinterpret_cast<const T*>(inputs[i]) : nullptr; }
  template <typename T>
  T* output(size_t i) const { return reinterpret_cast<T*>(outputs[i]); }
  template <typename T>
  T* scratchAs(size_t i) const { return reinterpret_cast<T*>(scratch[i]); }
  template <typename T>
  T* variable(size_t i) const { return reinterpret_cast<T*>(variables[i]); }
};

/// A prepared operator: immutable, shared by all threads.
class Kernel {
public:
  virtual ~Kernel() = default;
  /// Fails only for what depends on the data (an index out of range, a zero divisor); the error's `why`
  /// is enough, the runtime adds the operator.
  virtual Result<void> run(const KernelContext& context) const = 0;
};

/// A kernel of a callable `Result<void>(const KernelContext&)` or `void(const KernelContext&)`.
template <typename Function>
std::unique_ptr<Kernel> makeKernel(Function function) {
  struct Wrapped final : Kernel {
    Function body;
    explicit Wrapped(Function f) : body(std::move(f)) {}
    Result<void> run(const KernelContext& context) const override {
      if constexpr (std::is_void_v<std::invoke_result_t<const Function&, const KernelContext&>>) {
        body(context);
        return {};
      } else {
        return body(context);
      }
    }
  };
  return std::make_unique<Wrapped>(std::move(function));
}

/// Highest instruction set that fast kernels may use.
enum class CpuLevel { Baseline, Avx2, Avx512, Avx512Vnni };

struct KernelOptions {
  KernelSet kernels = KernelSet::Fast;
  CpuLevel cpu = CpuLevel::Baseline;  ///< filled by the runtime: what the processor has, or a forced level
};

/// Given to prepare: operands, options, and the ways to say what the kernel needs.
class PrepareContext {
public:
  PrepareContext(const Model& model, const Operator& op, OperatorIndex index, std::vector<Operand> inputs,
                 std::vector<Operand> outputs, KernelOptions options, SubgraphIndex subgraphIndex = SubgraphIndex{0});

  const Model& model;
  const Operator& op;
  const OperatorIndex index;
  const SubgraphIndex subgraphIndex;  ///< where the operator stands
  const KernelOptions options;

  size_t inputCount() const { return m_inputs.size(); }
  size_t outputCount() const { return m_outputs.size(); }
  bool hasInput(size_t i) const { return i < m_inputs.size() && m_inputs[i].present(); }
  const Operand& input(size_t i) const { return m_inputs[i]; }
  const Operand& output(size_t i) const { return m_outputs[i]; }  ///< type and quantization as the file says
  const Subgraph& subgraph() const { return model.subgraphs[subgraphIndex.position()]; }

  /// Errors where the count does not match ("has 1 input, needs 2 to 3") or one of the first `least` operands is
  /// left out. Operators with optional operands between others look at inputCount() and hasInput() themselves.
  Result<void> requireInputs(size_t least, size_t most) const;
  Result<void> requireOutputs(size_t least, size_t most) const;
  /// Sets an output's shape; checks that its bytes are countable. Every output needs it or setOutputDynamic.
  Result<void> setOutputShape(size_t i, std::vector<int32_t> shape);
  /// The output's values are known already (the shape of a tensor, ...): it becomes a constant. Errors as above, and
  /// where the bytes are not those of the shape.
  Result<void> setOutputConstant(size_t i, std::vector<int32_t> shape, std::vector<std::byte> values);
  /// The output's shape depends on the data: the kernel allocates it by KernelContext::resizeOutput.
  void setOutputDynamic(size_t i);
  /// True where the values of all these inputs (those present) are known. Otherwise nothing can be said of the
  /// outputs yet: return a null kernel, and the operator is prepared again while running, with these inputs'
  /// values in Operand::constant. For parameters that decide shapes (axes, sizes, paddings).
  [[nodiscard]] bool valuesKnown(std::initializer_list<size_t> positions);
  /// Asks for scratch memory (64-byte aligned); returns its position in KernelContext::scratch.
  size_t addScratch(size_t bytes);
  /// Promises that output `o` may be written over input `i` (same size, read before written).
  void allowInPlace(size_t i, size_t o) { inPlace = {static_cast<int>(i), static_cast<int>(o)}; }
  /// Multiply-accumulate operations of one run, for profiles.
  int64_t macs = 0;
  /// Bytes that the kernel keeps for itself (packed weights, tables), shared by all sessions.
  int64_t sharedBytes = 0;

  /// An Unsupported error that names the operator: "operator 3 CONV_2D".
  Error unsupported(std::string why, std::string remedy = {}) const;
  /// A Malformed error that names the operator.
  Error malformed(std::string why, std::string remedy = {}) const;

  std::vector<size_t> scratchBytes;
  std::pair<int, int> inPlace{-1, -1};
  std::vector<size_t> awaited;  ///< inputs that valuesKnown() waits for

  /// True where setOutputShape or setOutputDynamic was called for the output.
  bool outputDecided(size_t i) const { return m_decided[i] != 0; }
  /// What setOutputConstant said; null where it was not called.
  const std::vector<std::byte>* outputConstant(size_t i) const {
    return m_constants[i] ? &*m_constants[i] : nullptr;
  }

private:
  std::vector<Operand> m_inputs, m_outputs;
  std::vector<uint8_t> m_decided;
  std::vector<std::optional<std::vector<std::byte>>> m_constants;
};

using PrepareFunction = Result<std::unique_ptr<Kernel>> (*)(PrepareContext&);

}  // namespace quantscope
