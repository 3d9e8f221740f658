// Any bytes as an .npy file; what is read must be written and read again as the same values.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "core/data/npy.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Bytes of their own, so that a step outside is seen.
  auto owner = std::make_shared<std::vector<std::byte>>(reinterpret_cast<const std::byte*>(data),
                                                        reinterpret_cast<const std::byte*>(data) + size);
  const auto array = data::parseNpy(*owner, owner, "input");
  if (!array.ok()) return 0;
  const auto text = data::formatNpy(array->view());
  if (!text.ok()) return 0;
  auto again = std::make_shared<std::vector<std::byte>>();
  for (const char c : text->header) again->push_back(static_cast<std::byte>(c));
  again->insert(again->end(), text->data.begin(), text->data.end());
  const auto copy = data::parseNpy(*again, again, "copy");
  // Strings are written without trailing zeros, so only numbers must come back as they were.
  if (!copy.ok()) {
    std::fprintf(stderr, "%s\n", copy.error().message().c_str());
    std::abort();
  }
  if (array->type == ElementType::String) return 0;
  const bool same =
      copy->shape == array->shape && copy->bytes.size() == array->bytes.size() &&
      (array->bytes.empty() || std::memcmp(copy->bytes.data(), array->bytes.data(), array->bytes.size()) == 0);
  if (copy->type == array->type && !same) std::abort();
  return 0;
}
