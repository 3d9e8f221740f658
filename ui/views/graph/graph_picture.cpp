#include "ui/views/graph/graph_picture.h"

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <set>
#include <tuple>

#include "core/ops/operator_rules.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

/// The words of this file, for the catalogue of translations.
struct PictureWords {
  Q_DECLARE_TR_FUNCTIONS(GraphPicture)
};

/// Collects cards and wires of one subgraph, whose indices may be nonsense.
class Builder {
public:
  Builder(GraphPicture& picture, const std::vector<int64_t>& parameters, const std::vector<int32_t>& hiders)
      : m_picture(picture),
        m_model(*picture.model),
        m_subgraph(m_model.subgraphs[picture.subgraph.position()]),
        m_parameters(parameters),
        m_hiders(hiders),
        m_producer(m_subgraph.tensors.size(), -1) {}

  void build() {
    addOperators();
    addInputs();
    addWires();
    addOutputs();
    labelWires();
  }

private:
  bool known(TensorIndex index) const { return index.valid() && index.position() < m_subgraph.tensors.size(); }
  int32_t nextCard() const { return static_cast<int32_t>(m_picture.cards.size()); }

  void addOperators() {
    std::vector<QString> names(m_model.operatorCodes.size());
    std::vector<int32_t> groups(m_picture.scopes ? m_picture.scopes->all().size() : 0, -1);
    m_picture.cardOf.reserve(m_subgraph.operators.size());
    for (size_t i = 0; i < m_subgraph.operators.size(); ++i) {
      const Operator& op = m_subgraph.operators[i];
      const int64_t parameters = i < m_parameters.size() ? m_parameters[i] : 0;
      const int32_t hider = i < m_hiders.size() ? m_hiders[i] : -1;
      int32_t card = hider < 0 ? -1 : groups[static_cast<size_t>(hider)];
      if (card < 0) {
        card = nextCard();
        GraphCard made;
        made.op = OperatorIndex(i);
        made.tensor = op.output(0);
        if (hider < 0) {
          QString& name = names[op.opcodeIndex];
          if (name.isEmpty()) name = fromStd(operatorName(m_model, op));
          made.title = name;
        } else {
          made.kind = GraphCard::Kind::Group;
          made.scope = hider;
          groups[static_cast<size_t>(hider)] = card;
          const QString& path = m_picture.scopes->all()[static_cast<size_t>(hider)].path;
          made.title = path.mid(path.lastIndexOf(u'/') + 1);
        }
        m_picture.cards.push_back(std::move(made));
      }
      if (hider >= 0) m_picture.members[card].emplace_back(i);
      m_picture.cards[static_cast<size_t>(card)].parameters += parameters;
      m_picture.cardOf.push_back(card);
      for (const TensorIndex output : op.outputs) {
        if (known(output)) m_producer[output.position()] = card;
      }
    }
  }

  void addInputs() {
    for (const TensorIndex input : m_subgraph.inputs) {
      if (!known(input) || m_producer[input.position()] >= 0) continue;
      m_producer[input.position()] = nextCard();
      addEnd(GraphCard::Kind::Input, input, PictureWords::tr("Input"));
    }
  }

  void addWires() {
    for (size_t i = 0; i < m_subgraph.operators.size(); ++i) {
      for (const TensorIndex input : m_subgraph.operators[i].inputs) addWire(input, m_picture.cardOf[i]);
    }
  }

  void addOutputs() {
    for (const TensorIndex output : m_subgraph.outputs) {
      if (!known(output)) continue;
      const int32_t card = nextCard();
      addEnd(GraphCard::Kind::Output, output, PictureWords::tr("Output"));
      addWire(output, card);
    }
  }

  void addEnd(GraphCard::Kind kind, TensorIndex tensor, const QString& title) {
    GraphCard card;
    card.kind = kind;
    card.tensor = tensor;
    card.title = title;
    m_picture.cards.push_back(std::move(card));
  }

  void addWire(TensorIndex tensor, int32_t to) {
    if (!known(tensor)) return;
    const int32_t from = m_producer[tensor.position()];
    if (from < 0 || (from == to && m_picture.members.contains(to))) return;
    // Several operators of one group that read a tensor are one wire.
    const bool group = m_picture.members.contains(from) || m_picture.members.contains(to);
    if (group && !m_seen.emplace(from, to, tensor.value).second) return;
    m_picture.wires.push_back({from, to, tensor, false});
  }

  void labelWires() {
    std::vector<char> labelled(m_subgraph.tensors.size(), 0);
    for (GraphWire& wire : m_picture.wires) {
      wire.labelled = !labelled[wire.tensor.position()];
      labelled[wire.tensor.position()] = 1;
    }
  }

  GraphPicture& m_picture;
  const Model& m_model;
  const Subgraph& m_subgraph;
  const std::vector<int64_t>& m_parameters;
  const std::vector<int32_t>& m_hiders;
  std::vector<int32_t> m_producer;  ///< card that makes each tensor
  std::set<std::tuple<int32_t, int32_t, int32_t>> m_seen;
};

}  // namespace

