#include "core/io/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace quantscope::io {

namespace {

constexpr uint32_t kDirectoryEndMark = 0x06054b50, kEntryMark = 0x02014b50, kLocalMark = 0x04034b50;
constexpr uint32_t kDirectoryEnd64Mark = 0x06064b50, kLocator64Mark = 0x07064b50;
constexpr size_t kDirectoryEndSize = 22, kEntrySize = 46, kLocalSize = 30;
constexpr size_t kDirectoryEnd64Size = 56, kLocator64Size = 20;
constexpr uint16_t kExtra64 = 1;
// Deflate cannot do better than 258 bytes in two bits.
constexpr uint64_t kBestRatio = 1032;
constexpr size_t kLongestComment = 65535;
constexpr size_t kMaximumEntries = 10'000;
constexpr uint16_t kStored = 0, kDeflated = 8, kEncrypted = 1;

template <typename T>
T at(std::span<const std::byte> bytes, size_t position) {
  T value{};
  std::memcpy(&value, bytes.data() + position, sizeof(T));
  return value;
}

Error damaged(const std::string& where, const std::string& why) {
  return {ErrorCode::Malformed, "cannot read the files packed with the model", where, why, ""};
}

// Where the directory stands in the bytes, and where its offsets count from.
struct Directory {
  size_t begin = 0, size = 0, end = 0;  ///< end: of the mark that closes the archive
  uint64_t entries = 0;
  uint64_t statedBegin = 0;
  bool is64 = false;
  /// Add to a stated offset to get a position in the bytes (modulo 2^64).
  uint64_t base() const { return begin - statedBegin; }
};

// Archives above 4 GB say in front of the closing mark where their second, wider one is.
std::optional<Directory> findDirectory64(std::span<const std::byte> bytes, size_t end) {
  if (end < kLocator64Size + kDirectoryEnd64Size) return std::nullopt;
  if (at<uint32_t>(bytes, end - kLocator64Size) != kLocator64Mark) return std::nullopt;
  // Where the locator says, or right before it where something precedes the archive.
  const auto stated = at<uint64_t>(bytes, end - kLocator64Size + 8);
  for (const uint64_t position : {stated, uint64_t{end - kLocator64Size - kDirectoryEnd64Size}}) {
    if (position > end - kLocator64Size - kDirectoryEnd64Size) continue;
    if (at<uint32_t>(bytes, position) != kDirectoryEnd64Mark) continue;
    Directory directory;
    directory.is64 = true;
    directory.end = position;
    directory.entries = at<uint64_t>(bytes, position + 32);
    const auto size = at<uint64_t>(bytes, position + 40);
    directory.statedBegin = at<uint64_t>(bytes, position + 48);
    if (size > position) continue;
    directory.size = size;
    directory.begin = position - size;
    return directory;
  }
  return std::nullopt;
}

std::optional<Directory> findDirectory(std::span<const std::byte> bytes) {
  if (bytes.size() < kDirectoryEndSize) return std::nullopt;
  const size_t last = bytes.size() - kDirectoryEndSize;
  const size_t first = last > kLongestComment ? last - kLongestComment : 0;
  for (size_t position = last + 1; position-- > first;) {
    if (at<uint32_t>(bytes, position) != kDirectoryEndMark) continue;
    Directory directory;
    directory.end = position;
    directory.entries = at<uint16_t>(bytes, position + 10);
    directory.size = at<uint32_t>(bytes, position + 12);
    directory.statedBegin = at<uint32_t>(bytes, position + 16);
    const bool wide =
        directory.entries == UINT16_MAX || directory.size == UINT32_MAX || directory.statedBegin == UINT32_MAX;
    if (const auto found = wide ? findDirectory64(bytes, position) : std::nullopt) return found;
    if (directory.size > position) continue;
    directory.begin = position - directory.size;
    return directory;
  }
  return std::nullopt;
}

// Numbers of an entry that do not fit 32 bits stand in its extra field 1, in this order.
bool readExtra64(std::span<const std::byte> extra, ZipEntry& entry, uint64_t& header) {
  while (extra.size() >= 4) {
    const auto id = at<uint16_t>(extra, 0);
    const size_t length = at<uint16_t>(extra, 2);
    if (length > extra.size() - 4) return false;
    if (id == kExtra64) {
      size_t position = 4;
      for (uint64_t* number : {&entry.size, &entry.packedSize, &header}) {
        if (*number != UINT32_MAX) continue;
        if (position + 8 > 4 + length) return false;
        *number = at<uint64_t>(extra, position);
        position += 8;
      }
      return true;
    }
    extra = extra.subspan(4 + length);
  }
  return true;
}

Error unknownMethod(const ZipEntry& entry) {
  return {ErrorCode::Unsupported, "cannot unpack the file", entry.name,
          "it is packed with method " + std::to_string(entry.method) + "; stored and deflated are supported", ""};
}

// The bytes of an entry as they lie in the archive.
Result<std::span<const std::byte>> rawBytes(std::span<const std::byte> bytes, const ZipEntry& entry) {
  if (bytes.size() < kLocalSize || entry.localHeader > bytes.size() - kLocalSize ||
      at<uint32_t>(bytes, entry.localHeader) != kLocalMark) {
    return damaged(entry.name, "its place in the archive is wrong");
  }
  const uint64_t begin = entry.localHeader + kLocalSize + at<uint16_t>(bytes, entry.localHeader + 26) +
                         at<uint16_t>(bytes, entry.localHeader + 28);
  if (begin > bytes.size() || entry.packedSize > bytes.size() - begin) return damaged(entry.name, "it is cut off");
  return bytes.subspan(begin, entry.packedSize);
}

// Unpacks until `content` is full or the packed bytes end; the number of bytes that came out, or nothing where they are
// damaged before that.
std::optional<size_t> inflateInto(std::span<const std::byte> packed, std::string& content, bool& ended) {
  z_stream stream{};
  if (packed.size() > UINT32_MAX || content.size() > UINT32_MAX) return std::nullopt;
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(content.data());
  stream.avail_out = static_cast<uInt>(content.size());
  const int state = inflate(&stream, Z_FINISH);
  const size_t came = content.size() - stream.avail_out;
  inflateEnd(&stream);
  ended = state == Z_STREAM_END;
  if (!ended && state != Z_BUF_ERROR && state != Z_OK) return std::nullopt;
  return came;
}

}  // namespace

