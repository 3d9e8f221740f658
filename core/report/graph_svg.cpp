#include <algorithm>
#include <array>

#include "core/layout/graph_layout.h"
#include "core/quantization/quantize.h"
#include "core/report/report.h"
#include "core/report/text.h"

namespace quantscope {

namespace {

constexpr double kMargin = 24, kCharacter = 6.9, kCardHeight = 48, kPinHeight = 28, kLegendHeight = 34;
constexpr size_t kMostNameCharacters = 44;

/// Colours of the window (docs/ui.md): light, dark.
struct PrecisionColor {
  const char* style;
  const char* light;
  const char* dark;
};

const PrecisionColor& colorOf(Precision precision) {
  static constexpr PrecisionColor kFloat{"f32", "#8b95a3", "#8b95a3"}, kHalf{"f16", "#4aa8d8", "#5bb8e6"},
      kInt16{"i16", "#0b9a74", "#27b88e"}, kInt8{"i8", "#1f6fb2", "#4c9be0"}, kInt4{"i4", "#b0679b", "#cf8abb"},
      kDynamic{"dyn", "#d58f00", "#e5a52a"};
  switch (precision) {
    case Precision::Float32:
      return kFloat;
    case Precision::Float16:
      return kHalf;
    case Precision::Int16x8:
      return kInt16;
    case Precision::Int8:
    case Precision::WeightOnlyInt8:
      return kInt8;
    case Precision::WeightOnlyInt4:
    case Precision::Int4x8:
    case Precision::Int4x16:
      return kInt4;
    case Precision::DynamicRange:
    case Precision::DynamicRangeInt4:
      return kDynamic;
  }
  return kFloat;
}

constexpr std::array kAllColors{Precision::Float32, Precision::Float16,        Precision::Int16x8,
                                Precision::Int8,    Precision::WeightOnlyInt4, Precision::DynamicRange};

/// Everything is below .qsg, so that an embedding page keeps its own style.
std::string styleSheet() {
  std::string light, dark;
  for (const Precision precision : kAllColors) {
    const PrecisionColor& c = colorOf(precision);
    light += std::string(".qsg .") + c.style + "{fill:" + c.light + "}";
    dark += std::string(".qsg .") + c.style + "{fill:" + c.dark + "}";
  }
  return "<style>.qsg text{font-family:system-ui,sans-serif;font-size:12px;fill:#1c2530}.qsg .bg{fill:#f3f5f7}"
         ".qsg .card{fill:#fff;stroke:#dde2e8}.qsg .op{font-weight:600}.qsg text.small{font-size:11px;fill:#5d6874}"
         ".qsg .edge{fill:none;stroke:#8b95a3;stroke-width:1.2}.qsg .stub{stroke-dasharray:3 3}" +
         light +
         "@media (prefers-color-scheme:dark){.qsg text{fill:#dfe5ec}.qsg .bg{fill:#1b1f24}.qsg .card{fill:#22272e;"
         "stroke:#363d46}.qsg text.small{fill:#93a0ad}" +
         dark + "}</style>";
}

std::string number(double value) {
  return text::fixed(value, 1);
}

struct Node {
  std::string title, detail, hover, style;
  bool pin = false;  ///< a graph input or output
};

struct Edge {
  std::string shape;
};

class GraphPicture {
public:
  explicit GraphPicture(const Model& model) : m_model(model), m_subgraph(model.subgraphs[0]) {
    const auto uses = tensorUses(m_subgraph);
    for (const Operator& op : m_subgraph.operators) addOperator(op);
    for (size_t t = 0; t < uses.size(); ++t) addTensor(m_subgraph.tensors[t], uses[t]);
  }

  Result<std::string> draw(Progress& progress) const {
    QS_ASSIGN(const auto layout, layoutGraph(m_input, progress));
    const double width = std::max(layout->width, 560.0) + 2 * kMargin;
    const double height = layout->height + 2 * kMargin + kLegendHeight;
    std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qsg\" width=\"" + number(width) +
                      "\" height=\"" + number(height) + "\" viewBox=\"0 0 " + number(width) + " " + number(height) +
                      "\">" + styleSheet() + "<rect class=\"bg\" width=\"100%\" height=\"100%\"/>\n" + legend() +
                      "<g transform=\"translate(" + number(kMargin) + " " + number(kMargin + kLegendHeight) + ")\">\n";
    for (size_t i = 0; i < layout->edges.size(); ++i) svg += drawEdge(layout->edges[i], m_edges[i]);
    for (size_t i = 0; i < m_nodes.size(); ++i) svg += drawNode(m_nodes[i], m_input.nodes[i], layout->nodes[i]);
    return svg + "</g></svg>\n";
  }

private:
  void addNode(Node node, double height) {
    const size_t characters = std::max(text::width(node.title), text::width(node.detail));
    m_input.nodes.push_back({std::max(120.0, 30 + kCharacter * static_cast<double>(characters)), height});
    m_nodes.push_back(std::move(node));
  }

