#pragma once

#include <QString>

#include "core/model/model.h"

namespace quantscope::ui {

class Document;

/// The tensor that the pages of the inspector show: the one that was chosen, else the weights of the current operator,
/// else its result; invalid where there is none.
TensorIndex inspectedTensor(const Document& document);
QString tensorTitle(const Model& model, TensorIndex tensor);

}  // namespace quantscope::ui
