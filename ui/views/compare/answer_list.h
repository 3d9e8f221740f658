#pragma once

#include <QWidget>
#include <memory>

class QLabel;
class QListWidget;

namespace quantscope {
struct EvaluationResult;
class Dataset;
}  // namespace quantscope

namespace quantscope::ui {

class Document;
struct Variant;

/// The samples that a variant answers otherwise than the baseline, as pictures where they are some: what the answer
/// was, what it is, and whether that is right. Pictures are read beside the window.
class AnswerList : public QWidget {
  Q_OBJECT
public:
  explicit AnswerList(Document& document, QWidget* parent = nullptr);
  /// Null: nothing to show, and the list hides itself.
  void show(const Variant* variant);
  QListWidget& list() { return *m_list; }
  QString title() const;

private:
  void startPictures();
  Document& m_document;
  QLabel* m_title;
  QListWidget* m_list;
  std::shared_ptr<const EvaluationResult> m_before, m_now;  ///< what is shown
  std::shared_ptr<const Dataset> m_dataset;
};

}  // namespace quantscope::ui
