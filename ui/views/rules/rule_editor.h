#pragma once

#include <QWidget>

#include "core/quantization/recipe.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace quantscope::ui {

class Document;

/// The fields of one rule (or of what holds otherwise). Each change is told at once, so that counts are live.
class RuleEditor : public QWidget {
  Q_OBJECT
public:
  explicit RuleEditor(Document& document, QWidget* parent = nullptr);
  /// Shows a rule; with `otherwise` only its scheme can be changed.
  void show(const RecipeRule& rule, bool otherwise);
  const RecipeRule& rule() const { return m_rule; }

signals:
  void changed();

private:
  void read();
  void fillChoices();

  Document& m_document;
  RecipeRule m_rule;
  QComboBox *m_type, *m_precision, *m_granularity;
  QToolButton* m_algorithms;
  QLineEdit* m_scope;
  QSpinBox *m_first, *m_last;
  QLabel* m_problem;
  QWidget* m_where;
  bool m_showing = false;
};

}  // namespace quantscope::ui
