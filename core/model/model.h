#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/index.h"
#include "core/base/result.h"
#include "core/model/element_type.h"
#include "core/schema/tflite_generated.h"

/// The graph as data: a plain, copyable mirror of a .tflite file. Copying is cheap in bytes, because
/// constant data is shared, never duplicated. Nothing here is validated, but of a Model from the reader
/// this holds: at least one subgraph and one buffer; every opcode index, every tensor index of operators
/// (or -1) and of the inputs and outputs of subgraphs, and every buffer index of tensors is in range.
/// Everything else (signatures, metadata, subgraphs that options name, shapes, sizes of constants) is as
/// the file has it: structuralFindings() in core/model/structure.h tells what is wrong with it.
namespace quantscope {

/// Which vector and string fields of a table stand in the file although they have no elements: bit n is
/// slot n of the table. Absent and empty mean the same to the runtime, but a lossless copy keeps them
/// apart. 0 (leave empty fields out) is right for everything made by us.
using EmptyFields = uint32_t;
/// Bit of Operator::emptyOptions: the file names a kind of options but has no table of them.
inline constexpr EmptyFields kNoOptionsTable = EmptyFields{1} << 31;

/// Constant bytes. They point into a mapped file or into memory of their own; `owner` keeps either alive.
struct Buffer {
  std::shared_ptr<const void> owner;
  std::span<const std::byte> bytes;
  /// A Buffer table without data ("no constant") and one with zero bytes are different things in the file.
  bool present = false;
  /// Where the bytes stood outside the flatbuffer (0: inside, or made by us). For information; the
  /// writer decides anew.
  uint64_t fileOffset = 0;

  static Buffer fromBytes(std::vector<std::byte> bytes);
  template <typename T>
  static Buffer fromValues(std::span<const T> values) {
    const auto raw = std::as_bytes(values);
    return fromBytes(std::vector<std::byte>(raw.begin(), raw.end()));
  }
};

/// Quantization parameters as the file has them. real = scale[c] * (q - zeroPoint[c]).
/// An empty table (present, but with no scale) is legal and kept; "not quantized" then.
struct Quantization {
  std::vector<float> min, max;     ///< informational (calibration)
  std::vector<float> scale;        ///< one, or one per slice of quantizedDimension
  std::vector<int64_t> zeroPoint;  ///< same length as scale
  int32_t quantizedDimension = 0;
  std::shared_ptr<const tflite::QuantizationDetailsUnion> details;  ///< blockwise, multi-axis, custom; may be null
  EmptyFields emptyFields = 0, emptyDetails = 0;

  bool quantized() const { return !scale.empty(); }
  bool perChannel() const { return scale.size() > 1; }
  const tflite::BlockwiseQuantizationT* blockwise() const;
};

struct Tensor {
  std::string name;
  bool hasName = true;  ///< an absent name and an empty one are kept apart
  std::vector<int32_t> shape;
  std::vector<int32_t> shapeSignature;  ///< empty unless a dimension is unknown (-1)
  bool hasRank = false;
  ElementType type = ElementType::Float32;
  BufferIndex buffer{0};  ///< 0: no constant data
  std::optional<Quantization> quantization;
  bool isVariable = false;
  std::shared_ptr<const tflite::SparsityParametersT> sparsity;
  std::vector<std::shared_ptr<const tflite::VariantSubTypeT>> variantTensors;
  uint32_t externalBuffer = 0;
  EmptyFields emptyFields = 0;
  /// The tables of `sparsity`, then of `variantTensors`, depth first; none where all are 0.
  std::vector<EmptyFields> emptyNested;

  bool quantized() const { return quantization && quantization->quantized(); }
};

struct OperatorCode {
  int8_t deprecatedBuiltinCode = 0;
  tflite::BuiltinOperator builtinCode = tflite::BuiltinOperator_ADD;
  std::string customCode;
  bool hasCustomCode = false;
  int32_t version = 1;

