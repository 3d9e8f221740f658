#include "ui/views/inspector/facts_grid.h"

#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <cmath>

namespace quantscope::ui {

FactsGrid::FactsGrid(int pairsPerRow, QWidget* parent)
    : QWidget(parent), m_grid(new QGridLayout(this)), m_pairsPerRow(pairsPerRow) {
  m_grid->setContentsMargins(0, 0, 0, 0);
  m_grid->setHorizontalSpacing(12);
  m_grid->setVerticalSpacing(4);
  for (int pair = 0; pair < pairsPerRow; ++pair) m_grid->setColumnStretch(2 * pair + 1, 1);
}

void FactsGrid::setFacts(const std::vector<Fact>& facts) {
  while (QLayoutItem* item = m_grid->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  for (size_t i = 0; i < facts.size(); ++i) {
    const int row = static_cast<int>(i) / m_pairsPerRow, column = static_cast<int>(i) % m_pairsPerRow * 2;
    auto* name = new QLabel(facts[i].name, this);
    name->setProperty("secondary", true);
    auto* value = new QLabel(facts[i].value, this);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    value->setWordWrap(true);
    value->setToolTip(facts[i].toolTip);
    value->setAccessibleName(facts[i].name);
    m_grid->addWidget(name, row, column, Qt::AlignLeft | Qt::AlignTop);
    m_grid->addWidget(value, row, column + 1, Qt::AlignLeft | Qt::AlignTop);
  }
}

QString numberText(double value, int digits) {
  if (std::isnan(value)) return QStringLiteral("–");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
  QString text = QLocale().toString(value, 'g', digits);
  return text.replace(QLatin1Char('-'), QChar(0x2212));
}

QString countText(qint64 value) {
  return QLocale().toString(static_cast<qlonglong>(value));
}

}  // namespace quantscope::ui
