#include "core/data/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace quantscope::data {

namespace {

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
};

}  // namespace

Result<std::vector<std::byte>> readFileBytes(const std::filesystem::path& path, uint64_t limit) {
  auto fail = [&](int number) {
    return Error{number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, "cannot read the file", path.string(),
                 std::strerror(number), ""};
  };
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status {};
  if (file.number < 0 || ::fstat(file.number, &status) != 0) return fail(errno);
  if (!S_ISREG(status.st_mode)) {
    return Error{ErrorCode::Io, "cannot read the file", path.string(), "it is not an ordinary file", ""};
  }
  if (static_cast<uint64_t>(status.st_size) > limit) {
    return Error{ErrorCode::ResourceLimit, "cannot read the file", path.string(),
                 "it has " + std::to_string(status.st_size) + " bytes, allowed are " + std::to_string(limit), ""};
  }
  std::vector<std::byte> bytes(static_cast<size_t>(status.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(file.number, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace quantscope::data