  /// The operator it names: the greater of the two codes, as the format says.
  tflite::BuiltinOperator code() const;
  /// Both code fields set as writers should; version 1.
  static OperatorCode builtin(tflite::BuiltinOperator code, int32_t version = 1);
};

/// Options are held as the schema's own plain structs: `op.options.AsConv2DOptions()->stride_w`.
struct Operator {
  uint32_t opcodeIndex = 0;
  std::vector<TensorIndex> inputs;  ///< invalid: optional operand left out
  std::vector<TensorIndex> outputs;
  std::vector<TensorIndex> intermediates;
  tflite::BuiltinOptionsUnion options;
  tflite::BuiltinOptions2Union options2;
  std::optional<Buffer> customOptions;  ///< bytes, inside the flatbuffer or after it
  tflite::CustomOptionsFormat customOptionsFormat = tflite::CustomOptionsFormat_FLEXBUFFERS;
  std::vector<uint8_t> mutatingVariableInputs;
  int32_t debugMetadataIndex = -1;
  EmptyFields emptyFields = 0, emptyOptions = 0, emptyOptions2 = 0;

  TensorIndex input(size_t position) const { return position < inputs.size() ? inputs[position] : TensorIndex(); }
  TensorIndex output(size_t position) const { return position < outputs.size() ? outputs[position] : TensorIndex(); }
};

struct Subgraph {
  std::vector<Tensor> tensors;
  std::vector<TensorIndex> inputs, outputs;
  std::vector<Operator> operators;  ///< in execution order
  std::string name;
  bool hasName = true;
  int32_t debugMetadataIndex = -1;
  EmptyFields emptyFields = 0;

  Tensor& tensor(TensorIndex index) { return tensors[index.position()]; }
  const Tensor& tensor(TensorIndex index) const { return tensors[index.position()]; }
};

struct MetadataEntry {
  std::string name;
  bool hasName = true;
  BufferIndex buffer{0};
};

struct SignatureMapping {
  std::string name;
  bool hasName = true;
  TensorIndex tensor{0};
};

struct Signature {
  std::string key;
  bool hasKey = true;
  std::vector<SignatureMapping> inputs, outputs;
  std::optional<std::string> deprecatedTag;
  uint32_t subgraphIndex = 0;
  EmptyFields emptyFields = 0;
};

struct Model {
  uint32_t version = 3;
  std::vector<OperatorCode> operatorCodes;
  std::vector<Subgraph> subgraphs;
  std::string description;
  bool hasDescription = true;
  std::vector<Buffer> buffers;  ///< buffers[0] is the empty sentinel
  std::vector<int32_t> metadataBuffer;
  std::vector<MetadataEntry> metadata;
  std::vector<Signature> signatures;
  std::vector<tflite::ExternalBufferGroupT> externalBufferGroups;
  std::vector<tflite::ExternalBufferT> externalBuffers;
  EmptyFields emptyFields = 0;
  std::vector<EmptyFields> emptyExternal;  ///< of the groups, then of the external buffers; none where all are 0

  /// Bytes that stood after everything the flatbuffer refers to (a ZIP of associated files, ...).
  Buffer trailing;
  /// Things in the file that this program's schema does not know or that contradict each other, in words.
  std::vector<std::string> notices;
  /// True where some of that could not be kept in this struct: saving refuses rather than drop it.
  bool incomplete = false;

  tflite::BuiltinOperator code(const Operator& op) const { return operatorCodes[op.opcodeIndex].code(); }
  const OperatorCode& operatorCode(const Operator& op) const { return operatorCodes[op.opcodeIndex]; }
  const Buffer& buffer(BufferIndex index) const { return buffers[index.position()]; }
};

/// "CONV_2D"; for custom operators the custom code, for example "TFLite_Detection_PostProcess".
std::string operatorName(const Model& model, const Operator& op);

/// True where the tensor carries constant data: a buffer other than 0 that is present.
bool isConstant(const Model& model, const Tensor& tensor);
/// Constant bytes of the tensor; empty where it has none.
std::span<const std::byte> constantBytes(const Model& model, const Tensor& tensor);
/// The constant as typed values. T must be the storage type of tensor.type (sub-byte types excepted).
template <typename T>
std::span<const T> constantValues(const Model& model, const Tensor& tensor) {
  const auto bytes = constantBytes(model, tensor);
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}
/// "32×3×3×16"; "scalar" for rank 0; -1 of a signature is shown as "?".
std::string shapeText(std::span<const int32_t> shape);

/// Producer and consumers of every tensor of a subgraph.
struct TensorUses {
  OperatorIndex producer;                ///< invalid: constant, graph input or variable
  std::vector<OperatorIndex> consumers;  ///< in execution order, each once
  bool graphInput = false, graphOutput = false;
};
std::vector<TensorUses> tensorUses(const Subgraph& subgraph);

}  // namespace quantscope
