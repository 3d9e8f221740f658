#include <optional>

#include "core/ops/operator_versions.h"
#include "core/quantization/passes/graph_edit.h"

namespace quantscope::quantization {
namespace {

constexpr std::string_view kMinimumRuntime = "min_runtime_version";
constexpr std::string_view kControlDependencies = "model_control_dependencies";
constexpr size_t kRuntimeBytes = 16;

Buffer runtimeBuffer(const Model& model) {
  std::string text = minimumRuntime(model).text();
  text.resize(kRuntimeBytes, '\0');
  const auto bytes = std::as_bytes(std::span(text));
  return Buffer::fromBytes({bytes.begin(), bytes.end()});
}

// Zig-zag numbers of seven bits a byte, as the entry of control dependencies holds them.
class NumberReader {
public:
  explicit NumberReader(std::span<const std::byte> bytes) : m_bytes(bytes) {}
  bool done() const { return m_position == m_bytes.size(); }
  std::optional<int64_t> next() {
    uint64_t raw = 0;
    for (int shift = 0; shift < 64 && m_position < m_bytes.size(); shift += 7) {
      const auto byte = static_cast<uint64_t>(m_bytes[m_position++]);
      raw |= (byte & 127) << shift;
      if (byte < 128) return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
    }
    return std::nullopt;
  }

private:
  std::span<const std::byte> m_bytes;
  size_t m_position = 0;
};

void append(std::vector<std::byte>& bytes, int64_t number) {
  uint64_t raw = (static_cast<uint64_t>(number) << 1) ^ static_cast<uint64_t>(number >> 63);
  while (raw >= 128) {
    bytes.push_back(static_cast<std::byte>((raw & 127) | 128));
    raw >>= 7;
  }
  bytes.push_back(static_cast<std::byte>(raw));
}

// Positions that the source's operators have now.
std::vector<int64_t> newPositions(const GraphState& graph) {
  std::vector<int64_t> positions;
  for (size_t i = 0; i < graph.inserted.size(); ++i)
    if (!graph.inserted[i]) positions.push_back(static_cast<int64_t>(i));
  return positions;
}

std::optional<std::vector<std::byte>> renumbered(std::span<const std::byte> bytes,
                                                 const std::vector<GraphState>& graphs) {
  NumberReader reader(bytes);
  std::vector<std::byte> result;
  const auto version = reader.next(), count = reader.next();
  if (!version || *version != 1 || !count || *count != static_cast<int64_t>(graphs.size())) return std::nullopt;
  append(result, *version);
  append(result, *count);
  for (const GraphState& graph : graphs) {
    const auto positions = newPositions(graph);
    const auto edges = reader.next();
    if (!edges || *edges < 0) return std::nullopt;
    append(result, *edges);
    for (int64_t e = 0; e < 2 * *edges; ++e) {
      const auto op = reader.next();
      if (!op || *op < 0 || *op >= static_cast<int64_t>(positions.size())) return std::nullopt;
      append(result, positions[static_cast<size_t>(*op)]);
    }
  }
  if (!reader.done()) return std::nullopt;
  return result;
}

}  // namespace

void updateMetadata(EditState& state) {
  Model& model = state.model;
  for (MetadataEntry& entry : model.metadata) {
    if (entry.name == kMinimumRuntime) {
      const Buffer& old = model.buffer(entry.buffer);
      if (old.present && old.bytes.size() == kRuntimeBytes) entry.buffer = addBuffer(model, runtimeBuffer(model));
    }
    if (entry.name == kControlDependencies && state.readConstants) {
      if (auto bytes = renumbered(model.buffer(entry.buffer).bytes, state.graphs))
        entry.buffer = addBuffer(model, Buffer::fromBytes(std::move(*bytes)));
    }
  }
}

}  // namespace quantscope::quantization
