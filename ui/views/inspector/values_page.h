#pragma once

#include <QWidget>
#include <memory>

#include "ui/views/inspector/kernel_tiles.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QScrollArea;
class QSpinBox;
class QTableView;

namespace quantscope::ui {

class Document;
class ValuesModel;

/// The Values tab: any constant as a table of values, of stored numbers or of bytes, with a jump to an element; weights
/// as images.
class ValuesPage : public QWidget {
  Q_OBJECT
public:
  explicit ValuesPage(Document& document, QWidget* parent = nullptr);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;
  void showEvent(QShowEvent* event) override;

private:
  void refresh();
  void refreshForm();
  void jump();
  void startTiles();
  bool tiled() const;

  Document& m_document;
  QLabel *m_title, *m_note;
  QComboBox* m_form;
  QLineEdit* m_jump;
  QSpinBox* m_input;
  ValuesModel* m_model;
  QTableView* m_table;
  QScrollArea* m_scroll;
  KernelTiles* m_tiles;
  TensorIndex m_tensor;
  std::unique_ptr<Job<TileSheet>> m_job;
};

}  // namespace quantscope::ui
