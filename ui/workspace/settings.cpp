#include "ui/workspace/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>

#include "core/base/resource_folder.h"
#include "core/io/bundle.h"

namespace quantscope::ui::settings {

namespace {
constexpr int kRecentFiles = 10;
const QString kRecent = QStringLiteral("recentFiles");
}  // namespace

QStringList recentFiles() {
  QStringList files = QSettings().value(kRecent).toStringList();
  files.removeIf([](const QString& path) {
    return !QFileInfo::exists(QString::fromStdString(bundleFile(path.toStdString()).string()));
  });
  return files;
}

void addRecentFile(const QString& path) {
  const QString absolute = QFileInfo(path).absoluteFilePath();
  QStringList files = QSettings().value(kRecent).toStringList();
  files.removeAll(absolute);
  files.prepend(absolute);
  QSettings().setValue(kRecent, files.mid(0, kRecentFiles));
}

void removeRecentFile(const QString& path) {
  QStringList files = QSettings().value(kRecent).toStringList();
  files.removeAll(path);
  QSettings().setValue(kRecent, files);
}

void clearRecentFiles() {
  QSettings().remove(kRecent);
}

Theme::Choice themeChoice() {
  const QString choice = QSettings().value(QStringLiteral("theme")).toString();
  if (choice == QLatin1String("light")) return Theme::Choice::Light;
  if (choice == QLatin1String("dark")) return Theme::Choice::Dark;
  return Theme::Choice::System;
}

void setThemeChoice(Theme::Choice choice) {
  const QString text = choice == Theme::Choice::Light  ? QStringLiteral("light")
                       : choice == Theme::Choice::Dark ? QStringLiteral("dark")
                                                       : QStringLiteral("system");
  QSettings().setValue(QStringLiteral("theme"), text);
}

double textScale() {
  return QSettings().value(QStringLiteral("textScale"), 1.0).toDouble();
}
void setTextScale(double scale) {
  QSettings().setValue(QStringLiteral("textScale"), scale);
}

QString language() {
  return QSettings().value(QStringLiteral("language")).toString();
}
void setLanguage(const QString& language) {
  QSettings().setValue(QStringLiteral("language"), language);
}

bool restoresSession() {
  return QSettings().value(QStringLiteral("restoreSession"), true).toBool();
}
void setRestoresSession(bool on) {
  QSettings().setValue(QStringLiteral("restoreSession"), on);
}

QString lastSession() {
  const QString path = QSettings().value(QStringLiteral("lastSession")).toString();
  const bool there = QFileInfo::exists(QString::fromStdString(bundleFile(path.toStdString()).string()));
  return there ? path : QString();
}
void setLastSession(const QString& path) {
  QSettings().setValue(QStringLiteral("lastSession"), path);
}

bool singleInstance() {
  return QSettings().value(QStringLiteral("singleInstance"), false).toBool();
}
void setSingleInstance(bool on) {
  QSettings().setValue(QStringLiteral("singleInstance"), on);
}

QByteArray windowState(const QString& key) {
  return QSettings().value(QStringLiteral("window/") + key).toByteArray();
}
void setWindowState(const QString& key, const QByteArray& state) {
  QSettings().setValue(QStringLiteral("window/") + key, state);
}

QString samplePath() {
  const Result<std::filesystem::path> folder = resourceFolder();
  if (!folder.ok()) return {};
  const QString path = QString::fromStdU16String((*folder / "samples" / "shapes.qscope").u16string());
  return QFileInfo::exists(path) ? path : QString();
}

QString lastFolder(const QString& purpose) {
  return QSettings().value(QStringLiteral("folder/") + purpose, QDir::homePath()).toString();
}
void setLastFolder(const QString& purpose, const QString& folder) {
  QSettings().setValue(QStringLiteral("folder/") + purpose, folder);
}

}  // namespace quantscope::ui::settings
