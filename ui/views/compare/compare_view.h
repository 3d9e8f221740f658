#pragma once

#include <QWidget>

class QCheckBox;
class QComboBox;
class QLabel;
class QListWidget;
class QSplitter;
class QTableView;

namespace quantscope::ui {

class Document;
class CompareModel;
class LayerErrorPlot;
struct Variant;

/// Variants side by side: the numbers with their intervals, the error of every layer, the pictures whose answer
/// changed.
class CompareView : public QWidget {
  Q_OBJECT
public:
  CompareView(Document& document, QWidget* parent = nullptr);

private:
  void refresh();
  void refreshLayers();
  void refreshPictures();
  const Variant* chosen() const;

  Document& m_document;
  QLabel* m_message;
  QSplitter* m_parts;
  CompareModel* m_model;
  QTableView* m_table;
  QComboBox* m_variant;
  QLabel* m_summary;
  LayerErrorPlot* m_plot;
  QLabel* m_plotMessage;
  QListWidget* m_pictures;
  QLabel* m_picturesTitle;
};

}  // namespace quantscope::ui