QString shortShape(const std::vector<int32_t>& shape) {
  const bool batchOfOne = shape.size() > 1 && shape.front() == 1;
  const std::span<const int32_t> rest = std::span(shape).subspan(batchOfOne ? 1 : 0);
  return fromStd(shapeText(rest));
}

QString GraphPicture::tensorName(TensorIndex tensor) const {
  const Subgraph& graph = model->subgraphs[subgraph.position()];
  return tensor.valid() && tensor.position() < graph.tensors.size() ? fromStd(graph.tensor(tensor).name) : QString();
}

bool computesIntegers(const Subgraph& graph, const Operator& op) {
  if (!op.output(0).valid()) return false;
  const Tensor& result = graph.tensor(op.output(0));
  return !isFloat(result.type) && !result.quantized();
}

/// What quantizing an operator without weights is about.
QString GraphPicture::scaleWords(OperatorIndex op) const {
  const Subgraph& graph = model->subgraphs[subgraph.position()];
  const Operator& node = graph.operators[op.position()];
  if (computesIntegers(graph, node)) return PictureWords::tr("integer result");
  const OperatorRules* rules = findRules(model->code(node));
  switch (rules ? rules->scale : ScaleRule::NotQuantizable) {
    case ScaleRule::Free:
      return PictureWords::tr("scales of its own");
    case ScaleRule::Same:
      return PictureWords::tr("same scale in and out");
    case ScaleRule::Fixed:
      return PictureWords::tr("fixed scale");
    case ScaleRule::IntegerResult:
      return PictureWords::tr("integer result");
    case ScaleRule::NotQuantizable:
      return PictureWords::tr("float only");
  }
  return {};
}

QString GraphPicture::detail(int32_t index) const {
  const GraphCard& card = cards[static_cast<size_t>(index)];
  const Subgraph& graph = model->subgraphs[subgraph.position()];
  QString text;
  switch (card.kind) {
    case GraphCard::Kind::Input:
    case GraphCard::Kind::Output: {
      const Tensor& tensor = graph.tensor(card.tensor);
      return shortShape(tensor.shape) + u' ' + fromStd(elementTypeName(tensor.type));
    }
    case GraphCard::Kind::Group: {
      const GraphScope& scope = scopes->all()[static_cast<size_t>(card.scope)];
      text = PictureWords::tr("%1 operators").arg(countText(scope.operators));
      if (scope.alike > 1) text += PictureWords::tr(" · one of %1 alike").arg(countText(scope.alike));
      return text;
    }
    case GraphCard::Kind::Operator:
      return card.parameters > 0 ? PictureWords::tr("%1 params").arg(countText(card.parameters)) : scaleWords(card.op);
  }
  return text;
}

QString GraphPicture::wireLabel(int32_t index) const {
  const Subgraph& graph = model->subgraphs[subgraph.position()];
  const Tensor& tensor = graph.tensor(wires[static_cast<size_t>(index)].tensor);
  const QString shape = shortShape(tensor.shape);
  return tensor.type == ElementType::Float32 ? shape : shape + u' ' + fromStd(elementTypeName(tensor.type));
}

std::vector<OperatorIndex> GraphPicture::operatorsOf(int32_t card) const {
  if (card < 0 || static_cast<size_t>(card) >= cards.size()) return {};
  const GraphCard& content = cards[static_cast<size_t>(card)];
  if (content.isOperator()) return {content.op};
  const auto group = members.find(card);
  return group == members.end() ? std::vector<OperatorIndex>() : group->second;
}

LayoutInput GraphPicture::layoutInput() const {
  LayoutInput input;
  input.layerGap = 22;
  input.columnGap = 22;
  input.nodes.reserve(cards.size());
  for (const GraphCard& card : cards) {
    const bool end = card.kind == GraphCard::Kind::Input || card.kind == GraphCard::Kind::Output;
    input.nodes.push_back({kCardWidth, end ? kEndHeight : kCardHeight});
  }
  input.edges.reserve(wires.size());
  for (const GraphWire& wire : wires) input.edges.push_back({wire.from, wire.to, 0});
  return input;
}

GraphPicture makeGraphPicture(std::shared_ptr<const Model> model, SubgraphIndex subgraph,
                              const std::vector<int64_t>& operatorParameters, std::shared_ptr<const GraphScopes> scopes,
                              const std::vector<char>& collapsed) {
  if (!model || !subgraph.valid() || subgraph.position() >= model->subgraphs.size()) return {};
  GraphPicture picture;
  picture.model = std::move(model);
  picture.subgraph = subgraph;
  picture.scopes = std::move(scopes);
  const bool any = std::find(collapsed.begin(), collapsed.end(), char(1)) != collapsed.end();
  const std::vector<int32_t> hiders =
      any && picture.scopes ? picture.scopes->hiders(collapsed) : std::vector<int32_t>();
  Builder(picture, operatorParameters, hiders).build();
  return picture;
}

}  // namespace quantscope::ui
