#pragma once

#include <QDialog>

#include "ui/workspace/document.h"

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace quantscope::ui {

/// How pictures of a data set become the model's input: (pixel · scale − mean) / std, resizing, order of the channels;
/// and where the names of the classes come from.
class InputDialog : public QDialog {
  Q_OBJECT
public:
  /// `reference`: what is changed. `found`: what is done now, where the data is open.
  InputDialog(const DatasetReference& reference, const Preprocessing* found, QWidget* parent = nullptr);
  /// The reference as the fields say.
  DatasetReference reference() const;

private:
  void refresh();
  void chooseLabels();
  DatasetReference m_reference;
  QRadioButton *m_automatic, *m_own;
  QWidget* m_fields;
  QLineEdit *m_mean, *m_deviation, *m_labels;
  QDoubleSpinBox* m_scale;
  QComboBox *m_resize, *m_interpolation, *m_channels;
  QLabel* m_problem;
  QPushButton* m_accept;
};

}  // namespace quantscope::ui
