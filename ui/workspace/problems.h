#pragma once

#include <vector>

#include "ui/workspace/document.h"

namespace quantscope::ui {

/// Everything that the person at the window should know of: what the plan cannot give and why, data that is missing or
/// unreadable, results that no longer apply, notices of the model file. The gravest first, then by operator.
std::vector<Problem> deriveProblems(Document& document);

}  // namespace quantscope::ui
