// Any bytes as a model card and the archive behind it: two bytes of length, the card, the rest is the archive.
#include <algorithm>
#include <cstdint>

#include "core/io/metadata.h"
#include "core/io/zip_archive.h"
#include "core/model/edit.h"
#include "core/model/metadata_names.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  const size_t cardSize = std::min<size_t>(data[0] + 256u * data[1], size - 2);
  Model model;
  model.buffers.emplace_back();
  model.metadata.push_back(
      {std::string(kModelCard), true, addBuffer(model, Buffer::fromBytes({bytes + 2, bytes + 2 + cardSize}))});
  model.trailing = Buffer::fromBytes({bytes + 2 + cardSize, bytes + size});
  (void)readMetadata(model);
  (void)io::movedArchiveEnd(model.trailing.bytes, 0, 1000);
  const auto entries = io::listZip(model.trailing.bytes, 0);
  if (!entries.ok()) return 0;
  for (const io::ZipEntry& entry : *entries) (void)io::unpackZip(model.trailing.bytes, entry, 1 << 20);
  return 0;
}
