#include "core/io/tflite_reader.h"
#include "core/pipeline/pipeline.h"

namespace quantscope {

Result<std::shared_ptr<const LoadedModel>> loadModel(const std::filesystem::path& path, Progress* progress) {
  auto loaded = std::make_shared<LoadedModel>();
  loaded->path = path;
  QS_ASSIGN(loaded->source, openModelBytes(path));
  loaded->fileBytes = static_cast<int64_t>(loaded->source.bytes.size());
  QS_ASSIGN(loaded->model, readModelFromBytes(loaded->source.owner, loaded->source.bytes, path.string(), progress));
  return std::shared_ptr<const LoadedModel>(std::move(loaded));
}

}  // namespace quantscope
