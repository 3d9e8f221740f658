#pragma once

#include <QElapsedTimer>
#include <QUndoCommand>

#include "ui/workspace/document.h"

namespace quantscope::ui {

/// One entry of the change log: plain values before and after, and the document they belong to. Entries with the
/// same merge key that follow each other quickly become one; an entry that ends where it began vanishes.
class EditCommand : public QUndoCommand {
public:
  EditCommand(Document& document, EditState before, EditState after, const QString& text, QString mergeKey);

  void undo() override;
  void redo() override;
  int id() const override { return 1; }
  bool mergeWith(const QUndoCommand* other) override;
  const EditState& before() const { return m_before; }
  const EditState& after() const { return m_after; }

private:
  Document& m_document;
  EditState m_before, m_after;
  QString m_mergeKey;
  QElapsedTimer m_age;
};

}  // namespace quantscope::ui
