#pragma once

#include <QString>
#include <QWidget>
#include <functional>
#include <vector>

namespace quantscope::ui {

class Document;

/// Where a view stands when the window is new. Welcome is shown instead of all others while no model is open;
/// Hidden views stand at the bottom once they are asked for.
enum class ViewPlace { Left, Center, Right, Bottom, BottomRight, Hidden, Welcome };

/// What a view tells its panel. A view is any QWidget; one that wants more than a title derives from this.
class View : public QWidget {
  Q_OBJECT
public:
  using QWidget::QWidget;

  /// Shown in the panel's header (34 px): right of the title where the panel stands alone, at the right end of the tabs
  /// where it is one of several. Owned by the view; may be null.
  virtual QWidget* headerWidget() { return nullptr; }
  /// True where headerWidget() takes the place of the title (it has tabs of its own).
  virtual bool headerReplacesTitle() const { return false; }
  /// Number beside the title; 0: none.
  int badge() const { return m_badge; }

signals:
  void badgeChanged();

protected:
  void setBadge(int count) {
    if (count == m_badge) return;
    m_badge = count;
    emit badgeChanged();
  }

private:
  int m_badge = 0;
};

/// One row per view, in ui/main_window/view_list.cpp: the only place that names them.
struct ViewRow {
  QString id;         ///< "layers"; also its object name and its key in the remembered arrangement
  const char* title;  ///< translatable, context "Views"
  ViewPlace place;
  std::function<QWidget*(Document&, QWidget* parent)> create;
};

const std::vector<ViewRow>& viewRows();

}  // namespace quantscope::ui
