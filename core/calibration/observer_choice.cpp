#include "core/calibration/observer_choice.h"

#include "core/calibration/choose_range.h"

namespace quantscope {
namespace calibration {

Result<ObserverRules> ObserverRules::compile(Observer observer, const std::vector<ObserverChoice>& choices) {
  ObserverRules rules;
  rules.m_default = observer;
  for (const ObserverChoice& choice : choices) {
    QS_ASSIGN(NamePattern pattern, NamePattern::compile(choice.scope));
    rules.m_choices.emplace_back(std::move(pattern), choice.observer);
  }
  return rules;
}

Result<Observer> ObserverRules::forTensor(std::string_view name) const {
  for (auto choice = m_choices.rbegin(); choice != m_choices.rend(); ++choice) {
    QS_ASSIGN(const bool matches, choice->first.matches(name));
    if (matches) return choice->second;
  }
  return m_default;
}

}  // namespace calibration

Result<CalibrationResult> chooseRanges(CalibrationResult observed, Observer observer,
                                       const std::vector<ObserverChoice>& observers) {
  QS_ASSIGN(const auto rules, calibration::ObserverRules::compile(observer, observers));
  for (auto& [key, range] : observed.ranges) {
    const auto name = observed.names.find(key);
    QS_ASSIGN(const Observer wanted,
              rules.forTensor(name == observed.names.end() ? std::string_view() : std::string_view(name->second)));
    const bool needsHistogram = wanted != Observer::MinMax && wanted != Observer::MovingAverage;
    if ((needsHistogram && range.histogram.counts.empty()) || range.samples == 0) continue;
    calibration::ObservedRange seen;
    seen.samples = 1;
    seen.min = range.observedMin;
    seen.max = range.observedMax;
    seen.minSum = range.averageMin;
    seen.maxSum = range.averageMax;
    seen.histogram = range.histogram;
    const calibration::ChosenRange chosen = calibration::chooseRange(wanted, seen);
    range.min = chosen.min;
    range.max = chosen.max;
    range.observer = wanted;
  }
  observed.observer = observer;
  return observed;
}

}  // namespace quantscope
