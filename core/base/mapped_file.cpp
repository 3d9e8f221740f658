#include "core/base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>

namespace quantscope {
namespace {

// All mappings that are alive, by their first byte.
struct LiveMappings {
  std::mutex mutex;
  std::map<const std::byte*, size_t> sizes;
};
LiveMappings& liveMappings() {
  static LiveMappings mappings;
  return mappings;
}

void releasePages(std::span<const std::byte> range) {
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  // Whole pages inside the range only: the neighbours' bytes may still be in use.
  const uintptr_t begin = (reinterpret_cast<uintptr_t>(range.data()) + page - 1) / page * page;
  const uintptr_t end = reinterpret_cast<uintptr_t>(range.data() + range.size()) / page * page;
  if (end > begin) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace

Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::filesystem::path& path) {
  auto fail = [&](int number) {
    const auto code = number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io;
    return Error{code, "cannot open the file", path.string(), std::strerror(number), ""};
  };
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return fail(errno);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    const int number = errno;
    ::close(descriptor);
    return fail(number);
  }
  if (!S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return Error{ErrorCode::Io, "cannot open the file", path.string(),
                 S_ISDIR(status.st_mode) ? "it is a folder" : "it is not an ordinary file", ""};
  }
  std::shared_ptr<MappedFile> file(new MappedFile);
  file->m_path = path;
  file->m_size = static_cast<size_t>(status.st_size);
  if (file->m_size > 0) {
    void* address = ::mmap(nullptr, file->m_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address == MAP_FAILED) {
      const int number = errno;
      ::close(descriptor);
      return fail(number);
    }
    file->m_data = static_cast<const std::byte*>(address);
    const std::lock_guard lock(liveMappings().mutex);
    liveMappings().sizes.emplace(file->m_data, file->m_size);
  }
  ::close(descriptor);
  return std::shared_ptr<const MappedFile>(std::move(file));
}

MappedFile::~MappedFile() {
  if (!m_data) return;
  {
    const std::lock_guard lock(liveMappings().mutex);
    liveMappings().sizes.erase(m_data);
  }
  ::munmap(const_cast<std::byte*>(m_data), m_size);
}

void MappedFile::giveBack(std::span<const std::byte> range) {
  const std::lock_guard lock(liveMappings().mutex);
  auto next = liveMappings().sizes.upper_bound(range.data());
  if (range.empty() || next == liveMappings().sizes.begin()) return;
  const auto& [begin, size] = *std::prev(next);
  const auto offset = static_cast<size_t>(range.data() - begin);
  if (offset >= size || range.size() > size - offset) return;
  releasePages(range);
}

void MappedFile::release(std::span<const std::byte> range) const {
  if (!m_data || range.empty() || range.size() > m_size) return;
  const std::less_equal<const std::byte*> notAfter;
  if (!notAfter(m_data, range.data()) || !notAfter(range.data() + range.size(), m_data + m_size)) return;
  releasePages(range);
}

}  // namespace quantscope
