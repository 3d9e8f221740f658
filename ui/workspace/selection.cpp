#include "ui/workspace/selection.h"

#include <algorithm>

namespace quantscope::ui {

bool Selection::contains(OperatorIndex op) const {
  return std::binary_search(m_operators.begin(), m_operators.end(), op);
}

void Selection::setOperators(std::vector<OperatorIndex> operators, OperatorIndex current) {
  std::sort(operators.begin(), operators.end());
  operators.erase(std::unique(operators.begin(), operators.end()), operators.end());
  if (current.valid() && !std::binary_search(operators.begin(), operators.end(), current)) current = {};
  if (!current.valid() && !operators.empty()) current = operators.front();
  if (operators == m_operators && current == m_current) return;
  m_operators = std::move(operators);
  m_current = current;
  emit changed();
}

void Selection::setTensor(TensorIndex tensor) {
  if (tensor == m_tensor) return;
  m_tensor = tensor;
  emit tensorChanged();
}

void Selection::clear() {
  setOperators({}, {});
  setTensor({});
}

}  // namespace quantscope::ui
