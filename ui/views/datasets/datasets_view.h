#pragma once

#include "ui/workspace/view_registry.h"

namespace quantscope::ui {

class Document;

/// The Data sets panel: calibration and evaluation side by side.
class DatasetsView : public View {
  Q_OBJECT
public:
  explicit DatasetsView(Document& document, QWidget* parent = nullptr);
};

}  // namespace quantscope::ui
