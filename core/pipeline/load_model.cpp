#include "core/io/tflite_reader.h"
#include "core/pipeline/pipeline.h"

namespace quantscope {

Result<std::shared_ptr<const LoadedModel>> loadModel(const std::filesystem::path& path, Progress* progress) {
  QS_ASSIGN(auto model, readModel(path, progress));
  auto loaded = std::make_shared<LoadedModel>();
  loaded->path = path;
  loaded->model = std::move(model);
  std::error_code failed;
  const auto bytes = std::filesystem::file_size(path, failed);
  if (!failed) loaded->fileBytes = static_cast<int64_t>(bytes);
  return std::shared_ptr<const LoadedModel>(std::move(loaded));
}

}  // namespace quantscope
