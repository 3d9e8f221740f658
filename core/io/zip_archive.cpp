#include "core/io/zip_archive.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace quantscope::io {

namespace {

constexpr uint32_t kDirectoryEndMark = 0x06054b50, kEntryMark = 0x02014b50, kLocalMark = 0x04034b50;
constexpr size_t kDirectoryEndSize = 22, kEntrySize = 46, kLocalSize = 30;
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
  uint16_t entries = 0;
  uint64_t statedBegin = 0;
  /// Add to a stated offset to get a position in the bytes (modulo 2^64).
  uint64_t base() const { return begin - statedBegin; }
};

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
    if (directory.size > position) continue;
    directory.begin = position - directory.size;
    return directory;
  }
  return std::nullopt;
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
    const size_t length =
        kEntrySize + nameLength + at<uint16_t>(bytes, position + 30) + at<uint16_t>(bytes, position + 32);
    entry.localHeader = base + at<uint32_t>(bytes, position + 42);
    if (length > directory->end - position) return damaged("", "the directory of the archive is cut off");
    entry.name.assign(reinterpret_cast<const char*>(bytes.data() + position + kEntrySize), nameLength);
    position += length;
  }
  return entries;
}

Result<std::string> unpackZip(std::span<const std::byte> bytes, const ZipEntry& entry, uint64_t limit) {
  if (entry.size > limit) {
    return Error{ErrorCode::ResourceLimit, "cannot unpack the file", entry.name,
                 "it has " + std::to_string(entry.size) + " bytes; at most " + std::to_string(limit) + " are read", ""};
  }
  if (bytes.size() < kLocalSize || entry.localHeader > bytes.size() - kLocalSize ||
      at<uint32_t>(bytes, entry.localHeader) != kLocalMark) {
    return damaged(entry.name, "its place in the archive is wrong");
  }
  const uint64_t begin = entry.localHeader + kLocalSize + at<uint16_t>(bytes, entry.localHeader + 26) +
                         at<uint16_t>(bytes, entry.localHeader + 28);
  if (begin > bytes.size() || entry.packedSize > bytes.size() - begin) return damaged(entry.name, "it is cut off");
  const auto packed = bytes.subspan(begin, entry.packedSize);
  std::string content(entry.size, '\0');
  if (entry.method == kStored) {
    if (entry.packedSize != entry.size) return damaged(entry.name, "its two lengths differ");
    std::transform(packed.begin(), packed.end(), content.begin(), [](std::byte b) { return static_cast<char>(b); });
  } else if (entry.method == kDeflated) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return damaged(entry.name, "there is no memory to unpack it");
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(content.data());
    stream.avail_out = static_cast<uInt>(content.size());
    const int state = inflate(&stream, Z_FINISH);
    const bool complete = state == Z_STREAM_END && stream.avail_out == 0;
    inflateEnd(&stream);
    if (!complete) return damaged(entry.name, "its compressed bytes are damaged");
  } else {
    return Error{ErrorCode::Unsupported, "cannot unpack the file", entry.name,
                 "it is packed with method " + std::to_string(entry.method) + "; stored and deflated are supported",
                 ""};
  }
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()));
  if (crc != entry.crc) return damaged(entry.name, "its checksum is wrong");
  return content;
}

std::vector<std::byte> movedArchiveEnd(std::span<const std::byte> bytes, uint64_t from, uint64_t to) {
  const auto directory = findDirectory(bytes);
  if (!directory || from == to || directory->statedBegin != from + directory->begin) return {};
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
