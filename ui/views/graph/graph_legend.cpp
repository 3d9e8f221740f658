#include "ui/views/graph/graph_legend.h"

#include <QPainter>
#include <algorithm>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

GraphLegend::GraphLegend(QWidget* parent) : QWidget(parent) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setAccessibleName(tr("Meaning of the colours"));
}

int GraphLegend::rowHeight() const {
  return fontMetrics().height() + 4;
}

void GraphLegend::setEntries(std::vector<LegendEntry> entries) {
  m_entries = std::move(entries);
  int width = 0;
  QStringList words;
  for (const LegendEntry& entry : m_entries) {
    width = std::max(width, fontMetrics().horizontalAdvance(entry.text));
    words << entry.text;
  }
  setAccessibleDescription(words.join(QStringLiteral(", ")));
  setVisible(!m_entries.empty());
  resize(width + 46, static_cast<int>(m_entries.size()) * rowHeight() + 16);
  update();
}

void GraphLegend::paintEvent(QPaintEvent*) {
  const ThemeColors& colors = Theme::instance().colors();
  const int height = rowHeight();
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(colors.line);
  painter.setBrush(colors.panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  for (size_t i = 0; i < m_entries.size(); ++i) {
    const double top = 8 + static_cast<double>(i) * height;
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_entries[i].color);
    painter.drawRoundedRect(QRectF(12, top + (height - 10) / 2.0, 10, 10), 2.5, 2.5);
    painter.setPen(colors.text);
    painter.drawText(QRectF(30, top, width() - 34, height), Qt::AlignLeft | Qt::AlignVCenter, m_entries[i].text);
  }
}

}  // namespace quantscope::ui
