#include "tests/core/data/zip_bytes.h"

#include <zlib.h>

namespace quantscope::tests {

namespace {

template <typename T>
void put(std::string& text, T value) {
  text.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string deflated(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string result(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

}  // namespace

std::string zipText(const std::vector<ZipPiece>& pieces) {
  std::string text, directory;
  for (const ZipPiece& piece : pieces) {
    const std::string packed = piece.deflate ? deflated(piece.content) : piece.content;
    const auto offset = static_cast<uint32_t>(text.size());
    std::string common;
    put(common, uint16_t{20});
    put(common, piece.flags);
    put(common, uint16_t(piece.deflate ? piece.method : 0));
    put(common, uint32_t{0});
    const uint32_t crc = static_cast<uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(piece.content.data()), static_cast<uInt>(piece.content.size())));
    put(common, piece.claimedCrc < 0 ? crc : static_cast<uint32_t>(piece.claimedCrc));
    put(common, static_cast<uint32_t>(packed.size()));
    put(common,
        static_cast<uint32_t>(piece.claimedSize < 0 ? piece.content.size() : static_cast<size_t>(piece.claimedSize)));
    put(common, static_cast<uint16_t>(piece.name.size()));
    put(common, uint16_t{0});
    text += "PK\x03\x04" + common + piece.name + packed;
    directory += "PK\x01\x02";
    put(directory, uint16_t{20});
    directory += common + std::string(10, '\0');
    put(directory, offset);
    directory += piece.name;
  }
  const auto start = static_cast<uint32_t>(text.size());
  text += directory + std::string("PK\x05\x06\0\0\0\0", 8);
  put(text, static_cast<uint16_t>(pieces.size()));
  put(text, static_cast<uint16_t>(pieces.size()));
  put(text, static_cast<uint32_t>(directory.size()));
  put(text, start);
  put(text, uint16_t{0});
  return text;
}

std::string npyText(const std::string& dictionary, const std::string& data, int version) {
  const std::string header = dictionary + "\n";
  std::string text = "\x93NUMPY";
  text += static_cast<char>(version);
  text += '\0';
  if (version == 1) {
    put(text, static_cast<uint16_t>(header.size()));
  } else {
    put(text, static_cast<uint32_t>(header.size()));
  }
  return text + header + data;
}

}  // namespace quantscope::tests
