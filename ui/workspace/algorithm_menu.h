#pragma once

#include <vector>

#include "core/base/index.h"

class QMenu;

namespace quantscope::ui {

class Document;

/// Adds every algorithm of the registry as a checkable entry that takes it up or leaves it out, undoable: for these
/// operators, or where there are none for the whole recipe. Checked where all of them use it.
void fillAlgorithmMenu(Document& document, const std::vector<OperatorIndex>& operators, QMenu& menu);

}  // namespace quantscope::ui
