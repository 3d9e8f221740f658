#include "ui/workspace/autosave.h"

#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>
#include <QUuid>

#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

constexpr int kDelayMilliseconds = 10000;
const QString kEnding = QStringLiteral(".autosave");

/// What the copy was saved as lies beside it: the copy itself stays a plain workspace.
QString nameFile(const QString& autosave) {
  return autosave + QStringLiteral(".name");
}

QString firstLine(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readLine(4096)).trimmed() : QString();
}

}  // namespace

Autosave::Autosave(Document& document, const QString& folder, QObject* parent)
    : QObject(parent),
      m_document(document),
      m_folder(folder.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) +
                                      QStringLiteral("/autosave")
                                : folder) {
  QDir().mkpath(m_folder);
  m_file = m_folder + u'/' + QUuid::createUuid().toString(QUuid::WithoutBraces) + kEnding;
  m_lock = std::make_unique<QLockFile>(m_file + QStringLiteral(".lock"));
  m_lock->setStaleLockTime(0);
  m_lock->tryLock(0);
  m_timer.setSingleShot(true);
  m_timer.setInterval(kDelayMilliseconds);
  connect(&m_timer, &QTimer::timeout, this, &Autosave::flush);
  for (auto signal : {&Document::recipeChanged, &Document::variantsChanged, &Document::datasetsChanged,
                      &Document::modifiedChanged, &Document::sensitivityChanged}) {
    connect(&document, signal, this, &Autosave::schedule);
  }
}

Autosave::~Autosave() {
  remove();
}

void Autosave::schedule() {
  if (!m_document.modified()) {
    m_timer.stop();
    remove();
  } else if (!m_timer.isActive()) {
    m_timer.start();
  }
}

bool Autosave::writing() const {
  return m_writing.valid() && m_writing.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
}

void Autosave::flush() {
  if (!m_document.modified()) return;
  if (writing()) return m_timer.start();
  // The name first: a copy without it would be taken for one that was never saved.
  QFile name(nameFile(m_file));
  if (name.open(QIODevice::WriteOnly)) name.write(m_document.workspacePath().toUtf8());
  name.close();
  m_writing = std::async(std::launch::async, [this, write = m_document.copyWriter(m_file)] {
    const Result<void> written = write();
    if (written.ok()) return;
    QMetaObject::invokeMethod(
        this, [this, error = written.error()] { emit m_document.failed(error); }, Qt::QueuedConnection);
  });
}

void Autosave::remove() {
  if (m_writing.valid()) m_writing.wait();  // or it would come back
  QFile::remove(m_file);
  QFile::remove(nameFile(m_file));
}

std::vector<LeftWorkspace> Autosave::left() const {
  std::vector<LeftWorkspace> found;
  const QFileInfoList files = QDir(m_folder).entryInfoList({u'*' + kEnding}, QDir::Files, QDir::Time);
  for (const QFileInfo& info : files) {
    if (info.absoluteFilePath() == QFileInfo(m_file).absoluteFilePath()) continue;
    QLockFile lock(info.absoluteFilePath() + QStringLiteral(".lock"));
    lock.setStaleLockTime(0);
    if (!lock.tryLock(0)) continue;  // another window is open
    lock.unlock();
    LeftWorkspace workspace{info.absoluteFilePath(), firstLine(nameFile(info.absoluteFilePath())), {}};
    workspace.title =
        workspace.savedAs.isEmpty() ? tr("a workspace that was never saved") : QFileInfo(workspace.savedAs).fileName();
    found.push_back(workspace);
  }
  return found;
}

void Autosave::discard(const LeftWorkspace& workspace) {
  QFile::remove(workspace.file);
  QFile::remove(nameFile(workspace.file));
  QFile::remove(workspace.file + QStringLiteral(".lock"));
}

}  // namespace quantscope::ui
