#pragma once

#include <QComboBox>
#include <QFrame>
#include <QLabel>
#include <QTimer>
#include <QWidget>

#include "core/base/result.h"
#include "ui/views/graph/graph_canvas.h"
#include "ui/views/graph/graph_legend.h"
#include "ui/views/graph/graph_loader.h"
#include "ui/views/graph/graph_minimap.h"

class QMenu;

namespace quantscope::ui {

class Document;
class FilterLine;

/// The Graph tab: canvas, minimap, legend, the choice of what colours mean, search, scopes that collapse, subgraphs of
/// control flow, export.
class GraphView : public QWidget {
  Q_OBJECT
public:
  GraphView(Document& document, QWidget* parent = nullptr);

  OverlayKind overlay() const;
  void setOverlay(OverlayKind kind);
  /// Marks the operators that match (the language of OperatorFilter); empty: none. Returns how many cards.
  int search(const QString& text);
  /// Selects the next (or previous) match and shows it.
  void goToMatch(int step);
  /// Collapses or expands scopes, one flag per scope of scopes(); the card of `anchor` stays where it is on the screen.
  void setCollapsed(std::vector<char> collapsed, OperatorIndex anchor = {});
  /// Collapses every scope of this depth (and shows the outer ones); -1: expands all.
  void collapseToDepth(int32_t depth);
  const std::vector<char>& collapsed() const { return m_collapsed; }
  const GraphScopes* scopes() const { return m_scopes.get(); }
  /// Shows one of the subgraphs that an operator runs; false where there is no such.
  bool enter(OperatorIndex op, size_t which);
  /// Back to the graph around the shown one.
  void leave();
  SubgraphIndex subgraph() const { return m_way.empty() ? SubgraphIndex(0) : m_way.back().subgraph; }
  /// Writes the whole graph as .png, .svg or .pdf, by the name's ending.
  Result<void> exportPicture(const QString& path) const;
  GraphCanvas& canvas() { return *m_canvas; }
  GraphMinimap& minimap() { return *m_minimap; }
  GraphLegend& legend() { return *m_legend; }
  QString message() const { return m_message->text(); }
  bool loading() const { return m_loader.busy(); }

signals:
  void layoutReady();

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  /// A step into a subgraph.
  struct Step {
    OperatorIndex op;  ///< of the graph before
    size_t which;      ///< of the subgraphs that it runs
    SubgraphIndex subgraph;
  };
  void makeHeader();
  void makeSearch();
  void reload();
  void load(bool keepPlaces);
  void showScene(std::shared_ptr<const GraphScene> scene);
  void updateOverlay();
  void updateMessage();
  void updateBreadcrumb();
  void follow(const QString& link);
  void showSelection();
  void takeSelection(const std::vector<int32_t>& cards, int32_t current);
  void activate(int32_t card);
  void collapseCard(int32_t card, bool collapse, bool alike);
  void openSearch();
  void closeSearch();
  void placeFloating();
  void fillMenu(QMenu& menu);
  void fillCardMenu(QMenu& menu, int32_t card);
  void askExport();

  Document& m_document;
  GraphCanvas* m_canvas;
  GraphMinimap* m_minimap;
  GraphLegend* m_legend;
  QLabel *m_message, *m_breadcrumb;
  FilterLine* m_search;
  QFrame* m_tools;  ///< search and menu, floating at the top left
  QWidget* m_header;
  QComboBox* m_overlay;
  QTimer m_overlayTimer;
  GraphLoader m_loader;
  std::shared_ptr<const GraphScopes> m_scopes;
  std::vector<char> m_collapsed;
  std::vector<Step> m_way;
  std::vector<int32_t> m_matches;
  OperatorIndex m_anchor;
  bool m_keepPlaces = false;
  bool m_selecting = false;
  QString m_failure;
};

}  // namespace quantscope::ui
