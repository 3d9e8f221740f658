#include "ui/main_window/tool_bar.h"

#include <QAction>
#include <QFileInfo>
#include <QFrame>

#include "core/quantization/targets/target.h"
#include "ui/main_window/tool_bar_button.h"
#include "ui/main_window/window_actions.h"
#include "ui/workspace/document.h"
#include "ui/workspace/text.h"
#include "ui/workspace/theme.h"

namespace quantscope::ui {

QString dataTitle(const Document& document) {
  const auto& calibration = document.dataset(DatasetUse::Calibration);
  const auto& evaluation = document.dataset(DatasetUse::Evaluation);
  if (calibration && evaluation && calibration->path != evaluation->path) {
    const QString folder = QFileInfo(calibration->path).path();
    if (folder == QFileInfo(evaluation->path).path()) return QFileInfo(folder).fileName();
  }
  if (evaluation) return QFileInfo(evaluation->path).fileName();
  if (calibration) return QFileInfo(calibration->path).fileName();
  return ToolBar::tr("Data");
}

ToolBar::ToolBar(Document& document, WindowActions& actions, QWidget* parent)
    : QToolBar(tr("Tools"), parent), m_document(document) {
  setObjectName(QStringLiteral("tools"));
  setMovable(false);
  setFloatable(false);
  setContextMenuPolicy(Qt::PreventContextMenu);
  setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  setIconSize({16, 16});
  addButton(actions.open);
  addLine();
  m_data = addMenuButton(QStringLiteral("dataset"), actions.dataMenu, tr("Data"));
  m_target = addMenuButton(QStringLiteral("target"), actions.targetMenu, tr("Target device"));
  addLine();
  addButton(actions.calibrate);
  addButton(actions.quantize, true);
  addButton(actions.evaluate);
  addLine();
  addButton(actions.sensitivity);
  addButton(actions.search);
  addLine();
  for (QAction* action : {actions.undo, actions.redo}) addButton(action)->setToolButtonStyle(Qt::ToolButtonIconOnly);
  auto* space = new QWidget(this);
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  addWidget(space);
  auto* hint = new ToolBarButton({}, false, this);
  hint->setObjectName(QStringLiteral("paletteHint"));
  hint->setProperty("look", QStringLiteral("hint"));
  hint->setToolButtonStyle(Qt::ToolButtonTextOnly);
  hint->setText(tr("Ctrl+K  all commands"));
  hint->setToolTip(tr("Every command, by typing"));
  hint->setAccessibleName(tr("All commands"));
  connect(hint, &QToolButton::clicked, actions.palette, &QAction::trigger);
  addWidget(hint);
  setFixedHeight(std::max(46, fontMetrics().height() + 30));
  connect(&Theme::instance(), &Theme::changed, this,
          [this] { setFixedHeight(std::max(46, fontMetrics().height() + 30)); });
  for (auto signal : {&Document::datasetsChanged, &Document::recipeChanged, &Document::modelChanged})
    connect(&document, signal, this, &ToolBar::refresh);
  refresh();
}

void ToolBar::addLine() {
  auto* frame = new QWidget(this);
  frame->setFixedSize(17, 22);
  auto* line = new QFrame(frame);
  line->setGeometry(8, 0, 1, 22);
  line->setStyleSheet(QStringLiteral("background: palette(mid);"));
  addWidget(frame);
}

QToolButton* ToolBar::addButton(QAction* action, bool primary) {
  auto* button = new ToolBarButton(action->icon().name(), primary, this);
  button->setDefaultAction(action);
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setObjectName(action->objectName() + QStringLiteral("Button"));
  button->setAccessibleName(action->text().remove(u'&'));
  addWidget(button);
  return button;
}

QToolButton* ToolBar::addMenuButton(const QString& icon, QMenu* menu, const QString& name) {
  auto* button = new ToolBarButton(icon, false, this);
  button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  button->setProperty("look", QStringLiteral("outlined"));
  button->setPopupMode(QToolButton::InstantPopup);
  button->setMenu(menu);
  button->setAccessibleName(name);
  addWidget(button);
  return button;
}

void ToolBar::refresh() {
  m_data->setEnabled(m_document.hasModel());
  m_target->setEnabled(m_document.hasModel());
  m_data->setText(fontMetrics().elidedText(dataTitle(m_document), Qt::ElideMiddle, 180));
  QStringList lines;
  if (const auto& data = m_document.dataset(DatasetUse::Calibration)) lines << tr("Calibration: %1").arg(data->path);
  if (const auto& data = m_document.dataset(DatasetUse::Evaluation)) lines << tr("Evaluation: %1").arg(data->path);
  m_data->setToolTip(lines.isEmpty() ? tr("Choose the pictures to calibrate with and to evaluate on")
                                     : lines.join(u'\n'));
  const Target& target = m_document.target();
  m_target->setText(targetText(target));
  m_target->setToolTip(tr("The device that the model is made for: %1").arg(fromStd(target.title)));
}

}  // namespace quantscope::ui
