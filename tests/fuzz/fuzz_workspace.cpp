// Any text as a workspace; what is read must be written and read again as the same text.
#include <cstdlib>

#include "ui/workspace/workspace_file.h"

using namespace quantscope;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto workspace = ui::workspaceFromJson({reinterpret_cast<const char*>(data), size});
  if (!workspace.ok()) return 0;
  const std::string text = ui::workspaceToJson(*workspace);
  const auto again = ui::workspaceFromJson(text);
  if (!again.ok() || ui::workspaceToJson(*again) != text) std::abort();
  return 0;
}
