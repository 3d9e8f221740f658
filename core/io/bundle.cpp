#include "core/io/bundle.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <optional>
#include <set>
#include <string_view>

#include "core/io/litertlm_header.h"
#include "core/io/zip_archive.h"
#include "core/schema/tflite_generated.h"

namespace quantscope {

namespace {

constexpr std::string_view kSeparator = "::";
constexpr size_t kIdentifierOffset = 4, kModelHead = 8;
// What a packed model may take when it is unpacked: the longest flatbuffer.
constexpr uint64_t kLongestUnpacked = uint64_t{2} << 30;
constexpr size_t kMostListed = 12;

Error cannotOpen(ErrorCode code, std::string where, std::string why, std::string remedy = "") {
  return {code, "cannot open the model", std::move(where), std::move(why), std::move(remedy)};
}

std::string_view asText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool isModel(std::string_view head) {
  return head.size() >= kModelHead && head.substr(kIdentifierOffset, 4) == tflite::ModelIdentifier();
}

/// A model of a bundle, and where its bytes come from.
struct Member {
  BundledModel model;
  std::span<const std::byte> stored;  ///< in the file, where it is not packed
  std::optional<io::ZipEntry> entry;  ///< of a ZIP archive, where it is packed
};

enum class Form { Model, Zip, LiteRtLm, Gzip, Unknown };

Form formOf(std::span<const std::byte> file) {
  const std::string_view head = asText(file.first(std::min<size_t>(file.size(), kModelHead)));
  if (isModel(head)) return Form::Model;
  if (io::isLiteRtLm(file)) return Form::LiteRtLm;
  if (head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06")) return Form::Zip;
  if (head.starts_with("\x1f\x8b")) return Form::Gzip;
  return Form::Unknown;
}

Result<std::vector<Member>> zipMembers(std::span<const std::byte> file) {
  QS_ASSIGN(const auto entries, io::listZip(file, 0));
  std::vector<Member> members;
  for (const io::ZipEntry& entry : entries) {
    // What cannot be looked at is no model: a bundle may hold other things in ways of its own.
    const auto head = io::beginningOf(file, entry, kModelHead);
    if (!head || !isModel(*head)) continue;
    Member member{{entry.name, entry.size, entry.packed()}, {}, entry};
    if (!member.model.packed) {
      QS_ASSIGN(member.stored, io::storedBytes(file, entry));
    }
    members.push_back(std::move(member));
  }
  return members;
}

Result<std::vector<Member>> sectionMembers(std::span<const std::byte> file) {
  QS_ASSIGN(const auto sections, io::modelSections(file));
  std::vector<Member> members;
  for (const io::ModelSection& section : sections) {
    const uint64_t size = section.end - section.begin;
    members.push_back({{section.name, size, false}, file.subspan(section.begin, size), {}});
  }
  return members;
}

Member gzipMember(std::span<const std::byte> file, const std::filesystem::path& path) {
  // The last four bytes are the unpacked length modulo 2^32: good enough to show.
  uint32_t length = 0;
  if (file.size() >= sizeof(length)) std::memcpy(&length, file.data() + file.size() - sizeof(length), sizeof(length));
  const std::string name = path.extension() == ".gz" ? path.stem().string() : "model";
  return {{name, length, true}, {}, {}};
}

Result<std::vector<Member>> membersOf(std::span<const std::byte> file, const std::filesystem::path& path) {
  std::vector<Member> members;
  switch (formOf(file)) {
    case Form::Zip: {
      QS_ASSIGN(members, zipMembers(file));
      break;
    }
    case Form::LiteRtLm: {
      QS_ASSIGN(members, sectionMembers(file));
      break;
    }
    case Form::Gzip:
      members.push_back(gzipMember(file, path));
      break;
    default:
      break;
  }
  std::set<std::string> names;
  for (Member& member : members) {
    const std::string name = member.model.name;
    for (int number = 2; !names.insert(member.model.name).second; ++number) {
      member.model.name = name + " (" + std::to_string(number) + ")";
    }
  }
  return members;
}

/// Unpacks piece by piece, so that memory is taken for what really comes out.
Result<std::shared_ptr<const std::string>> gunzip(std::span<const std::byte> packed) {
  constexpr size_t kPiece = size_t{1} << 20;
  z_stream stream{};
  if (inflateInit2(&stream, MAX_WBITS + 16) != Z_OK) {
    return cannotOpen(ErrorCode::ResourceLimit, "", "there is not enough memory");
  }
  const std::unique_ptr<z_stream, int (*)(z_stream*)> closed(&stream, inflateEnd);
  auto content = std::make_shared<std::string>();
  size_t used = 0;
  for (int state = Z_OK; state != Z_STREAM_END;) {
    if (content->size() >= kLongestUnpacked) {
      return cannotOpen(ErrorCode::ResourceLimit, "", "it unpacks to more than 2 GiB", "unpack it first");
    }
    const size_t before = content->size();
    content->resize(before + std::max(kPiece, std::min(before, size_t{64} << 20)));
    stream.next_out = reinterpret_cast<Bytef*>(content->data() + before);
    stream.avail_out = static_cast<uInt>(content->size() - before);
    while (stream.avail_out > 0 && state == Z_OK) {
      if (stream.avail_in == 0) {
        const auto more = packed.subspan(used, std::min(packed.size() - used, kPiece));
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(more.data()));
        stream.avail_in = static_cast<uInt>(more.size());
        used += more.size();
        if (more.empty()) break;
      }
      state = inflate(&stream, Z_NO_FLUSH);
    }
    const bool ended = state == Z_STREAM_END;
    const bool starved = !ended && stream.avail_out > 0;
    content->resize(content->size() - stream.avail_out);
    if (starved || (state != Z_OK && !ended)) {
      return cannotOpen(ErrorCode::Malformed, "", "its compressed bytes are damaged or cut off");
    }
  }
  return std::shared_ptr<const std::string>(std::move(content));
}

Result<ModelBytes> bytesOf(const Member& member, std::shared_ptr<const MappedFile> file) {
  if (!member.model.packed) return ModelBytes{file, member.stored, file};
  std::shared_ptr<const std::string> content;
  if (member.entry) {
    QS_ASSIGN(auto unpacked, io::unpackZip(file->bytes(), *member.entry, kLongestUnpacked));
    content = std::make_shared<const std::string>(std::move(unpacked));
  } else {
    QS_ASSIGN(content, gunzip(file->bytes()));
  }
  const auto bytes = std::as_bytes(std::span(*content));
  return ModelBytes{std::move(content), bytes, nullptr};
}

std::string listed(const std::vector<Member>& members) {
  std::string text;
  for (size_t i = 0; i < std::min(members.size(), kMostListed); ++i) {
    text += (i > 0 ? ", " : "") + members[i].model.name;
  }
  return members.size() > kMostListed ? text + ", …" : text;
}

Result<ModelBytes> openMember(const std::filesystem::path& path, const std::optional<std::string>& name) {
  auto opened = MappedFile::open(path);
  if (!opened.ok()) {
    Error error = std::move(opened).error();
    error.what = "cannot open the model";
    return error;
  }
  const std::shared_ptr<const MappedFile> file = std::move(*opened);
  const Form form = formOf(file->bytes());
  const bool bundle = form != Form::Model && form != Form::Unknown;
  if (!bundle && !name) return ModelBytes{file, file->bytes(), file};
  if (!bundle) {
    return cannotOpen(ErrorCode::NotFound, path.string() + std::string(kSeparator) + *name,
                      "the file is no bundle of models", "name the file alone");
  }
  auto members = membersOf(file->bytes(), path);
  if (!members.ok()) {
    Error error = std::move(members).error();
    error.where = error.where.empty() ? path.string() : path.string() + ", " + error.where;
    return error;
  }
  if (members->empty()) {
    return cannotOpen(ErrorCode::Unsupported, path.string(), "it is a bundle without a TensorFlow Lite model");
  }
  if (!name && members->size() > 1) {
    return cannotOpen(ErrorCode::InvalidArgument, path.string(),
                      "it is a bundle of " + std::to_string(members->size()) + " models: " + listed(*members),
                      "name one: " + bundledModelPath(path.filename(), members->front().model.name).string());
  }
  const auto chosen = std::ranges::find_if(*members, [&](const Member& m) { return !name || m.model.name == *name; });
  if (chosen == members->end()) {
    return cannotOpen(ErrorCode::NotFound, path.string(),
                      "it has no model '" + *name + "'; it has " + listed(*members));
  }
  auto bytes = bytesOf(*chosen, file);
  if (!bytes.ok()) {
    Error error = std::move(bytes).error();
    error.what = "cannot open the model";
    error.where = bundledModelPath(path, chosen->model.name).string();
    return error;
  }
  return bytes;
}

}  // namespace

std::filesystem::path bundledModelPath(const std::filesystem::path& bundle, const std::string& name) {
  std::filesystem::path path = bundle;
  path += kSeparator;
  path += name;
  return path;
}

std::filesystem::path bundleFile(const std::filesystem::path& path) {
  // A file may have the separator in its own name, and so may a model: the first part that is a file counts.
  const std::string text = path.string();
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return path;
  for (size_t at = text.find(kSeparator); at != std::string::npos; at = text.find(kSeparator, at + 1)) {
    if (std::filesystem::exists(text.substr(0, at), ignored)) return text.substr(0, at);
  }
  return path;
}

Result<std::vector<BundledModel>> listBundledModels(const std::filesystem::path& path) {
  try {
    QS_ASSIGN(const auto file, MappedFile::open(path));
    if (formOf(file->bytes()) == Form::Unknown) {
      return Error{ErrorCode::Unsupported, "cannot list the models", path.string(),
                   "it is neither a TensorFlow Lite model nor a bundle of models", ""};
    }
    QS_ASSIGN(const auto members, membersOf(file->bytes(), path));
    std::vector<BundledModel> models;
    for (const Member& member : members) models.push_back(member.model);
    return models;
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::ResourceLimit, "cannot list the models", path.string(), "there is not enough memory", ""};
  }
}

Result<ModelBytes> openModelBytes(const std::filesystem::path& path) {
  try {
    const std::filesystem::path file = bundleFile(path);
    if (file == path) return openMember(path, {});
    return openMember(file, path.string().substr(file.string().size() + kSeparator.size()));
  } catch (const std::bad_alloc&) {
    return cannotOpen(ErrorCode::ResourceLimit, path.string(), "there is not enough memory");
  }
}

}  // namespace quantscope
