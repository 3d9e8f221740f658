#include "ui/views/variants/variants_view.h"

#include <QApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QFileInfo>
#include <QHeaderView>
#include <QKeyEvent>
#include <QMenu>
#include <QRegularExpression>
#include <QTreeView>
#include <QVBoxLayout>

#include "ui/views/variants/variants_model.h"
#include "ui/widgets/table_delegate.h"
#include "ui/workspace/document.h"
#include "ui/workspace/settings.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

VariantsView::VariantsView(Document& document, QWidget* parent)
    : View(parent), m_document(document), m_model(new VariantsModel(document, this)), m_tree(new QTreeView(this)) {
  setObjectName(QStringLiteral("variantsView"));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(m_tree);
  m_tree->setModel(m_model);
  m_tree->setObjectName(QStringLiteral("variantsTree"));
  m_tree->setAccessibleName(tr("Variants"));
  setUpTable(m_tree);
  m_tree->setRootIsDecorated(false);
  m_tree->setIndentation(16);
  m_tree->setContextMenuPolicy(Qt::CustomContextMenu);
  m_tree->installEventFilter(this);
  setFocusProxy(m_tree);
  connect(m_tree, &QTreeView::customContextMenuRequested, this, &VariantsView::showMenu);
  connect(m_model, &QAbstractItemModel::modelReset, this, &VariantsView::showCurrent);
  connect(&document, &Document::currentVariantChanged, this, &VariantsView::showCurrent);
  connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& current) {
    if (!m_syncing && current.isValid()) m_document.setCurrentVariant(VariantsModel::idOf(current));
  });
  connect(&Theme::instance(), &Theme::changed, this, &VariantsView::fitColumns);
  // What was opened or closed by hand stays so when the list is made anew.
  connect(m_tree, &QTreeView::expanded, this, [this](const QModelIndex& index) {
    m_opened.insert(VariantsModel::idOf(index));
    m_closed.remove(VariantsModel::idOf(index));
  });
  connect(m_tree, &QTreeView::collapsed, this, [this](const QModelIndex& index) {
    m_opened.remove(VariantsModel::idOf(index));
    m_closed.insert(VariantsModel::idOf(index));
  });
  showCurrent();
}

std::vector<int> VariantsView::selectedIds() const {
  std::vector<int> ids;
  for (const QModelIndex& index : m_tree->selectionModel()->selectedRows()) ids.push_back(VariantsModel::idOf(index));
  return ids;
}

