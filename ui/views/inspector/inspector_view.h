#pragma once

#include <QTabWidget>

namespace quantscope::ui {

class Document;

/// The Inspector: what is selected, in three tabs that follow the one selection.
class InspectorView : public QTabWidget {
  Q_OBJECT
public:
  InspectorView(Document& document, QWidget* parent = nullptr);
};

}  // namespace quantscope::ui
