#include "core/evaluation/extract.h"

#include <algorithm>

namespace quantscope {

namespace {

class Extraction {
public:
  Extraction(const Model& model, const std::vector<bool>& wanted) : m_model(model), m_whole(model.subgraphs[0]) {
    m_part.name = m_whole.name;
    m_newTensor.resize(m_whole.tensors.size());
    m_made.resize(m_whole.tensors.size());
    m_compact = model.subgraphs.size() == 1;
    m_result->version = model.version;
    m_result->operatorCodes = model.operatorCodes;
    m_result->subgraphs = m_compact ? std::vector<Subgraph>(1) : model.subgraphs;
    m_result->buffers = m_compact ? std::vector<Buffer>(1) : model.buffers;
    for (size_t i = 0; i < m_whole.operators.size(); ++i) {
      if (wanted[i]) addOperator(OperatorIndex(i));
    }
  }

  ExtractedModel finish(std::span<const TensorIndex> outputs) {
    for (const TensorIndex output : outputs) {
      if (!output.valid() || !m_made[output.position()]) continue;
      m_part.outputs.push_back(m_newTensor[output.position()]);
      m_extracted.outputs.push_back(output);
    }
    m_result->subgraphs[0] = std::move(m_part);
    m_extracted.model = std::move(m_result);
    return std::move(m_extracted);
  }

private:
  void addOperator(OperatorIndex index) {
    Operator op = m_whole.operators[index.position()];
    for (TensorIndex& input : op.inputs) {
      if (!input.valid()) continue;
      const TensorIndex whole = input;
      const bool fromOutside = !m_newTensor[whole.position()].valid() && !isConstant(m_model, m_whole.tensor(whole)) &&
                               !m_whole.tensor(whole).isVariable;
      input = copyTensor(whole);
      if (!fromOutside) continue;
      m_part.inputs.push_back(input);
      m_extracted.inputs.push_back(whole);
    }
    for (TensorIndex& output : op.outputs) {
      if (!output.valid()) continue;
      m_made[output.position()] = true;
      output = copyTensor(output);
    }
    for (TensorIndex& intermediate : op.intermediates) {
      if (intermediate.valid()) intermediate = copyTensor(intermediate);
    }
    m_part.operators.push_back(std::move(op));
    m_extracted.operators.push_back(index);
  }

  TensorIndex copyTensor(TensorIndex whole) {
    if (m_newTensor[whole.position()].valid()) return m_newTensor[whole.position()];
    const TensorIndex index(m_part.tensors.size());
    m_newTensor[whole.position()] = index;
    m_part.tensors.push_back(m_whole.tensor(whole));
    if (m_compact) copyBuffer(m_part.tensors.back());
    copyDetails(index);
    return index;
  }

  void copyBuffer(Tensor& tensor) {
    const bool constant = isConstant(m_model, tensor);
    if (constant) m_result->buffers.push_back(m_model.buffer(tensor.buffer));
    tensor.buffer = constant ? BufferIndex(m_result->buffers.size() - 1) : BufferIndex(0);
  }

  /// Blockwise and multi-axis parameters name tensors that hold scales and zero points.
  void copyDetails(TensorIndex index) {
    const auto& quantization = m_part.tensor(index).quantization;
    if (!quantization || !quantization->details) return;
    auto details = std::make_shared<tflite::QuantizationDetailsUnion>(*quantization->details);
    auto move = [&](int32_t& tensor) {
      if (tensor >= 0 && static_cast<size_t>(tensor) < m_newTensor.size()) {
        tensor = copyTensor(TensorIndex(tensor)).value;
      }
    };
    if (auto* blockwise = details->AsBlockwiseQuantization()) {
      move(blockwise->scales);
      move(blockwise->zero_points);
    } else if (auto* multiAxis = details->AsMultiAxisQuantization()) {
      move(multiAxis->scales);
      move(multiAxis->zero_points);
    }
    m_part.tensor(index).quantization->details = std::move(details);
  }

  const Model& m_model;
  const Subgraph& m_whole;
  bool m_compact = true;
  Subgraph m_part;
  std::vector<TensorIndex> m_newTensor;
  std::vector<bool> m_made;
  std::shared_ptr<Model> m_result = std::make_shared<Model>();
  ExtractedModel m_extracted;
};

}  // namespace

ExtractedModel extractOperators(const Model& model, const std::vector<bool>& wanted,
                                std::span<const TensorIndex> outputs) {
  return Extraction(model, wanted).finish(outputs);
}

}  // namespace quantscope
