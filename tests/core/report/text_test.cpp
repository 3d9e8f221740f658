#include "core/report/text.h"

#include <limits>

#include "core/report/plots.h"
#include "tests/support/catch.h"

using namespace quantscope;

TEST_CASE("Text in pages cannot become markup", "[report]") {
  CHECK(text::escape("<script>\"a\" & 'b'</script>") == "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/script&gt;");
  CHECK(text::escape("naïve ×2 😀") == "naïve ×2 😀");
  CHECK(text::escape("a\x01\x1b[b") == "a\uFFFD\uFFFD[b");
  CHECK(text::escape("\xff\xc3") == "\uFFFD\uFFFD");
  CHECK(text::escape("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate is not UTF-8
}

TEST_CASE("CSV fields are quoted where they must be, and no formula is let through", "[report]") {
  CHECK(text::csvField("plain") == "plain");
  CHECK(text::csvField("a,b \"c\"") == "\"a,b \"\"c\"\"\"");
  CHECK(text::csvField("=1+2") == "'=1+2");
  CHECK(text::csvField("-0.5") == "-0.5");
}

TEST_CASE("Numbers read well", "[report]") {
  CHECK(text::count(0) == "0");
  CHECK(text::count(318144) == "318,144");
  CHECK(text::count(-1234567) == "-1,234,567");
  CHECK(text::count(-123) == "-123");
  CHECK(text::bytes(999) == "999 B");
  CHECK(text::bytes(318144) == "318.1 kB");
  CHECK(text::bytes(999999) == "1.0 MB");
  CHECK(text::shortCount(12500000) == "12.5 M");
  CHECK(text::shortCount(999) == "999");
  CHECK(text::duration(352) == "352 µs");
  CHECK(text::duration(999.7) == "1.00 ms");
  CHECK(text::duration(10100) == "10.1 ms");
  CHECK(text::duration(1.52e6) == "1.52 s");
  CHECK(text::percent(0.751) == "75.10 %");
  CHECK(text::fixed(std::numeric_limits<double>::infinity(), 2) == "∞");
  CHECK(text::fixed(std::numeric_limits<double>::quiet_NaN(), 2) == "–");
  CHECK(text::shorten("model/very/long/name", 9) == "mode…name");
  CHECK(text::width("μs×") == 3);
}

TEST_CASE("Ticks stand at round numbers", "[report]") {
  CHECK(report::roundTicks(0, 10, 5) == std::vector<double>{0, 2, 4, 6, 8, 10});
  const auto ticks = report::roundTicks(71.3, 79.8, 5);
  CHECK(ticks == std::vector<double>{72, 74, 76, 78});
  CHECK(report::roundTicks(3, 3, 5) == std::vector<double>{3});
}
