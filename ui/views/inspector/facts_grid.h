#pragma once

#include <QString>
#include <QWidget>
#include <vector>

class QGridLayout;

namespace quantscope::ui {

/// Pairs of a quiet name and its value, two pairs a row; values can be selected and copied.
class FactsGrid : public QWidget {
  Q_OBJECT
public:
  struct Fact {
    QString name, value, toolTip;
  };
  explicit FactsGrid(int pairsPerRow, QWidget* parent = nullptr);
  void setFacts(const std::vector<Fact>& facts);

private:
  QGridLayout* m_grid;
  int m_pairsPerRow;
};

/// Numbers as tables show them: 4 significant digits, plain where they fit.
QString numberText(double value, int digits = 4);
/// "12,345".
QString countText(qint64 value);

}  // namespace quantscope::ui
