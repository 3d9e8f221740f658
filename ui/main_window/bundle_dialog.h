#pragma once

#include <QDialog>
#include <vector>

#include "core/io/bundle.h"

class QListWidget;

namespace quantscope::ui {

/// The models inside a bundle (.task, .litertlm, .zip): which one is to be opened.
class BundleDialog : public QDialog {
  Q_OBJECT
public:
  BundleDialog(const QString& bundle, const std::vector<BundledModel>& models, QWidget* parent = nullptr);

signals:
  /// "<bundle>::<name>", as the document opens it.
  void chosen(const QString& path);

private:
  QListWidget* m_list;
};

}  // namespace quantscope::ui
