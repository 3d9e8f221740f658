#include "ui/views/inspector/inspector_view.h"

#include "ui/views/inspector/activation_page.h"
#include "ui/views/inspector/operator_page.h"
#include "ui/views/inspector/tensor_page.h"
#include "ui/views/inspector/values_page.h"

namespace quantscope::ui {

InspectorView::InspectorView(Document& document, QWidget* parent) : QTabWidget(parent) {
  setObjectName(QStringLiteral("inspector"));
  setDocumentMode(true);
  setProperty("ownsHeader", true);
  addTab(new OperatorPage(document, this), tr("Operator"));
  addTab(new TensorPage(document, this), tr("Tensor"));
  addTab(new ActivationPage(document, this), tr("Activation"));
  addTab(new ValuesPage(document, this), tr("Values"));
  setCurrentIndex(1);
}

}  // namespace quantscope::ui
