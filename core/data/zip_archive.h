#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/mapped_file.h"
#include "core/base/result.h"

/// As much of the ZIP format (PKWARE APPNOTE 6.3) as .npz files need: stored and deflated entries, ZIP64.
namespace quantscope::data {

struct ZipEntry {
  std::string name;
  bool deflated = false;
  uint32_t crc = 0;
  uint64_t compressedSize = 0, size = 0;
  uint64_t headerOffset = 0;  ///< of the local header in the file
};

/// A ZIP file that is read where it lies. Untrusted: every offset and size is checked before use.
class ZipArchive {
public:
  /// Errors: NotFound, Io; Malformed (no directory, offsets outside the file, two entries of one name, more than
  /// 65,536 entries); Unsupported (encrypted, several disks, compression other than deflate).
  static Result<ZipArchive> open(const std::filesystem::path& path);

  const std::vector<ZipEntry>& entries() const { return m_entries; }
  const std::shared_ptr<const MappedFile>& file() const { return m_file; }

  /// The bytes of a stored entry in the mapping, or of a deflated one still compressed.
  Result<std::span<const std::byte>> rawBytes(const ZipEntry& entry) const;
  /// The uncompressed bytes of a deflated entry, checked against size and CRC. Memory grows with what really comes
  /// out, so a wrong size in the directory costs nothing. Errors: Malformed; ResourceLimit above `limit` bytes.
  Result<std::vector<std::byte>> inflate(const ZipEntry& entry, uint64_t limit) const;

private:
  Result<void> readDirectory();
  Error malformed(const std::string& why) const;
  std::shared_ptr<const MappedFile> m_file;
  std::vector<ZipEntry> m_entries;
};

/// Writes stored entries, one after the other; the file appears with finish(). The bytes depend on the content only
/// (no dates).
class ZipWriter {
public:
  /// Errors: as AtomicFile::create.
  static Result<ZipWriter> create(const std::filesystem::path& path, IfExists ifExists);
  /// Adds an entry of two pieces (header and data, say). Errors: Io.
  Result<void> add(const std::string& name, std::span<const std::byte> head, std::span<const std::byte> tail);
  /// Writes the directory and gives the file its name. Errors: Io.
  Result<void> finish();

private:
  explicit ZipWriter(AtomicFile file) : m_file(std::move(file)) {}
  AtomicFile m_file;
  std::vector<ZipEntry> m_entries;
};

/// CRC-32 of ZIP, of any number of bytes; `start` continues an earlier one.
uint32_t crc32Of(std::span<const std::byte> bytes, uint32_t start = 0);

}  // namespace quantscope::data
