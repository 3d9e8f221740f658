#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"

/// The little of ZIP that files packed behind a model need: stored and deflated entries, no encryption,
/// no archives above 4 GB.
namespace quantscope::io {

struct ZipEntry {
  std::string name;
  uint16_t method = 0;  ///< 0 stored, 8 deflated
  uint32_t crc = 0;
  uint64_t packedSize = 0, size = 0;
  uint64_t localHeader = 0;  ///< in the bytes given to listZip()
};

/// The files of an archive at the end of `bytes`; whatever precedes the archive is skipped. `offset` is
/// where `bytes` begins in the file that the archive's offsets may count from. No archive: an empty list.
/// Errors: Malformed (a damaged directory), ResourceLimit (more than 10,000 entries).
Result<std::vector<ZipEntry>> listZip(std::span<const std::byte> bytes, uint64_t offset);

/// One unpacked file; its checksum is verified. Errors: Malformed, Unsupported (another method),
/// ResourceLimit (longer than `limit` bytes).
Result<std::string> unpackZip(std::span<const std::byte> bytes, const ZipEntry& entry, uint64_t limit);

/// The end of `bytes`, from the archive's directory on, as it must be after moving the bytes from offset
/// `from` of their file to offset `to`. Empty where nothing must change: no archive, or one that counts
/// from its own beginning. An archive that is moved beyond 4 GB counts from its own beginning afterwards.
std::vector<std::byte> movedArchiveEnd(std::span<const std::byte> bytes, uint64_t from, uint64_t to);

}  // namespace quantscope::io
