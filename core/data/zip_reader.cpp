#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <set>

#include "core/base/checked.h"
#include "core/data/zip_archive.h"

namespace quantscope::data {

namespace {

constexpr uint32_t kEndSignature = 0x06054b50, kEnd64Signature = 0x06064b50, kLocator64Signature = 0x07064b50;
constexpr uint32_t kDirectorySignature = 0x02014b50, kLocalSignature = 0x04034b50;
constexpr size_t kEndSize = 22, kLocator64Size = 20, kEnd64Size = 56, kDirectorySize = 46, kLocalSize = 30;
constexpr size_t kMostEntries = 65536;
// Deflate cannot make more than 1032 bytes out of one.
constexpr uint64_t kMostExpansion = 1032;

template <typename T>
T read(std::span<const std::byte> bytes, size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

/// Where the central directory lies.
struct Directory {
  uint64_t entries = 0, size = 0, offset = 0;
};

std::optional<size_t> findEnd(std::span<const std::byte> bytes) {
  if (bytes.size() < kEndSize) return std::nullopt;
  const size_t last = bytes.size() - kEndSize;
  const size_t first = last > 0xffff ? last - 0xffff : 0;
  for (size_t at = last + 1; at-- > first;) {
    if (read<uint32_t>(bytes, at) == kEndSignature && at + kEndSize + read<uint16_t>(bytes, at + 20) <= bytes.size()) {
      return at;
    }
  }
  return std::nullopt;
}

/// Takes the 64-bit sizes of the extra field for those of the entry that say "see there".
bool applyZip64(std::span<const std::byte> extra, ZipEntry& entry) {
  const bool wanted =
      entry.size == 0xffffffff || entry.compressedSize == 0xffffffff || entry.headerOffset == 0xffffffff;
  if (!wanted) return true;
  while (extra.size() >= 4) {
    const size_t length = read<uint16_t>(extra, 2);
    if (length > extra.size() - 4) return false;
    if (read<uint16_t>(extra, 0) == 1) {
      auto field = extra.subspan(4, length);
      for (uint64_t* value : {&entry.size, &entry.compressedSize, &entry.headerOffset}) {
        if (*value != 0xffffffff) continue;
        if (field.size() < 8) return false;
        *value = read<uint64_t>(field, 0);
        field = field.subspan(8);
      }
      return true;
    }
    extra = extra.subspan(4 + length);
  }
  // A size of exactly 2^32 - 1 without the field is legal.
  return true;
}

}  // namespace

uint32_t crc32Of(std::span<const std::byte> bytes, uint32_t start) {
  uLong crc = start;
  while (!bytes.empty()) {
    const size_t piece = std::min<size_t>(bytes.size(), size_t{1} << 30);
    crc = ::crc32(crc, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(piece));
    bytes = bytes.subspan(piece);
  }
  return static_cast<uint32_t>(crc);
}

Error ZipArchive::malformed(const std::string& why) const {
  return {ErrorCode::Malformed, "cannot read the archive", m_file->path().string(), why, ""};
}

Result<ZipArchive> ZipArchive::open(const std::filesystem::path& path) {
  ZipArchive archive;
  QS_ASSIGN(archive.m_file, MappedFile::open(path));
  QS_TRY(archive.readDirectory());
  return archive;
}

Result<void> ZipArchive::readDirectory() {
  const auto bytes = m_file->bytes();
  const auto end = findEnd(bytes);
  if (!end) return malformed("it has no ZIP directory at its end; it is cut off or not a .npz file");
  if (read<uint16_t>(bytes, *end + 4) != 0) {
    return Error{ErrorCode::Unsupported, "cannot read the archive", m_file->path().string(), "it spans several files",
                 ""};
  }
  Directory directory{read<uint16_t>(bytes, *end + 10), read<uint32_t>(bytes, *end + 12),
                      read<uint32_t>(bytes, *end + 16)};
  if (*end >= kLocator64Size && read<uint32_t>(bytes, *end - kLocator64Size) == kLocator64Signature) {
    const uint64_t at = read<uint64_t>(bytes, *end - kLocator64Size + 8);
    if (at > *end || *end - at < kEnd64Size || read<uint32_t>(bytes, at) != kEnd64Signature) {
      return malformed("its ZIP64 end record is not where it should be");
    }
    directory = {read<uint64_t>(bytes, at + 32), read<uint64_t>(bytes, at + 40), read<uint64_t>(bytes, at + 48)};
  }
  if (directory.entries > kMostEntries) {
    return malformed("it claims " + std::to_string(directory.entries) + " entries, more than " +
                     std::to_string(kMostEntries));
  }
  if (directory.offset > *end || directory.size > *end - directory.offset) {
    return malformed("its directory lies outside the file");
  }

  auto rest = bytes.subspan(directory.offset, directory.size);
  std::set<std::string> names;
  for (uint64_t i = 0; i < directory.entries; ++i) {
    const std::string position = "entry " + std::to_string(i);
    if (rest.size() < kDirectorySize || read<uint32_t>(rest, 0) != kDirectorySignature) {
      return malformed("its directory is broken at " + position);
    }
    const size_t nameLength = read<uint16_t>(rest, 28), extraLength = read<uint16_t>(rest, 30);
    const size_t length = kDirectorySize + nameLength + extraLength + read<uint16_t>(rest, 32);
    if (length > rest.size()) return malformed("its directory is broken at " + position);
    ZipEntry entry;
    entry.name.assign(reinterpret_cast<const char*>(rest.data()) + kDirectorySize, nameLength);
    entry.crc = read<uint32_t>(rest, 16);
    entry.compressedSize = read<uint32_t>(rest, 20);
    entry.size = read<uint32_t>(rest, 24);
    entry.headerOffset = read<uint32_t>(rest, 42);
    if (!applyZip64(rest.subspan(kDirectorySize + nameLength, extraLength), entry)) {
      return malformed("the ZIP64 sizes of '" + entry.name + "' are missing");
    }
    const uint16_t flags = read<uint16_t>(rest, 8), method = read<uint16_t>(rest, 10);
    if ((flags & 1) != 0 || (method != 0 && method != 8)) {
      return Error{ErrorCode::Unsupported, "cannot read the archive", m_file->path().string(),
                   "'" + entry.name + "' is " +
                       ((flags & 1) != 0 ? "encrypted" : "compressed with method " + std::to_string(method)),
                   "write it with numpy.savez or numpy.savez_compressed"};
    }
    entry.deflated = method == 8;
    if (!entry.deflated && entry.size != entry.compressedSize) {
      return malformed("the two sizes of the stored '" + entry.name + "' differ");
    }
    if (!names.insert(entry.name).second) return malformed("it has two entries named '" + entry.name + "'");
    m_entries.push_back(std::move(entry));
    rest = rest.subspan(length);
  }
  return {};
}

Result<std::span<const std::byte>> ZipArchive::rawBytes(const ZipEntry& entry) const {
  const auto bytes = m_file->bytes();
  if (entry.headerOffset > bytes.size() || bytes.size() - entry.headerOffset < kLocalSize ||
      read<uint32_t>(bytes, entry.headerOffset) != kLocalSignature) {
    return malformed("the header of '" + entry.name + "' is not where the directory says");
  }
  const uint64_t begin = entry.headerOffset + kLocalSize + read<uint16_t>(bytes, entry.headerOffset + 26) +
                         read<uint16_t>(bytes, entry.headerOffset + 28);
  if (begin > bytes.size() || entry.compressedSize > bytes.size() - begin) {
    return malformed("the data of '" + entry.name + "' lies outside the file");
  }
  return bytes.subspan(begin, entry.compressedSize);
}

Result<std::vector<std::byte>> ZipArchive::inflate(const ZipEntry& entry, uint64_t limit) const {
  if (entry.size > limit) {
    return Error{ErrorCode::ResourceLimit, "cannot read the archive", m_file->path().string(),
                 "'" + entry.name + "' would take " + std::to_string(entry.size) + " bytes, allowed are " +
                     std::to_string(limit),
                 "store it without compression (numpy.savez)"};
  }
  QS_ASSIGN(auto compressed, rawBytes(entry));
  if (entry.size / kMostExpansion > compressed.size()) {
    return malformed("the size of '" + entry.name + "' cannot come out of its compressed data");
  }
  z_stream stream{};
  if (::inflateInit2(&stream, -MAX_WBITS) != Z_OK) return Error{ErrorCode::Internal, "cannot start zlib", "", "", ""};
  struct Closer {
    z_stream* stream;
    ~Closer() { ::inflateEnd(stream); }
  } closer{&stream};

  std::vector<std::byte> result;
  size_t produced = 0;
  int status = Z_OK;
  try {
    while (status == Z_OK) {
      if (stream.avail_in == 0 && !compressed.empty()) {
        const size_t piece = std::min<size_t>(compressed.size(), size_t{1} << 30);
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed.data()));
        stream.avail_in = static_cast<uInt>(piece);
        compressed = compressed.subspan(piece);
      }
      if (produced == result.size()) {
        if (produced > entry.size) break;
        // One byte more than promised shows a stream that goes on.
        result.resize(std::min<uint64_t>(entry.size + 1, std::max<uint64_t>(65536, uint64_t{produced} * 2)));
      }
      const size_t room = std::min<size_t>(result.size() - produced, size_t{1} << 30);
      stream.next_out = reinterpret_cast<Bytef*>(result.data() + produced);
      stream.avail_out = static_cast<uInt>(room);
      status = ::inflate(&stream, Z_NO_FLUSH);
      produced += room - stream.avail_out;
    }
    if (status != Z_STREAM_END || produced != entry.size) {
      return malformed("the compressed data of '" + entry.name + "' is broken");
    }
    result.resize(produced);
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::ResourceLimit, "cannot read the archive", m_file->path().string(),
                 "there is no memory for the " + std::to_string(entry.size) + " bytes of '" + entry.name + "'", ""};
  }
  if (crc32Of(result) != entry.crc) return malformed("the checksum of '" + entry.name + "' does not match its data");
  return result;
}

}  // namespace quantscope::data
