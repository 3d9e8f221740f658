#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

#include "core/base/atomic_file.h"
#include "core/base/mapped_file.h"
#include "core/base/temporary_files.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

using namespace quantscope;

namespace {

std::string contentOf(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

size_t filesIn(const std::filesystem::path& folder) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("an atomic file appears when it is committed, not before", "[base]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  {
    auto file = AtomicFile::create(path, IfExists::Refuse);
    REQUIRE(file.ok());
    REQUIRE(file->write(std::string("one ")).ok());
    REQUIRE(file->write(std::string("two")).ok());
    CHECK(file->size() == 7);
    CHECK_FALSE(std::filesystem::exists(path));
    REQUIRE(file->commit().ok());
    CHECK(std::filesystem::exists(path));
  }
  CHECK(contentOf(path) == "one two");
  CHECK(filesIn(folder.path()) == 1);
}

TEST_CASE("an atomic file that is dropped leaves nothing and harms nothing", "[base]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  REQUIRE(writeFileAtomically(path, "old", IfExists::Refuse).ok());
  {
    auto file = AtomicFile::create(path, IfExists::Replace);
    REQUIRE(file.ok());
    REQUIRE(file->write(std::string("new")).ok());
  }
  CHECK(contentOf(path) == "old");
  CHECK(filesIn(folder.path()) == 1);
  REQUIRE(writeFileAtomically(path, "new", IfExists::Replace).ok());
  CHECK(contentOf(path) == "new");
}

TEST_CASE("a process that ends at once can remove what it was writing, and only that", "[base]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "done.txt";
  REQUIRE(writeFileAtomically(path, "done", IfExists::Refuse).ok());
  auto first = AtomicFile::create(folder.path() / "a.txt", IfExists::Refuse);
  auto second = AtomicFile::create(path, IfExists::Replace);
  REQUIRE(first.ok());
  REQUIRE(second.ok());
  CHECK(filesIn(folder.path()) == 3);
  removeTemporaryFiles();
  CHECK(filesIn(folder.path()) == 1);
  CHECK(contentOf(path) == "done");
  // Nothing of it is there to be renamed.
  CHECK_FALSE(second->commit().ok());
  CHECK(contentOf(path) == "done");
}

TEST_CASE("a file that appears meanwhile is not replaced", "[base]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  auto file = AtomicFile::create(path, IfExists::Refuse);
  REQUIRE(file.ok());
  std::ofstream(path) << "someone else's";
  const auto result = file->commit();
  REQUIRE_FALSE(result.ok());
  CHECK(result.error().code == ErrorCode::InvalidArgument);
  CHECK(contentOf(path) == "someone else's");
}

TEST_CASE("a new file has the mode that the user's mask asks for", "[base]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "a.txt";
  const mode_t mask = umask(027);
  const bool written = writeFileAtomically(path, "x", IfExists::Refuse).ok();
  umask(mask);
  REQUIRE(written);
  CHECK(std::filesystem::status(path).permissions() == static_cast<std::filesystem::perms>(0640));
}

TEST_CASE("a folder cannot be written as a file", "[base]") {
  tests::TemporaryFolder folder;
  for (const auto& path : {folder.path(), folder.path() / ""}) {
    const auto result = writeFileAtomically(path, "x", IfExists::Replace);
    REQUIRE_FALSE(result.ok());
    CHECK_THAT(result.error().message(), ContainsSubstring("it is a folder"));
  }
}

TEST_CASE("a mapped file shows the bytes, and keeps them when the name goes", "[base]") {
  tests::TemporaryFolder folder;
  const auto path = folder.path() / "a.bin";
  const std::string text(100'000, 'q');
  REQUIRE(writeFileAtomically(path, text, IfExists::Refuse).ok());
  const auto file = MappedFile::open(path);
  REQUIRE(file.ok());
  std::filesystem::remove(path);
  const auto bytes = (*file)->bytes();
  REQUIRE(bytes.size() == text.size());
  CHECK(std::memcmp(bytes.data(), text.data(), text.size()) == 0);
  (*file)->release(bytes);
  (*file)->release(bytes.subspan(3, 10));
  CHECK(std::memcmp(bytes.data(), text.data(), text.size()) == 0);
}

TEST_CASE("bytes that lie in no mapped file are left alone when given back", "[base]") {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "large";
  REQUIRE(writeFileAtomically(path, std::string(100000, 'x'), IfExists::Refuse).ok());
  std::vector<std::byte> memory(100000, std::byte{7});
  MappedFile::giveBack(memory);
  CHECK(std::count(memory.begin(), memory.end(), std::byte{7}) == 100000);
  const auto file = MappedFile::open(path);
  REQUIRE(file.ok());
  const auto bytes = (*file)->bytes();
  MappedFile::giveBack(memory);
  MappedFile::giveBack(bytes);
  MappedFile::giveBack(bytes.subspan(4096, 50000));
  MappedFile::giveBack({});
  CHECK(std::count(memory.begin(), memory.end(), std::byte{7}) == 100000);
  CHECK(std::count(bytes.begin(), bytes.end(), std::byte{'x'}) == 100000);
}

TEST_CASE("what cannot be mapped is an error with the name", "[base]") {
  tests::TemporaryFolder folder;
  CHECK(MappedFile::open(folder.path() / "missing").error().code == ErrorCode::NotFound);
  CHECK_THAT(MappedFile::open(folder.path()).error().message(), ContainsSubstring("folder"));
  CHECK(MappedFile::open("/dev/null").error().code == ErrorCode::Io);
  const auto fifo = folder.path() / "pipe";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK_THAT(MappedFile::open(fifo).error().message(), ContainsSubstring("not an ordinary file"));
  REQUIRE(writeFileAtomically(folder.path() / "empty", "", IfExists::Refuse).ok());
  CHECK((*MappedFile::open(folder.path() / "empty"))->bytes().empty());
}
