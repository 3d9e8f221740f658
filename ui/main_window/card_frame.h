#pragma once

#include <QWidget>

namespace quantscope::ui {

/// Body of a panel: its view inside the lower part of a card, with the left, right and bottom border and rounded lower
/// corners.
class CardFrame : public QWidget {
public:
  static constexpr int kRadius = 6;
  CardFrame(QWidget* view, QWidget* parent = nullptr);

protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

private:
  QWidget* m_corners[2];
};

}  // namespace quantscope::ui
