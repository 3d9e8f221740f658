#pragma once

#include <QWidget>

#include "core/report/report.h"

class QLabel;
class QPlainTextEdit;

namespace quantscope::ui {

class Document;

/// What a report will say, and the ways to take it along: HTML page, CSV, recipe, command line.
class ReportView : public QWidget {
  Q_OBJECT
public:
  ReportView(Document& document, QWidget* parent = nullptr);
  /// The document as a report; cheap, shares what was measured.
  Report makeReport() const;

protected:
  void showEvent(QShowEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

private:
  /// Shows the present state, or remembers to do so once somebody looks: a recipe of thousands of rows is long text.
  void refresh();
  void showState();
  void save(const QString& title, const QString& name, const QString& filter, const std::string& text);
  Document& m_document;
  QLabel* m_message;
  QWidget* m_content;
  QLabel* m_summary;
  QPlainTextEdit* m_command;
  QPlainTextEdit* m_recipe;
  bool m_stale = true;
};

}  // namespace quantscope::ui
