#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/base/index.h"
#include "core/quantization/recipe.h"

namespace quantscope::ui {

class Document;

/// The operators of the open model in execution order, one row each: what is asked for and what the plan gives. Formats
/// only.
class LayersModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum Column { Position, Type, Output, Parameters, Mode, Effective, Bytes, Sqnr, Sensitivity, ColumnCount };

  explicit LayersModel(Document& document, QObject* parent = nullptr);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  /// Precision (as int): sets the mode of this row, undoable.
  bool setData(const QModelIndex& index, const QVariant& value, int role) override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  /// Some operator gets another precision than it was asked for.
  bool anyDifference() const { return m_anyDifference; }
  bool hasSensitivity() const;
  Document& document() const { return m_document; }

signals:
  void differencesChanged();

private:
  void reload();
  void refresh(int firstColumn, int lastColumn);
  void refreshPlan();
  void readSensitivity();
  void refreshSensitivity();
  QString text(int row, int column) const;
  QString toolTip(int row, int column) const;
  QVariant sortValue(int row, int column) const;
  bool differs(int row) const;
  QString modeToolTip(int row) const;

  Document& m_document;
  int m_rows = 0;
  std::vector<double> m_sensitivity;  ///< by operator; NaN: not measured
  double m_greatestSensitivity = 0;
  bool m_anyDifference = false;
};

}  // namespace quantscope::ui
