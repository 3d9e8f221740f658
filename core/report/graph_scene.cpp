#include <algorithm>
#include <array>

#include "core/layout/graph_layout.h"
#include "core/quantization/quantize.h"
#include "core/report/graph_scene.h"
#include "core/report/text.h"

namespace quantscope::report {

namespace {

constexpr double kMargin = 24, kCardHeight = 48, kPinHeight = 28, kLegendHeight = 34, kLeastWidth = 560;
// Widths of a letter in the widest of the usual fonts; titles of cards are bold capitals.
constexpr double kTitleCharacter = 8.8, kCharacter = 7.2, kSmallCharacter = 6.6;
constexpr size_t kMostNameCharacters = 44;

Paint paintOf(Precision precision) {
  switch (precision) {
    case Precision::Float32:
      return Paint::Float32;
    case Precision::Float16:
      return Paint::Float16;
    case Precision::Int16x8:
      return Paint::Int16;
    case Precision::Int8:
    case Precision::WeightOnlyInt8:
      return Paint::Int8;
    case Precision::WeightOnlyInt4:
    case Precision::Int4x8:
    case Precision::Int4x16:
      return Paint::Int4;
    case Precision::DynamicRange:
    case Precision::DynamicRangeInt4:
      return Paint::Dynamic;
  }
  return Paint::Float32;
}

struct LegendEntry {
  const char* label;
  Paint paint;
};
constexpr std::array kLegend{LegendEntry{"float32", Paint::Float32}, LegendEntry{"float16", Paint::Float16},
                             LegendEntry{"int16×8", Paint::Int16},   LegendEntry{"int8", Paint::Int8},
                             LegendEntry{"int4", Paint::Int4},       LegendEntry{"dynamic int8", Paint::Dynamic}};

struct Node {
  std::string title, detail, hover;
  Paint paint = Paint::Float32;
  bool pin = false;  ///< a graph input or output
};

struct Edge {
  std::string shape;
  double labelWidth() const { return kSmallCharacter * static_cast<double>(text::width(shape)) + 8; }
};

class GraphPicture {
public:
  explicit GraphPicture(const Model& model) : m_model(model), m_subgraph(model.subgraphs[0]) {
    const auto uses = tensorUses(m_subgraph);
    const std::vector<Precision> precisions = effectivePrecisions(model, SubgraphIndex{0});
    for (size_t i = 0; i < precisions.size(); ++i) addOperator(m_subgraph.operators[i], precisions[i]);
    for (size_t t = 0; t < uses.size(); ++t) addTensor(m_subgraph.tensors[t], uses[t]);
  }

  Result<Scene> draw(Progress& progress) {
    QS_ASSIGN(const auto layout, layoutGraph(m_input, progress));
    placeWithin(*layout);
    m_scene.height = layout->height + 2 * kMargin + kLegendHeight;
    m_scene.items.push_back(SceneRect{0, 0, m_scene.width, m_scene.height, 0, Paint::Background, ""});
    drawLegend();
    for (const PlacedEdge& edge : layout->edges) drawEdge(edge);
    for (size_t i = 0; i < layout->edges.size(); ++i) drawLabel(layout->edges[i], m_edges[i]);
    for (size_t i = 0; i < m_nodes.size(); ++i) drawNode(m_nodes[i], m_input.nodes[i], layout->nodes[i]);
    return std::move(m_scene);
  }

private:
  void addNode(Node node, double height) {
    const double title = (node.pin ? kCharacter : kTitleCharacter) * static_cast<double>(text::width(node.title));
    const double detail = kSmallCharacter * static_cast<double>(text::width(node.detail));
    m_input.nodes.push_back({std::max(120.0, 30 + std::max(title, detail)), height});
    m_nodes.push_back(std::move(node));
  }

  void addOperator(const Operator& op, Precision precision) {
    Node node;
    node.title = operatorName(m_model, op);
    node.detail = std::string(precisionLabel(precision));
    for (size_t i = 1; i < op.inputs.size(); ++i) {
      if (!op.inputs[i].valid()) continue;
      const Tensor& tensor = m_subgraph.tensor(op.inputs[i]);
      if (!isConstant(m_model, tensor) || tensor.shape.empty()) continue;
      node.detail += " · " + shapeText(tensor.shape);
      break;
    }
    if (op.output(0).valid()) node.hover = m_subgraph.tensor(op.output(0)).name;
    node.paint = paintOf(precision);
    addNode(std::move(node), kCardHeight);
  }

  void addTensor(const Tensor& tensor, const TensorUses& uses) {
    int32_t from = uses.producer.value;
    if (uses.graphInput) {
      from = static_cast<int32_t>(m_nodes.size());
      addPin("input ", tensor);
    }
    if (from < 0) return;
    for (const OperatorIndex consumer : uses.consumers) addEdge(from, consumer.value, tensor);
    if (!uses.graphOutput) return;
    addEdge(from, static_cast<int32_t>(m_nodes.size()), tensor);
    addPin("output ", tensor);
  }

