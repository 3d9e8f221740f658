#pragma once

#include <QFrame>

#include "ui/workspace/document.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace quantscope::ui {

class DatasetPreview;

/// One data set: where it is, what was found, what is done to each picture, what is skipped, and a look at it.
class DatasetCard : public QFrame {
  Q_OBJECT
public:
  DatasetCard(Document& document, DatasetUse use, QWidget* parent = nullptr);

private:
  void refresh();
  void choose(bool folder);
  void changeInput();
  QString skippedText(const Dataset& dataset) const;

  Document& m_document;
  DatasetUse m_use;
  QLabel *m_title, *m_path, *m_found, *m_preprocessing, *m_problem;
  QPushButton *m_folder, *m_file, *m_input, *m_remove;
  QComboBox* m_observer = nullptr;  ///< of calibration
  DatasetPreview* m_preview;
};

}  // namespace quantscope::ui
