#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/model.h"
#include "core/schema/reflection.h"

namespace quantscope::io {

using schema::scalarSize;
using schema::slotOffset;
using schema::unionMember;

/// What the survey tells about one table.
struct TableFacts {
  EmptyFields emptyFields = 0;  ///< vectors and strings that are there with no elements
  uint64_t vectorBytes = 0;     ///< bytes in its vectors and strings: what decoding them costs
  bool misaligned = false;      ///< numbers in a vector do not stand where a pointer to them may point
};

/// Looks at tables of an already verified flatbuffer through the schema's reflection: finds whatever the
/// schema does not know (fields of a later version, union members, enumerators) and how far the
/// flatbuffer reaches. Never looks at the elements of vectors of numbers.
class SchemaSurvey {
public:
  explicit SchemaSurvey(std::span<const std::byte> flatbuffer) : m_bytes(flatbuffer) {}

  /// One table without the tables below it. `name` is the table's name in notices.
  TableFacts table(const flatbuffers::Table* table, const flatbuffers::TypeTable* type, std::string_view name);
  /// A table and everything below it, depth first; appends the empty fields of each to `empty`.
  TableFacts tree(const flatbuffers::Table* table, const flatbuffers::TypeTable* type, std::string_view name,
                  std::vector<EmptyFields>& empty);

  /// First byte after everything seen so far.
  uint64_t end() const { return m_end; }
  /// True where something was seen that a Model cannot hold.
  bool incomplete() const { return m_incomplete; }
  /// One line for each kind of unknown thing, with how often it was seen.
  std::vector<std::string> notices() const;

private:
  void reach(const void* pointer, uint64_t size);
  void note(std::string text, bool lost);
  void unknownSlots(const flatbuffers::Table* table, const flatbuffers::TypeTable* type, std::string_view name);
  void enumerator(const uint8_t* field, const flatbuffers::TypeTable* type, size_t slot, std::string_view name);
  void unionTag(const flatbuffers::Table* table, const flatbuffers::TypeTable* type, size_t slot,
                std::string_view name);

  std::span<const std::byte> m_bytes;
  uint64_t m_end = 0;
  bool m_incomplete = false;
  std::map<std::string, uint64_t> m_notes;
};

}  // namespace quantscope::io
