#pragma once

#include <QString>
#include <functional>
#include <vector>

class QWidget;

namespace quantscope::ui {

class Document;

/// Where a view stands when the window is new.
enum class ViewPlace { Left, Center, Right, Bottom, BottomRight };

/// One row per view, in ui/main_window/view_list.cpp: the only place that names them.
struct ViewRow {
  QString id;          ///< "layers"; also its object name and its key in the remembered arrangement
  const char* title;   ///< translatable
  ViewPlace place;
  std::function<QWidget*(Document&, QWidget* parent)> create;
};

const std::vector<ViewRow>& viewRows();

}  // namespace quantscope::ui
