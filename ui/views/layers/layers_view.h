#pragma once

#include "ui/workspace/operator_filter.h"
#include "ui/workspace/view_registry.h"

class QLabel;

namespace quantscope::ui {

class Document;
class FilterLine;
class LayersModel;
class LayersOrder;
class LayersTable;

/// The Layers panel: filter line, table of operators, strip of rules; totals in the header.
class LayersView : public View {
  Q_OBJECT
public:
  explicit LayersView(Document& document, QWidget* parent = nullptr);

  QWidget* headerWidget() override { return m_header; }
  FilterLine& filterLine() { return *m_filter; }
  LayersTable& table() { return *m_table; }
  QString totals() const;

private:
  void applyFilter();
  void refreshHeader();
  void refreshCount();

  Document& m_document;
  LayersModel* m_model;
  LayersOrder* m_order;
  FilterLine* m_filter;
  LayersTable* m_table;
  QWidget* m_header;
  QLabel* m_totals;
};

}  // namespace quantscope::ui
