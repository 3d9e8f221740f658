#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/data/npy.h"
#include "core/data/zip_archive.h"

namespace quantscope {

/// A .npz file (a ZIP of .npy files, stored or deflated) whose arrays are read when asked for. Untrusted.
class NpzFile {
public:
  /// `limit`: bytes that deflated arrays may take altogether. Errors: those of data::ZipArchive::open.
  static Result<NpzFile> open(const std::filesystem::path& path, uint64_t limit = uint64_t{4} << 30);

  /// Keys without ".npy", in the order of the file. Entries that are not arrays are left out.
  const std::vector<std::string>& names() const { return m_names; }
  bool contains(const std::string& name) const { return m_entries.count(name) != 0; }
  /// Stored arrays stay in the mapping (their checksum is tested up to 256 MB), deflated ones are unpacked.
  /// Errors: NotFound, Malformed, Unsupported, ResourceLimit.
  Result<NpyArray> array(const std::string& name);

private:
  explicit NpzFile(data::ZipArchive archive) : m_archive(std::move(archive)) {}
  data::ZipArchive m_archive;
  std::vector<std::string> m_names;
  std::map<std::string, size_t> m_entries;
  uint64_t m_left = 0;
};

/// All arrays of a file. Errors: those of NpzFile.
Result<std::map<std::string, TensorValue>> readNpz(const std::filesystem::path& path);

/// A string array (S or U) of a file, flat. Errors: those of NpzFile; InvalidArgument where it holds no strings.
Result<std::vector<std::string>> readNpzStrings(const std::filesystem::path& path, const std::string& name);

/// Writes arrays one by one, without compression; the file appears with finish().
class NpzWriter {
public:
  /// Errors: as AtomicFile::create.
  static Result<NpzWriter> create(const std::filesystem::path& path, IfExists ifExists);
  /// Errors: Io, Unsupported (resource and variant tensors).
  Result<void> add(const std::string& name, const TensorView& view);
  Result<void> finish() { return m_zip.finish(); }

private:
  explicit NpzWriter(data::ZipWriter zip) : m_zip(std::move(zip)) {}
  data::ZipWriter m_zip;
};

Result<void> writeNpz(const std::filesystem::path& path, const std::map<std::string, TensorValue>& arrays,
                      IfExists ifExists);

}  // namespace quantscope
