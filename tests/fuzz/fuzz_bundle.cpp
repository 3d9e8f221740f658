// Any bytes as a bundle of models (.task, .litertlm, a zipped model): every model of it is opened.
#include <cstdlib>

#include "core/io/bundle.h"
#include "core/io/tflite_reader.h"
#include "tests/fuzz/input_file.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const fuzz::InputFile file(data, size);
  const auto models = listBundledModels(file.path());
  if (!models.ok()) return 0;
  for (const BundledModel& model : *models) {
    const auto opened = readModel(bundledModelPath(file.path(), model.name));
    (void)opened;
  }
  return 0;
}
