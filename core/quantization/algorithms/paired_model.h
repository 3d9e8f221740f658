#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "core/quantization/plan/graph_view.h"

namespace quantscope::quantization {

/// The float model side by side with a copy of it in which some constants have other values: one graph, one
/// run, so that the same sample shows a tensor in both.
class PairedModel {
public:
  explicit PairedModel(const GraphView& view) : m_view(view) {}

  /// From now on the copy computes this operator with other values of a constant operand.
  void replace(OperatorIndex op, size_t operand, std::span<const float> values);

  struct Runnable {
    std::shared_ptr<const Model> model;  ///< what the wanted tensors need, and no more
    bool paired = false;  ///< two outputs per tensor: exact, copy; otherwise one, because they do not differ
  };
  /// A model with the source's inputs and the wanted tensor as output.
  Runnable make(TensorIndex wanted) const;

private:
  const GraphView& m_view;
  std::map<std::pair<int32_t, size_t>, Buffer> m_replaced;  ///< by operator and operand
};

}  // namespace quantscope::quantization
