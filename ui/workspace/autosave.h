#pragma once

#include <QLockFile>
#include <QObject>
#include <QString>
#include <QTimer>
#include <future>
#include <memory>
#include <vector>

namespace quantscope::ui {

class Document;

/// A workspace that a session which ended unexpectedly left behind.
struct LeftWorkspace {
  QString file;     ///< the autosave
  QString savedAs;  ///< the workspace it belongs to; empty: was never saved
  QString title;    ///< for the question: "shapes.qscope"
};

/// Writes a copy of a modified workspace a while after each change, and removes it when the workspace is saved or
/// closed. A copy that nobody holds any more was left by a crash.
class Autosave : public QObject {
  Q_OBJECT
public:
  /// `folder`: where the copies lie; empty: the program's data folder.
  explicit Autosave(Document& document, const QString& folder = {}, QObject* parent = nullptr);
  ~Autosave() override;  ///< the session ended as it should: removes the copy

  /// Copies that no living session holds.
  std::vector<LeftWorkspace> left() const;
  static void discard(const LeftWorkspace& workspace);
  /// Writes now what is due, on a thread of its own: the text of a long history and the wait for the disk would hold
  /// the window up.
  void flush();
  void setDelay(int milliseconds) { m_timer.setInterval(milliseconds); }

private:
  void schedule();
  bool writing() const;
  void remove();

  Document& m_document;
  QString m_folder, m_file;
  std::unique_ptr<QLockFile> m_lock;
  QTimer m_timer;
  std::future<void> m_writing;
};

}  // namespace quantscope::ui
