#pragma once

#include <string_view>

/// Names of metadata entries that this program knows (specification tflite-format, section 7).
namespace quantscope {

/// Marks files with constants after the flatbuffer. Says nothing about the model: the writer sets it.
inline constexpr std::string_view kOutsideMark = "buffer_location";
inline constexpr std::string_view kOutsideMarkContent = "outside flatbuffers";
/// The model card of the task library, a flatbuffer of its own.
inline constexpr std::string_view kModelCard = "TFLITE_METADATA";
/// The oldest runtime that has all operators, as text padded with zero bytes.
inline constexpr std::string_view kMinimumRuntime = "min_runtime_version";

}  // namespace quantscope
