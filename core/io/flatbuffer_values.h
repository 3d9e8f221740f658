#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/model.h"

/// Small steps from values of a verified flatbuffer to values of a Model.
namespace quantscope::io {

/// Offsets 0 and 1 of constants are place-holders of writers that fill them in later.
inline constexpr uint64_t kFirstRealOffset = 2;

/// A table with no fields: its vtable (4 bytes, for a table of 4 bytes), then at 4 the table itself.
alignas(4) inline constexpr uint8_t kNoFields[] = {4, 0, 4, 0, 4, 0, 0, 0};

/// The fields of a table whose emptiness a Model keeps as EmptyFields; of the others it has a flag.
template <typename... Slots>
constexpr EmptyFields slots(Slots... numbers) {
  return ((EmptyFields{1} << numbers) | ...);
}
inline constexpr EmptyFields kModelLists = slots(5, 6, 7, 8, 9);
inline constexpr EmptyFields kSubgraphLists = slots(1, 2);
inline constexpr EmptyFields kTensorLists = slots(0, 7, 9);
inline constexpr EmptyFields kOperatorLists = slots(1, 2, 7, 8);
inline constexpr EmptyFields kSignatureLists = slots(0, 1);

inline Error malformed(const std::string& where, const std::string& why) {
  return {ErrorCode::Malformed, "cannot open the model", where, why, ""};
}

template <typename T>
const flatbuffers::Table& asTable(const T& table) {
  return reinterpret_cast<const flatbuffers::Table&>(table);
}

// The verifier looks at where a vector's count stands, not at its elements: those of 8 bytes may stand anywhere.
template <typename From, typename To>
void copyVector(const flatbuffers::Vector<From>* from, std::vector<To>& to) {
  if (!from) return;
  to.reserve(from->size());
  for (flatbuffers::uoffset_t i = 0; i < from->size(); ++i) {
    From value;
    std::memcpy(&value, from->Data() + i * sizeof(From), sizeof(From));
    to.push_back(static_cast<To>(flatbuffers::EndianScalar(value)));
  }
}

inline void copyString(const flatbuffers::String* from, std::string& to, bool& has) {
  has = from != nullptr;
  if (from) to.assign(from->c_str(), from->size());
}

enum class Missing { Allowed, Forbidden };

inline Result<void> copyIndices(const flatbuffers::Vector<int32_t>* from, size_t count, Missing missing,
                                const std::string& where, const char* what, std::vector<TensorIndex>& to) {
  if (!from) return {};
  to.reserve(from->size());
  for (const int32_t index : *from) {
    const bool leftOut = index == -1 && missing == Missing::Allowed;
    if (!leftOut && (index < 0 || static_cast<size_t>(index) >= count)) {
      return malformed(where, std::string("its ") + what + " name tensor " + std::to_string(index) +
                                  ", but the subgraph has " + std::to_string(count) + " tensors");
    }
    to.push_back(TensorIndex(index));
  }
  return {};
}

}  // namespace quantscope::io
