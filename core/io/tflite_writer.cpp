#include "core/io/tflite_writer.h"

#include <algorithm>
#include <array>
#include <new>

#include "core/io/flat_layout.h"
#include "core/io/model_nodes.h"
#include "core/io/zip_archive.h"

namespace quantscope {

namespace {

using io::ByteSink;

constexpr uint64_t kAlignment = 16;
// Cancelling should not have to wait for more than this to be written.
constexpr size_t kStep = size_t{4} << 20;
constexpr uint64_t kLongestFlatbuffer = (uint64_t{1} << 31) - 2;

constexpr uint64_t aligned(uint64_t address) {
  return (address + kAlignment - 1) / kAlignment * kAlignment;
}

Error refusal(ErrorCode code, std::string where, std::string why, std::string remedy = "") {
  return {code, "cannot write the model", std::move(where), std::move(why), std::move(remedy)};
}

// A model that the reader would refuse must not be written.
Result<void> checkIndices(const Model& model) {
  if (model.subgraphs.empty()) return refusal(ErrorCode::InvalidArgument, "", "it has no subgraph");
  if (model.buffers.empty()) return refusal(ErrorCode::InvalidArgument, "", "it has no buffers");
  for (size_t g = 0; g < model.subgraphs.size(); ++g) {
    const Subgraph& subgraph = model.subgraphs[g];
    const auto tensors = static_cast<int64_t>(subgraph.tensors.size());
    auto allKnown = [tensors](const std::vector<TensorIndex>& indices, int lowest) {
      return std::all_of(indices.begin(), indices.end(),
                         [=](TensorIndex i) { return i.value >= lowest && i.value < tensors; });
    };
    auto leaves = [&](const std::string& part) {
      return refusal(ErrorCode::InvalidArgument, "subgraph " + std::to_string(g) + part, "an index leaves its list");
    };
    if (!allKnown(subgraph.inputs, 0) || !allKnown(subgraph.outputs, 0)) return leaves("");
    for (size_t i = 0; i < subgraph.tensors.size(); ++i) {
      const BufferIndex buffer = subgraph.tensors[i].buffer;
      if (!buffer.valid() || buffer.position() >= model.buffers.size()) return leaves(", tensor " + std::to_string(i));
    }
    for (size_t i = 0; i < subgraph.operators.size(); ++i) {
      const Operator& op = subgraph.operators[i];
      if (op.opcodeIndex >= model.operatorCodes.size() || !allKnown(op.inputs, -1) || !allKnown(op.outputs, -1) ||
          !allKnown(op.intermediates, -1)) {
        return leaves(", operator " + std::to_string(i));
      }
    }
  }
  return {};
}

uint64_t constantBytes(const Model& model) {
  uint64_t total = 0;
  for (const Buffer& buffer : model.buffers) total += buffer.bytes.size();
  return total;
}

// The file in the order of its bytes: flatbuffer, constants outside of it, what stood at its end.
class FilePlan {
public:
  FilePlan(const Model& model, io::ModelNodes::Constants constants)
      : m_nodes(model, constants), m_layout(layOut(m_nodes.nodes(), m_nodes.root())), m_size(m_layout.size) {
    for (const io::OutsideBytes& outside : m_nodes.outside()) {
      m_size = aligned(m_size);
      m_nodes.nodes().replaceNumber(outside.table, outside.slot, m_size);
      m_size += outside.bytes.size();
    }
    m_trailing = model.trailing.bytes;
    m_movedEnd = io::movedArchiveEnd(m_trailing, model.trailing.fileOffset, m_size);
    m_size += m_trailing.size();
  }

  uint64_t flatbufferSize() const { return m_layout.size; }
  uint64_t size() const { return m_size; }

