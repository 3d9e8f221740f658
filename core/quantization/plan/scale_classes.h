#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/quantization/plan/graph_plan.h"
#include "core/quantization/plan/graph_view.h"

namespace quantscope::quantization {

/// Which activations share one scale and zero point, and which scale that is (spec/tflite-quantization.md section 6).
///
/// A class is a set of (tensor, integer type) that must or may share parameters. An operator that hands on its operand
/// puts its results into the operand's class. An operator with several operands that must agree puts its own class over
/// them: an operand joins it where nobody else reads it, or where that costs the other readers next to nothing;
/// otherwise it is requantized on that edge alone.
class ScaleClasses {
public:
  /// types: what each operator computes in (Int8, Int16; Float32 for the others). boundary: type in which float inputs
  /// of the graph arrive.
  ScaleClasses(const GraphView& view, const RangeSource& ranges, const std::vector<ElementType>& types,
               ElementType inputType, ElementType outputType);

  /// Type that a float activation has where it is made: Float32, Int8, UInt8 or Int16.
  ElementType madeAs(TensorIndex tensor) const { return m_made[tensor.position()]; }
  /// Form of a tensor in an integer type: of its class. Only for pairs that some operator or boundary uses.
  ActivationForm form(TensorIndex tensor, ElementType type) const;
  /// Form that all operands and results of an operator with one shared scale take.
  ActivationForm operatorForm(OperatorIndex op) const;
  /// Form of a constant operand of an operator whose operands have scales of their own: of its content, but for what
  /// the result's range cuts off anyway (-1e9 added as a mask would take all bits from the rest).
  ActivationForm constantForm(OperatorIndex op, size_t operand, ElementType type) const;
  /// Remarks for people: tensors that were never active, ...
  const std::vector<std::string>& warnings() const { return m_warnings; }

private:
  struct ScaleClass {
    ElementType type;
    std::optional<Range> range;
    std::optional<ActivationForm> fixed;
    bool readElsewhere = false;        ///< by somebody who would see other parameters
    std::vector<OperatorIndex> joins;  ///< operators with several agreeing operands that read it
    TensorIndex origin;
  };

  int classOf(TensorIndex tensor, ElementType type);
  int newClass(ElementType type, TensorIndex origin);
  int find(int c) const;
  void merge(int into, int c);
  ActivationForm formOf(const ScaleClass& c) const;
  void addOperator(OperatorIndex op, ElementType type);
  void join(OperatorIndex op);
  void joinOperand(OperatorIndex op, int operand);
  void widenNarrowSums(const std::vector<ElementType>& types);
  void closeForms();

  const GraphView& m_view;
  const RangeSource& m_ranges;
  std::vector<ElementType> m_made;
  std::map<std::pair<int32_t, ElementType>, int> m_elements;
  std::vector<ScaleClass> m_classes;
  mutable std::vector<int> m_parent;
  std::vector<int> m_operatorClass;
  std::vector<OperatorIndex> m_joins;
  std::vector<ActivationForm> m_forms;  ///< by class, once all is decided
  std::vector<std::string> m_warnings;
};

}  // namespace quantscope::quantization
