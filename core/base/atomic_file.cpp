#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <utility>

#include "core/base/temporary_files.h"

namespace quantscope {

namespace {

// The files being written, where a signal handler can read their names: in places that are never freed. A file that
// finds no place is merely not removed by removeTemporaryFiles().
struct TemporaryName {
  std::atomic<bool> used{false};
  char text[PATH_MAX] = {};
};
std::array<TemporaryName, 16> temporaryNames;
std::mutex temporaryNamesMutex;
static_assert(std::atomic<bool>::is_always_lock_free);

void listTemporary(const std::string& name) {
  if (name.size() >= PATH_MAX) return;
  const std::lock_guard lock(temporaryNamesMutex);
  for (TemporaryName& place : temporaryNames) {
    if (place.used) continue;
    std::memcpy(place.text, name.c_str(), name.size() + 1);
    place.used = true;
    return;
  }
}

void unlistTemporary(const std::string& name) {
  const std::lock_guard lock(temporaryNamesMutex);
  for (TemporaryName& place : temporaryNames) {
    if (place.used && name == place.text) place.used = false;
  }
}

Error writeError(const std::filesystem::path& path, int number) {
  std::string remedy;
  if (number == ENOSPC || number == EDQUOT) remedy = "free some space or choose another folder";
  if (number == EACCES || number == EROFS || number == EPERM) remedy = "choose a folder that you may write to";
  if (number == ENOENT) remedy = "create the folder first";
  return {ErrorCode::Io, "cannot write the file", path.string(), std::strerror(number), remedy};
}

// Large files go to the disk while they are still being written, so that commit() has little to wait for.
void startWriting(int descriptor, uint64_t before, uint64_t after) {
#ifdef SYNC_FILE_RANGE_WRITE
  constexpr uint64_t kStep = uint64_t{16} << 20;
  const uint64_t begin = before / kStep * kStep, end = after / kStep * kStep;
  if (end > begin)
    (void)::sync_file_range(descriptor, static_cast<off64_t>(begin), static_cast<off64_t>(end - begin),
                            SYNC_FILE_RANGE_WRITE);
#else
  (void)descriptor, (void)before, (void)after;
#endif
}

Error existsError(const std::filesystem::path& path) {
  return {ErrorCode::InvalidArgument, "will not replace the file", path.string(), "it exists already",
          "choose another name or allow replacing it (--force)"};
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& path, IfExists ifExists) {
  std::error_code ignored;
  if (path.filename().empty() || std::filesystem::is_directory(path, ignored)) {
    return Error{ErrorCode::Io, "cannot write the file", path.string(), "it is a folder", "give a file name"};
  }
  if (ifExists == IfExists::Refuse && std::filesystem::exists(path, ignored)) return existsError(path);
  AtomicFile file;
  file.m_path = path;
  file.m_ifExists = ifExists;
  std::string pattern = (path.parent_path() / ("." + path.filename().string() + ".XXXXXX")).string();
  file.m_descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (file.m_descriptor < 0) return writeError(path, errno);
  file.m_temporary = pattern;
  listTemporary(pattern);
  // mkstemp makes the file private; give it the mode that the user's umask asks for.
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(file.m_descriptor, 0666 & ~mask);
  return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_path(std::move(other.m_path)),
      m_temporary(std::move(other.m_temporary)),
      m_ifExists(other.m_ifExists),
      m_descriptor(std::exchange(other.m_descriptor, -1)),
      m_size(other.m_size) {
  other.m_temporary.clear();
}

AtomicFile::~AtomicFile() {
  if (m_descriptor >= 0) ::close(m_descriptor);
  if (m_temporary.empty()) return;
  ::unlink(m_temporary.c_str());
  unlistTemporary(m_temporary);
}

Result<void> AtomicFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(m_descriptor, bytes.data(), std::min<size_t>(bytes.size(), size_t{1} << 30));
    if (written < 0) {
      if (errno == EINTR) continue;
      return writeError(m_path, errno);
    }
    startWriting(m_descriptor, m_size, m_size + static_cast<uint64_t>(written));
    m_size += static_cast<uint64_t>(written);
    bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return {};
}

Result<void> AtomicFile::write(const std::string& text) {
  return write(std::as_bytes(std::span(text)));
}

Result<void> AtomicFile::commit() {
  if (::fsync(m_descriptor) != 0) return writeError(m_path, errno);
  if (::close(std::exchange(m_descriptor, -1)) != 0) return writeError(m_path, errno);
  if (m_ifExists == IfExists::Refuse) {
    // link() fails where the name exists, which rename() would silently replace.
    if (::link(m_temporary.c_str(), m_path.c_str()) == 0) return {};
    if (errno == EEXIST) return existsError(m_path);
    // Some file systems have no hard links; the check at creation has to do there.
  }
  if (::rename(m_temporary.c_str(), m_path.c_str()) != 0) return writeError(m_path, errno);
  unlistTemporary(m_temporary);
  m_temporary.clear();
  return {};
}

void removeTemporaryFiles() noexcept {
  for (const TemporaryName& place : temporaryNames) {
    if (place.used) ::unlink(place.text);
  }
}

Result<void> writeFileAtomically(const std::filesystem::path& path, const std::string& text, IfExists ifExists) {
  QS_ASSIGN(AtomicFile file, AtomicFile::create(path, ifExists));
  QS_TRY(file.write(text));
  return file.commit();
}

}  // namespace quantscope
