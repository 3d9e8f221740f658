#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/result.h"
#include "core/model/tensor_view.h"

/// NumPy's .npy format, versions 1 to 3 (numpy.lib.format).
///
/// Element types: f2 f4 f8, i1..i8, u1..u8, b1, c8, c16 are what they are called. As the ml_dtypes package writes
/// them, V2 is bfloat16 and f1 is float8_e5m2. S and U arrays become string tensors (U as UTF-8, trailing NULs dropped
/// as NumPy does). Big-endian and Fortran-ordered arrays are converted. Refused with a reason: objects (pickles),
/// records, dates, long double, V1 (int4, int2 and float8_e4m3fn look alike there). Written: int4, uint4 and int2 one
/// value per byte as i1 or u1; float8_e4m3fn as its bits in u1; strings as S.
namespace quantscope {

/// An array that lies in a mapped file or in memory of its own.
struct NpyArray {
  ElementType type = ElementType::Float32;
  std::vector<int32_t> shape;
  std::span<const std::byte> bytes;   ///< row-major; at no particular alignment
  std::shared_ptr<const void> owner;  ///< keeps the bytes alive

  TensorView view() const { return {type, shape, bytes}; }
  TensorValue value() const { return {type, shape, {bytes.begin(), bytes.end()}}; }
};

namespace data {
/// The array of the whole text of an .npy file; `owner` keeps `bytes` alive. Untrusted. `where` names it in errors.
/// Errors: Malformed (header, or more or fewer bytes than the shape says), Unsupported (see above).
Result<NpyArray> parseNpy(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                          const std::string& where);

/// What goes before the data, and the data where it must be written differently from `view.bytes`.
struct NpyText {
  std::string header;
  std::vector<std::byte> converted;
  std::span<const std::byte> data;  ///< into `converted` or the view
};
/// Errors: Unsupported (resource and variant tensors).
Result<NpyText> formatNpy(const TensorView& view);
}  // namespace data

/// Errors: NotFound, Io, and those of parseNpy.
Result<NpyArray> mapNpy(const std::filesystem::path& path);
Result<TensorValue> readNpy(const std::filesystem::path& path);
Result<void> writeNpy(const std::filesystem::path& path, const TensorView& view, IfExists ifExists);

}  // namespace quantscope
