#include "ui/main_window/command_palette.h"

#include <QAction>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

enum Roles { IndexRole = Qt::UserRole + 1, MenuRole, KeysRole };

class CommandDelegate : public QStyledItemDelegate {
public:
  using QStyledItemDelegate::QStyledItemDelegate;
  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
    return {200, std::max(32, option.fontMetrics.height() + 14)};
  }
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const ThemeColors& colors = Theme::instance().colors();
    const bool enabled = index.flags() & Qt::ItemIsEnabled;
    painter->save();
    if (option.state & QStyle::State_Selected)
      painter->fillRect(option.rect, colors.accentArea);
    else if (option.state & QStyle::State_MouseOver)
      painter->fillRect(option.rect, colors.alternate);
    QRect rect = option.rect.adjusted(12, 0, -12, 0);
    index.data(Qt::DecorationRole)
        .value<QIcon>()
        .paint(painter, QRect(rect.left(), rect.center().y() - 7, 16, 16), Qt::AlignCenter,
               enabled ? QIcon::Normal : QIcon::Disabled);
    rect.setLeft(rect.left() + 26);
    painter->setPen(enabled ? colors.text : colors.secondary);
    const QString text = index.data(Qt::DisplayRole).toString();
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft, text);
    painter->setPen(colors.secondary);
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignRight, index.data(KeysRole).toString());
    rect.setLeft(rect.left() + option.fontMetrics.horizontalAdvance(text) + 12);
    rect.setRight(rect.right() - option.fontMetrics.horizontalAdvance(index.data(KeysRole).toString()) - 12);
    painter->drawText(rect, Qt::AlignVCenter | Qt::AlignLeft,
                      option.fontMetrics.elidedText(index.data(MenuRole).toString(), Qt::ElideRight, rect.width()));
    painter->restore();
  }
};

/// Every letter of the pattern in order; words that begin with it count most. -1: no match.
int matchScore(const QString& text, const QString& pattern) {
  if (pattern.isEmpty()) return 0;
  const qsizetype at = text.indexOf(pattern, 0, Qt::CaseInsensitive);
  if (at == 0) return 3;
  if (at > 0) return text[at - 1].isLetterOrNumber() ? 1 : 2;
  qsizetype next = 0;
  for (QChar c : text) {
    if (next < pattern.size() && c.toLower() == pattern[next].toLower()) ++next;
  }
  return next == pattern.size() ? 0 : -1;
}

}  // namespace

CommandPalette::CommandPalette(const QList<std::pair<QString, QAction*>>& actions, QWidget* parent)
    : QDialog(parent, Qt::Popup | Qt::FramelessWindowHint),
      m_line(new QLineEdit(this)),
      m_list(new QListView(this)),
      m_model(new QStandardItemModel(this)) {
  setObjectName(QStringLiteral("commandPalette"));
  setAttribute(Qt::WA_DeleteOnClose);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->addWidget(m_line);
  layout->addWidget(m_list);
  m_line->setPlaceholderText(tr("Type what you want to do"));
  m_line->setAccessibleName(tr("Command"));
  m_line->addAction(Theme::instance().icon(QStringLiteral("command"), IconTint::Secondary), QLineEdit::LeadingPosition);
  m_list->setModel(m_model);
  m_list->setItemDelegate(new CommandDelegate(m_list));
  m_list->setUniformItemSizes(true);
  m_list->setMouseTracking(true);
  m_list->setFocusPolicy(Qt::NoFocus);
  m_list->setAccessibleName(tr("Commands"));
  for (const auto& [menu, action] : actions) {
    if (action->isSeparator() || action->text().isEmpty() || action->menu()) continue;
    m_actions << action;
    auto* item = new QStandardItem(action->icon(), QString(action->text()).remove(u'&').remove(QStringLiteral("…")));
    item->setData(m_actions.size() - 1, IndexRole);
    item->setData(QString(menu).remove(u'&'), MenuRole);
    item->setData(action->shortcut().toString(QKeySequence::NativeText), KeysRole);
    item->setEditable(false);
    item->setEnabled(action->isEnabled());
    m_model->appendRow(item);
  }
  connect(m_line, &QLineEdit::textChanged, this, &CommandPalette::filter);
  connect(m_line, &QLineEdit::returnPressed, this, &CommandPalette::runCurrent);
  connect(m_list, &QListView::clicked, this, &CommandPalette::runCurrent);
  m_line->installEventFilter(this);
  resize(520, 400);
  if (parent) move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, std::min(90, parent->height() / 8))));
  filter({});
  m_line->setFocus();
}

void CommandPalette::filter(const QString& text) {
  const QString pattern = text.trimmed();
  int best = -2;
  QModelIndex chosen;
  for (int row = 0; row < m_model->rowCount(); ++row) {
    const QModelIndex index = m_model->index(row, 0);
    const bool byMenu = pattern.size() > 1 && index.data(MenuRole).toString().contains(pattern, Qt::CaseInsensitive);
    const int score = std::max(matchScore(index.data().toString(), pattern), byMenu ? 0 : -1);
    m_list->setRowHidden(row, score < 0 && !pattern.isEmpty());
    if ((score >= 0 || pattern.isEmpty()) && score > best && (index.flags() & Qt::ItemIsEnabled)) {
      best = score;
      chosen = index;
    }
  }
  m_list->setCurrentIndex(chosen);
  m_list->scrollTo(chosen);
}

void CommandPalette::runCurrent() {
  const QModelIndex index = m_list->currentIndex();
  if (!index.isValid() || !(index.flags() & Qt::ItemIsEnabled)) return;
  QAction* action = m_actions[index.data(IndexRole).toInt()];
  close();
  // After this window is gone: what the action opens must not lie below it.
  QTimer::singleShot(0, action, &QAction::trigger);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_line && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const int step = key->key() == Qt::Key_Down ? 1 : key->key() == Qt::Key_Up ? -1 : 0;
    if (step) {
      for (int row = m_list->currentIndex().row() + step; row >= 0 && row < m_model->rowCount(); row += step) {
        if (m_list->isRowHidden(row) || !(m_model->index(row, 0).flags() & Qt::ItemIsEnabled)) continue;
        m_list->setCurrentIndex(m_model->index(row, 0));
        break;
      }
      return true;
    }
  }
  return QDialog::eventFilter(watched, event);
}

}  // namespace quantscope::ui
