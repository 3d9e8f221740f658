#include <cstring>

#include "core/io/zip_archive.h"
#include "tests/support/catch.h"

using namespace quantscope;

namespace {

class Bytes {
public:
  std::vector<std::byte> bytes;
  template <typename T>
  Bytes& number(T value) {
    const auto* from = reinterpret_cast<const std::byte*>(&value);
    bytes.insert(bytes.end(), from, from + sizeof(value));
    return *this;
  }
  Bytes& text(const std::string& value) {
    for (const char c : value) bytes.push_back(static_cast<std::byte>(c));
    return *this;
  }
};

/// One stored file whose numbers all stand in ZIP64 fields, as archives above 4 GB have them.
std::vector<std::byte> wideArchive(const std::string& content) {
  const std::string name = "a.tflite";
  Bytes out;
  out.number(0x04034b50u).number<uint16_t>(45).number<uint16_t>(0).number<uint16_t>(0).number(0u).number(0u);
  out.number(UINT32_MAX).number(UINT32_MAX).number<uint16_t>(8).number<uint16_t>(20).text(name);
  out.number<uint16_t>(1).number<uint16_t>(16).number<uint64_t>(content.size()).number<uint64_t>(content.size());
  out.text(content);
  const uint64_t directory = out.bytes.size();
  out.number(0x02014b50u).number<uint16_t>(45).number<uint16_t>(45).number<uint16_t>(0).number<uint16_t>(0);
  out.number(0u).number(0u).number(UINT32_MAX).number(UINT32_MAX).number<uint16_t>(8).number<uint16_t>(28);
  out.number<uint16_t>(0).number<uint16_t>(0).number<uint16_t>(0).number(0u).number(UINT32_MAX).text(name);
  out.number<uint16_t>(1).number<uint16_t>(24).number<uint64_t>(content.size()).number<uint64_t>(content.size());
  out.number<uint64_t>(0);
  const uint64_t end = out.bytes.size();
  out.number(0x06064b50u).number<uint64_t>(44).number<uint16_t>(45).number<uint16_t>(45).number(0u).number(0u);
  out.number<uint64_t>(1).number<uint64_t>(1).number(end - directory).number(directory);
  out.number(0x07064b50u).number(0u).number(end).number(1u);
  out.number(0x06054b50u)
      .number<uint16_t>(0)
      .number<uint16_t>(0)
      .number<uint16_t>(UINT16_MAX)
      .number<uint16_t>(UINT16_MAX);
  out.number(UINT32_MAX).number(UINT32_MAX).number<uint16_t>(0);
  return out.bytes;
}

}  // namespace

TEST_CASE("an archive with 64-bit numbers lists and gives its files", "[io][zip]") {
  const auto archive = wideArchive("0123456789");
  const auto entries = io::listZip(archive, 0);
  REQUIRE(entries.ok());
  REQUIRE(entries->size() == 1);
  CHECK(entries->front().name == "a.tflite");
  CHECK(entries->front().size == 10);
  const auto stored = io::storedBytes(archive, entries->front());
  REQUIRE(stored.ok());
  CHECK(std::memcmp(stored->data(), "0123456789", 10) == 0);
}

TEST_CASE("an archive with 64-bit numbers cut off or changed anywhere is refused or lists, and never more",
          "[io][zip]") {
  const auto whole = wideArchive("0123456789");
  for (size_t position = 0; position < whole.size(); ++position) {
    for (const int value : {0, 1, 0x7F, 0xFF}) {
      auto changed = whole;
      changed[position] = static_cast<std::byte>(value);
      const auto entries = io::listZip(changed, 0);
      if (!entries.ok()) continue;
      for (const io::ZipEntry& entry : *entries) {
        (void)io::storedBytes(changed, entry);
        (void)io::unpackZip(changed, entry, 1000);
      }
    }
    (void)io::listZip(std::span(whole).first(position), 0);
  }
}
