#include "ui/views/graph/graph_picture.h"

#include <QCoreApplication>
#include <QLocale>

namespace quantscope::ui {

namespace {

QString tr(const char* text, int n = -1) {
  return QCoreApplication::translate("GraphPicture", text, nullptr, n);
}

/// Collects cards and wires of one subgraph, whose indices may be nonsense.
class Builder {
public:
  Builder(const Model& model, const Subgraph& subgraph, const std::vector<int64_t>& parameters)
      : m_model(model), m_subgraph(subgraph), m_parameters(parameters), m_producer(subgraph.tensors.size(), -1) {}

  GraphPicture build() {
    addOperators();
    addInputs();
    addWires();
    addOutputs();
    return std::move(m_picture);
  }

private:
  bool known(TensorIndex index) const { return index.valid() && index.position() < m_subgraph.tensors.size(); }

  void addOperators() {
    for (size_t i = 0; i < m_subgraph.operators.size(); ++i) {
      const Operator& op = m_subgraph.operators[i];
      GraphCard card;
      card.op = OperatorIndex(i);
      card.tensor = op.output(0);
      card.title = QString::fromStdString(operatorName(m_model, op));
      const int64_t parameters = i < m_parameters.size() ? m_parameters[i] : 0;
      if (parameters > 0) card.detail = tr("%1 params").arg(QLocale().toString(static_cast<qlonglong>(parameters)));
      for (const TensorIndex output : op.outputs) {
        if (known(output)) m_producer[output.position()] = static_cast<int32_t>(m_picture.cards.size());
      }
      m_picture.cards.push_back(std::move(card));
    }
  }

  void addInputs() {
    for (const TensorIndex input : m_subgraph.inputs) {
      if (!known(input) || m_producer[input.position()] >= 0) continue;
      m_producer[input.position()] = static_cast<int32_t>(m_picture.cards.size());
      m_picture.cards.push_back({GraphCard::Kind::Input, {}, input, tr("Input"), endDetail(input)});
    }
  }

  void addWires() {
    for (size_t i = 0; i < m_subgraph.operators.size(); ++i) {
      for (const TensorIndex input : m_subgraph.operators[i].inputs) addWire(input, static_cast<int32_t>(i));
    }
  }

  void addOutputs() {
    for (const TensorIndex output : m_subgraph.outputs) {
      if (!known(output)) continue;
      const auto card = static_cast<int32_t>(m_picture.cards.size());
      m_picture.cards.push_back({GraphCard::Kind::Output, {}, output, tr("Output"), endDetail(output)});
      addWire(output, card);
    }
  }

  void addWire(TensorIndex tensor, int32_t to) {
    if (!known(tensor) || m_producer[tensor.position()] < 0) return;
    m_picture.wires.push_back({m_producer[tensor.position()], to, tensor, shortShape(m_subgraph.tensor(tensor).shape)});
  }

  QString endDetail(TensorIndex index) const {
    const Tensor& tensor = m_subgraph.tensor(index);
    const auto type = elementTypeName(tensor.type);
    return shortShape(tensor.shape) + QStringLiteral(" ") +
           QString::fromUtf8(type.data(), static_cast<int>(type.size()));
  }

  const Model& m_model;
  const Subgraph& m_subgraph;
  const std::vector<int64_t>& m_parameters;
  GraphPicture m_picture;
  std::vector<int32_t> m_producer;  ///< card that makes each tensor
};

}  // namespace

QString shortShape(const std::vector<int32_t>& shape) {
  const bool batchOfOne = shape.size() > 1 && shape.front() == 1;
  const std::span<const int32_t> rest = std::span(shape).subspan(batchOfOne ? 1 : 0);
  return QString::fromStdString(shapeText(rest));
}

LayoutInput GraphPicture::layoutInput() const {
  LayoutInput input;
  input.layerGap = 22;
  input.columnGap = 22;
  input.nodes.reserve(cards.size());
  for (const GraphCard& card : cards) {
    input.nodes.push_back({kCardWidth, card.kind == GraphCard::Kind::Operator ? kCardHeight : kEndHeight});
  }
  input.edges.reserve(wires.size());
  for (const GraphWire& wire : wires) input.edges.push_back({wire.from, wire.to, 0});
  return input;
}

GraphPicture makeGraphPicture(const Model& model, SubgraphIndex subgraph,
                              const std::vector<int64_t>& operatorParameters) {
  if (!subgraph.valid() || subgraph.position() >= model.subgraphs.size()) return {};
  return Builder(model, model.subgraphs[subgraph.position()], operatorParameters).build();
}

}  // namespace quantscope::ui