  Result<void> write(const ByteSink& sink) const {
    QS_TRY(emit(m_nodes.nodes(), m_layout, m_nodes.root(), tflite::ModelIdentifier(), sink));
    uint64_t position = m_layout.size;
    const std::array<std::byte, kAlignment> zeros{};
    for (const io::OutsideBytes& outside : m_nodes.outside()) {
      QS_TRY(sink(std::span(zeros).first(aligned(position) - position)));
      QS_TRY(sink(outside.bytes));
      position = aligned(position) + outside.bytes.size();
    }
    QS_TRY(sink(m_trailing.first(m_trailing.size() - m_movedEnd.size())));
    return sink(m_movedEnd);
  }

private:
  mutable io::ModelNodes m_nodes;
  io::FlatLayout m_layout;
  std::span<const std::byte> m_trailing;
  std::vector<std::byte> m_movedEnd;  ///< replaces the end of m_trailing
  uint64_t m_size;
};

Result<std::unique_ptr<FilePlan>> plan(const Model& model, const WriteOptions& options) {
  if (model.incomplete) {
    const std::string first =
        model.notices.empty() ? "its file has fields that this version does not know" : model.notices.front();
    return refusal(ErrorCode::Unsupported, "", first + "; writing would lose that",
                   "use a version of this program that knows the format of the file");
  }
  QS_TRY(checkIndices(model));
  const uint64_t longest = std::min(options.maximumFlatbuffer, kLongestFlatbuffer);
  std::unique_ptr<FilePlan> result;
  if (!io::markedOutside(model) && constantBytes(model) < longest) {
    result = std::make_unique<FilePlan>(model, io::ModelNodes::Constants::Inside);
    if (result->flatbufferSize() <= longest) return result;
  }
  result = std::make_unique<FilePlan>(model, io::ModelNodes::Constants::Outside);
  if (result->flatbufferSize() > kLongestFlatbuffer) {
    return refusal(ErrorCode::ResourceLimit, "", "its tables and metadata alone exceed the 2 GB of the format");
  }
  return result;
}

}  // namespace

Result<void> writeModel(const Model& model, const std::filesystem::path& path, IfExists ifExists, Progress* progress,
                        const WriteOptions& options) {
  try {
    QS_ASSIGN(const std::unique_ptr<FilePlan> file, plan(model, options));
    QS_ASSIGN(AtomicFile out, AtomicFile::create(path, ifExists));
    if (progress) progress->begin("Writing the model", file->size(), "bytes");
    const ByteSink sink = [&](std::span<const std::byte> bytes) -> Result<void> {
      while (!bytes.empty()) {
        const auto step = bytes.first(std::min(bytes.size(), kStep));
        QS_TRY(out.write(step));
        if (progress && !progress->advance(step.size())) return Error::cancelled();
        bytes = bytes.subspan(step.size());
      }
      return {};
    };
    QS_TRY(file->write(sink));
    return out.commit();
  } catch (const std::bad_alloc&) {
    return refusal(ErrorCode::ResourceLimit, path.string(), "there is not enough memory");
  }
}

Result<std::vector<std::byte>> serializeModel(const Model& model, const WriteOptions& options) {
  try {
    QS_ASSIGN(const std::unique_ptr<FilePlan> file, plan(model, options));
    std::vector<std::byte> bytes;
    bytes.reserve(file->size());
    QS_TRY(file->write([&](std::span<const std::byte> more) -> Result<void> {
      bytes.insert(bytes.end(), more.begin(), more.end());
      return {};
    }));
    return bytes;
  } catch (const std::bad_alloc&) {
    return refusal(ErrorCode::ResourceLimit, "", "there is not enough memory");
  }
}

Result<uint64_t> serializedSize(const Model& model, const WriteOptions& options) {
  try {
    QS_ASSIGN(const std::unique_ptr<FilePlan> file, plan(model, options));
    return file->size();
  } catch (const std::bad_alloc&) {
    return refusal(ErrorCode::ResourceLimit, "", "there is not enough memory");
  }
}

}  // namespace quantscope
