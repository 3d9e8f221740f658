#include "core/io/flat_layout.h"

#include <algorithm>
#include <array>
#include <map>

namespace quantscope::io {

namespace {

constexpr uint64_t kHeaderSize = 8;
constexpr size_t kChunk = size_t{1} << 20;

uint64_t alignedFor(const Node& node, uint64_t address) {
  return address + (node.phase + node.alignment - address % node.alignment) % node.alignment;
}

// Nodes of one alignment that may stand anywhere, by size.
using Pool = std::map<uint64_t, std::vector<NodeId>>;

NodeId take(Pool& pool, Pool::iterator entry) {
  const NodeId id = entry->second.back();
  entry->second.pop_back();
  if (entry->second.empty()) pool.erase(entry);
  return id;
}

class Placement {
public:
  Placement(const FlatNodes& nodes, NodeId root) : m_nodes(nodes) {
    m_layout.addresses.assign(nodes.size(), 0);
    sort(root);
  }

  FlatLayout run() {
    std::vector<std::vector<NodeId>> fillers = chooseFillers();
    m_cursor = kHeaderSize;
    for (const NodeId id : m_referring) {
      fillWithVtable();
      place(id);
    }
    placeRest();
    for (size_t i = 0; i < m_data.size(); ++i) {
      place(m_data[i]);
      for (const NodeId filler : fillers[i]) place(filler);
    }
    m_layout.size = m_cursor;
    return std::move(m_layout);
  }

private:
  enum Kind { Vtable, Four, Eight };

  // Parents have greater numbers than what they refer to, so descending order places them first.
  void sort(NodeId root) {
    std::vector<bool> used(m_nodes.size(), false);
    used[root] = true;
    for (NodeId id = static_cast<NodeId>(m_nodes.size()); id-- > 0;) {
      if (!used[id]) continue;
      const Node& node = m_nodes.node(id);
      for (const auto& reference : m_nodes.references(node)) used[reference.target] = true;
      if (node.vtable != kNoNode) used[node.vtable] = true;
      if (node.referenceCount > 0 || id == root) {
        m_referring.push_back(id);
      } else if (!node.outer.empty()) {
        m_data.push_back(id);
      } else {
        const Kind kind = node.alignment == 2 ? Vtable : node.alignment == 4 ? Four : Eight;
        m_pools[kind][node.size()].push_back(id);
      }
    }
    std::reverse(m_data.begin(), m_data.end());
    // Nothing follows the last one that would have to be aligned.
    if (m_data.empty()) return;
    const auto widest = std::ranges::max_element(m_data, {}, [this](NodeId id) { return gapAfter(m_nodes.node(id)); });
    std::rotate(widest, widest + 1, m_data.end());
  }

  static uint64_t gapAfter(const Node& data) {
    const uint64_t end = alignedFor(data, 0) + data.size();
    return alignedFor(data, end) - end;
  }

  // What is to stand between the end of each data node and the beginning of the next. That gap depends on
  // the data's length alone.
  std::vector<std::vector<NodeId>> chooseFillers() {
    std::vector<std::vector<NodeId>> fillers(m_data.size());
    for (size_t i = 0; i + 1 < m_data.size(); ++i) {
      uint64_t cursor = alignedFor(m_nodes.node(m_data[i]), 0) + m_nodes.node(m_data[i]).size();
      const uint64_t limit = alignedFor(m_nodes.node(m_data[i + 1]), cursor);
      for (NodeId id = bestFit(cursor, limit); id != kNoNode; id = bestFit(cursor, limit)) {
        fillers[i].push_back(id);
        cursor = alignedFor(m_nodes.node(id), cursor) + m_nodes.node(id).size();
      }
    }
    return fillers;
  }

  // Takes the largest node that fits between cursor and limit.
  NodeId bestFit(uint64_t cursor, uint64_t limit) {
    Pool* best = nullptr;
    Pool::iterator bestEntry;
    for (Pool& pool : m_pools) {
      if (pool.empty()) continue;
      const uint64_t start = alignedFor(m_nodes.node(pool.begin()->second.front()), cursor);
      if (start >= limit) continue;
      auto entry = pool.upper_bound(limit - start);
      if (entry == pool.begin()) continue;
      --entry;
      if (best && entry->first <= bestEntry->first) continue;
      best = &pool;
      bestEntry = entry;
    }
    return best ? take(*best, bestEntry) : kNoNode;
  }

