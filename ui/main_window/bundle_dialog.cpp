#include "ui/main_window/bundle_dialog.h"

#include <QDialogButtonBox>
#include <QFileInfo>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

BundleDialog::BundleDialog(const QString& bundle, const std::vector<BundledModel>& models, QWidget* parent)
    : QDialog(parent), m_list(new QListWidget(this)) {
  setObjectName(QStringLiteral("bundleDialog"));
  setAttribute(Qt::WA_DeleteOnClose);
  setWindowTitle(tr("Models in %1").arg(QFileInfo(bundle).fileName()));
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(20, 18, 20, 16);
  layout->setSpacing(12);
  auto* intro =
      new QLabel(tr("%1 holds several models. Which one is to be opened?").arg(QFileInfo(bundle).fileName()), this);
  intro->setWordWrap(true);
  layout->addWidget(intro);
  m_list->setObjectName(QStringLiteral("bundleModels"));
  m_list->setAccessibleName(tr("Models in the bundle"));
  m_list->setFrameShape(QFrame::StyledPanel);
  for (const BundledModel& model : models) {
    QString text = tr("%1 · %2").arg(fromStd(model.name), bytesText(static_cast<int64_t>(model.bytes)));
    if (model.packed) text += tr(" · compressed");
    auto* item = new QListWidgetItem(Theme::instance().icon(QStringLiteral("model")), text, m_list);
    const std::filesystem::path path = bundledModelPath(std::filesystem::path(bundle.toStdU16String()), model.name);
    item->setData(Qt::UserRole, QString::fromStdU16String(path.u16string()));
  }
  m_list->setCurrentRow(0);
  layout->addWidget(m_list, 1);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  auto* open = buttons->addButton(tr("Open"), QDialogButtonBox::AcceptRole);
  open->setDefault(true);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  const auto take = [this] {
    if (const QListWidgetItem* item = m_list->currentItem()) emit chosen(item->data(Qt::UserRole).toString());
    accept();
  };
  connect(buttons, &QDialogButtonBox::accepted, this, take);
  connect(m_list, &QListWidget::itemActivated, this, take);
  resize(520, 340);
}

}  // namespace quantscope::ui
