#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace quantscope::io {

using NodeId = uint32_t;
inline constexpr NodeId kNoNode = ~NodeId{0};

/// The fields of a table that is to become a node.
class TableFields {
public:
  /// A number; left out where it equals the default of the schema.
  template <typename T>
  void number(size_t slot, T value, T defaultValue = T{}) {
    if (std::memcmp(&value, &defaultValue, sizeof(T)) != 0) present(slot, value);
  }
  /// A number that is stored whatever it is.
  template <typename T>
  void present(size_t slot, T value) {
    Field& field = m_fields.emplace_back(Field{slot, sizeof(T), {}, kNoNode});
    std::memcpy(field.bytes, &value, sizeof(T));
  }
  /// A text, list or table; left out where it is kNoNode.
  void reference(size_t slot, NodeId target) {
    if (target != kNoNode) m_fields.push_back({slot, 4, {}, target});
  }
  bool empty() const { return m_fields.empty(); }

private:
  friend class FlatNodes;
  struct Field {
    size_t slot, size;
    std::byte bytes[8];
    NodeId target;
  };
  std::vector<Field> m_fields;
};

/// One object of a flatbuffer before it has an address.
struct Node {
  struct Reference {
    uint32_t position;  ///< of the offset within the node
    NodeId target;
  };
  std::span<const std::byte> outer;  ///< bytes after the node's own that stay where they are (constants)
  uint64_t begin = 0;                ///< of the node's own bytes in the arena
  uint32_t length = 0;               ///< of the node's own bytes
  uint32_t firstReference = 0, referenceCount = 0;
  NodeId vtable = kNoNode;            ///< of tables
  uint16_t alignment = 4, phase = 0;  ///< address modulo alignment must be phase

  uint64_t size() const { return length + outer.size(); }
};

/// The objects of a flatbuffer as a graph without cycles, each different one once: asking for an object
/// that is there already gives the old one. What is referred to must be made first, so a node's number is
/// greater than those of all it refers to.
class FlatNodes {
public:
  FlatNodes() = default;
  FlatNodes(const FlatNodes&) = delete;

  NodeId text(std::string_view text);
  template <typename T>
  NodeId numbers(std::span<const T> values) {
    return vector(std::as_bytes(values), values.size(), sizeof(T));
  }
  /// A vector of bytes that begins at a multiple of 16. The bytes are not copied: they must outlive this.
  /// Equal only to the same bytes at the same place.
  NodeId data(std::span<const std::byte> bytes);
  /// A vector of references; none may be kNoNode.
  NodeId list(std::span<const NodeId> targets);
  NodeId table(TableFields fields);
  /// Overwrites a number of a table that has it. Only after all nodes are made.
  void replaceNumber(NodeId table, size_t slot, uint64_t value);

  size_t size() const { return m_nodes.size(); }
  const Node& node(NodeId id) const { return m_nodes[id]; }
  std::span<const std::byte> bytes(const Node& node) const { return {m_arena.data() + node.begin, node.length}; }
  std::span<const Node::Reference> references(const Node& node) const {
    return {m_references.data() + node.firstReference, node.referenceCount};
  }

private:
  NodeId vector(std::span<const std::byte> elements, size_t count, size_t elementSize);
  NodeId vtable(const std::vector<uint16_t>& words);
  Node begin() const;
  void append(Node& node, const void* bytes, size_t size);
  void refer(Node& node, NodeId target);
  /// The node itself, or an equal one made before.
  NodeId unique(const Node& node);
  bool equal(const Node& a, const Node& b) const;
  uint64_t hash(const Node& node) const;

  std::vector<Node> m_nodes;
  std::vector<std::byte> m_arena;
  std::vector<Node::Reference> m_references;
  std::unordered_multimap<uint64_t, NodeId> m_known;
};

}  // namespace quantscope::io
