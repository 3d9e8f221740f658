#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace quantscope::fuzz {

/// The fuzzer's bytes as a file in memory, for readers that take a path.
class InputFile {
public:
  InputFile(const uint8_t* data, size_t size) : m_descriptor(::memfd_create("input", 0)) {
    if (m_descriptor < 0) std::abort();
    for (size_t done = 0; done < size;) {
      const ssize_t written = ::write(m_descriptor, data + done, size - done);
      if (written <= 0) std::abort();
      done += static_cast<size_t>(written);
    }
  }
  ~InputFile() { ::close(m_descriptor); }
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(m_descriptor); }

private:
  int m_descriptor;
};

}  // namespace quantscope::fuzz
