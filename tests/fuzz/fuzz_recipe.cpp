// Any text as a recipe, ours or AI Edge Quantizer's; what is read must be written and read again as the same text.
#include <cstdlib>

#include "core/quantization/recipe.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto recipe = recipeFromJson({reinterpret_cast<const char*>(data), size});
  if (!recipe.ok()) return 0;
  const std::string text = recipeToJson(*recipe);
  const auto again = recipeFromJson(text);
  if (!again.ok() || recipeToJson(*again) != text) std::abort();
  return 0;
}
