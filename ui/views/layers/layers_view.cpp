#include "ui/views/layers/layers_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/views/layers/layers_model.h"
#include "ui/views/layers/layers_order.h"
#include "ui/views/layers/layers_table.h"
#include "ui/views/layers/rules_strip.h"
#include "ui/widgets/filter_line.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

LayersView::LayersView(Document& document, QWidget* parent)
    : View(parent),
      m_document(document),
      m_model(new LayersModel(document, this)),
      m_order(new LayersOrder(document, *m_model, this)),
      m_filter(new FilterLine(Theme::instance().icon(QStringLiteral("search"), IconTint::Secondary), this)),
      m_header(new QWidget(this)),
      m_totals(new QLabel(m_header)) {
  setObjectName(QStringLiteral("layersView"));
  m_table = new LayersTable(document, *m_model, *m_order, this);

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* line = new QHBoxLayout;
  line->setContentsMargins(8, 8, 8, 8);
  line->addWidget(m_filter);
  layout->addLayout(line);
  layout->addWidget(m_table, 1);
  layout->addWidget(new RulesStrip(document, this));

  m_filter->setObjectName(QStringLiteral("layersFilter"));
  m_filter->setPlaceholderText(tr("Filter: text, /regex/, op:CONV_2D, sqnr<43 …"));
  m_filter->setAccessibleName(tr("Filter the layers"));
  m_filter->setHelp(OperatorFilter::help());
  setFocusProxy(m_filter);
  setTabOrder(m_filter, m_table);

  auto* header = new QHBoxLayout(m_header);
  header->setContentsMargins(0, 0, 0, 0);
  m_totals->setProperty("look", QStringLiteral("secondary"));
  m_totals->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  m_totals->setTextFormat(Qt::RichText);
  header->addWidget(m_totals);

  connect(m_filter, &QLineEdit::textChanged, this, &LayersView::applyFilter);
  connect(m_filter, &FilterLine::entered, this, [this] {
    m_table->setFocus(Qt::TabFocusReason);
    if (!m_table->selectionModel()->hasSelection() && m_order->rowCount()) m_table->selectRow(0);
  });
  connect(m_filter, &FilterLine::escaped, m_table, [this] { m_table->setFocus(Qt::TabFocusReason); });
  connect(&document, &Document::modelChanged, this, &LayersView::applyFilter);
  // What the words of the filter look at has changed.
  for (auto signal :
       {&Document::recipeChanged, &Document::planChanged, &Document::sqnrChanged, &Document::sensitivityChanged}) {
    connect(&document, signal, this, [this] {
      if (!m_filter->text().isEmpty()) applyFilter();
    });
  }
  for (auto signal : {&Document::modelChanged, &Document::planChanged})
    connect(&document, signal, this, &LayersView::refreshHeader);
  connect(m_order, &QAbstractItemModel::modelReset, this, &LayersView::refreshCount);
  applyFilter();
  refreshHeader();
}

void LayersView::applyFilter() {
  Result<OperatorFilter> filter = OperatorFilter::parse(m_filter->text());
  // While a word is half typed, the rows stay as they are.
  m_filter->setProblem(filter.ok() ? QString()
                                   : QString::fromStdString(filter.error().where + ": " + filter.error().why));
  if (filter.ok()) m_order->setFilter(std::move(filter).value());
  refreshCount();
}

void LayersView::refreshCount() {
  m_filter->setCount(m_document.hasModel()
                         ? tr("%1 of %2").arg(countText(m_order->rowCount()), countText(m_model->rowCount()))
                         : QString());
}

QString LayersView::totals() const {
  return m_totals->text();
}

void LayersView::refreshHeader() {
  if (!m_document.hasModel()) return m_totals->clear();
  QString text = tr("%1 operators · %2 parameters · %3")
                     .arg(countText(m_model->rowCount()), countText(m_document.summary().parameters),
                          bytesText(m_document.loaded()->fileBytes));
  if (const auto plan = m_document.plan())
    text += QStringLiteral(" → <span style='font-weight:600'>%1</span>").arg(bytesText(plan->predictedBytes));
  m_totals->setText(text);
  m_totals->setToolTip(m_document.plan() ? tr("Size of the file now, and as the plan predicts it") : QString());
}

}  // namespace quantscope::ui
