#pragma once

#include <QFrame>
#include <utility>
#include <vector>

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QSpinBox;

namespace quantscope::ui {

class Document;

/// What the outputs mean: the task that variants are evaluated for, and how it reads them. Every change is undoable.
class TaskCard : public QFrame {
  Q_OBJECT
public:
  explicit TaskCard(Document& document, QWidget* parent = nullptr);

private:
  void refresh();
  void read();
  Document& m_document;
  QComboBox *m_task, *m_softmax;
  QLabel* m_needs;
  QFormLayout* m_form;
  QCheckBox* m_hasOffset;
  QSpinBox *m_offset, *m_normal;
  QDoubleSpinBox *m_threshold, *m_falsePositives;
  bool m_showing = false;
};

}  // namespace quantscope::ui
