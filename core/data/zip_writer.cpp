#include <cstring>

#include "core/data/zip_archive.h"

namespace quantscope::data {

namespace {

constexpr uint64_t kMost32 = 0xffffffff;
// 1980-01-01, the first day that the format knows.
constexpr uint16_t kDate = 0x21;

class Fields {
public:
  template <typename T>
  Fields& put(T value) {
    const auto* bytes = reinterpret_cast<const std::byte*>(&value);
    m_bytes.insert(m_bytes.end(), bytes, bytes + sizeof(T));
    return *this;
  }
  Fields& put(const std::string& text) {
    const auto bytes = std::as_bytes(std::span(text));
    m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
    return *this;
  }
  std::span<const std::byte> bytes() const { return m_bytes; }

private:
  std::vector<std::byte> m_bytes;
};

uint32_t low(uint64_t value) {
  return static_cast<uint32_t>(value >= kMost32 ? kMost32 : value);
}

uint16_t nameFlags(const std::string& name) {
  for (const char c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) return 0x0800;  // the name is UTF-8
  }
  return 0;
}

}  // namespace

Result<ZipWriter> ZipWriter::create(const std::filesystem::path& path, IfExists ifExists) {
  QS_ASSIGN(AtomicFile file, AtomicFile::create(path, ifExists));
  return ZipWriter(std::move(file));
}

Result<void> ZipWriter::add(const std::string& name, std::span<const std::byte> head, std::span<const std::byte> tail) {
  if (name.size() > 0xffff) {
    return Error{ErrorCode::InvalidArgument, "cannot write the archive", "", "a name is longer than 65,535 bytes", ""};
  }
  ZipEntry entry;
  entry.name = name;
  entry.size = entry.compressedSize = head.size() + tail.size();
  entry.crc = crc32Of(tail, crc32Of(head));
  entry.headerOffset = m_file.size();
  const bool large = entry.size >= kMost32;
  Fields header;
  header.put(uint32_t{0x04034b50})
      .put(uint16_t(large ? 45 : 20))
      .put(nameFlags(name))
      .put(uint16_t{0})
      .put(uint16_t{0});
  header.put(kDate).put(entry.crc).put(low(entry.size)).put(low(entry.size)).put(uint16_t(name.size()));
  header.put(uint16_t(large ? 20 : 0)).put(name);
  if (large) header.put(uint16_t{1}).put(uint16_t{16}).put(entry.size).put(entry.size);
  QS_TRY(m_file.write(header.bytes()));
  QS_TRY(m_file.write(head));
  QS_TRY(m_file.write(tail));
  m_entries.push_back(std::move(entry));
  return {};
}

Result<void> ZipWriter::finish() {
  const uint64_t offset = m_file.size();
  for (const ZipEntry& entry : m_entries) {
    Fields extra;
    if (entry.size >= kMost32) extra.put(entry.size).put(entry.size);
    if (entry.headerOffset >= kMost32) extra.put(entry.headerOffset);
    const uint16_t fieldLength = uint16_t(extra.bytes().size());
    const uint16_t version = fieldLength > 0 ? 45 : 20;
    Fields record;
    record.put(uint32_t{0x02014b50}).put(version).put(version).put(nameFlags(entry.name)).put(uint16_t{0});
    record.put(uint16_t{0}).put(kDate).put(entry.crc).put(low(entry.size)).put(low(entry.size));
    record.put(uint16_t(entry.name.size())).put(uint16_t(fieldLength > 0 ? fieldLength + 4 : 0)).put(uint16_t{0});
    record.put(uint16_t{0}).put(uint16_t{0}).put(uint32_t{0}).put(low(entry.headerOffset)).put(entry.name);
    if (fieldLength > 0) record.put(uint16_t{1}).put(fieldLength);
    QS_TRY(m_file.write(record.bytes()));
    QS_TRY(m_file.write(extra.bytes()));
  }
  const uint64_t end = m_file.size(), count = m_entries.size();
  Fields tail;
  if (count >= 0xffff || offset >= kMost32 || end - offset >= kMost32) {
    tail.put(uint32_t{0x06064b50})
        .put(uint64_t{44})
        .put(uint16_t{45})
        .put(uint16_t{45})
        .put(uint32_t{0})
        .put(uint32_t{0});
    tail.put(count).put(count).put(end - offset).put(offset);
    tail.put(uint32_t{0x07064b50}).put(uint32_t{0}).put(end).put(uint32_t{1});
  }
  const auto shortCount = uint16_t(count >= 0xffff ? 0xffff : count);
  tail.put(uint32_t{0x06054b50}).put(uint16_t{0}).put(uint16_t{0}).put(shortCount).put(shortCount);
  tail.put(low(end - offset)).put(low(offset)).put(uint16_t{0});
  QS_TRY(m_file.write(tail.bytes()));
  return m_file.commit();
}

}  // namespace quantscope::data
