#pragma once

#include <complex>
#include <cstddef>

namespace quantscope::ops {

/// Discrete Fourier transform in place of `count` values (a power of two) that are `step` apart.
void fourierTransform(std::complex<double>* values, size_t count, size_t step = 1);

}  // namespace quantscope::ops
