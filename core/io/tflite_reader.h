#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "core/base/result.h"
#include "core/jobs/progress.h"
#include "core/model/model.h"

namespace quantscope {

/// Opens a .tflite file of any size, or one inside a bundle (core/io/bundle.h). The file stays mapped for as long as
/// anything of the Model lives; constants point into the mapping and are not looked at, so opening costs time and
/// memory by the number of operators and tensors only. What is checked: the whole flatbuffer, the promises that
/// core/model/model.h makes about a Model, and that constants outside the flatbuffer lie in the file. A field or
/// enumerator that the schema does not know is no error: Model::notices names it. Errors: those of openModelBytes();
/// Malformed (damaged, truncated, not a model); Unsupported (another format, or another version than 3); ResourceLimit
/// (more structure than 1 GiB, which no real model has); Cancelled.
Result<std::shared_ptr<const Model>> readModel(const std::filesystem::path& path, Progress* progress = nullptr);

/// The same from bytes in memory, which `owner` keeps alive. `name` stands for the file in messages.
/// Bytes that do not begin at a multiple of 16 are copied first.
Result<std::shared_ptr<const Model>> readModelFromBytes(std::shared_ptr<const void> owner,
                                                        std::span<const std::byte> bytes, const std::string& name,
                                                        Progress* progress = nullptr);

}  // namespace quantscope