Result<std::vector<ZipEntry>> listZip(std::span<const std::byte> bytes, uint64_t offset) {
  std::vector<ZipEntry> entries;
  const auto directory = findDirectory(bytes);
  if (!directory) return entries;
  if (directory->entries > kMaximumEntries) {
    return Error{ErrorCode::ResourceLimit, "cannot read the files packed with the model", "",
                 "there are " + std::to_string(directory->entries), ""};
  }
  // Offsets count from the file's beginning, or else from the archive's.
  const bool fromFile = directory->statedBegin == offset + directory->begin;
  const uint64_t base = fromFile ? 0 - offset : directory->base();
  size_t position = directory->begin;
  for (size_t i = 0; i < directory->entries; ++i) {
    if (directory->end - position < kEntrySize || at<uint32_t>(bytes, position) != kEntryMark) {
      return damaged("", "the directory of the archive is cut off");
    }
    ZipEntry& entry = entries.emplace_back();
    if ((at<uint16_t>(bytes, position + 8) & kEncrypted) != 0) return damaged("", "the archive is encrypted");
    entry.method = at<uint16_t>(bytes, position + 10);
    entry.crc = at<uint32_t>(bytes, position + 16);
    entry.packedSize = at<uint32_t>(bytes, position + 20);
    entry.size = at<uint32_t>(bytes, position + 24);
    const size_t nameLength = at<uint16_t>(bytes, position + 28);
    const size_t extraLength = at<uint16_t>(bytes, position + 30);
    const size_t length = kEntrySize + nameLength + extraLength + at<uint16_t>(bytes, position + 32);
    if (length > directory->end - position) return damaged("", "the directory of the archive is cut off");
    entry.name.assign(reinterpret_cast<const char*>(bytes.data() + position + kEntrySize), nameLength);
    uint64_t header = at<uint32_t>(bytes, position + 42);
    if (!readExtra64(bytes.subspan(position + kEntrySize + nameLength, extraLength), entry, header)) {
      return damaged(entry.name, "its entry in the directory is damaged");
    }
    entry.localHeader = base + header;
    position += length;
  }
  return entries;
}

