#include "ui/views/graph/graph_drawing.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

namespace quantscope::ui {

void GraphDrawing::setOverlay(Overlay overlay) {
  m_overlay = std::move(overlay);
  m_shares.clear();
  if (!m_scene) return;
  for (const auto& [card, members] : m_scene->picture.members) {
    std::map<QRgb, int> counts;
    for (const OperatorIndex op : members) {
      if (m_overlay.has(op)) ++counts[m_overlay.colors[op.position()]];
    }
    auto& shares = m_shares[card];
    for (const auto& [color, count] : counts) shares.push_back({color, double(count) / double(members.size())});
    std::stable_sort(shares.begin(), shares.end(), [](const auto& a, const auto& b) { return a.share > b.share; });
  }
}

QRgb GraphDrawing::colorOf(int32_t card, QRgb none) const {
  const GraphCard& content = m_scene->card(card);
  if (content.isOperator()) return m_overlay.has(content.op) ? m_overlay.colors[content.op.position()] : none;
  const auto& shares = sharesOf(card);
  return shares.empty() ? none : shares.front().color;
}

const std::vector<ColorShare>& GraphDrawing::sharesOf(int32_t card) const {
  static const std::vector<ColorShare> none;
  const auto found = m_shares.find(card);
  return found == m_shares.end() ? none : found->second;
}

QString GraphDrawing::wordOf(int32_t card) const {
  const GraphCard& content = m_scene->card(card);
  if (content.kind == GraphCard::Kind::Group) {
    const auto& shares = sharesOf(card);
    if (shares.size() > 1) return QCoreApplication::translate("GraphDrawing", "mixed");
    return shares.empty() ? QString() : m_overlay.wordOf(content.op);
  }
  return content.isOperator() ? m_overlay.wordOf(content.op) : QString();
}

QString GraphDrawing::detailOf(int32_t card) const {
  QString text = m_scene->picture.detail(card);
  const GraphCard& content = m_scene->card(card);
  const QString extra = content.isOperator() ? m_overlay.extraOf(content.op) : QString();
  if (extra.isEmpty()) return text;
  return text.isEmpty() ? extra : text + QStringLiteral(" · ") + extra;
}

}  // namespace quantscope::ui
