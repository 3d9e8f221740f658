#pragma once

#include <QObject>
#include <QSet>
#include <optional>
#include <vector>

#include "core/base/index.h"

namespace quantscope::ui {

/// The one shared selection: every view shows it and sets it. Operators of subgraph `subgraph` of the baseline
/// model; `current` is the one with the focus; `tensor` what the inspector shows.
class Selection : public QObject {
  Q_OBJECT
public:
  using QObject::QObject;

  const std::vector<OperatorIndex>& operators() const { return m_operators; }  ///< ascending
  OperatorIndex current() const { return m_current; }
  TensorIndex tensor() const { return m_tensor; }
  bool contains(OperatorIndex op) const;

  /// Replaces the selection; `current` is one of them (or invalid). Emits changed() only for a difference.
  void setOperators(std::vector<OperatorIndex> operators, OperatorIndex current);
  void setTensor(TensorIndex tensor);
  void clear();

signals:
  void changed();
  void tensorChanged();

private:
  std::vector<OperatorIndex> m_operators;
  OperatorIndex m_current;
  TensorIndex m_tensor;
};

}  // namespace quantscope::ui