  void addOperator(const Operator& op) {
    const Precision precision = effectivePrecision(m_model, SubgraphIndex{0}, op);
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
    node.style = colorOf(precision).style;
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
    m_input.edges.push_back({from, to, 6.2 * static_cast<double>(text::width(shape)) + 8});
  }

  static std::string legend() {
    std::string svg = "<g transform=\"translate(" + number(kMargin) + " 14)\">";
    double x = 0;
    for (const Precision precision : kAllColors) {
      const std::string label =
          precision == Precision::WeightOnlyInt4 ? "int4" : std::string(precisionLabel(precision));
      svg += "<rect class=\"" + std::string(colorOf(precision).style) + "\" x=\"" + number(x) +
             "\" width=\"12\" height=\"12\" rx=\"2\"/><text class=\"small\" x=\"" + number(x + 17) + "\" y=\"10\">" +
             text::escape(label) + "</text>";
      x += 34 + 6.6 * static_cast<double>(text::width(label));
    }
    return svg + "</g>\n";
  }

  static std::string drawEdge(const PlacedEdge& placed, const Edge& edge) {
    const auto& p = placed.points;
    if (p.size() < 2) return "";
    auto at = [](const LayoutPoint& point) { return number(point.x) + " " + number(point.y); };
    std::string path = "M" + at(p[0]);
    if (placed.stub) {
      path += "L" + at(p[1]);
      if (p.size() >= 4) path += "M" + at(p[2]) + "L" + at(p[3]);
    } else {
      for (size_t i = 1; i + 2 < p.size(); i += 3) path += "C" + at(p[i]) + " " + at(p[i + 1]) + " " + at(p[i + 2]);
    }
    std::string svg = "<path class=\"edge" + std::string(placed.stub ? " stub" : "") + "\" d=\"" + path + "\"/>";
    if (!placed.stub && !edge.shape.empty()) {
      svg += "<text class=\"small\" text-anchor=\"middle\" x=\"" + number(placed.label.x) + "\" y=\"" +
             number(placed.label.y + 4) + "\">" + text::escape(edge.shape) + "</text>";
    }
    return svg + "\n";
  }

  static std::string drawNode(const Node& node, const LayoutNode& size, const LayoutPoint& at) {
    std::string svg = "<g transform=\"translate(" + number(at.x) + " " + number(at.y) + ")\"><title>" +
                      text::escape(node.hover) + "</title><rect class=\"card\" width=\"" + number(size.width) +
                      "\" height=\"" + number(size.height) + "\" rx=\"" + (node.pin ? "14" : "6") + "\"/>";
    if (node.pin) {
      return svg + "<text text-anchor=\"middle\" x=\"" + number(size.width / 2) + "\" y=\"18\">" +
             text::escape(node.title) + "</text></g>\n";
    }
    return svg + "<rect class=\"" + node.style + "\" width=\"5\" height=\"" + number(size.height) +
           "\" rx=\"2\"/><text class=\"op\" x=\"15\" y=\"20\">" + text::escape(node.title) +
           "</text><text class=\"small\" x=\"15\" y=\"37\">" + text::escape(node.detail) + "</text></g>\n";
  }

  const Model& m_model;
  const Subgraph& m_subgraph;
  std::vector<Node> m_nodes;
  std::vector<Edge> m_edges;
  LayoutInput m_input;
};

}  // namespace

Result<std::string> renderGraphSvg(const Model& model, Progress& progress) {
  if (model.subgraphs.empty()) {
    return Error{ErrorCode::InvalidArgument, "cannot draw the graph", "", "the model has no subgraph", ""};
  }
  return GraphPicture(model).draw(progress);
}

}  // namespace quantscope
