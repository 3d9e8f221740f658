#include "core/base/resource_folder.h"

#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace quantscope::tests {

namespace fs = std::filesystem;

TEST_CASE("an installed program finds its resources in share", "[base]") {
  TemporaryFolder prefix;
  fs::create_directories(prefix.path() / "share/quantscope/recipes");
  const auto folder = resourceFolderBeside(prefix.path() / "bin");
  REQUIRE(folder.ok());
  CHECK(*folder == prefix.path() / "share/quantscope");
}

TEST_CASE("a program in its build folder finds the resources of the source tree", "[base]") {
  TemporaryFolder source;
  fs::create_directories(source.path() / "resources/recipes");
  const auto folder = resourceFolderBeside(source.path() / "build/release/bin");
  REQUIRE(folder.ok());
  CHECK(*folder == source.path() / "resources");
}

TEST_CASE("without resources the error names both places", "[base]") {
  TemporaryFolder empty;
  const auto folder = resourceFolderBeside(empty.path() / "a/b/bin");
  REQUIRE_FALSE(folder.ok());
  CHECK(folder.error().code == ErrorCode::NotFound);
  CHECK(folder.error().where.find((empty.path() / "a/b/share/quantscope").string()) != std::string::npos);
  CHECK(folder.error().where.find((empty.path() / "resources").string()) != std::string::npos);
}

TEST_CASE("this program finds the sample", "[base]") {
  const auto folder = resourceFolder();
  REQUIRE(folder.ok());
  CHECK(fs::exists(*folder / "samples/shapes_cnn.tflite"));
}

}  // namespace quantscope::tests
