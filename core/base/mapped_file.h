#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>

#include "core/base/result.h"

namespace quantscope {

/// A file mapped read-only for as long as anybody holds it. The bytes are not read until they are looked at.
class MappedFile {
public:
  /// Errors: NotFound, Io (a folder, a device, no permission). An empty file gives an empty span.
  static Result<std::shared_ptr<const MappedFile>> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::byte> bytes() const { return {m_data, m_size}; }
  const std::filesystem::path& path() const { return m_path; }

  /// Tells the system that these bytes will not be looked at soon, so that it may take the memory back. Bytes that are
  /// not of this file are left alone.
  void release(std::span<const std::byte> range) const;
  /// The same for bytes of which only the address is known: nothing happens unless they lie in a file that is mapped.
  static void giveBack(std::span<const std::byte> range);

private:
  MappedFile() = default;
  std::filesystem::path m_path;
  const std::byte* m_data = nullptr;
  size_t m_size = 0;
};

}  // namespace quantscope
