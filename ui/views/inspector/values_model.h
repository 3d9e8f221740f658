#pragma once

#include <QAbstractTableModel>
#include <memory>
#include <optional>

#include "core/model/model.h"
#include "core/statistics/real_values.h"

namespace quantscope::ui {

/// The elements of a constant tensor in rows of four, or its bytes in rows of eight; read where they are shown, so that
/// a tensor of any size costs nothing.
class ValuesModel : public QAbstractTableModel {
  Q_OBJECT
public:
  enum class Form { Values, Stored, Bytes };
  explicit ValuesModel(QObject* parent = nullptr);

  /// Null: empty. The model is kept alive.
  void setTensor(std::shared_ptr<const Model> model, TensorIndex tensor);
  void setForm(Form form);
  Form form() const { return m_form; }
  /// Why nothing can be shown; empty where something is.
  QString problem() const { return m_problem; }
  int64_t count() const { return m_reader ? m_reader->count() : 0; }
  /// Place of an element given as "17" or "1,0,2,3" (one number per dimension); nothing where there is none.
  std::optional<int64_t> elementAt(const QString& text) const;
  /// "[1, 0, 2, 3]" of an element.
  QString indexText(int64_t element) const;
  /// The cell that holds an element; the model index of its first byte in Form::Bytes.
  QModelIndex cellOf(int64_t element) const;
  /// Visible rows as text with tabs between, for the clipboard.
  QString asTsv(int firstRow, int lastRow) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
  int perRow() const;
  int64_t places() const;  ///< elements, or bytes
  QString cellText(int64_t place) const;
  QString storedText(int64_t element) const;

  std::shared_ptr<const Model> m_model;
  TensorIndex m_tensor;
  std::optional<TensorReader> m_reader;
  std::optional<TensorReader> m_stored;  ///< without scales: the codes
  QString m_problem;
  Form m_form = Form::Values;
};

}  // namespace quantscope::ui
