#pragma once

#include <span>
#include <vector>

namespace quantscope {

/// Softmax in double precision, without overflow.
std::vector<double> softmax(std::span<const float> scores);

/// sum of p log(p / q) in nats, each of at least 1e-7 and both made to sum to 1, so that a quantized 0 is no
/// infinity; 0 where the lengths differ.
double klDivergence(std::span<const double> p, std::span<const double> q);

}  // namespace quantscope
