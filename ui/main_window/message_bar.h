#pragma once

#include <QFrame>
#include <functional>
#include <vector>

#include "core/base/result.h"

class QVBoxLayout;

namespace quantscope::ui {

/// Where failures and notices are told, above the panels: never in the way, never modal. The newest is on top; at most
/// three.
class MessageBar : public QWidget {
  Q_OBJECT
public:
  enum class Kind { Notice, Failure };
  struct Action {
    QString label;
    std::function<void()> apply;
  };

  explicit MessageBar(QWidget* parent = nullptr);
  /// What failed (bold), then where and why, then what to do.
  void showError(const Error& error, std::vector<Action> actions = {});
  /// Goes by itself after a while, unless it has actions.
  void showNotice(const QString& text, std::vector<Action> actions = {});
  void clear();
  int count() const;
  /// Text of the newest message, for tests and screen readers.
  QString text() const;

private:
  void add(Kind kind, const QString& headline, const QString& detail, std::vector<Action> actions);
  QVBoxLayout* m_layout;
};

}  // namespace quantscope::ui
