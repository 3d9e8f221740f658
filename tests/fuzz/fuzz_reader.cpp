// Any bytes as a .tflite file: whatever opens must be safe to judge, to write and to edit, and the copy
// must be the same.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/io/metadata.h"
#include "core/io/model_diff.h"
#include "core/io/tflite_reader.h"
#include "core/io/tflite_writer.h"
#include "core/model/edit.h"
#include "core/model/option_fields.h"
#include "core/model/structure.h"

using namespace quantscope;

namespace {

void stop(const char* why) {
  std::fprintf(stderr, "%s\n", why);
  std::abort();
}

void checkCopy(const Model& model, std::vector<std::byte> bytes) {
  auto owner = std::make_shared<std::vector<std::byte>>(std::move(bytes));
  const auto copy = readModelFromBytes(owner, *owner, "copy");
  if (!copy.ok()) stop("the copy does not open");
  const auto differences = diffModels(model, **copy);
  if (differences.empty()) return;
  std::fprintf(stderr, "%s: %s: %s / %s\n", differences[0].where.c_str(), differences[0].what.c_str(),
               differences[0].a.c_str(), differences[0].b.c_str());
  stop("the copy differs");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Bytes of their own, so that a step outside is seen.
  auto owner = std::make_shared<std::vector<std::byte>>(reinterpret_cast<const std::byte*>(data),
                                                        reinterpret_cast<const std::byte*>(data) + size);
  const auto model = readModelFromBytes(owner, *owner, "input");
  if (!model.ok()) return 0;
  for (const Finding& finding : structuralFindings(**model)) (void)findingPlace(**model, finding);
  for (const Subgraph& subgraph : (*model)->subgraphs) {
    for (const Operator& op : subgraph.operators) (void)optionFields(op);
  }
  (void)readMetadata(**model);
  for (const uint64_t longest : {uint64_t{1} << 30, uint64_t{1}}) {
    auto bytes = serializeModel(**model, {longest});
    if (bytes.ok()) checkCopy(**model, std::move(*bytes));
  }
  Model edited = **model;
  deduplicateBuffers(edited);
  pruneUnused(edited);
  if (!(*model)->incomplete && !serializeModel(edited).ok()) stop("an edited model cannot be written");
  return 0;
}
