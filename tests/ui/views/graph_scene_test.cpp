#include <QGuiApplication>

#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/qt_application.h"
#include "tests/support/synthetic_models.h"
#include "ui/views/graph/graph_loader.h"

namespace quantscope::ui {

namespace {

std::shared_ptr<const GraphScene> sceneOf(const GraphRequest& request) {
  Progress progress;
  const auto scene = makeGraphScene(request, progress);
  REQUIRE(scene.ok());
  return *scene;
}

GraphRequest requestFor(tests::SyntheticKind kind, int operators) {
  GraphRequest request;
  request.model = tests::makeSyntheticModel(kind, operators);
  request.subgraph = SubgraphIndex(0);
  return request;
}

int32_t scopeNamed(const GraphScopes& scopes, const QString& path) {
  for (size_t i = 0; i < scopes.all().size(); ++i) {
    if (scopes.all()[i].path == path) return static_cast<int32_t>(i);
  }
  return -1;
}

}  // namespace

TEST_CASE("Scopes come from the paths of tensor names; equal blocks are known as alike", "[ui][views]") {
  const auto request = requestFor(tests::SyntheticKind::Transformer, 100);
  const GraphScopes scopes(*request.model, SubgraphIndex(0));
  const int32_t layer = scopeNamed(scopes, QStringLiteral("encoder/layer_1"));
  const int32_t inner = scopeNamed(scopes, QStringLiteral("encoder/layer_1/attention"));
  REQUIRE(layer >= 0);
  REQUIRE(inner > layer);
  CHECK(scopes.all()[size_t(inner)].parent == layer);
  CHECK(scopes.all()[size_t(layer)].operators == 13);
  CHECK(scopes.all()[size_t(layer)].alike == 8);
  // The scope of an operator is the innermost one.
  const int32_t first = scopes.all()[size_t(layer)].firstOperator;
  CHECK(scopes.of(OperatorIndex(first)) == inner);
}

TEST_CASE("A model whose names are no paths has no scopes", "[ui][views]") {
  tests::ModelBuilder builder;
  const auto x = builder.tensor({1, 4}), y = builder.tensor({1, 4}), z = builder.tensor({1, 4});
  builder.add(x, x, y);
  builder.add(y, y, z);
  CHECK(GraphScopes(*builder.build(), SubgraphIndex(0)).all().empty());
}

TEST_CASE("A collapsed scope is one card with one wire per tensor", "[ui][views]") {
  GraphRequest request = requestFor(tests::SyntheticKind::Residual, 30);
  const auto open = sceneOf(request);
  request.scopes = open->picture.scopes;
  request.collapsed.assign(request.scopes->all().size(), 0);
  const int32_t block = scopeNamed(*request.scopes, QStringLiteral("stage_0/block_1"));
  REQUIRE(block >= 0);
  request.collapsed[size_t(block)] = 1;
  const auto shut = sceneOf(request);
  CHECK(shut->count() == open->count() - 2);  // two convolutions and a sum
  const int32_t card = shut->picture.cardOf[size_t(request.scopes->all()[size_t(block)].firstOperator)];
  CHECK(shut->card(card).kind == GraphCard::Kind::Group);
  CHECK(shut->picture.operatorsOf(card).size() == 3);
  int in = 0, out = 0;
  for (const GraphWire& wire : shut->picture.wires) {
    in += wire.to == card;
    out += wire.from == card;
    CHECK(wire.from != wire.to);
  }
  CHECK(in == 1);   // read by the convolution and by the sum
  CHECK(out == 2);  // to the next block's convolution and sum
}

TEST_CASE("What is not collapsed keeps its column and its order", "[ui][views]") {
  GraphRequest request = requestFor(tests::SyntheticKind::Transformer, 150);
  const auto open = sceneOf(request);
  request.scopes = open->picture.scopes;
  request.previous = open;
  request.collapsed.assign(request.scopes->all().size(), 0);
  const int32_t layer = scopeNamed(*request.scopes, QStringLiteral("encoder/layer_4"));
  REQUIRE(layer >= 0);
  request.collapsed[size_t(layer)] = 1;
  const auto shut = sceneOf(request);
  const size_t operators = open->picture.cardOf.size();
  const std::vector<int32_t> hidden = request.scopes->hiders(request.collapsed);
  std::vector<size_t> kept;
  for (size_t op = 0; op < operators; ++op) {
    if (hidden[op] < 0) kept.push_back(op);
  }
  REQUIRE(kept.size() == operators - 13);
  for (const size_t op : kept) {
    const auto before = size_t(open->picture.cardOf[op]), after = size_t(shut->picture.cardOf[op]);
    CHECK(shut->layout->columns[after] == open->layout->columns[before]);
  }
  for (size_t i = 1; i < kept.size(); ++i) {
    const double before = open->layout->nodes[size_t(open->picture.cardOf[kept[i]])].y -
                          open->layout->nodes[size_t(open->picture.cardOf[kept[i - 1]])].y;
    const double after = shut->layout->nodes[size_t(shut->picture.cardOf[kept[i]])].y -
                         shut->layout->nodes[size_t(shut->picture.cardOf[kept[i - 1]])].y;
    const bool acrossTheFold = hidden[kept[i - 1] + 1] >= 0 && kept[i] != kept[i - 1] + 1;
    if (!acrossTheFold) CHECK(after == before);
  }
}

TEST_CASE("Hub tensors become stubs; no wire crosses the whole page", "[ui][views]") {
  const auto scene = sceneOf(requestFor(tests::SyntheticKind::Transformer, 1500));
  size_t mask = 0;
  for (size_t i = 0; i < scene->picture.wires.size(); ++i) {
    const PlacedEdge& edge = scene->layout->edges[i];
    if (scene->picture.tensorName(scene->picture.wires[i].tensor) == QStringLiteral("mask/values")) {
      ++mask;
      CHECK((edge.stub || edge.points.back().y - edge.points.front().y < 100));
    }
    if (!edge.stub) CHECK(edge.points.back().y - edge.points.front().y < 70 * 64);
  }
  CHECK(mask > 100);
}

TEST_CASE("Constants are folded into their operators", "[ui][views]") {
  const auto scene = sceneOf(requestFor(tests::SyntheticKind::Chain, 20));
  CHECK(scene->count() == 22);  // operators, input, output
  CHECK(scene->picture.wires.size() == 21);
  CHECK(scene->picture.wireLabel(0) == QStringLiteral("4×4×8"));
}

TEST_CASE("The index finds what touches an area, and nothing twice", "[ui][views]") {
  const auto scene = sceneOf(requestFor(tests::SyntheticKind::Inception, 400));
  const QRectF all(0, 0, scene->layout->width, scene->layout->height);
  CHECK(scene->index.cards.in(all).size() == size_t(scene->count()));
  for (const int32_t card : {0, 7, 200, scene->count() - 1}) {
    const auto near = scene->index.cards.in(QRectF(scene->cardRect(card).center(), QSizeF(1, 1)));
    CHECK(std::find(near.begin(), near.end(), card) != near.end());
  }
  std::vector<int> seen(size_t(scene->count()), 0);
  scene->index.cards.visit(all, [&seen](int32_t card) { ++seen[size_t(card)]; });
  CHECK(*std::max_element(seen.begin(), seen.end()) == 1);
  CHECK(RectIndex().in(all).empty());
}

TEST_CASE("A newer request overtakes an older one without waiting for it", "[ui][views]") {
  tests::application();
  GraphLoader loader;
  std::vector<int> sizes;
  QObject::connect(&loader, &GraphLoader::loaded,
                   [&sizes](std::shared_ptr<const GraphScene> scene) { sizes.push_back(scene->count()); });
  const GraphRequest large = requestFor(tests::SyntheticKind::Residual, 20000),
                     small = requestFor(tests::SyntheticKind::Chain, 10);
  for (int i = 0; i < 20; ++i) loader.load(large);
  loader.load(small);
  REQUIRE(tests::waitFor([&] { return !sizes.empty(); }));
  tests::waitFor([] { return false; }, 50);
  CHECK(sizes == std::vector<int>{12});
  loader.load(large);
  loader.cancel();
  CHECK_FALSE(loader.busy());
  tests::waitFor([] { return false; }, 50);
  CHECK(sizes.size() == 1);
}

}  // namespace quantscope::ui
