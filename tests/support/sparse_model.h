#pragma once

#include <cstdint>
#include <filesystem>

namespace quantscope::tests {

/// Writes a valid .tflite file of `layers` dense layers of 1,024 × 1,024 float32 weights (4 MiB each) that lie after
/// the flatbuffer as holes of a sparse file: 500 layers are a 2 GB model that takes no room on the disk. All weights
/// are zero. The input is [1, 1024].
void writeSparseModel(const std::filesystem::path& path, int layers);

}  // namespace quantscope::tests
