#include "ui/views/graph/graph_loader.h"

#include <algorithm>

namespace quantscope::ui {

namespace {

void keepColumns(const GraphScene& old, const GraphPicture& picture, LayoutInput& input) {
  for (size_t card = 0; card < picture.cards.size(); ++card) {
    const OperatorIndex op = picture.cards[card].op;
    if (!op.valid() || op.position() >= old.picture.cardOf.size()) continue;
    const int32_t before = old.picture.cardOf[op.position()];
    // Of an expanded group the first operator stands where the group stood; the others find their places.
    if (old.card(before).op == op) input.nodes[card].column = old.layout->columns[static_cast<size_t>(before)];
  }
}

}  // namespace

Result<std::shared_ptr<const GraphScene>> makeGraphScene(const GraphRequest& request, Progress& progress) {
  if (!request.model || request.subgraph.position() >= request.model->subgraphs.size())
    return Error{ErrorCode::InvalidArgument, "cannot draw the graph", "", "the model has no such subgraph", ""};
  auto scopes = request.scopes;
  if (!scopes) scopes = std::make_shared<const GraphScopes>(*request.model, request.subgraph);
  if (!progress.goOn()) return Error::cancelled();
  auto scene = std::make_shared<GraphScene>();
  scene->picture = makeGraphPicture(request.model, request.subgraph, request.operatorParameters, std::move(scopes),
                                    request.collapsed);
  scene->input = scene->picture.layoutInput();
  if (request.previous) keepColumns(*request.previous, scene->picture, scene->input);
  QS_ASSIGN(scene->layout, layoutGraph(scene->input, progress));
  scene->index = GraphIndex(scene->input, *scene->layout);
  return std::shared_ptr<const GraphScene>(std::move(scene));
}

void GraphLoader::load(GraphRequest request) {
  cancel();
  const int number = m_wanted = ++m_last;
  m_running.push_back(
      {number, std::make_unique<Job<GraphScene>>(
                   [request = std::move(request)](Progress& progress) { return makeGraphScene(request, progress); },
                   Progress::Listener{},
                   [this, number] {
                     QMetaObject::invokeMethod(
                         this, [this, number] { finish(number); }, Qt::QueuedConnection);
                   })});
}

void GraphLoader::cancel() {
  for (Running& running : m_running) running.job->cancel();
  m_wanted = 0;
}

void GraphLoader::finish(int number) {
  const auto it =
      std::find_if(m_running.begin(), m_running.end(), [number](const Running& r) { return r.number == number; });
  if (it == m_running.end()) return;
  const std::unique_ptr<Job<GraphScene>> job = std::move(it->job);
  m_running.erase(it);
  if (number != m_wanted) return;
  m_wanted = 0;
  const auto& result = job->result();
  if (result.ok())
    emit loaded(*result);
  else
    emit failed(QString::fromStdString(result.error().message()));
}

}  // namespace quantscope::ui
