#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/result.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"

namespace quantscope {

struct WriteOptions {
  /// A flatbuffer that would be longer gets its constants after it (specification tflite-format, section 6).
  /// Offsets have 31 bits; the rest is a margin for readers that count on less.
  uint64_t maximumFlatbuffer = (uint64_t{1} << 31) - (uint64_t{1} << 20);
};

/// Writes a .tflite file, whole or not at all, streaming: constants go from where they are to the file.
/// Nothing of the Model is lost but the layout of the bytes. The file is compact: equal vtables, texts,
/// lists and tables are stored once, defaults are left out, and the gaps that the alignment of constants
/// (16 bytes) leaves are filled. Buffers that nothing refers to stay; see pruneUnused() in core/model/edit.h.
/// Constants go after the flatbuffer where it would be too long, and where they were so in the file the
/// model was read from (metadata entry "buffer_location").
/// Errors: Unsupported (the model is incomplete: its file has fields this program does not know),
/// InvalidArgument (the file exists and may not be replaced; an index that leaves its list),
/// ResourceLimit (the tables alone exceed 2 GB), Io, Cancelled.
Result<void> writeModel(const Model& model, const std::filesystem::path& path, IfExists ifExists,
                        Progress* progress = nullptr, const WriteOptions& options = {});

/// The same bytes in memory.
Result<std::vector<std::byte>> serializeModel(const Model& model, const WriteOptions& options = {});

/// Length in bytes of the file that writeModel() would make.
Result<uint64_t> serializedSize(const Model& model, const WriteOptions& options = {});

}  // namespace quantscope
