// Any bytes as the options of a custom operator.
#include <cstdlib>

#include "core/model/flexbuffer_text.h"
#include "core/model/option_fields.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(data),
                                     reinterpret_cast<const std::byte*>(data) + size);
  const auto fields = flexbufferFields(bytes);
  Operator op;
  op.customOptions = Buffer::fromBytes(bytes);
  const auto shown = optionFields(op);
  // Options that are no FlexBuffer are shown too: as their bytes.
  if (!bytes.empty() && !fields && shown.empty()) std::abort();
  return 0;
}
