#pragma once

#include <cstddef>

/// Functions as the runtime's vectorized float kernels approximate them (Eigen 2024 without fused multiply-add, found
/// by comparison: equal bit for bit on every argument tried). Within a few units of the last place of the true ones;
/// exact where dynamic-range operators quantize what follows from them.
namespace quantscope::numerics {

/// tanh, as a rational function.
float vectorTanh(float x);
/// 1 / (1 + e^-x), by e^x of a polynomial.
float vectorLogistic(float x);
/// The same for values outside of whole vectors, by the C library.
float scalarLogistic(float x);

/// True where element `i` of `length` values is part of a whole vector of four. `offset`: of the first value from the
/// start of its aligned memory.
bool inWholeVector(size_t offset, size_t length, size_t i);

}  // namespace quantscope::numerics
