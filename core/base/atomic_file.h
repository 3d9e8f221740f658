#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "core/base/result.h"

namespace quantscope {

enum class IfExists { Refuse, Replace };

/// A file that appears whole or not at all: written under a temporary name in the same folder, given its
/// own name by commit(). Without commit the destructor leaves nothing behind.
class AtomicFile {
public:
  /// Errors: InvalidArgument (exists and may not be replaced), Io (no such folder, read-only, ...).
  static Result<AtomicFile> create(const std::filesystem::path& path, IfExists ifExists);
  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// Appends the bytes. Errors: Io (disk full, ...), after which the file should be dropped.
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> write(const std::string& text);
  /// Bytes written so far.
  uint64_t size() const { return m_size; }
  /// Flushes to the disk and renames. Errors: Io, InvalidArgument (somebody else made the file meanwhile).
  Result<void> commit();

private:
  AtomicFile() = default;
  std::filesystem::path m_path, m_temporary;
  IfExists m_ifExists = IfExists::Refuse;
  int m_descriptor = -1;
  uint64_t m_size = 0;
};

/// The whole text as one atomic file.
Result<void> writeFileAtomically(const std::filesystem::path& path, const std::string& text, IfExists ifExists);

}  // namespace quantscope
