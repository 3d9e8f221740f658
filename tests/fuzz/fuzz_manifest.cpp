// Any bytes as a list of pictures with labels (.csv).
#include "core/data/dataset_lists.h"
#include "tests/fuzz/input_file.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::InputFile file(data, size);
  (void)data::readManifest(file.path(), {});
  (void)data::readManifest(file.path(), {"cat", "dog"});
  return 0;
}
