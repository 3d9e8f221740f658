#pragma once

#include <QLocalServer>
#include <QStringList>

namespace quantscope::ui {

/// Lets one window of this user take the files of further starts.
class SingleInstance : public QObject {
  Q_OBJECT
public:
  explicit SingleInstance(QObject* parent = nullptr);
  /// Hands files to a window that listens already; false where there is none.
  static bool handOver(const QStringList& files);
  /// From now on files of further starts arrive by opened().
  void listen();

signals:
  /// Empty: a start without a file, which wants to see the window.
  void opened(const QStringList& files);

private:
  void read();
  QLocalServer m_server;
};

}  // namespace quantscope::ui
