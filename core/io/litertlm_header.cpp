#include "core/io/litertlm_header.h"

#include <cstring>
#include <string_view>

#include "core/schema/litertlm_generated.h"

namespace quantscope::io {

namespace {

constexpr std::string_view kMark = "LITERTLM";
constexpr size_t kMajorVersion = 8, kHeaderEnd = 24, kHeaderBegin = 32;
constexpr uint32_t kKnownMajorVersion = 1;
// Headers of published bundles have a few kilobytes.
constexpr uint64_t kLongestHeader = uint64_t{16} << 20;
constexpr flatbuffers::uoffset_t kMaximumDepth = 16, kMaximumTables = 100'000;

Error damaged(const std::string& why) {
  return {ErrorCode::Malformed, "cannot read the bundle", "", why, ""};
}

template <typename T>
T at(std::span<const std::byte> bytes, size_t position) {
  T value{};
  std::memcpy(&value, bytes.data() + position, sizeof(T));
  return value;
}

std::string nameOf(const litertlm::Section& section, size_t index) {
  if (const auto* attributes = section.attributes()) {
    for (const litertlm::Attribute* attribute : *attributes) {
      if (!attribute->key() || attribute->key()->string_view() != "model_type") continue;
      const auto* text = attribute->value_as_StringValue();
      if (text && text->value() && text->value()->size() > 0) return text->value()->str();
    }
  }
  return "section " + std::to_string(index);
}

}  // namespace

bool isLiteRtLm(std::span<const std::byte> file) {
  return file.size() >= kMark.size() && std::memcmp(file.data(), kMark.data(), kMark.size()) == 0;
}

Result<std::vector<ModelSection>> modelSections(std::span<const std::byte> file) {
  if (file.size() < kHeaderBegin) return damaged("its header is cut off");
  const auto version = at<uint32_t>(file, kMajorVersion);
  if (version != kKnownMajorVersion) {
    return Error{ErrorCode::Unsupported, "cannot read the bundle", "",
                 "it has the format version " + std::to_string(version) + "; only version 1 is known", ""};
  }
  const auto end = at<uint64_t>(file, kHeaderEnd);
  if (end < kHeaderBegin || end > file.size() || end - kHeaderBegin > kLongestHeader) {
    return damaged("its header is said to end at byte " + std::to_string(end) + " of " + std::to_string(file.size()));
  }
  // Into memory of its own, so that its numbers are aligned wherever the file lies.
  const auto header = file.subspan(kHeaderBegin, end - kHeaderBegin);
  const std::vector<std::byte> aligned(header.begin(), header.end());
  const auto* data = reinterpret_cast<const uint8_t*>(aligned.data());
  flatbuffers::Verifier verifier(data, aligned.size(), kMaximumDepth, kMaximumTables);
  if (!verifier.VerifyBuffer<litertlm::Header>(nullptr)) return damaged("its header is damaged");

  std::vector<ModelSection> models;
  const auto* list = flatbuffers::GetRoot<litertlm::Header>(data)->list();
  if (!list || !list->sections()) return models;
  size_t index = 0;
  for (const litertlm::Section* section : *list->sections()) {
    const size_t number = index++;
    if (section->content() != litertlm::Content_Model) continue;
    if (section->begin() > section->end() || section->end() > file.size()) {
      return damaged("section " + std::to_string(number) + " is said to lie at bytes " +
                     std::to_string(section->begin()) + " to " + std::to_string(section->end()) + " of " +
                     std::to_string(file.size()) + "; the file is cut off");
    }
    models.push_back({nameOf(*section, number), section->begin(), section->end()});
  }
  return models;
}

}  // namespace quantscope::io
