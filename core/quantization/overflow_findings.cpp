#include "core/quantization/overflow_findings.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/checked.h"
#include "core/numerics/packing.h"
#include "core/quantization/constants/scale_room.h"
#include "core/quantization/constants/weight_codes.h"
#include "core/quantization/plan/eligibility.h"
#include "core/quantization/quantize.h"

namespace quantscope {

using namespace quantization;

namespace {

std::vector<int8_t> codesOf(const Model& model, const Tensor& tensor) {
  const auto count = checkedElementCount(tensor.shape);
  const auto bytes = constantBytes(model, tensor);
  const auto needed = count ? byteSize(tensor.type, *count) : std::nullopt;
  if (!needed || tensor.sparsity || bytes.size() < static_cast<size_t>(*needed)) return {};
  std::vector<int8_t> codes(static_cast<size_t>(*count));
  if (tensor.type == ElementType::Int8) {
    std::transform(bytes.begin(), bytes.begin() + *count, codes.begin(),
                   [](std::byte b) { return static_cast<int8_t>(b); });
  } else if (tensor.type == ElementType::Int4) {
    numerics::unpackSigned(bytes, 4, codes);
  } else {
    return {};
  }
  return codes;
}

/// The greatest magnitude that a sum of the operator can have; 0 where that cannot be told.
double greatestSum(const GraphView& view, OperatorIndex op, const DeepSum& sum) {
  const OperatorRules& rules = *view.rules[op.position()];
  const auto operand = static_cast<size_t>(rules.weightInput);
  const Tensor& weights = view.tensor(view.op(op).input(operand));
  const auto codes = codesOf(view.model, weights);
  if (codes.empty()) return 0;
  const SliceLayout layout = sliceLayout(weights.shape, *channelAxis(view, op, operand));
  std::vector<double> magnitudes(static_cast<size_t>(layout.slices));
  for (int64_t p = 0; p < layout.count(); ++p)
    magnitudes[static_cast<size_t>(p / layout.inner % layout.slices)] += std::abs(codes[static_cast<size_t>(p)]);
  std::span<const int32_t> biases;
  const TensorIndex bias =
      rules.biasInput >= 0 ? view.op(op).input(static_cast<size_t>(rules.biasInput)) : TensorIndex();
  if (bias.valid() && view.tensor(bias).type == ElementType::Int32)
    biases = constantValues<int32_t>(view.model, view.tensor(bias));
  double greatest = 0;
  for (size_t c = 0; c < magnitudes.size(); ++c) {
    const double offset = c < biases.size() ? std::abs(static_cast<double>(biases[c])) : 0;
    greatest = std::max(greatest, static_cast<double>(sum.largestInput) * magnitudes[c] + offset);
  }
  return greatest;
}

}  // namespace

std::vector<Finding> overflowFindings(const Model& model) {
  std::vector<Finding> findings;
  if (!checkIndices(model)) return findings;
  for (size_t g = 0; g < model.subgraphs.size(); ++g) {
    const GraphView view(model, SubgraphIndex(g));
    const auto precisions = effectivePrecisions(model, SubgraphIndex(g));
    for (size_t i = 0; i < view.graph.operators.size(); ++i) {
      const OperatorIndex op(i);
      const auto sum = deepSum(view, op, precisions[i]);
      if (!sum || !sum->mayOverflow()) continue;
      if (greatestSum(view, op, *sum) <= static_cast<double>(std::numeric_limits<int32_t>::max())) continue;
      findings.push_back({Severity::Warning,
                          static_cast<int>(g),
                          op,
                          {},
                          "its sums may overflow",
                          "a result adds up " + std::to_string(sum->depth) +
                              " products, which for some inputs exceed the 32 bits of the kernel"});
    }
  }
  return findings;
}

}  // namespace quantscope
