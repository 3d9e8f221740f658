#include "core/base/sha256.h"

#include <initializer_list>

#include "tests/support/catch.h"

using namespace quantscope;

namespace {
std::string hashOf(const std::string& text, size_t piece = 1000) {
  Sha256 hash;
  const auto bytes = std::as_bytes(std::span(text));
  for (size_t at = 0; at < bytes.size(); at += piece) hash.add(bytes.subspan(at, std::min(piece, bytes.size() - at)));
  return Sha256::text(hash.finish());
}
}  // namespace

TEST_CASE("SHA-256 gives the digests of the standard's examples", "[base]") {
  CHECK(hashOf("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(hashOf("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hashOf("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  CHECK(hashOf(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on the pieces", "[base]") {
  const std::string text(300, 'x');
  for (const size_t piece : std::initializer_list<size_t>{1, 7, 63, 64, 65, 128})
    CHECK(hashOf(text, piece) == hashOf(text));
}
