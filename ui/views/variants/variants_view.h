#pragma once

#include <QModelIndex>
#include <QSet>

#include "ui/workspace/view_registry.h"

class QTreeView;

namespace quantscope::ui {

class Document;
class VariantsModel;

/// The Variants panel: all variants side by side. The highlighted row is the current variant; choosing another brings
/// its recipe.
class VariantsView : public View {
  Q_OBJECT
public:
  explicit VariantsView(Document& document, QWidget* parent = nullptr);

  QString selectionAsTsv() const;
  QTreeView& tree() { return *m_tree; }

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  std::vector<int> selectedIds() const;
  void showCurrent();
  void expandTree(const QModelIndex& parent);
  void showMenu(const QPoint& position);
  void exportVariant(int id);
  void duplicateRecipe(int id);
  void removeSelected();
  void fitColumns();

  Document& m_document;
  VariantsModel* m_model;
  QTreeView* m_tree;
  QSet<int> m_opened, m_closed;  ///< ids of variants whose children were shown or hidden by hand
  bool m_syncing = false;
};

}  // namespace quantscope::ui
