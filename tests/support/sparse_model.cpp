#include "tests/support/sparse_model.h"

#include <fstream>
#include <stdexcept>
#include <string>

#include "core/model/model.h"

namespace quantscope::tests {

namespace {

constexpr int32_t kWidth = 1024;
constexpr uint64_t kLayerBytes = uint64_t{4} * kWidth * kWidth;
constexpr uint64_t kFirst = uint64_t{1} << 20;  // room for the flatbuffer

std::unique_ptr<tflite::TensorT> tensor(std::vector<int32_t> shape, const std::string& name, uint32_t buffer) {
  auto made = std::make_unique<tflite::TensorT>();
  made->shape = std::move(shape);
  made->name = name;
  made->buffer = buffer;
  made->has_rank = true;
  return made;
}

}  // namespace

void writeSparseModel(const std::filesystem::path& path, int layers) {
  tflite::ModelT model;
  model.version = 3;
  model.description = "sparse";
  model.operator_codes.push_back(std::make_unique<tflite::OperatorCodeT>());
  model.operator_codes[0]->builtin_code = tflite::BuiltinOperator_FULLY_CONNECTED;
  model.operator_codes[0]->deprecated_builtin_code = static_cast<int8_t>(tflite::BuiltinOperator_FULLY_CONNECTED);
  model.buffers.push_back(std::make_unique<tflite::BufferT>());
  auto graph = std::make_unique<tflite::SubGraphT>();
  graph->tensors.push_back(tensor({1, kWidth}, "input", 0));
  graph->inputs = {0};
  for (int i = 0; i < layers; ++i) {
    auto weights = std::make_unique<tflite::BufferT>();
    weights->offset = kFirst + static_cast<uint64_t>(i) * kLayerBytes;
    weights->size = kLayerBytes;
    model.buffers.push_back(std::move(weights));
    const std::string name = "stage_" + std::to_string(i / 10) + "/dense_" + std::to_string(i);
    const auto x = static_cast<int32_t>(i == 0 ? 0 : graph->tensors.size() - 1);
    graph->tensors.push_back(tensor({kWidth, kWidth}, name + "/weights", static_cast<uint32_t>(i + 1)));
    graph->tensors.push_back(tensor({1, kWidth}, name + "/result", 0));
    auto op = std::make_unique<tflite::OperatorT>();
    op->inputs = {x, static_cast<int32_t>(graph->tensors.size()) - 2, -1};
    op->outputs = {static_cast<int32_t>(graph->tensors.size()) - 1};
    op->builtin_options.Set(tflite::FullyConnectedOptionsT{});
    graph->operators.push_back(std::move(op));
  }
  graph->outputs = {static_cast<int32_t>(graph->tensors.size()) - 1};
  model.subgraphs.push_back(std::move(graph));

  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(tflite::Model::Pack(builder, &model), tflite::ModelIdentifier());
  if (builder.GetSize() > kFirst) throw std::runtime_error("too many layers for the room in front of the weights");
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize());
  file.close();
  std::filesystem::resize_file(path, kFirst + static_cast<uint64_t>(layers) * kLayerBytes);
}

}  // namespace quantscope::tests
