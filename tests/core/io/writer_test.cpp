#include "core/io/tflite_writer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "core/io/tflite_reader.h"
#include "tests/core/io/raw_models.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

Model modelOf(size_t elements) {
  tests::ModelBuilder builder;
  const auto size = static_cast<int32_t>(elements);
  const auto x = builder.tensor({size}), y = builder.tensor({size});
  builder.add(x, builder.randomConstant({size}), y);
  builder.inputs({x});
  builder.outputs({y});
  return builder.model;
}

size_t filesIn(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

// Files cannot grow beyond this many bytes while it lives: what a full disk looks like to the program.
class SmallDisk {
public:
  explicit SmallDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{bytes, m_before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  ~SmallDisk() {
    setrlimit(RLIMIT_FSIZE, &m_before);
    std::signal(SIGXFSZ, SIG_DFL);
  }

private:
  rlimit m_before{};
};

}  // namespace

TEST_CASE("a written file is the serialized model, under its own name only", "[io]") {
  tests::TemporaryFolder folder;
  const Model model = modelOf(100'000);
  const auto path = folder.path() / "model.tflite";
  Progress progress;
  REQUIRE(writeModel(model, path, IfExists::Refuse, &progress).ok());
  CHECK(filesIn(folder.path()) == 1);
  const auto bytes = serializeModel(model);
  REQUIRE(bytes.ok());
  CHECK(std::filesystem::file_size(path) == bytes->size());
  CHECK(progress.state().done == bytes->size());
  const auto read = readModel(path);
  REQUIRE(read.ok());
  tests::checkSame(model, **read);
}

TEST_CASE("an existing file is replaced only when that is asked for", "[io]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "model.tflite";
  std::ofstream(path) << "precious";
  const auto refused = writeModel(modelOf(10), path, IfExists::Refuse);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::InvalidArgument);
  CHECK(std::filesystem::file_size(path) == 8);
  REQUIRE(writeModel(modelOf(10), path, IfExists::Replace).ok());
  CHECK(readModel(path).ok());
  CHECK(filesIn(folder.path()) == 1);
}

TEST_CASE("a model may be written over the file that it is read from", "[io]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "model.tflite";
  const Model model = modelOf(100'000);
  REQUIRE(writeModel(model, path, IfExists::Refuse).ok());
  const auto mapped = readModel(path);
  REQUIRE(mapped.ok());
  REQUIRE(writeModel(**mapped, path, IfExists::Replace).ok());
  tests::checkSame(**mapped, **readModel(path));
}

TEST_CASE("nothing is left behind where writing is cancelled or cannot be", "[io]") {
  tests::TemporaryFolder folder;
  const Model model = modelOf(100'000);
  SECTION("cancelled") {
    Progress progress;
    progress.cancel();
    const auto result = writeModel(model, folder.path() / "m.tflite", IfExists::Refuse, &progress);
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::Cancelled);
    CHECK(filesIn(folder.path()) == 0);
  }
  SECTION("full disk") {
    const auto result = [&] {
      const SmallDisk disk(10'000);
      return writeModel(model, folder.path() / "m.tflite", IfExists::Refuse);
    }();
    REQUIRE_FALSE(result.ok());
    CHECK(result.error().code == ErrorCode::Io);
    CHECK_THAT(result.error().message(), ContainsSubstring("m.tflite"));
    CHECK(filesIn(folder.path()) == 0);
  }
  SECTION("no such folder") {
    const auto result = writeModel(model, folder.path() / "no" / "m.tflite", IfExists::Refuse);
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message(), ContainsSubstring("create the folder"));
  }
  SECTION("read-only folder") {
    if (geteuid() == 0) return tests::skipLoudly("read-only folder", "root may write everywhere");
    std::filesystem::permissions(folder.path(),
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto result = writeModel(model, folder.path() / "m.tflite", IfExists::Refuse);
    std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message(), ContainsSubstring("choose a folder"));
  }
}

TEST_CASE("equal objects are stored once and constants begin at multiples of 16", "[io]") {
  tests::ModelBuilder builder;
  auto previous = builder.tensor({1, 4}, ElementType::Float32, "x");
  builder.inputs({previous});
  for (int i = 0; i < 100; ++i) {
    const auto next = builder.tensor({1, 4}, ElementType::Float32, "the name of a tensor");
    builder.add(previous, builder.randomConstant({1, 4}, "constant", static_cast<uint32_t>(i)), next);
    previous = next;
  }
  builder.outputs({previous});
  const auto bytes = serializeModel(builder.model);
  REQUIRE(bytes.ok());
  // 100 × (constant 16 + its count 4 + table 8 + its place in the list 4, operator 16 + 4 + inputs 12 +
  // outputs 8, two tensors of 24 + 4, gaps): without sharing it would be twice that.
  CHECK(bytes->size() < 100 * 150);
  const auto copy = tests::readGood(*bytes);
  for (const Buffer& buffer : copy->buffers) {
    if (buffer.present) CHECK((buffer.bytes.data() - copy->buffers[1].bytes.data()) % 16 == 0);
  }
}
