#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

/// The little of ZIP that models need, in an archive or with one behind them: stored and deflated entries, ZIP64, no
/// encryption.
namespace quantscope::io {

struct ZipEntry {
  std::string name;
  uint16_t method = 0;  ///< 0 stored, 8 deflated
  uint32_t crc = 0;
  uint64_t packedSize = 0, size = 0;
  uint64_t localHeader = 0;  ///< in the bytes given to listZip()
  bool packed() const { return method != 0; }
};

/// The files of an archive at the end of `bytes`; whatever precedes the archive is skipped. `offset` is
/// where `bytes` begins in the file that the archive's offsets may count from. No archive: an empty list.
/// Errors: Malformed (a damaged directory), ResourceLimit (more than 10,000 entries).
Result<std::vector<ZipEntry>> listZip(std::span<const std::byte> bytes, uint64_t offset);

/// The bytes of a stored file where they lie; its checksum is not looked at. Errors: Malformed (it leaves the archive),
/// Unsupported (it is packed).
Result<std::span<const std::byte>> storedBytes(std::span<const std::byte> bytes, const ZipEntry& entry);

/// The first `size` bytes of a file, stored or deflated; fewer where it is shorter. Errors: Malformed, Unsupported.
Result<std::string> beginningOf(std::span<const std::byte> bytes, const ZipEntry& entry, size_t size);

/// One unpacked file; its checksum is verified. Errors: Malformed, Unsupported (another method),
/// ResourceLimit (longer than `limit` bytes). Memory is taken only for lengths that the packed bytes can give.
Result<std::string> unpackZip(std::span<const std::byte> bytes, const ZipEntry& entry, uint64_t limit);

/// The end of `bytes`, from the archive's directory on, as it must be after moving the bytes from offset
/// `from` of their file to offset `to`. Empty where nothing must change: no archive, or one that counts
/// from its own beginning. An archive that is moved beyond 4 GB counts from its own beginning afterwards.
std::vector<std::byte> movedArchiveEnd(std::span<const std::byte> bytes, uint64_t from, uint64_t to);

}  // namespace quantscope::io
