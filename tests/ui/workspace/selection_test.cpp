#include "ui/workspace/selection.h"

#include <QSignalSpy>

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"

namespace quantscope::ui {

namespace {

std::vector<OperatorIndex> ops(std::initializer_list<int> values) {
  std::vector<OperatorIndex> list;
  for (int value : values) list.emplace_back(value);
  return list;
}

}  // namespace

TEST_CASE("A selection is ascending, holds each operator once, and tells of differences only", "[ui][workspace]") {
  tests::application();
  Selection selection;
  QSignalSpy changed(&selection, &Selection::changed);
  selection.setOperators(ops({5, 2, 5, 9}), OperatorIndex(9));
  CHECK(selection.operators() == ops({2, 5, 9}));
  CHECK(selection.current() == OperatorIndex(9));
  CHECK(selection.contains(OperatorIndex(5)));
  CHECK_FALSE(selection.contains(OperatorIndex(3)));
  CHECK(changed.count() == 1);
  selection.setOperators(ops({9, 5, 2}), OperatorIndex(9));
  CHECK(changed.count() == 1);
  selection.setOperators(ops({9, 5, 2}), OperatorIndex(5));
  CHECK(changed.count() == 2);
}

TEST_CASE("The current operator is always one of the selected", "[ui][workspace]") {
  tests::application();
  Selection selection;
  selection.setOperators(ops({4, 6}), OperatorIndex(7));
  CHECK(selection.current() == OperatorIndex(4));
  selection.setOperators({}, OperatorIndex(7));
  CHECK_FALSE(selection.current().valid());
}

TEST_CASE("Clearing a selection forgets the tensor too", "[ui][workspace]") {
  tests::application();
  Selection selection;
  selection.setOperators(ops({1}), {});
  selection.setTensor(TensorIndex(3));
  QSignalSpy tensorChanged(&selection, &Selection::tensorChanged);
  selection.clear();
  CHECK(selection.operators().empty());
  CHECK_FALSE(selection.tensor().valid());
  CHECK(tensorChanged.count() == 1);
}

}  // namespace quantscope::ui