  void addPin(const std::string& kind, const Tensor& tensor) {
    Node node;
    node.title =
        kind + text::shorten(tensor.name, kMostNameCharacters) + " · " + std::string(elementTypeName(tensor.type));
    node.hover = tensor.name;
    node.pin = true;
    addNode(std::move(node), kPinHeight);
  }

  void addEdge(int32_t from, int32_t to, const Tensor& tensor) {
    const std::string shape = shapeText(tensor.shapeSignature.empty() ? tensor.shape : tensor.shapeSignature);
    m_edges.push_back({shape});
    m_input.edges.push_back({from, to, m_edges.back().labelWidth()});
  }

  void drawLegend() {
    double x = kMargin;
    for (const LegendEntry& entry : kLegend) {
      m_scene.items.push_back(SceneRect{x, 14, 12, 12, 2, entry.paint, ""});
      m_scene.items.push_back(SceneText{x + 17, 24, entry.label, Paint::SmallText, false});
      x += 34 + 6.6 * static_cast<double>(text::width(entry.label));
    }
  }

  /// Lines and labels may reach beyond what the layout counts: nothing is cut off, and a narrow graph is centred.
  void placeWithin(const GraphLayout& layout) {
    double left = 0, right = layout.width;
    for (size_t i = 0; i < layout.edges.size(); ++i) {
      const PlacedEdge& edge = layout.edges[i];
      for (const LayoutPoint& point : edge.points) left = std::min(left, point.x), right = std::max(right, point.x);
      if (!hasLabel(edge, m_edges[i])) continue;
      left = std::min(left, edge.label.x - m_edges[i].labelWidth() / 2);
      right = std::max(right, edge.label.x + m_edges[i].labelWidth() / 2);
    }
    m_left = kMargin - left + std::max(0.0, (kLeastWidth - (right - left)) / 2);
    m_scene.width = std::max(right - left, kLeastWidth) + 2 * kMargin;
  }

  static bool hasLabel(const PlacedEdge& placed, const Edge& edge) {
    return placed.points.size() >= 2 && !placed.stub && !edge.shape.empty();
  }

  ScenePoint moved(const LayoutPoint& point) const { return {point.x + m_left, point.y + kMargin + kLegendHeight}; }

  void drawEdge(const PlacedEdge& placed) {
    if (placed.points.size() < 2) return;
    SceneCurve curve;
    curve.dashed = placed.stub;
    for (const LayoutPoint& point : placed.points) curve.points.push_back(moved(point));
    // A stub is one or two straight pieces, a curve has three more points for each piece.
    const size_t whole = placed.stub ? curve.points.size() / 2 * 2 : (curve.points.size() - 1) / 3 * 3 + 1;
    curve.points.resize(whole);
    m_scene.items.push_back(std::move(curve));
  }

  /// Lines stop at it, so that it can be read.
  void drawLabel(const PlacedEdge& placed, const Edge& edge) {
    if (!hasLabel(placed, edge)) return;
    const ScenePoint at = moved(placed.label);
    const double width = edge.labelWidth() - 4;
    m_scene.items.push_back(SceneRect{at.x - width / 2, at.y - 8, width, 16, 3, Paint::Background, ""});
    m_scene.items.push_back(SceneText{at.x, at.y + 4, edge.shape, Paint::SmallText, true});
  }

  void drawNode(const Node& node, const LayoutNode& size, const LayoutPoint& place) {
    const ScenePoint at = moved(place);
    m_scene.items.push_back(
        SceneRect{at.x, at.y, size.width, size.height, node.pin ? 14.0 : 6.0, Paint::Card, node.hover});
    if (node.pin) {
      m_scene.items.push_back(SceneText{at.x + size.width / 2, at.y + 18, node.title, Paint::Text, true});
      return;
    }
    m_scene.items.push_back(SceneRect{at.x, at.y, 5, size.height, 2, node.paint, ""});
    m_scene.items.push_back(SceneText{at.x + 15, at.y + 20, node.title, Paint::BoldText, false});
    m_scene.items.push_back(SceneText{at.x + 15, at.y + 37, node.detail, Paint::SmallText, false});
  }

  const Model& m_model;
  const Subgraph& m_subgraph;
  std::vector<Node> m_nodes;
  std::vector<Edge> m_edges;
  LayoutInput m_input;
  double m_left = kMargin;
  Scene m_scene;
};

}  // namespace

Result<Scene> graphScene(const Model& model, Progress& progress) {
  if (model.subgraphs.empty()) {
    return Error{ErrorCode::InvalidArgument, "cannot draw the graph", "", "the model has no subgraph", ""};
  }
  return GraphPicture(model).draw(progress);
}

}  // namespace quantscope::report
