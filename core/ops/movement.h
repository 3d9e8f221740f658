#pragma once

#include <cstdint>
#include <vector>

#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"
#include "core/ops/strided_copy.h"

/// What operators share that move values without changing them, and those whose parameters are tensors.
namespace quantscope::ops {

/// Bytes of one element; error for types that are packed or have no fixed size.
Result<int> requireWholeBytes(const PrepareContext& context, const Operand& operand);

/// Input and output of one type whose elements are whole bytes; returns those.
Result<int> requireMovable(const PrepareContext& context, const Operand& input, const Operand& output);

/// The values of a known int32 or int64 operand (int8 and int16 too). `count`: how many there must be, -1: any.
Result<std::vector<int64_t>> integerValues(const PrepareContext& context, const Operand& operand, int64_t count = -1);
/// A known integer with one value.
Result<int64_t> integerScalar(const PrepareContext& context, const Operand& operand);

/// Element i of int32 or int64 values.
inline int64_t integerAt(const std::byte* values, ElementType type, int64_t i) {
  return type == ElementType::Int64   ? reinterpret_cast<const int64_t*>(values)[i]
         : type == ElementType::Int16 ? reinterpret_cast<const int16_t*>(values)[i]
                                      : reinterpret_cast<const int32_t*>(values)[i];
}

/// axis counted from the front, of a tensor of `rank` dimensions; error outside [-rank, rank).
Result<size_t> axisOf(const PrepareContext& context, int64_t axis, size_t rank);

/// A kernel that copies input 0 to output 0, which may be the same memory.
Result<std::unique_ptr<Kernel>> copyKernel(PrepareContext& context, std::vector<int32_t> shape);

/// A kernel of one strided copy from input `i` to output 0.
std::unique_ptr<Kernel> stridedKernel(StridedCopy copy, size_t i = 0);

/// Product of shape[first..last).
int64_t product(const std::vector<int32_t>& shape, size_t first, size_t last);

/// An error that only the data can cause; the runtime adds the operator.
Error dataError(std::string why);

/// Calls visit with a value of the C++ type that stores `type`; error for others.
template <typename Visit>
Result<std::unique_ptr<Kernel>> dispatchNumber(const PrepareContext& context, ElementType type, Visit visit) {
  switch (type) {
    case ElementType::Float32:
      return visit(float{});
    case ElementType::Float64:
      return visit(double{});
    case ElementType::Int8:
      return visit(int8_t{});
    case ElementType::UInt8:
      return visit(uint8_t{});
    case ElementType::Int16:
      return visit(int16_t{});
    case ElementType::UInt16:
      return visit(uint16_t{});
    case ElementType::Int32:
      return visit(int32_t{});
    case ElementType::UInt32:
      return visit(uint32_t{});
    case ElementType::Int64:
      return visit(int64_t{});
    default:
      return unsupportedTypes(context);
  }
}

}  // namespace quantscope::ops
