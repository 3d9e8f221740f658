#include "ui/workspace/style_sheet.h"

#include "ui/workspace/theme.h"

namespace quantscope::ui {

namespace {

const char* const kSheet = R"(
QMainWindow, QDialog { background: @window; }
QMainWindow::separator { background: transparent; width: 8px; height: 8px; }
QMainWindow::separator:hover { background: @accentArea; }

QMenuBar { background: @panel; border-bottom: 1px solid @line; padding: 0 3px; }
QMenuBar::item { padding: 4px 9px; margin: 1px 0; background: transparent; border-radius: 4px; color: @text; }
QMenuBar::item:selected { background: @hover; }
QMenuBar::item:pressed { background: @accentArea; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px; color: @text; }
QMenu::item { padding: 5px 24px 5px 10px; border-radius: 4px; border: 1px solid transparent; }
QMenu::item:selected { background: @accentArea; }
QMenu::item:disabled { color: @faded; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }
QMenu::icon { padding-left: 8px; }
QToolTip { background: @panel; color: @text; border: 1px solid @line; padding: 5px; }

QToolBar { background: @panel; border: none; border-bottom: 1px solid @line; spacing: 5px; padding: 0 8px; }
QStatusBar { background: @panel; border-top: 1px solid @line; color: @secondary; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: @secondary; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 5px; padding: 0 10px; color: @text; min-height: 28px; }
QToolButton:hover { background: @hover; }
QToolButton:pressed, QToolButton:checked, QToolButton:open { background: @accentArea; }
QToolButton:disabled { color: @faded; }
QToolButton:focus { border-color: @accent; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[look="outlined"] { background: @raised; border-color: @line; }
QToolButton[look="outlined"]:hover { border-color: @lineHover; }
QToolButton[look="outlined"]:focus { border-color: @accent; }
QToolButton[look="primary"] { background: @accent; color: @onAccent; padding: 0 12px; }
QToolButton[look="primary"]:hover { background: @accentHover; }
QToolButton[look="primary"]:pressed { background: @accentPressed; }
QToolButton[look="primary"]:focus { border: 2px solid @focusOnAccent; }
QToolButton[look="primary"]:disabled { background: @grid; color: @faded; }
QToolButton[look="small"] { min-height: 20px; padding: 0 5px; }

QPushButton { background: @raised; border: 1px solid @line; border-radius: 5px; padding: 0 14px; color: @text; min-height: 28px; }
QPushButton:hover { border-color: @lineHover; }
QPushButton:pressed { background: @accentArea; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @faded; background: transparent; }
QPushButton[look="primary"], QPushButton[primary="true"], QDialog QPushButton:default { background: @accent; border-color: @accent; color: @onAccent; }
QPushButton[look="primary"]:hover, QPushButton[primary="true"]:hover, QDialog QPushButton:default:hover { background: @accentHover; }
QPushButton[look="primary"]:pressed { background: @accentPressed; }
QPushButton[look="primary"]:focus, QPushButton[primary="true"]:focus, QDialog QPushButton:default:focus { border: 2px solid @focusOnAccent; }
QPushButton[look="link"] { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0 3px; color: @accent; min-height: 20px; }
QPushButton[look="link"]:hover { text-decoration: underline; }
QPushButton[look="link"]:focus { border-color: @accent; }
QPushButton[look="link"]:disabled { color: @faded; }

QLineEdit, QSpinBox, QDoubleSpinBox, QPlainTextEdit, QTextEdit { background: @alternate; border: 1px solid @line; border-radius: 5px; padding: 0 8px; color: @text; min-height: 28px; selection-background-color: @accent; selection-color: @onAccent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: @accent; }
QLineEdit[invalid="true"] { border-color: @bad; }
QLineEdit:disabled { color: @faded; }
QComboBox { background: @raised; border: 1px solid @line; border-radius: 5px; padding: 0 8px; min-height: 28px; color: @text; }
QComboBox:hover { border-color: @lineHover; }
QComboBox:focus { border-color: @accent; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/icons/@arrow.svg); width: 10px; height: 10px; }
QAbstractSpinBox { padding-right: 20px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; background: transparent; width: 20px; subcontrol-origin: border; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 2px 2px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 2px 2px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: @hover; border-radius: 3px; }
QAbstractSpinBox::up-arrow { image: url(:/icons/@uparrow.svg); width: 8px; height: 8px; }
QAbstractSpinBox::down-arrow { image: url(:/icons/@arrow.svg); width: 8px; height: 8px; }
QComboBox QAbstractItemView { background: @panel; border: 1px solid @line; padding: 3px; outline: 0; }

QAbstractItemView { background: @panel; border: none; outline: 0; color: @text; selection-background-color: @accentArea; selection-color: @text; }
QHeaderView { background: @alternate; border: none; }
QHeaderView::section { background: @alternate; color: @secondary; border: none; border-bottom: 1px solid @line; padding: 0 8px; }
QHeaderView::section:hover { color: @text; }
QTableCornerButton::section { background: @alternate; border: none; }

QScrollBar:vertical { background: transparent; width: 11px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 11px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 3px; margin: 2px 3px; }
QScrollBar::handle:vertical { min-height: 28px; margin: 2px 3px; }
QScrollBar::handle:horizontal { min-width: 28px; margin: 3px 2px; }
QScrollBar::handle:hover { background: @secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
QScrollArea, QScrollArea > QWidget > QWidget { background: @panel; border: none; }
QTabWidget::pane { border: none; }
QLineEdit > QToolButton { min-height: 0; padding: 0; border: none; background: transparent; }

QProgressBar { background: @grid; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; text-align: center; }
QProgressBar::chunk { background: @accent; border-radius: 3px; }
QLabel[look="secondary"], QLabel[secondary="true"], QLabel[emptyState="true"] { color: @secondary; }
QLabel[look="strong"], QLabel[sectionTitle="true"], QLabel[title="true"] { font-weight: 600; }
QLabel[look="title"] { font-size: @title; font-weight: 600; }
QLabel[look="small"] { color: @secondary; font-size: @small; }
QLabel[look="bad"] { color: @bad; }
QFrame[look="card"] { background: @panel; border: 1px solid @line; border-radius: 6px; }
QFrame[look="strip"] { background: @panel; border: none; border-top: 1px solid @line; }
QTextEdit[code="true"], QPlainTextEdit[code="true"] { font-family: monospace; font-size: @small; }
QSplitter::handle { background: @line; }
)";

}  // namespace

QColor blend(const QColor& a, const QColor& b, double share) {
  const auto mix = [share](int x, int y) { return qRound(x + (y - x) * share); };
  return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

QString styleSheet(const ThemeColors& c, double textScale) {
  const bool dark = c.panel.lightness() < 128;
  const auto px = [textScale](int size) { return QString::number(qRound(size * textScale)) + QStringLiteral("px"); };
  // Longer names first: @accentArea must not be read as @accent.
  const std::pair<const char*, QString> tokens[] = {
      {"@focusOnAccent", Theme::hex(dark ? QColor(Qt::white) : c.text)},
      {"@accentPressed", Theme::hex(blend(c.accent, c.text, 0.30))},
      {"@accentHover", Theme::hex(blend(c.accent, c.text, 0.14))},
      {"@accentArea", Theme::hex(c.accentArea)},
      {"@onAccent", Theme::hex(c.onAccent)},
      {"@accent", Theme::hex(c.accent)},
      {"@secondary", Theme::hex(c.secondary)},
      {"@alternate", Theme::hex(c.alternate)},
      {"@lineHover", Theme::hex(blend(c.line, c.secondary, 0.5))},
      {"@raised", Theme::hex(dark ? c.grid : c.panel)},
      {"@window", Theme::hex(c.window)},
      {"@hover", Theme::hex(c.grid)},
      {"@faded", Theme::hex(blend(c.secondary, c.panel, 0.4))},
      {"@uparrow", dark ? QStringLiteral("arrow-up-dark") : QStringLiteral("arrow-up-light")},
      {"@arrow", dark ? QStringLiteral("arrow-down-dark") : QStringLiteral("arrow-down-light")},
      {"@panel", Theme::hex(c.panel)},
      {"@title", px(18)},
      {"@small", px(12)},
      {"@line", Theme::hex(c.line)},
      {"@grid", Theme::hex(c.grid)},
      {"@text", Theme::hex(c.text)},
      {"@bad", Theme::hex(c.bad)},
  };
  QString sheet = QString::fromLatin1(kSheet);
  for (const auto& [token, value] : tokens) sheet.replace(QLatin1String(token), value);
  return sheet;
}

}  // namespace quantscope::ui
