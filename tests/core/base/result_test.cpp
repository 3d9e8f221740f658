#include "core/base/result.h"

#include <memory>

#include "tests/support/catch.h"

using namespace quantscope;

namespace {

Error someError() {
  return {ErrorCode::NotFound, "cannot open the model", "a.tflite", "no such file", "check the name"};
}

Result<int> halve(int number) {
  if (number % 2 != 0) return Error{ErrorCode::InvalidArgument, "odd", "", "", ""};
  return number / 2;
}

Result<int> quarter(int number) {
  QS_ASSIGN(const int half, halve(number));
  return halve(half);
}

Result<void> check(int number) {
  QS_TRY(halve(number));
  return {};
}

}  // namespace

TEST_CASE("an error reads as one line, without its empty parts", "[base]") {
  CHECK(someError().message() == "cannot open the model (a.tflite): no such file; check the name");
  CHECK(Error{ErrorCode::Internal, "broken", "", "", ""}.message() == "broken");
  CHECK(Error::cancelled().code == ErrorCode::Cancelled);
}

TEST_CASE("a result is a value or an error", "[base]") {
  const Result<int> good = 4, bad = someError();
  CHECK(good.ok());
  CHECK(*good == 4);
  CHECK_FALSE(bad);
  CHECK(bad.error().code == ErrorCode::NotFound);
  CHECK(Result<void>().ok());
  CHECK_FALSE(Result<void>(someError()).ok());
}

TEST_CASE("a result holds what can only be moved, and converts", "[base]") {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(result).value();
  CHECK(*taken == 3);
  const Result<std::shared_ptr<const int>> converted = std::make_shared<int>(5);
  CHECK(**converted == 5);
}

TEST_CASE("errors pass through functions unchanged", "[base]") {
  CHECK(*quarter(12) == 3);
  CHECK(quarter(6).error().what == "odd");
  CHECK(check(2).ok());
  CHECK(check(3).error().code == ErrorCode::InvalidArgument);
}
