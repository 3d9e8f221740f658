#include "ui/workspace/operator_filter.h"

#include "tests/support/catch.h"
#include "tests/support/qt_application.h"
#include "ui/workspace/document.h"

namespace quantscope::ui {

namespace {

std::vector<int> matching(const Document& document, const char* text) {
  const Result<OperatorFilter> filter = OperatorFilter::parse(QString::fromUtf8(text));
  REQUIRE(filter.ok());
  std::vector<int> found;
  for (int i = 0; i < static_cast<int>(document.model()->subgraphs.front().operators.size()); ++i) {
    if (filter->matches(document, OperatorIndex(i))) found.push_back(i);
  }
  return found;
}

}  // namespace

TEST_CASE("Filters find operators by text, expression, type, position, mode and numbers", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  const int count = static_cast<int>(document.model()->subgraphs.front().operators.size());
  // CONV_2D, MAX_POOL_2D, CONV_2D, MAX_POOL_2D, CONV_2D, RESHAPE, STRIDED_SLICE, PACK, RESHAPE, FULLY_CONNECTED,
  // FULLY_CONNECTED
  CHECK(matching(document, "").size() == static_cast<size_t>(count));
  CHECK(matching(document, "op:conv_2d") == std::vector<int>{0, 2, 4});
  CHECK(matching(document, "op:conv") == std::vector<int>{});
  CHECK(matching(document, "pool") == std::vector<int>{1, 3});
  CHECK(matching(document, "/^max_.*2d$/") == std::vector<int>{});
  CHECK(matching(document, "/^max_.*2d/") == std::vector<int>{1, 3});
  CHECK(matching(document, "#2-4") == std::vector<int>{2, 3, 4});
  CHECK(matching(document, "#1") == std::vector<int>{1});
  CHECK(matching(document, "op:CONV_2D params>20000") == std::vector<int>{4});
  CHECK(matching(document, "op:CONV_2D !#2-9") == std::vector<int>{0});
  CHECK(matching(document, "op:CONV_2D sqnr>1") == std::vector<int>{0, 2, 4});
  CHECK(matching(document, "dtype:int32") == std::vector<int>{5, 6, 7});
  CHECK(matching(document, "mode:int32") == std::vector<int>{5, 6, 7});
  CHECK(matching(document, "mode:int8 #4-#8") == std::vector<int>{4, 8});
  document.setOperatorPrecision({OperatorIndex(2)}, Precision::Int16x8);
  CHECK(matching(document, "mode:int16x8") == std::vector<int>{2});
  CHECK(matching(document, "mode:int16×8") == std::vector<int>{2});
}

TEST_CASE("Filters find operators by the error and the time that were measured", "[ui][workspace]") {
  tests::application();
  Document document;
  REQUIRE(tests::openSampleModel(document));
  CHECK(matching(document, "time>0").empty());
  CHECK(matching(document, "error<1000").empty());
  document.setDatasetFolder(tests::samplePath(QStringLiteral("shapes")));
  REQUIRE(tests::waitUntilIdle(document));
  document.quantize();
  REQUIRE(tests::waitUntilIdle(document, 120000));
  document.evaluate({0});
  document.compareLayersOf(1);
  REQUIRE(tests::waitUntilIdle(document, 120000));
  CHECK(matching(document, "op:CONV_2D time>0") == std::vector<int>{0, 2, 4});
  CHECK(matching(document, "time<0").empty());
  CHECK(matching(document, "op:CONV_2D error<1000") == std::vector<int>{0, 2, 4});
  CHECK(matching(document, "error<0").empty());
}

TEST_CASE("A wrong filter says which word is wrong and why", "[ui][workspace]") {
  tests::application();
  for (const char* text : {"/conv", "/(/", "params>", "size>3", "op:", "conv sqnr<x"}) {
    INFO(text);
    const Result<OperatorFilter> filter = OperatorFilter::parse(QString::fromUtf8(text));
    REQUIRE_FALSE(filter.ok());
    CHECK_FALSE(filter.error().where.empty());
    CHECK_FALSE(filter.error().why.empty());
  }
}

}  // namespace quantscope::ui
