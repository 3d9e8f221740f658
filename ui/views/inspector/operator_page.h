#pragma once

#include "ui/views/inspector/inspector_page.h"

class QLabel;
class QTableWidget;

namespace quantscope::ui {

class Document;
class FactsGrid;

/// Name, precision and its reason, options by field name, operands with their roles.
class OperatorPage : public InspectorPage {
  Q_OBJECT
public:
  OperatorPage(Document& document, QWidget* parent = nullptr);

private:
  void refresh();
  void fillOperands();
  Document& m_document;
  QLabel* m_reason;
  FactsGrid* m_facts;
  QLabel* m_optionsTitle;
  FactsGrid* m_options;
  QLabel* m_operandsTitle;
  QTableWidget* m_operands;
};

}  // namespace quantscope::ui
