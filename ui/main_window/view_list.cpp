#include "ui/views/compare/compare_view.h"
#include "ui/views/datasets/datasets_view.h"
#include "ui/views/graph/graph_view.h"
#include "ui/views/inspector/inspector_view.h"
#include "ui/views/jobs/jobs_view.h"
#include "ui/views/layers/layers_view.h"
#include "ui/views/pareto/pareto_view.h"
#include "ui/views/problems/problems_view.h"
#include "ui/views/report/report_view.h"
#include "ui/views/rules/rules_view.h"
#include "ui/views/variants/variants_view.h"
#include "ui/views/welcome/welcome_view.h"
#include "ui/workspace/view_registry.h"

namespace quantscope::ui {

namespace {

template <typename Widget>
QWidget* make(Document& document, QWidget* parent) {
  return new Widget(document, parent);
}

}  // namespace

const std::vector<ViewRow>& viewRows() {
  static const std::vector<ViewRow> rows = {
      {"layers", QT_TRANSLATE_NOOP("Views", "Layers"), ViewPlace::Left, make<LayersView>},
      {"graph", QT_TRANSLATE_NOOP("Views", "Graph"), ViewPlace::Center, make<GraphView>},
      {"compare", QT_TRANSLATE_NOOP("Views", "Compare"), ViewPlace::Center, make<CompareView>},
      {"pareto", QT_TRANSLATE_NOOP("Views", "Pareto"), ViewPlace::Center, make<ParetoView>},
      {"report", QT_TRANSLATE_NOOP("Views", "Report"), ViewPlace::Center, make<ReportView>},
      {"inspector", QT_TRANSLATE_NOOP("Views", "Inspector"), ViewPlace::Right, make<InspectorView>},
      {"variants", QT_TRANSLATE_NOOP("Views", "Variants"), ViewPlace::Bottom, make<VariantsView>},
      {"datasets", QT_TRANSLATE_NOOP("Views", "Data sets"), ViewPlace::Bottom, make<DatasetsView>},
      {"problems", QT_TRANSLATE_NOOP("Views", "Problems"), ViewPlace::Bottom, make<ProblemsView>},
      {"rules", QT_TRANSLATE_NOOP("Views", "Rules"), ViewPlace::Hidden, make<RulesView>},
      {"jobs", QT_TRANSLATE_NOOP("Views", "Jobs"), ViewPlace::BottomRight, make<JobsView>},
      {"welcome", QT_TRANSLATE_NOOP("Views", "Welcome"), ViewPlace::Welcome, make<WelcomeView>},
  };
  return rows;
}

}  // namespace quantscope::ui
