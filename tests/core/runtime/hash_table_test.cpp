#include <string>
#include <vector>

#include "core/model/string_values.h"
#include "core/runtime/interpreter.h"
#include "tests/support/catch.h"
#include "tests/support/model_builder.h"

/// HASHTABLE operators: a table filled once by an initialization graph and looked up by the main one.
namespace quantscope::tests {

namespace {

TensorIndex strings(ModelBuilder& b, const std::vector<std::string>& values) {
  const TensorIndex index = b.tensor({static_cast<int32_t>(values.size())}, ElementType::String);
  b.graph().tensor(index).buffer = BufferIndex(b.model.buffers.size());
  b.model.buffers.push_back(Buffer::fromBytes(packStrings(values)));
  return index;
}

TensorIndex numbers(ModelBuilder& b, std::vector<int64_t> values) {
  const TensorIndex index = b.tensor({static_cast<int32_t>(values.size())}, ElementType::Int64);
  b.graph().tensor(index).buffer = BufferIndex(b.model.buffers.size());
  const auto bytes = std::as_bytes(std::span(values));
  b.model.buffers.push_back(Buffer::fromBytes({bytes.begin(), bytes.end()}));
  return index;
}

TensorIndex table(ModelBuilder& b, int32_t id) {
  const TensorIndex handle = b.tensor({1}, ElementType::Resource);
  tflite::HashtableOptionsT options;
  options.table_id = id;
  b.op(tflite::BuiltinOperator_HASHTABLE, {}, {handle}).options.Set(std::move(options));
  return handle;
}

/// The main graph looks `wanted` up in a table of "one" -> 1, "two" -> 2.
ModelBuilder lookup(const std::vector<std::string>& wanted, bool filled) {
  ModelBuilder b;
  if (filled) {
    tflite::CallOnceOptionsT once;
    once.init_subgraph_index = 1;
    b.op(tflite::BuiltinOperator_CALL_ONCE, {}, {}).options.Set(std::move(once));
  }
  const TensorIndex handle = table(b, 7), found = b.tensor({static_cast<int32_t>(wanted.size())}, ElementType::Int64),
                    size = b.tensor({1}, ElementType::Int64);
  const TensorIndex keys = strings(b, wanted), fallback = numbers(b, {-1});
  b.op(tflite::BuiltinOperator_HASHTABLE_FIND, {handle, keys, fallback}, {found});
  b.op(tflite::BuiltinOperator_HASHTABLE_SIZE, {handle}, {size});
  b.outputs({found, size});
  b.beginSubgraph();
  const TensorIndex own = table(b, 7), names = strings(b, {"one", "two"}), values = numbers(b, {1, 2});
  b.op(tflite::BuiltinOperator_HASHTABLE_IMPORT, {own, names, values}, {});
  return b;
}

}  // namespace

TEST_CASE("a hash table gives the value of each key, and the default for unknown ones", "[runtime]") {
  const auto prepared = PreparedModel::prepare(lookup({"two", "three", "one"}, true).build());
  INFO((prepared.ok() ? "" : prepared.error().message()));
  REQUIRE(prepared.ok());
  Session session(*prepared);
  REQUIRE(session.run().ok());
  const auto found = session.output(0).values<int64_t>();
  CHECK(std::vector<int64_t>(found.begin(), found.end()) == std::vector<int64_t>{2, -1, 1});
  CHECK(session.output(1).values<int64_t>()[0] == 2);
}

TEST_CASE("a hash table that nothing fills is an error of the run, not a guess", "[runtime]") {
  const auto prepared = PreparedModel::prepare(lookup({"one"}, false).build());
  REQUIRE(prepared.ok());
  Session session(*prepared);
  const auto ran = session.run();
  REQUIRE_FALSE(ran.ok());
  CHECK(ran.error().message().find("HASHTABLE_FIND") != std::string::npos);
}

}  // namespace quantscope::tests
