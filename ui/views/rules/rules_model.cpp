#include "ui/views/rules/rules_model.h"

#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

RulesModel::RulesModel(Document& document, QObject* parent) : QAbstractTableModel(parent), m_document(document) {
  connect(&document, &Document::recipeChanged, this, &RulesModel::refresh);
  connect(&document, &Document::planChanged, this, &RulesModel::refresh);
  m_rules = static_cast<int>(document.recipe().rules.size());
}

void RulesModel::refresh() {
  const int rules = static_cast<int>(m_document.recipe().rules.size());
  if (rules != m_rules) {
    beginResetModel();
    m_rules = rules;
    endResetModel();
  } else {
    emit dataChanged(index(0, 0), index(m_rules, ColumnCount - 1));
  }
}

int RulesModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : m_rules + 1;
}

int RulesModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : ColumnCount;
}

QVariant RulesModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  static const char* const kTitles[] = {"#", QT_TR_NOOP("Applies to"), QT_TR_NOOP("Sets"), QT_TR_NOOP("Matches"),
                                        QT_TR_NOOP("Decides")};
  if (role == Qt::DisplayRole) return tr(kTitles[section]);
  if (role == Qt::ToolTipRole && section == Matches) return tr("Operators that the rule matches");
  if (role == Qt::ToolTipRole && section == Wins)
    return tr("Operators for which no later rule and no choice of their own stands above it");
  if (role == Qt::TextAlignmentRole)
    return int((section >= Matches ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  return {};
}

QVariant RulesModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() > m_rules) return {};
  const Recipe& recipe = m_document.recipe();
  const ResolvedRecipe& resolved = m_document.resolved();
  const auto row = static_cast<size_t>(index.row());
  const bool otherwise = isDefault(index.row());
  if (!otherwise && row >= recipe.rules.size()) return {};
  const Scheme& scheme = otherwise ? recipe.defaultScheme : recipe.rules[row].scheme;
  const auto count = [row](const std::vector<int32_t>& counts) {
    return row < counts.size() ? countText(counts[row]) : QString();
  };
  switch (role) {
    case Qt::DisplayRole:
      switch (index.column()) {
        case Position:
          return otherwise ? QString() : QString::number(index.row() + 1);
        case Applies:
          return otherwise ? tr("otherwise") : ruleText(recipe.rules[row]);
        case Sets:
          return schemeText(scheme);
        case Matches:
          return otherwise ? QString() : count(resolved.matches);
        case Wins:
          return otherwise ? QString() : count(resolved.wins);
        default:
          return {};
      }
    case Qt::TextAlignmentRole:
      return int((index.column() >= Matches ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::FontRole:
      return index.column() == Applies && !otherwise ? QVariant(Theme::instance().monoFont()) : QVariant();
    case SwatchRole:
      return index.column() == Sets ? QVariant(Theme::instance().precisionColor(scheme.precision)) : QVariant();
    case ToneRole: {
      const bool dead =
          !otherwise && row < resolved.matches.size() && resolved.matches[row] == 0 && index.column() == Matches;
      return QVariant::fromValue(dead                                      ? Tone::Bad
                                 : index.column() == Position || otherwise ? Tone::Secondary
                                                                           : Tone::Normal);
    }
    default:
      return {};
  }
}

}  // namespace quantscope::ui
