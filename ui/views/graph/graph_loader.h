#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "core/jobs/job.h"
#include "ui/views/graph/graph_drawing.h"

namespace quantscope::ui {

/// What a graph is made from.
struct GraphRequest {
  std::shared_ptr<const Model> model;
  SubgraphIndex subgraph;
  std::vector<int64_t> operatorParameters;
  std::shared_ptr<const GraphScopes> scopes;   ///< null: found anew
  std::vector<char> collapsed;                 ///< by scope
  std::shared_ptr<const GraphScene> previous;  ///< of the same subgraph: what stays keeps its column; may be null
};

/// Makes the scene: cards, wires, layout, index. On any thread. Errors: Cancelled, and those of layoutGraph().
Result<std::shared_ptr<const GraphScene>> makeGraphScene(const GraphRequest& request, Progress& progress);

/// Makes scenes beside the window. A newer request cancels the older one; nobody waits for it to end.
class GraphLoader : public QObject {
  Q_OBJECT
public:
  using QObject::QObject;
  void load(GraphRequest request);
  /// Forgets what is being made.
  void cancel();
  bool busy() const { return m_wanted != 0; }

signals:
  void loaded(std::shared_ptr<const quantscope::ui::GraphScene> scene);
  void failed(const QString& why);

private:
  void finish(int number);
  struct Running {
    int number;
    std::unique_ptr<Job<GraphScene>> job;
  };
  int m_last = 0, m_wanted = 0;  ///< number of the request whose result is wanted; 0: none
  std::vector<Running> m_running;
};

}  // namespace quantscope::ui