void VariantsView::showCurrent() {
  m_syncing = true;
  expandTree({});
  const QModelIndex current = m_model->indexOf(m_document.currentVariant());
  // A selection of several rows that holds the current one stays as it is.
  if (!m_tree->selectionModel()->isSelected(current)) {
    m_tree->selectionModel()->setCurrentIndex(current, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
  }
  m_syncing = false;
}

/// Everything is open but what searches tried, which can be many.
void VariantsView::expandTree(const QModelIndex& parent) {
  for (int row = 0; row < m_model->rowCount(parent); ++row) {
    const QModelIndex index = m_model->index(row, 0, parent);
    const Variant* variant = m_document.variant(VariantsModel::idOf(index));
    const bool search = variant && variant->searched && variant->searched->best;
    if (variant && (search ? m_opened.contains(variant->id) : !m_closed.contains(variant->id))) m_tree->expand(index);
    expandTree(index);
  }
}

void VariantsView::showMenu(const QPoint& position) {
  const std::vector<int> ids = selectedIds();
  if (ids.empty()) return;
  const Theme& theme = Theme::instance();
  QMenu menu(this);
  const int id = ids.front();
  connect(menu.addAction(theme.icon(QStringLiteral("evaluate")), tr("Evaluate")), &QAction::triggered, this,
          [this, ids] { m_document.evaluate(ids); });
  QAction* compare = menu.addAction(theme.icon(QStringLiteral("compare")), tr("Compare the layers with the baseline"));
  compare->setEnabled(id != 0 && ids.size() == 1);
  connect(compare, &QAction::triggered, this, [this, id] {
    m_document.compareLayersOf(id);
    m_document.showView(QStringLiteral("compare"));
  });
  menu.addSeparator();
  QAction* rename = menu.addAction(theme.icon(QStringLiteral("rename")), tr("Rename"));
  rename->setShortcut(Qt::Key_F2);
  connect(rename, &QAction::triggered, this, [this, id] { m_tree->edit(m_model->indexOf(id)); });
  connect(menu.addAction(theme.icon(QStringLiteral("duplicate")), tr("Continue from its recipe")), &QAction::triggered,
          this, [this, id] { duplicateRecipe(id); });
  connect(menu.addAction(theme.icon(QStringLiteral("export")), tr("Export as .tflite…")), &QAction::triggered, this,
          [this, id] { exportVariant(id); });
  menu.addSeparator();
  connect(menu.addAction(theme.icon(QStringLiteral("copy")), tr("Copy as a table")), &QAction::triggered, this,
          [this] { QApplication::clipboard()->setText(selectionAsTsv()); });
  menu.addSeparator();
  QAction* remove = menu.addAction(theme.icon(QStringLiteral("delete")), tr("Delete"));
  remove->setShortcut(QKeySequence::Delete);
  remove->setEnabled(std::any_of(ids.begin(), ids.end(), [](int i) { return i != 0; }));
  connect(remove, &QAction::triggered, this, &VariantsView::removeSelected);
  menu.exec(m_tree->viewport()->mapToGlobal(position));
}

void VariantsView::duplicateRecipe(int id) {
  const Variant* variant = m_document.variant(id);
  if (variant) m_document.setRecipe(variant->recipe, tr("Continue from the recipe of %1").arg(variant->name));
}

void VariantsView::exportVariant(int id) {
  const Variant* variant = m_document.variant(id);
  if (!variant) return;
  QString name =
      QFileInfo(QString::fromStdString(m_document.loaded()->path.string())).completeBaseName() + u'_' + variant->name;
  name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9_.-]+")), QStringLiteral("_"));
  const QString start = settings::lastFolder(QStringLiteral("models")) + u'/' + name + QStringLiteral(".tflite");
  QString path = QFileDialog::getSaveFileName(this, tr("Export %1").arg(variant->name), start,
                                              tr("TensorFlow Lite models (*.tflite)"));
  if (path.isEmpty()) return;
  settings::setLastFolder(QStringLiteral("models"), QFileInfo(path).path());
  m_document.exportVariant(id, path, IfExists::Replace);
}

void VariantsView::removeSelected() {
  for (int id : selectedIds()) m_document.removeVariant(id);
}

QString VariantsView::selectionAsTsv() const {
  QStringList lines, header;
  for (int column = 0; column < VariantsModel::State; ++column)
    header << m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
  lines << header.join(u'\t');
  // Reading order is the order on screen.
  for (QModelIndex index = m_model->index(0, 0); index.isValid(); index = m_tree->indexBelow(index)) {
    QStringList cells;
    for (int column = 0; column < VariantsModel::State; ++column)
      cells << index.siblingAtColumn(column).data().toString();
    lines << cells.join(u'\t');
  }
  return lines.join(u'\n') + u'\n';
}

bool VariantsView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_tree && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() == Qt::Key_F2 && m_tree->currentIndex().isValid()) {
      m_tree->edit(m_tree->currentIndex().siblingAtColumn(VariantsModel::Name));
      return true;
    }
    if (key->key() == Qt::Key_Delete) {
      removeSelected();
      return true;
    }
    if (key->matches(QKeySequence::Copy)) {
      QApplication::clipboard()->setText(selectionAsTsv());
      return true;
    }
  }
  return View::eventFilter(watched, event);
}

void VariantsView::fitColumns() {
  // The shares of the mock; what is left over goes to the name.
  const std::pair<int, int> widths[] = {
      {VariantsModel::Made, 152},      {VariantsModel::Bytes, 84},    {VariantsModel::Size, 74},
      {VariantsModel::Accuracy, 96},   {VariantsModel::Interval, 66}, {VariantsModel::Difference, 176},
      {VariantsModel::Agreement, 104}, {VariantsModel::Latency, 104}, {VariantsModel::State, 104}};
  int used = 0;
  for (const auto& [column, width] : widths) used += width;
  const int available = m_tree->viewport()->width();
  const double stretch = std::max(1.0, (available - 180.0) / used);
  int rest = available;
  for (const auto& [column, width] : widths) {
    const int actual = static_cast<int>(width * std::min(stretch, 1.25));
    m_tree->setColumnWidth(column, actual);
    rest -= actual;
  }
  m_tree->setColumnWidth(VariantsModel::Name, std::max(150, rest));
}

void VariantsView::resizeEvent(QResizeEvent* event) {
  View::resizeEvent(event);
  fitColumns();
}

}  // namespace quantscope::ui
