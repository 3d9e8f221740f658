#include "ui/workspace/edit_command.h"

namespace quantscope::ui {

namespace {
constexpr qint64 kMergeMilliseconds = 1500;
}

EditCommand::EditCommand(Document& document, EditState before, EditState after, const QString& text, QString mergeKey)
    : QUndoCommand(text),
      m_document(document),
      m_before(std::move(before)),
      m_after(std::move(after)),
      m_mergeKey(std::move(mergeKey)) {
  m_age.start();
}

void EditCommand::undo() {
  m_document.applyState(m_before);
}

void EditCommand::redo() {
  m_document.applyState(m_after);
}

bool EditCommand::mergeWith(const QUndoCommand* other) {
  const auto* next = static_cast<const EditCommand*>(other);
  if (m_mergeKey.isEmpty() || next->m_mergeKey != m_mergeKey || m_age.elapsed() > kMergeMilliseconds) return false;
  m_after = next->m_after;
  m_age.restart();
  setText(next->text());
  setObsolete(m_before == m_after);
  return true;
}

}  // namespace quantscope::ui
