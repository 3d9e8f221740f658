#include "app/gui/single_instance.h"

#include <QDataStream>
#include <QDir>
#include <QFileInfo>
#include <QLocalSocket>

namespace quantscope::ui {

namespace {

constexpr int kMilliseconds = 1000;
constexpr qint64 kMostBytes = 1 << 20;

/// Of this user: the name is part of the socket's path in the folder for temporary files.
QString serverName() {
  return QStringLiteral("quantscope-") + QString::number(qHash(QDir::homePath()), 16);
}

}  // namespace

SingleInstance::SingleInstance(QObject* parent) : QObject(parent) {
  m_server.setSocketOptions(QLocalServer::UserAccessOption);
  connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::read);
}

bool SingleInstance::handOver(const QStringList& files) {
  QLocalSocket socket;
  socket.connectToServer(serverName());
  if (!socket.waitForConnected(kMilliseconds)) return false;
  QStringList absolute;
  for (const QString& file : files) absolute << QFileInfo(file).absoluteFilePath();
  QByteArray message;
  QDataStream stream(&message, QIODevice::WriteOnly);
  stream << absolute;
  socket.write(message);
  socket.flush();
  socket.waitForBytesWritten(kMilliseconds);
  socket.disconnectFromServer();
  return true;
}

void SingleInstance::listen() {
  // A window that crashed leaves its socket; that nobody answers there has been tried before.
  QLocalServer::removeServer(serverName());
  m_server.listen(serverName());
}

void SingleInstance::read() {
  while (QLocalSocket* socket = m_server.nextPendingConnection()) {
    connect(socket, &QLocalSocket::disconnected, this, [this, socket] {
      QStringList files;
      QByteArray message = socket->read(kMostBytes);
      QDataStream stream(&message, QIODevice::ReadOnly);
      stream >> files;
      if (stream.status() == QDataStream::Ok) emit opened(files);
      socket->deleteLater();
    });
  }
}

}  // namespace quantscope::ui
