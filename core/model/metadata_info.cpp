#include "core/model/metadata_info.h"

#include <algorithm>

namespace quantscope {

std::vector<std::string> AssociatedFile::lines() const {
  std::vector<std::string> lines;
  size_t begin = 0;
  while (begin < content.size()) {
    const size_t end = std::min(content.find('\n', begin), content.size());
    const bool hasReturn = end > begin && content[end - 1] == '\r';
    lines.push_back(content.substr(begin, end - begin - (hasReturn ? 1 : 0)));
    begin = end + 1;
  }
  return lines;
}

std::vector<std::string> TensorInfo::labels() const {
  const AssociatedFile* best = nullptr;
  for (const AssociatedFile& file : files) {
    const bool isLabels =
        file.kind == AssociatedFile::Kind::AxisLabels || file.kind == AssociatedFile::Kind::ValueLabels;
    if (!isLabels || !file.found) continue;
    if (!best || (file.locale.empty() && !best->locale.empty())) best = &file;
  }
  return best ? best->lines() : std::vector<std::string>{};
}

}  // namespace quantscope
