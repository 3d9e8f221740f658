#pragma once

#include <string_view>
#include <vector>

#include "core/base/name_pattern.h"
#include "core/calibration/calibrate.h"

namespace quantscope::calibration {

/// Which observer each tensor takes, by its name.
class ObserverRules {
public:
  /// Errors: InvalidArgument (a pattern that is none).
  static Result<ObserverRules> compile(Observer observer, const std::vector<ObserverChoice>& choices);
  /// Errors: InvalidArgument (a pattern that is too complex).
  Result<Observer> forTensor(std::string_view name) const;

private:
  Observer m_default = Observer::MinMax;
  std::vector<std::pair<NamePattern, Observer>> m_choices;
};

}  // namespace quantscope::calibration
