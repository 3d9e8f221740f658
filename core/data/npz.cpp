#include "core/data/npz.h"

#include "core/model/string_values.h"

namespace quantscope {

namespace {
constexpr uint64_t kMostChecked = uint64_t{256} << 20;
constexpr std::string_view kSuffix = ".npy";
}  // namespace

Result<NpzFile> NpzFile::open(const std::filesystem::path& path, uint64_t limit) {
  QS_ASSIGN(auto archive, data::ZipArchive::open(path));
  NpzFile file(std::move(archive));
  file.m_left = limit;
  const auto& entries = file.m_archive.entries();
  for (size_t i = 0; i < entries.size(); ++i) {
    const std::string& name = entries[i].name;
    if (!name.ends_with(kSuffix)) continue;
    file.m_names.push_back(name.substr(0, name.size() - kSuffix.size()));
    file.m_entries.emplace(file.m_names.back(), i);
  }
  return file;
}

Result<NpyArray> NpzFile::array(const std::string& name) {
  const std::string path = m_archive.file()->path().string();
  const auto found = m_entries.find(name);
  if (found == m_entries.end()) {
    return Error{ErrorCode::NotFound, "cannot read the array", path, "it has no array '" + name + "'", ""};
  }
  const data::ZipEntry& entry = m_archive.entries()[found->second];
  const std::string where = path + ", array " + name;
  if (entry.deflated) {
    QS_ASSIGN(auto bytes, m_archive.inflate(entry, m_left));
    m_left -= bytes.size();
    auto owned = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    return data::parseNpy(*owned, owned, where);
  }
  QS_ASSIGN(const auto bytes, m_archive.rawBytes(entry));
  if (bytes.size() <= kMostChecked && data::crc32Of(bytes) != entry.crc) {
    return Error{ErrorCode::Malformed, "cannot read the array", where, "its checksum does not match its data", ""};
  }
  return data::parseNpy(bytes, m_archive.file(), where);
}

Result<std::map<std::string, TensorValue>> readNpz(const std::filesystem::path& path) {
  QS_ASSIGN(NpzFile file, NpzFile::open(path));
  std::map<std::string, TensorValue> arrays;
  for (const std::string& name : file.names()) {
    QS_ASSIGN(const NpyArray array, file.array(name));
    arrays.emplace(name, array.value());
  }
  return arrays;
}

Result<std::vector<std::string>> readNpzStrings(const std::filesystem::path& path, const std::string& name) {
  QS_ASSIGN(NpzFile file, NpzFile::open(path));
  QS_ASSIGN(const NpyArray array, file.array(name));
  if (array.type != ElementType::String) {
    return Error{ErrorCode::InvalidArgument, "cannot read the strings", path.string() + ", array " + name,
                 "it holds " + std::string(elementTypeName(array.type)) + " numbers", ""};
  }
  return unpackStrings(array.bytes);
}

Result<NpzWriter> NpzWriter::create(const std::filesystem::path& path, IfExists ifExists) {
  QS_ASSIGN(auto zip, data::ZipWriter::create(path, ifExists));
  return NpzWriter(std::move(zip));
}

Result<void> NpzWriter::add(const std::string& name, const TensorView& view) {
  QS_ASSIGN(const data::NpyText text, data::formatNpy(view));
  return m_zip.add(name + std::string(kSuffix), std::as_bytes(std::span(text.header)), text.data);
}

Result<void> writeNpz(const std::filesystem::path& path, const std::map<std::string, TensorValue>& arrays,
                      IfExists ifExists) {
  QS_ASSIGN(NpzWriter writer, NpzWriter::create(path, ifExists));
  for (const auto& [name, value] : arrays) QS_TRY(writer.add(name, value.view()));
  return writer.finish();
}

}  // namespace quantscope
