#include "core/io/flat_nodes.h"

#include <algorithm>
#include <string>

namespace quantscope::io {

namespace {
constexpr size_t kOffsetSize = 4;
constexpr uint16_t kDataAlignment = 16;
}  // namespace

Node FlatNodes::begin() const {
  Node node;
  node.begin = m_arena.size();
  node.firstReference = static_cast<uint32_t>(m_references.size());
  return node;
}

void FlatNodes::append(Node& node, const void* bytes, size_t size) {
  const auto* from = static_cast<const std::byte*>(bytes);
  m_arena.insert(m_arena.end(), from, from + size);
  node.length += static_cast<uint32_t>(size);
}

void FlatNodes::refer(Node& node, NodeId target) {
  m_references.push_back({node.length, target});
  ++node.referenceCount;
  const uint32_t later = 0;
  append(node, &later, kOffsetSize);
}

uint64_t FlatNodes::hash(const Node& node) const {
  const auto own = bytes(node);
  uint64_t value = std::hash<std::string_view>()({reinterpret_cast<const char*>(own.data()), own.size()});
  auto mix = [&value](uint64_t more) { value = (value ^ more) * 0x9E3779B97F4A7C15u + (value >> 29); };
  for (const auto& reference : references(node)) mix(reference.target);
  mix(node.vtable);
  mix(reinterpret_cast<uintptr_t>(node.outer.data()));
  mix(node.alignment);
  return value;
}

bool FlatNodes::equal(const Node& a, const Node& b) const {
  if (a.length != b.length || a.vtable != b.vtable || a.alignment != b.alignment || a.phase != b.phase ||
      a.outer.data() != b.outer.data() || a.outer.size() != b.outer.size()) {
    return false;
  }
  return std::ranges::equal(bytes(a), bytes(b)) && std::ranges::equal(references(a), references(b), [](auto x, auto y) {
           return x.position == y.position && x.target == y.target;
         });
}

NodeId FlatNodes::unique(const Node& node) {
  const uint64_t key = hash(node);
  for (auto [it, end] = m_known.equal_range(key); it != end; ++it) {
    if (!equal(m_nodes[it->second], node)) continue;
    m_arena.resize(node.begin);
    m_references.resize(node.firstReference);
    return it->second;
  }
  const auto id = static_cast<NodeId>(m_nodes.size());
  m_nodes.push_back(node);
  m_known.emplace(key, id);
  return id;
}

NodeId FlatNodes::vector(std::span<const std::byte> elements, size_t count, size_t elementSize) {
  Node node = begin();
  const auto number = static_cast<uint32_t>(count);
  append(node, &number, sizeof(number));
  append(node, elements.data(), elements.size());
  if (elementSize == 8) {
    node.alignment = 8;
    node.phase = 4;
  }
  return unique(node);
}

NodeId FlatNodes::text(std::string_view text) {
  Node node = begin();
  const auto number = static_cast<uint32_t>(text.size());
  append(node, &number, sizeof(number));
  append(node, text.data(), text.size());
  append(node, "", 1);
  return unique(node);
}

NodeId FlatNodes::data(std::span<const std::byte> bytes) {
  Node node = begin();
  const auto number = static_cast<uint32_t>(bytes.size());
  append(node, &number, sizeof(number));
  if (!bytes.empty()) {
    node.outer = bytes;
    node.alignment = kDataAlignment;
    node.phase = kDataAlignment - sizeof(number);
  }
  return unique(node);
}

NodeId FlatNodes::list(std::span<const NodeId> targets) {
  Node node = begin();
  const auto number = static_cast<uint32_t>(targets.size());
  append(node, &number, sizeof(number));
  for (const NodeId target : targets) refer(node, target);
  return unique(node);
}

NodeId FlatNodes::vtable(const std::vector<uint16_t>& words) {
  Node node = begin();
  node.alignment = 2;
  append(node, words.data(), words.size() * sizeof(uint16_t));
  return unique(node);
}

NodeId FlatNodes::table(TableFields tableFields) {
  auto& fields = tableFields.m_fields;
  // The largest first: after the 4 bytes of the vtable's offset no padding is needed then, as the table
  // may begin 4 bytes before a multiple of 8.
  std::sort(fields.begin(), fields.end(),
            [](const auto& a, const auto& b) { return a.size != b.size ? a.size > b.size : a.slot < b.slot; });
  size_t slots = 0;
  for (const auto& field : fields) slots = std::max(slots, field.slot + 1);
  std::vector<uint16_t> words(2 + slots, 0);
  uint16_t position = kOffsetSize;
  for (const auto& field : fields) {
    words[2 + field.slot] = position;
    position = static_cast<uint16_t>(position + field.size);
  }
  words[0] = static_cast<uint16_t>(words.size() * sizeof(uint16_t));
  words[1] = position;
  const NodeId vtableNode = vtable(words);

  Node node = begin();
  node.vtable = vtableNode;
  if (!fields.empty() && fields.front().size == 8) {
    node.alignment = 8;
    node.phase = 4;
  }
  const uint32_t later = 0;
  append(node, &later, kOffsetSize);
  for (const auto& field : fields) {
    if (field.target != kNoNode) {
      refer(node, field.target);
    } else {
      append(node, field.bytes, field.size);
    }
  }
  return unique(node);
}

void FlatNodes::replaceNumber(NodeId table, size_t slot, uint64_t value) {
  const auto words = bytes(m_nodes[m_nodes[table].vtable]);
  uint16_t position = 0;
  std::memcpy(&position, words.data() + (2 + slot) * sizeof(uint16_t), sizeof(position));
  std::memcpy(m_arena.data() + m_nodes[table].begin + position, &value, sizeof(value));
}

}  // namespace quantscope::io
