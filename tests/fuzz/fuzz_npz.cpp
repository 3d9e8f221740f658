// Any bytes as an .npz file: every array is unpacked, with a limit.
#include "core/data/npz.h"
#include "tests/fuzz/input_file.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::InputFile file(data, size);
  auto archive = NpzFile::open(file.path(), 1 << 24);
  if (!archive.ok()) return 0;
  for (const std::string& name : archive->names()) (void)archive->array(name);
  return 0;
}
