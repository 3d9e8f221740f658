#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "ui/workspace/theme.h"

/// What the program remembers between sessions (QSettings of organization and application name).
namespace quantscope::ui::settings {

QStringList recentFiles();  ///< newest first, at most 10, only those that still exist
void addRecentFile(const QString& path);
void removeRecentFile(const QString& path);
void clearRecentFiles();

Theme::Choice themeChoice();
void setThemeChoice(Theme::Choice choice);
double textScale();
void setTextScale(double scale);

/// "de", "en"; empty: that of the system.
QString language();
void setLanguage(const QString& language);
/// Whether a start without a file opens what was open last.
bool restoresSession();
void setRestoresSession(bool on);
/// What was open when the window was closed: a workspace or a model; empty: nothing, or it is gone.
QString lastSession();
void setLastSession(const QString& path);
/// Whether one window takes the files of further starts.
bool singleInstance();
void setSingleInstance(bool on);

/// Geometry and arrangement of the window, by key.
QByteArray windowState(const QString& key);
void setWindowState(const QString& key, const QByteArray& state);

/// The bundled sample workspace; empty where it is not installed.
QString samplePath();

/// Folder that the next file dialog for `purpose` starts in.
QString lastFolder(const QString& purpose);
void setLastFolder(const QString& purpose, const QString& folder);

}  // namespace quantscope::ui::settings
