#pragma once

#include <QWidget>
#include <memory>

#include "core/model/model.h"

class QLabel;
class QListWidget;

namespace quantscope::ui {

class Document;
struct Variant;

/// What quantization made of the graph: operators that came and went, tensors of another type, matched to the float
/// model's; a row selects its operator in all views.
class GraphChanges : public QWidget {
  Q_OBJECT
public:
  explicit GraphChanges(Document& document, QWidget* parent = nullptr);
  /// Null, or a variant whose model is not made: nothing to show.
  void show(const Variant* variant);
  QListWidget& list() { return *m_list; }
  QString title() const;

private:
  struct Changes;
  void showChanges(const Changes& changes);
  Document& m_document;
  QLabel* m_title;
  QListWidget* m_list;
  std::shared_ptr<const Model> m_model;  ///< that is shown
};

}  // namespace quantscope::ui
