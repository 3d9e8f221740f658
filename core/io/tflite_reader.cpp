#include "core/io/tflite_reader.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/io/bundle.h"
#include "core/io/table_reader.h"

namespace quantscope {

namespace {

constexpr size_t kIdentifierOffset = 4;
constexpr size_t kSmallestModel = 16;
constexpr uintptr_t kAlignment = 16;
constexpr flatbuffers::uoffset_t kMaximumDepth = 64;
// A model of 50,000 operators has about 600,000 tables.
constexpr flatbuffers::uoffset_t kMaximumTables = 8'000'000;
// Constants that do not begin where their type may be read are copied, unless there is too much of them.
constexpr uint64_t kMaximumRealigned = uint64_t{256} << 20;

struct KnownBeginning {
  std::string_view bytes;
  std::string_view what;
};
constexpr KnownBeginning kOtherFormats[] = {
    {"PK\x03\x04", "it is a ZIP archive, not a bare .tflite model"},
    {"LITERTLM", "it is a .litertlm bundle, not a bare .tflite model"},
    {"\x89HDF", "it is a Keras HDF5 file, not a .tflite model"},
    {"\x1f\x8b", "it is compressed with gzip"},
};

std::string_view beginning(std::span<const std::byte> bytes, size_t count) {
  return {reinterpret_cast<const char*>(bytes.data()), std::min(count, bytes.size())};
}

Result<void> checkIdentifier(std::span<const std::byte> bytes) {
  if (bytes.empty()) return Error{ErrorCode::Malformed, "cannot open the model", "", "the file is empty", ""};
  const std::string_view head = beginning(bytes, kSmallestModel);
  const bool marked = head.size() == kSmallestModel && head.substr(kIdentifierOffset, 4) == tflite::ModelIdentifier();
  if (marked) return {};
  for (const KnownBeginning& format : kOtherFormats) {
    if (head.starts_with(format.bytes)) {
      return Error{ErrorCode::Unsupported, "cannot open the model", "", std::string(format.what), ""};
    }
  }
  return Error{ErrorCode::Malformed, "cannot open the model", "",
               "it is not a TensorFlow Lite model (the mark \"TFL3\" is missing at byte 4)", ""};
}

// Reading a number through a pointer that does not fit its type is undefined; files that put constants
// after the flatbuffer need not align them.
void realignConstants(Model& model) {
  uint64_t copied = 0;
  bool tooMany = false;
  for (const Subgraph& subgraph : model.subgraphs) {
    for (const Tensor& tensor : subgraph.tensors) {
      Buffer& buffer = model.buffers[tensor.buffer.position()];
      const int bits = bitsPerElement(tensor.type);
      const uintptr_t alignment = tensor.type == ElementType::String ? 4 : std::clamp(bits / 8, 1, 8);
      if (reinterpret_cast<uintptr_t>(buffer.bytes.data()) % alignment == 0) continue;
      if (buffer.bytes.size() > kMaximumRealigned - copied) {
        tooMany = true;
        continue;
      }
      copied += buffer.bytes.size();
      const uint64_t offset = buffer.fileOffset;
      buffer = Buffer::fromBytes({buffer.bytes.begin(), buffer.bytes.end()});
      buffer.fileOffset = offset;
    }
  }
  if (tooMany) model.notices.push_back("some constants do not begin at a multiple of their element's size");
}

Result<std::shared_ptr<const Model>> readAligned(std::shared_ptr<const void> owner, std::span<const std::byte> bytes,
                                                 Progress* progress) {
  QS_TRY(checkIdentifier(bytes));
  // What the verifier takes at most; a longer file has constants after its flatbuffer.
  const auto flatbuffer = bytes.first(std::min<size_t>(bytes.size(), FLATBUFFERS_MAX_BUFFER_SIZE - 1));
  const auto* data = reinterpret_cast<const uint8_t*>(flatbuffer.data());
  flatbuffers::Verifier verifier(data, flatbuffer.size(), kMaximumDepth, kMaximumTables);
  if (!tflite::VerifyModelBuffer(verifier)) {
    return Error{ErrorCode::Malformed, "cannot open the model", "",
                 "its structure is damaged or the file is cut off: a table, list or text lies outside of it",
                 "fetch or convert it again"};
  }
  if (progress && !progress->goOn()) return Error::cancelled();
  auto model = std::make_shared<Model>();
  io::TableReader reader(std::move(owner), bytes, flatbuffer);
  QS_TRY(reader.read(*tflite::GetModel(data), *model, progress));
  realignConstants(*model);
  return std::shared_ptr<const Model>(std::move(model));
}

}  // namespace

Result<std::shared_ptr<const Model>> readModelFromBytes(std::shared_ptr<const void> owner,
                                                        std::span<const std::byte> bytes, const std::string& name,
                                                        Progress* progress) {
  auto inFile = [&](Error error) {
    if (error.code != ErrorCode::Cancelled) error.where = error.where.empty() ? name : name + ", " + error.where;
    return error;
  };
  try {
    if (reinterpret_cast<uintptr_t>(bytes.data()) % kAlignment != 0) {
      auto copy = std::make_shared<std::vector<std::byte>>(bytes.begin(), bytes.end());
      bytes = *copy;
      owner = std::move(copy);
    }
    auto result = readAligned(std::move(owner), bytes, progress);
    if (!result.ok()) return inFile(std::move(result).error());
    return result;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::ResourceLimit, "cannot open the model", name, "there is not enough memory", ""};
  }
}

Result<std::shared_ptr<const Model>> readModel(const std::filesystem::path& path, Progress* progress) {
  QS_ASSIGN(ModelBytes file, openModelBytes(path));
  const auto bytes = file.bytes;
  return readModelFromBytes(std::move(file.owner), bytes, path.string(), progress);
}

}  // namespace quantscope