  // An odd number of 2-byte words left before a multiple of 4 is just right for some vtables.
  void fillWithVtable() {
    if (m_cursor % 4 == 0) return;
    for (auto entry = m_pools[Vtable].begin(); entry != m_pools[Vtable].end(); ++entry) {
      if ((m_cursor + m_cursor % 2 + entry->first) % 4 != 0) continue;
      return place(take(m_pools[Vtable], entry));
    }
  }

  // The 8-byte aligned ones leave gaps of 4 bytes unless something of 4, 12, 20... bytes stands between.
  void placeRest() {
    Pool &four = m_pools[Four], &eight = m_pools[Eight], &vtables = m_pools[Vtable];
    while (!four.empty() || !eight.empty()) {
      fillWithVtable();
      if (!eight.empty()) {
        const Node& next = m_nodes.node(eight.rbegin()->second.back());
        const uint64_t start = (m_cursor + 3) / 4 * 4;
        auto bridge = four.end();
        if (alignedFor(next, start) != start) {
          bridge =
              std::find_if(four.begin(), four.end(), [](const auto& entry) { return (entry.first + 3) / 4 % 2 == 1; });
        }
        place(bridge == four.end() ? take(eight, std::prev(eight.end())) : take(four, bridge));
      } else {
        place(take(four, std::prev(four.end())));
      }
    }
    while (!vtables.empty()) place(take(vtables, vtables.begin()));
  }

  void place(NodeId id) {
    const Node& node = m_nodes.node(id);
    const uint64_t address = alignedFor(node, m_cursor);
    m_layout.addresses[id] = address;
    m_layout.places.push_back({address, id});
    m_cursor = address + node.size();
  }

  const FlatNodes& m_nodes;
  FlatLayout m_layout;
  std::vector<NodeId> m_referring, m_data;
  std::array<Pool, 3> m_pools;
  uint64_t m_cursor = 0;
};

// Collects small pieces; passes large ones through.
class Collector {
public:
  explicit Collector(const ByteSink& sink) : m_sink(sink) { m_pending.reserve(kChunk); }

  Result<void> write(std::span<const std::byte> bytes) {
    if (m_pending.size() + bytes.size() > kChunk) QS_TRY(flush());
    m_position += bytes.size();
    if (bytes.size() > kChunk) return m_sink(bytes);
    m_pending.insert(m_pending.end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> padTo(uint64_t address) {
    const std::array<std::byte, 16> zeros{};
    return write(std::span(zeros).first(address - m_position));
  }
  Result<void> flush() {
    if (m_pending.empty()) return {};
    QS_TRY(m_sink(m_pending));
    m_pending.clear();
    return {};
  }

private:
  const ByteSink& m_sink;
  std::vector<std::byte> m_pending;
  uint64_t m_position = 0;
};

void store(std::vector<std::byte>& bytes, size_t position, uint64_t difference) {
  const auto offset = static_cast<uint32_t>(difference);
  std::memcpy(bytes.data() + position, &offset, sizeof(offset));
}

}  // namespace

FlatLayout layOut(const FlatNodes& nodes, NodeId root) {
  return Placement(nodes, root).run();
}

Result<void> emit(const FlatNodes& nodes, const FlatLayout& layout, NodeId root, std::string_view identifier,
                  const ByteSink& sink) {
  Collector out(sink);
  std::vector<std::byte> bytes(kHeaderSize);
  store(bytes, 0, layout.addresses[root]);
  std::memcpy(bytes.data() + 4, identifier.data(), 4);
  QS_TRY(out.write(bytes));
  for (const auto& [address, id] : layout.places) {
    const Node& node = nodes.node(id);
    const auto own = nodes.bytes(node);
    bytes.assign(own.begin(), own.end());
    for (const auto& [position, target] : nodes.references(node)) {
      store(bytes, position, layout.addresses[target] - (address + position));
    }
    // Counted backwards, from the table to its vtable; negative where that comes later.
    if (node.vtable != kNoNode) store(bytes, 0, address - layout.addresses[node.vtable]);
    QS_TRY(out.padTo(address));
    QS_TRY(out.write(bytes));
    QS_TRY(out.write(node.outer));
  }
  return out.flush();
}

}  // namespace quantscope::io
