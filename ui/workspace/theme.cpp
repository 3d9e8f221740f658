#include "ui/workspace/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QStyleHints>
#include <QToolTip>

#include "ui/workspace/style_sheet.h"
#include "ui/workspace/workbench_style.h"

namespace quantscope::ui {

namespace {

ThemeColors lightColors() {
  return {"#f3f5f7", "#ffffff", "#f8fafb", "#dde2e8", "#eceff3", "#1c2530",
          "#667280", "#2458d6", "#e6edfd", "#c4481b", "#0b8a5f", "#ffffff"};
}

ThemeColors darkColors() {
  return {"#1b1f24", "#22272e", "#262c33", "#363d46", "#2c333b", "#dfe5ec",
          "#93a0ad", "#7aa5ff", "#2b3a57", "#ef7b4d", "#35b98a", "#10192b"};
}

// Reusable widgets read these roles back (ui/widgets/palette_colors.h).
QPalette makePalette(const ThemeColors& c) {
  QPalette palette;
  palette.setColor(QPalette::Window, c.window);
  for (auto role : {QPalette::Base, QPalette::Button, QPalette::ToolTipBase, QPalette::Light})
    palette.setColor(role, c.panel);
  palette.setColor(QPalette::AlternateBase, c.alternate);
  for (auto role : {QPalette::Mid, QPalette::Shadow}) palette.setColor(role, c.line);
  palette.setColor(QPalette::Midlight, c.grid);
  palette.setColor(QPalette::Dark, c.secondary);
  for (auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
    palette.setColor(role, c.text);
  palette.setColor(QPalette::PlaceholderText, c.secondary);
  palette.setColor(QPalette::Highlight, c.accentArea);
  palette.setColor(QPalette::HighlightedText, c.text);
  palette.setColor(QPalette::Link, c.accent);
  palette.setColor(QPalette::LinkVisited, c.good);
  palette.setColor(QPalette::BrightText, c.bad);
  palette.setColor(QPalette::NoRole, c.onAccent);
  const QColor faded = blend(c.secondary, c.panel, 0.4);
  for (auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::HighlightedText})
    palette.setColor(QPalette::Disabled, role, faded);
  return palette;
}

bool systemIsDark() {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
  if (QGuiApplication::styleHints()->colorScheme() != Qt::ColorScheme::Unknown)
    return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#endif
  const QPalette palette = QGuiApplication::palette();
  return palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness();
}

}  // namespace

Theme& Theme::instance() {
  static Theme theme;
  return theme;
}

void Theme::apply(QApplication& application, Choice choice) {
  const bool first = m_application == nullptr;
  m_application = &application;
  if (first) {
    // Asked once, before the palette becomes our own.
    m_systemDark = systemIsDark();
    m_family =
        QFontDatabase::hasFamily(QStringLiteral("Inter")) ? QStringLiteral("Inter") : application.font().family();
    application.setStyle(new WorkbenchStyle);
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
      m_systemDark = systemIsDark();
      if (m_choice == Choice::System) refresh();
    });
#endif
  }
  m_choice = choice;
  refresh();
}

void Theme::setChoice(Choice choice) {
  if (choice == m_choice) return;
  m_choice = choice;
  refresh();
}

void Theme::setTextScale(double scale) {
  scale = std::clamp(scale, 0.75, 2.0);
  if (qFuzzyCompare(scale, m_textScale)) return;
  m_textScale = scale;
  refresh();
}

void Theme::refresh() {
  m_dark = m_choice == Choice::Dark || (m_choice == Choice::System && m_systemDark);
  m_colors = m_dark ? darkColors() : lightColors();
  if (!m_application) return;
  const QPalette palette = makePalette(m_colors);
  m_application->setFont(font());
  m_application->setPalette(palette);
  QToolTip::setPalette(palette);
  m_application->setStyleSheet(styleSheet(m_colors, m_textScale));
  emit changed();
}

QFont Theme::font() const {
  QFont font(m_family);
  font.setPixelSize(qRound(13 * m_textScale));
  font.setHintingPreference(QFont::PreferNoHinting);
#if QT_VERSION >= QT_VERSION_CHECK(6, 7, 0)
  font.setFeature("tnum", 1);
#endif
  return font;
}

QFont Theme::strongFont() const {
  QFont strong = font();
  strong.setWeight(QFont::DemiBold);
  return strong;
}

QFont Theme::smallFont() const {
  QFont small = font();
  small.setPixelSize(qRound(12 * m_textScale));
  return small;
}

QFont Theme::monoFont() const {
  QFont mono = QFontDatabase::systemFont(QFontDatabase::FixedFont);
  mono.setPixelSize(qRound(12 * m_textScale));
  return mono;
}

QColor Theme::precisionColor(Precision precision) const {
  switch (precision) {
    case Precision::Float32:
      return "#8b95a3";
    case Precision::Float16:
      return m_dark ? "#5bb8e6" : "#4aa8d8";
    case Precision::DynamicRange:
    case Precision::DynamicRangeInt4:
      return m_dark ? "#e5a52a" : "#d58f00";
    case Precision::Int16x8:
      return m_dark ? "#27b88e" : "#0b9a74";
    case Precision::Int8:
    case Precision::WeightOnlyInt8:
      return m_dark ? "#4c9be0" : "#1f6fb2";
    case Precision::WeightOnlyInt4:
    case Precision::Int4x8:
    case Precision::Int4x16:
      return m_dark ? "#cf8abb" : "#b0679b";
  }
  return m_colors.secondary;
}

QColor Theme::tintColor(IconTint tint) const {
  switch (tint) {
    case IconTint::Text:
      return m_colors.text;
    case IconTint::Secondary:
      return m_colors.secondary;
    case IconTint::Accent:
      return m_colors.accent;
    case IconTint::OnAccent:
      return m_colors.onAccent;
    case IconTint::Bad:
      return m_colors.bad;
    case IconTint::Good:
      return m_colors.good;
  }
  return m_colors.text;
}

}  // namespace quantscope::ui