Result<std::span<const std::byte>> storedBytes(std::span<const std::byte> bytes, const ZipEntry& entry) {
  if (entry.method != kStored) return unknownMethod(entry);
  if (entry.packedSize != entry.size) return damaged(entry.name, "its two lengths differ");
  return rawBytes(bytes, entry);
}

Result<std::string> beginningOf(std::span<const std::byte> bytes, const ZipEntry& entry, size_t size) {
  QS_ASSIGN(const auto raw, rawBytes(bytes, entry));
  if (entry.method == kStored) {
    const auto head = raw.first(std::min(raw.size(), size));
    return std::string(reinterpret_cast<const char*>(head.data()), head.size());
  }
  if (entry.method != kDeflated) return unknownMethod(entry);
  std::string content(size, '\0');
  bool ended = false;
  // More than this is not needed for a few bytes, except in archives that nobody makes.
  const auto came = inflateInto(raw.first(std::min<size_t>(raw.size(), 1024 + 2 * size)), content, ended);
  if (!came) return damaged(entry.name, "its compressed bytes are damaged");
  content.resize(*came);
  return content;
}

Result<std::string> unpackZip(std::span<const std::byte> bytes, const ZipEntry& entry, uint64_t limit) {
  if (entry.size > limit) {
    return Error{ErrorCode::ResourceLimit, "cannot unpack the file", entry.name,
                 "it has " + std::to_string(entry.size) + " bytes; at most " + std::to_string(limit) + " are read", ""};
  }
  QS_ASSIGN(const auto packed, rawBytes(bytes, entry));
  if (entry.method != kStored && entry.method != kDeflated) return unknownMethod(entry);
  if (entry.method == kStored && entry.packedSize != entry.size) return damaged(entry.name, "its two lengths differ");
  if (entry.size > packed.size() * kBestRatio + kBestRatio) {
    return damaged(entry.name, "so few bytes cannot unpack to " + std::to_string(entry.size));
  }
  std::string content;
  if (entry.method == kStored) {
    content.assign(reinterpret_cast<const char*>(packed.data()), packed.size());
  } else {
    content.resize(entry.size);
    bool ended = false;
    const auto came = inflateInto(packed, content, ended);
    if (!came || !ended || *came != content.size()) return damaged(entry.name, "its compressed bytes are damaged");
  }
  if (crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size()) != entry.crc) {
    return damaged(entry.name, "its checksum is wrong");
  }
  return content;
}

std::vector<std::byte> movedArchiveEnd(std::span<const std::byte> bytes, uint64_t from, uint64_t to) {
  const auto directory = findDirectory(bytes);
  // Wider archives behind a model count from their own beginning or nobody has made one yet: left as they are.
  if (!directory || directory->is64 || from == to || directory->statedBegin != from + directory->begin) return {};
  const auto old = bytes.subspan(directory->begin);
  std::vector<std::byte> moved(old.begin(), old.end());
  // Beyond 4 GB the offsets have to count from the archive's own beginning.
  if (to > UINT32_MAX - bytes.size()) to = 0;
  bool inside = true;
  auto move = [&](size_t position) {
    const uint64_t offset = at<uint32_t>(moved, position) - from;
    inside = inside && offset < bytes.size();
    const auto stored = static_cast<uint32_t>(offset + to);
    std::memcpy(moved.data() + position, &stored, sizeof(stored));
  };
  size_t position = 0;
  for (size_t i = 0; i < directory->entries; ++i) {
    if (directory->size - position < kEntrySize || at<uint32_t>(moved, position) != kEntryMark) return {};
    move(position + 42);
    position += kEntrySize + at<uint16_t>(moved, position + 28) + at<uint16_t>(moved, position + 30) +
                at<uint16_t>(moved, position + 32);
    if (position > directory->size) return {};
  }
  move(directory->size + 16);
  return inside ? moved : std::vector<std::byte>{};
}

}  // namespace quantscope::io
