#include "ui/workspace/problems.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "core/evaluation/layer_findings.h"
#include "core/quantization/targets/presets.h"
#include "ui/workspace/text.h"

namespace quantscope::ui {

namespace {

using Severity = Problem::Severity;

/// What the device that the model is made for does not take.
void addTargetProblems(Document& document, const QuantizationPlan& plan, std::vector<Problem>& problems) {
  const Target& target = document.target();
  const bool samples = document.hasSamples();
  const Problem::Remedy preset{Document::tr("Use the preset for it"), [&document, &target, samples] {
                                 document.usePreset(Optimize::Balanced, target, samples);
                               }};
  if (target.integerOnly && document.recipe().inputType == BoundaryType::Float32) {
    problems.push_back({Severity::Warning,
                        {},
                        {},
                        Document::tr("%1 wants integers from input to output").arg(fromStd(target.title)),
                        Document::tr("The recipe leaves the inputs and outputs of the graph in float32."),
                        {preset}});
  }
  for (const PlannedOperator& planned : plan.operators) {
    if (planned.targetRefusal.empty()) continue;
    Problem problem;
    problem.severity = target.hostFallback ? Severity::Note : Severity::Warning;
    problem.op = planned.index;
    problem.what = target.hostFallback
                       ? Document::tr("%1 stays on the CPU").arg(operatorText(*document.model(), planned.index))
                       : Document::tr("%1 cannot run on %2")
                             .arg(operatorText(*document.model(), planned.index), targetText(target));
    problem.why = fromStd(planned.targetRefusal);
    problems.push_back(std::move(problem));
  }
}

void addPlanProblems(Document& document, std::vector<Problem>& problems) {
  if (!document.planError().isEmpty()) {
    problems.push_back(
        {Severity::Error,
         {},
         {},
         Document::tr("The recipe cannot be carried out"),
         document.planError(),
         {{Document::tr("Show the rules"), [&document] { document.showView(QStringLiteral("rules")); }}}});
  }
  const auto plan = document.plan();
  if (!plan) return;
  if (plan->needsCalibration) {
    problems.push_back(
        {Severity::Warning,
         {},
         {},
         Document::tr("No calibration ranges yet"),
         Document::tr("Operators that are to compute in integers need the range of their activations. Quantizing "
                      "calibrates first."),
         {{Document::tr("Calibrate now"), [&document] { document.calibrate(); }}}});
  }
  addTargetProblems(document, *plan, problems);
  for (const PlannedOperator& planned : plan->operators) {
    // Missing ranges are one problem, not one of every operator.
    if (!document.differs(planned.index) ||
        (plan->needsCalibration && planned.reason.find("calibration") != std::string::npos))
      continue;
    Problem problem;
    problem.op = planned.index;
    problem.what = Document::tr("%1 will run in %2, not in %3")
                       .arg(operatorText(*document.model(), planned.index), precisionText(planned.effective),
                            precisionText(planned.requested));
    problem.why = fromStd(planned.reason);
    problem.remedies.push_back(
        {Document::tr("Ask for %1 here").arg(precisionText(planned.effective)),
         [&document, op = planned.index, to = planned.effective] { document.setOperatorPrecision({op}, to); }});
    problems.push_back(std::move(problem));
  }
  // What a device refuses is told above, with what can be done.
  std::set<std::string_view> refusals;
  for (const PlannedOperator& op : plan->operators) refusals.insert(op.targetRefusal);
  const auto told = [&refusals](std::string_view warning) {
    const size_t colon = warning.find(": ");
    return colon != std::string_view::npos && refusals.contains(warning.substr(colon + 2));
  };
  for (const std::string& warning : plan->warnings) {
    if (!told(warning)) problems.push_back({Severity::Warning, {}, {}, fromStd(warning), {}, {}});
  }
}

/// What stands out in the errors of the current variant's layers.
void addLayerProblems(Document& document, std::vector<Problem>& problems) {
  const Variant* current = document.variant(document.currentVariant());
  if (!current || !current->layerErrors) return;
  for (const LayerFinding& finding : interpretLayers(*current->layerErrors)) {
    const OperatorIndex op = current->layerErrors->accumulated[finding.layer].floatOperator;
    if (!op.valid()) continue;
    Problem problem;
    problem.severity = Severity::Note;
    problem.op = op;
    problem.what = Document::tr("%1: %2").arg(operatorText(*document.model(), op), fromStd(finding.what));
    problem.why = fromStd(finding.remedy);
    problem.remedies.push_back({Document::tr("Keep it in float32"),
                                [&document, op] { document.setOperatorPrecision({op}, Precision::Float32); }});
    problem.remedies.push_back({Document::tr("Use int16×8 here"),
                                [&document, op] { document.setOperatorPrecision({op}, Precision::Int16x8); }});
    problems.push_back(std::move(problem));
  }
}

/// What was done otherwise than asked for when the current variant was made.
void addRemarks(Document& document, std::vector<Problem>& problems) {
  const Variant* current = document.variant(document.currentVariant());
  if (!current) return;
  for (const std::string& remark : current->remarks)
    problems.push_back(
        {Severity::Note, {}, {}, fromStd(remark), Document::tr("When %1 was made").arg(current->name), {}});
}

void addDataProblems(Document& document, std::vector<Problem>& problems) {
  for (DatasetUse use : {DatasetUse::Calibration, DatasetUse::Evaluation}) {
    const bool calibration = use == DatasetUse::Calibration;
    const DatasetState& state = document.datasetState(use);
    if (state.status == DatasetState::Status::Failed) {
      Problem problem;
      problem.severity = Severity::Error;
      problem.what = calibration ? Document::tr("The calibration data cannot be used")
                                 : Document::tr("The evaluation data cannot be used");
      problem.why = QString::fromStdString(state.error->message());
      problem.remedies.push_back(
          {Document::tr("Show the data sets"), [&document] { document.showView(QStringLiteral("datasets")); }});
      problems.push_back(std::move(problem));
    } else if (state.dataset && !state.dataset->skipped().empty()) {
      const SkippedItem& first = state.dataset->skipped().front();
      problems.push_back(
          {Severity::Note,
           {},
           {},
           Document::tr("%1 items of the %2 data are skipped")
               .arg(countText(static_cast<int64_t>(state.dataset->skipped().size())),
                    calibration ? Document::tr("calibration") : Document::tr("evaluation")),
           Document::tr("The first: %1: %2").arg(fromStd(first.path), fromStd(first.why)),
           {{Document::tr("Show the data sets"), [&document] { document.showView(QStringLiteral("datasets")); }}}});
    } else if (!calibration && state.dataset && !state.dataset->labelled()) {
      problems.push_back(
          {Severity::Note,
           {},
           {},
           Document::tr("The evaluation data has no labels"),
           Document::tr("Variants are compared by how often they agree with the baseline; there is no top-1."),
           {}});
    }
  }
  if (document.rangesStale()) {
    problems.push_back(
        {Severity::Warning,
         {},
         {},
         Document::tr("The ranges are of other calibration data"),
         Document::tr("The calibration data was changed after calibrating. Quantizing calibrates again first."),
         {{Document::tr("Calibrate now"), [&document] { document.calibrate(); }}}});
  }
}

void addResultProblems(Document& document, std::vector<Problem>& problems) {
  std::vector<int> stale;
  for (const Variant& variant : document.variants()) {
    if (variant.stale) stale.push_back(variant.id);
  }
  if (stale.empty()) return;
  problems.push_back(
      {Severity::Note,
       {},
       {},
       Document::tr("%1 results are stale").arg(stale.size()),
       Document::tr(
           "They were measured on other data, for another task or with another baseline than what is chosen now."),
       {{Document::tr("Evaluate them again"), [&document, stale] { document.evaluate(stale); }}}});
}

void addModelProblems(Document& document, std::vector<Problem>& problems) {
  const auto model = document.model();
  for (const std::string& notice : model->notices)
    problems.push_back({Severity::Note, {}, {}, fromStd(notice), {}, {}});
  if (model->subgraphs.size() > 1) {
    problems.push_back({Severity::Note,
                        {},
                        {},
                        Document::tr("The model has %1 subgraphs").arg(model->subgraphs.size()),
                        Document::tr("The first one is shown and quantized; the others stay as they are."),
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
  addLayerProblems(document, problems);
  addRemarks(document, problems);
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
