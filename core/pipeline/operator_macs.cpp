#include "core/pipeline/operator_macs.h"

#include <initializer_list>

#include "core/base/checked.h"

namespace quantscope {

namespace {

using Shape = std::vector<int32_t>;

int64_t product(std::initializer_list<int64_t> factors) {
  int64_t result = 1;
  for (const int64_t factor : factors) {
    const auto next = checkedMultiply(result, factor);
    if (!next) return 0;
    result = *next;
  }
  return result;
}

int64_t elements(const Shape* shape) {
  return shape ? checkedElementCount(*shape).value_or(0) : 0;
}

class Shapes {
public:
  Shapes(const Subgraph& subgraph, const Operator& op) : m_subgraph(subgraph), m_op(op) {}
  const Shape* input(size_t i) const { return shapeOf(m_op.input(i)); }
  const Shape* output(size_t i) const { return shapeOf(m_op.output(i)); }
  /// Dimension d of input i, counted from the end where negative; 0 where it has none.
  int64_t dimension(size_t i, int d) const {
    const Shape* shape = input(i);
    if (!shape) return 0;
    const int rank = static_cast<int>(shape->size());
    const int position = d < 0 ? rank + d : d;
    return position >= 0 && position < rank ? (*shape)[static_cast<size_t>(position)] : 0;
  }

private:
  const Shape* shapeOf(TensorIndex tensor) const { return tensor.valid() ? &m_subgraph.tensor(tensor).shape : nullptr; }
  const Subgraph& m_subgraph;
  const Operator& m_op;
};

/// Four gates, each a product with the input and one with the state, for every step of every sequence.
int64_t lstmMacs(const Shapes& shapes, int64_t units, int64_t inputSize, int64_t stateSize) {
  const int64_t steps = inputSize > 0 ? elements(shapes.input(0)) / inputSize : 0;
  return product({steps, 4, units, inputSize + stateSize});
}

}  // namespace

int64_t operatorMacs(const Model& model, const Subgraph& subgraph, const Operator& op) {
  const Shapes shapes(subgraph, op);
  const int64_t out = elements(shapes.output(0));
  switch (model.code(op)) {
    case tflite::BuiltinOperator_CONV_2D:
    case tflite::BuiltinOperator_DEPTHWISE_CONV_2D: {
      const bool depthwise = model.code(op) == tflite::BuiltinOperator_DEPTHWISE_CONV_2D;
      return product({out, shapes.dimension(1, 1), shapes.dimension(1, 2), depthwise ? 1 : shapes.dimension(1, 3)});
    }
    case tflite::BuiltinOperator_CONV_3D:  // filter: depth, height, width, in, out
      return product(
          {out, shapes.dimension(1, 0), shapes.dimension(1, 1), shapes.dimension(1, 2), shapes.dimension(1, 3)});
    case tflite::BuiltinOperator_TRANSPOSE_CONV:  // every input value meets the whole filter: out, height, width, in
      return product(
          {elements(shapes.input(2)), shapes.dimension(1, 0), shapes.dimension(1, 1), shapes.dimension(1, 2)});
    case tflite::BuiltinOperator_CONV_3D_TRANSPOSE:  // filter: depth, height, width, out, in
      return product({elements(shapes.input(2)), shapes.dimension(1, 0), shapes.dimension(1, 1), shapes.dimension(1, 2),
                      shapes.dimension(1, 3)});
    case tflite::BuiltinOperator_FULLY_CONNECTED:
      return product({out, shapes.dimension(1, -1)});
    case tflite::BuiltinOperator_BATCH_MATMUL: {
      const auto* options = op.options.AsBatchMatMulOptions();
      return product({out, shapes.dimension(0, options && options->adj_x ? -2 : -1)});
    }
    case tflite::BuiltinOperator_LSTM:
    case tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_LSTM:  // weights 1-4: [units, input], 5-8: [units, state]
      return lstmMacs(shapes, shapes.dimension(2, 0), shapes.dimension(2, 1), shapes.dimension(6, 1));
    case tflite::BuiltinOperator_BIDIRECTIONAL_SEQUENCE_LSTM:
      return product({2, lstmMacs(shapes, shapes.dimension(2, 0), shapes.dimension(2, 1), shapes.dimension(6, 1))});
    case tflite::BuiltinOperator_RNN:
    case tflite::BuiltinOperator_UNIDIRECTIONAL_SEQUENCE_RNN: {
      const int64_t size = shapes.dimension(1, 1), units = shapes.dimension(1, 0);
      return product({size > 0 ? elements(shapes.input(0)) / size : 0, units, size + units});
    }
    case tflite::BuiltinOperator_SVDF: {
      const int64_t filters = shapes.dimension(1, 0);
      return product({shapes.dimension(0, 0), filters, shapes.dimension(1, 1) + shapes.dimension(2, 1)});
    }
    default:
      return 0;
  }
}

}  // namespace quantscope
