#pragma once

#include <QDialog>
#include <vector>

#include "ui/workspace/document.h"

class QCheckBox;
class QDoubleSpinBox;
class QLabel;
class QPushButton;
class QRadioButton;
class QSpinBox;

namespace quantscope::ui {

/// What a search for mixed precision is asked for: the budget, the precisions to choose from, how much may be tried.
class SearchDialog : public QDialog {
  Q_OBJECT
public:
  explicit SearchDialog(Document& document, QWidget* parent = nullptr);
  /// What the fields say now.
  SearchWish wish() const;

signals:
  void wished(const quantscope::ui::SearchWish& wish);

private:
  void refresh();
  Document& m_document;
  QRadioButton *m_byDrop, *m_bySize;
  QDoubleSpinBox *m_drop, *m_size;
  std::vector<std::pair<Precision, QCheckBox*>> m_schemes;
  QSpinBox *m_trials, *m_samples;
  QLabel* m_note;
  QPushButton* m_start;
};

}  // namespace quantscope::ui
