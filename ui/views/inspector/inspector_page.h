#pragma once

#include <QScrollArea>

class QLabel;
class QVBoxLayout;

namespace quantscope::ui {

/// A page of the inspector: a column that scrolls, with a title that can be selected and is wrapped.
class InspectorPage : public QScrollArea {
  Q_OBJECT
protected:
  explicit InspectorPage(QWidget* parent);

  QWidget* m_page;        ///< parent of what the page shows
  QVBoxLayout* m_layout;  ///< of m_page; empty
  QLabel* m_title;        ///< to be put into m_layout
};

}  // namespace quantscope::ui
