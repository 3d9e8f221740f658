#include "ui/workspace/problems.h"

#include <algorithm>

#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

using Severity = Problem::Severity;

QString tr(const char* text) {
  return Document::tr(text);
}

void addPlanProblems(Document& document, std::vector<Problem>& problems) {
  if (!document.planError().isEmpty()) {
    problems.push_back({Severity::Error,
                        {},
                        {},
                        tr("The recipe cannot be carried out"),
                        document.planError(),
                        {{tr("Show the rules"), [&document] { document.showView(QStringLiteral("rules")); }}}});
  }
  const auto plan = document.plan();
  if (!plan) return;
  if (plan->needsCalibration) {
    problems.push_back({Severity::Warning,
                        {},
                        {},
                        tr("No calibration ranges yet"),
                        tr("Operators that are to compute in integers need the range of their activations. Quantizing "
                           "calibrates first."),
                        {{tr("Calibrate now"), [&document] { document.calibrate(); }}}});
  }
  for (const PlannedOperator& planned : plan->operators) {
    // Missing ranges are one problem, not one of every operator.
    if (!document.differs(planned.index) ||
        (plan->needsCalibration && planned.reason.find("calibration") != std::string::npos))
      continue;
    Problem problem;
    problem.op = planned.index;
    problem.what = tr("%1 will run in %2, not in %3")
                       .arg(operatorText(*document.model(), planned.index), precisionText(planned.effective),
                            precisionText(planned.requested));
    problem.why = fromStd(planned.reason);
    problem.remedies.push_back(
        {tr("Ask for %1 here").arg(precisionText(planned.effective)),
         [&document, op = planned.index, to = planned.effective] { document.setOperatorPrecision({op}, to); }});
    problems.push_back(std::move(problem));
  }
  for (const std::string& warning : plan->warnings)
    problems.push_back({Severity::Warning, {}, {}, fromStd(warning), {}, {}});
}

void addDataProblems(Document& document, std::vector<Problem>& problems) {
  for (DatasetUse use : {DatasetUse::Calibration, DatasetUse::Evaluation}) {
    const bool calibration = use == DatasetUse::Calibration;
    const DatasetState& state = document.datasetState(use);
    if (state.status == DatasetState::Status::Failed) {
      Problem problem;
      problem.severity = Severity::Error;
      problem.what = calibration ? tr("The calibration data cannot be used") : tr("The evaluation data cannot be used");
      problem.why = QString::fromStdString(state.error->message());
      problem.remedies.push_back(
          {tr("Show the data sets"), [&document] { document.showView(QStringLiteral("datasets")); }});
      problems.push_back(std::move(problem));
    } else if (state.dataset && !state.dataset->skipped().empty()) {
      const SkippedItem& first = state.dataset->skipped().front();
      problems.push_back(
          {Severity::Note,
           {},
           {},
           tr("%1 items of the %2 data are skipped")
               .arg(countText(static_cast<int64_t>(state.dataset->skipped().size())),
                    calibration ? tr("calibration") : tr("evaluation")),
           tr("The first: %1: %2").arg(fromStd(first.path), fromStd(first.why)),
           {{tr("Show the data sets"), [&document] { document.showView(QStringLiteral("datasets")); }}}});
    } else if (!calibration && state.dataset && !state.dataset->labelled()) {
      problems.push_back({Severity::Note,
                          {},
                          {},
                          tr("The evaluation data has no labels"),
                          tr("Variants are compared by how often they agree with the baseline; there is no top-1."),
                          {}});
    }
  }
  if (document.rangesStale()) {
    problems.push_back({Severity::Warning,
                        {},
                        {},
                        tr("The ranges are of other calibration data"),
                        tr("The calibration data was changed after calibrating. Quantizing calibrates again first."),
                        {{tr("Calibrate now"), [&document] { document.calibrate(); }}}});
  }
}

void addResultProblems(Document& document, std::vector<Problem>& problems) {
  std::vector<int> stale;
  for (const Variant& variant : document.variants()) {
    if (variant.stale) stale.push_back(variant.id);
  }
  if (stale.empty()) return;
  problems.push_back({Severity::Note,
                      {},
                      {},
                      tr("%1 results are stale").arg(stale.size()),
                      tr("They were measured on other data or another baseline than what is chosen now."),
                      {{tr("Evaluate them again"), [&document, stale] { document.evaluate(stale); }}}});
}

void addModelProblems(Document& document, std::vector<Problem>& problems) {
  const auto model = document.model();
  for (const std::string& notice : model->notices)
    problems.push_back({Severity::Note, {}, {}, fromStd(notice), {}, {}});
  if (model->subgraphs.size() > 1) {
    problems.push_back({Severity::Note,
                        {},
                        {},
                        tr("The model has %1 subgraphs").arg(model->subgraphs.size()),
                        tr("The first one is shown and quantized; the others stay as they are."),
                        {}});
  }
}

}  // namespace

std::vector<Problem> deriveProblems(Document& document) {
  std::vector<Problem> problems;
  if (!document.hasModel()) return problems;
  addPlanProblems(document, problems);
  addDataProblems(document, problems);
  addResultProblems(document, problems);
  addModelProblems(document, problems);
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.severity > b.severity; });
  return problems;
}

void Document::updateProblems() {
  m_problems = deriveProblems(*this);
  emit problemsChanged();
}

}  // namespace quantscope::ui
