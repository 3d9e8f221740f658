#pragma once

#include <QDialog>
#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QTableView;
class QStandardItemModel;

namespace quantscope {
struct Advice;
struct Target;
enum class Optimize;
}  // namespace quantscope

namespace quantscope::ui {

class Document;

/// From "what will run it, are there samples" to a mode, with reasons and the predicted size of every mode. What is
/// taken becomes the recipe: ordinary rules that can be edited and undone.
class GuideDialog : public QDialog {
  Q_OBJECT
public:
  explicit GuideDialog(Document& document, QWidget* parent = nullptr);
  ~GuideDialog() override;
  /// Null until it is known.
  const Advice* advice() const { return m_advice.get(); }

signals:
  void recipeTaken();

private:
  void ask();
  void show(const Advice& advice);
  void refreshButton();
  void takeMode();
  void takePreset(Optimize optimize);
  const Target& target() const;
  bool samples() const;

  Document& m_document;
  QComboBox *m_target, *m_samples;
  QLabel *m_about, *m_verdict, *m_reasons;
  QStandardItemModel* m_model;
  QTableView* m_table;
  QPushButton* m_take;
  std::vector<QPushButton*> m_presets;
  std::unique_ptr<const Advice> m_advice;
  int m_question = 0;  ///< answers to earlier ones are dropped
};

}  // namespace quantscope::ui
