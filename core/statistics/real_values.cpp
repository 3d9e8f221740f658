#include "core/statistics/real_values.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/base/checked.h"
#include "core/numerics/float16.h"

namespace quantscope {

namespace {

Error malformed(std::string why) {
  return {ErrorCode::Malformed, "cannot read the values of a tensor", "", std::move(why), ""};
}

bool isInteger(ElementType type) {
  switch (type) {
    case ElementType::Int2:
    case ElementType::Int4:
    case ElementType::UInt4:
    case ElementType::Int8:
    case ElementType::UInt8:
    case ElementType::Int16:
    case ElementType::UInt16:
    case ElementType::Int32:
    case ElementType::UInt32:
    case ElementType::Int64:
    case ElementType::UInt64:
      return true;
    default:
      return false;
  }
}

/// OCP 8-bit floating point: 1-4-3 bits, bias 7, no infinities, all ones is NaN.
float fromFloat8E4M3(unsigned code) {
  const int exponent = static_cast<int>(code >> 3 & 15), mantissa = static_cast<int>(code & 7);
  float magnitude = std::ldexp(static_cast<float>(exponent == 0 ? mantissa : mantissa + 8), std::max(exponent, 1) - 10);
  if (exponent == 15 && mantissa == 7) magnitude = std::numeric_limits<float>::quiet_NaN();
  return (code & 0x80) != 0 ? -magnitude : magnitude;
}

const std::array<float, 256>& float8Table(ElementType type) {
  static const auto e4m3 = [] {
    std::array<float, 256> table{};
    for (unsigned code = 0; code < 256; ++code) table[code] = fromFloat8E4M3(code);
    return table;
  }();
  // 1-5-2 bits, bias 15: the upper half of a float16.
  static const auto e5m2 = [] {
    std::array<float, 256> table{};
    for (unsigned code = 0; code < 256; ++code) table[code] = numerics::fromFloat16(static_cast<uint16_t>(code << 8));
    return table;
  }();
  return type == ElementType::Float8E4M3FN ? e4m3 : e5m2;
}

/// Values of all elements in a byte of a packed type.
template <unsigned kBits, bool kSigned>
const std::array<std::array<float, 8 / kBits>, 256>& packedTable() {
  static const auto table = [] {
    std::array<std::array<float, 8 / kBits>, 256> values{};
    for (unsigned byte = 0; byte < 256; ++byte) {
      for (unsigned i = 0; i < 8 / kBits; ++i) {
        const unsigned code = byte >> (i * kBits) & ((1u << kBits) - 1), sign = kSigned ? 1u << (kBits - 1) : 0;
        values[byte][i] = static_cast<float>(static_cast<int>(code ^ sign) - static_cast<int>(sign));
      }
    }
    return values;
  }();
  return table;
}

/// Unpacks whole bytes.
template <unsigned kBits, bool kSigned>
void unpack(const std::byte* bytes, size_t count, float* values) {
  const auto& table = packedTable<kBits, kSigned>();
  for (size_t i = 0; i < count; ++i) {
    std::memcpy(values + i * (8 / kBits), table[static_cast<unsigned>(bytes[i])].data(), 8 / kBits * sizeof(float));
  }
}

template <typename T>
T load(std::span<const std::byte> bytes, int64_t index) {
  T value;
  std::memcpy(&value, bytes.data() + static_cast<size_t>(index) * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

Result<void> TensorReader::setBytes(const TensorView& values) {
  const int bits = bitsPerElement(values.type);
  if (bits == 0) {
    return Error{ErrorCode::Unsupported, "cannot read the values of a tensor", "",
                 "a " + std::string(elementTypeName(values.type)) + " tensor holds no numbers", ""};
  }
  const auto count = checkedElementCount(values.shape);
  const auto bytes = count ? byteSize(values.type, *count) : std::nullopt;
  if (!bytes || static_cast<uint64_t>(*bytes) != values.bytes.size()) {
    return malformed("shape " + shapeText(values.shape) + " of " + std::string(elementTypeName(values.type)) +
                     " needs " + (bytes ? std::to_string(*bytes) : "too many") + " bytes, there are " +
                     std::to_string(values.bytes.size()));
  }
  m_type = values.type;
  m_shape.assign(values.shape.begin(), values.shape.end());
  m_bytes = values.bytes;
  m_count = *count;
  return {};
}

Result<void> TensorReader::setScales(const Quantization& quantization) {
  if (!quantization.quantized() || !isInteger(m_type) || m_count == 0) return {};
  const size_t scales = quantization.scale.size(), points = quantization.zeroPoint.size();
  if (points > 1 && points != scales) {
    return malformed("it has " + std::to_string(scales) + " scales and " + std::to_string(points) + " zero points");
  }
  m_inner = m_count;
  if (scales > 1) {
    const int32_t axis = quantization.quantizedDimension;
    if (axis < 0 || static_cast<size_t>(axis) >= m_shape.size() ||
        static_cast<size_t>(m_shape[static_cast<size_t>(axis)]) != scales) {
      return malformed("it has " + std::to_string(scales) + " scales along dimension " + std::to_string(axis) +
                       " of shape " + shapeText(m_shape));
    }
    m_inner = 1;
    for (size_t d = static_cast<size_t>(axis) + 1; d < m_shape.size(); ++d) m_inner *= m_shape[d];
  }
  m_scales = quantization.scale;
  m_zeroPoints.assign(scales, 0.0);
  for (size_t c = 0; c < scales && points > 0; ++c) {
    m_zeroPoints[c] = static_cast<double>(quantization.zeroPoint[points == 1 ? 0 : c]);
  }
  return {};
}

Result<void> TensorReader::setBlockScales(const Model& model, const Subgraph& subgraph,
                                          const tflite::BlockwiseQuantizationT& blockwise) {
  auto constantReader = [&](int32_t index) -> Result<TensorReader> {
    if (index < 0 || static_cast<size_t>(index) >= subgraph.tensors.size())
      return malformed("its block scales do not exist");
    const Tensor& tensor = subgraph.tensors[static_cast<size_t>(index)];
    return make({tensor.type, tensor.shape, constantBytes(model, tensor)}, nullptr);
  };
  QS_ASSIGN(const TensorReader scales, constantReader(blockwise.scales));
  // Blocks lie along the last axis, whose length is a multiple of the block, so they follow each other in memory.
  const int64_t block = blockwise.block_size;
  if (block <= 0 || scales.count() == 0 || m_shape.empty() || m_shape.back() % block != 0 ||
      m_count / block != scales.count()) {
    return malformed(std::to_string(scales.count()) + " scales of blocks of " + std::to_string(block) +
                     " do not fit shape " + shapeText(m_shape));
  }
  m_inner = block;
  m_scales.resize(static_cast<size_t>(scales.count()));
  scales.read(0, std::span<float>(m_scales));
  m_zeroPoints.assign(m_scales.size(), 0.0);
  if (blockwise.zero_points >= 0) {
    QS_ASSIGN(const TensorReader points, constantReader(blockwise.zero_points));
    if (points.count() == scales.count()) points.read(0, std::span<double>(m_zeroPoints));
  }
  return {};
}

Result<TensorReader> TensorReader::make(const TensorView& values, const Quantization* quantization) {
  TensorReader reader;
  QS_TRY(reader.setBytes(values));
  if (quantization != nullptr) QS_TRY(reader.setScales(*quantization));
  return reader;
}

Result<TensorReader> TensorReader::constant(const Model& model, SubgraphIndex subgraph, TensorIndex index) {
  const Subgraph& graph = model.subgraphs[subgraph.position()];
  const Tensor& tensor = graph.tensor(index);
  const std::string where = "tensor " + std::to_string(index.value) + " " + tensor.name;
  if (!isConstant(model, tensor)) {
    return Error{ErrorCode::InvalidArgument, "cannot read the values of a tensor", where, "it holds no constant data",
                 ""};
  }
  if (tensor.sparsity) {
    return Error{ErrorCode::Unsupported, "cannot read the values of a tensor", where, "it is stored sparse", ""};
  }
  auto bytes = constantBytes(model, tensor);
  // A buffer may be longer than the tensor (tflite-format.md section 3); the rest belongs to nobody.
  const auto count = checkedElementCount(tensor.shape);
  const auto needed = count ? byteSize(tensor.type, *count) : std::nullopt;
  if (needed && static_cast<uint64_t>(*needed) < bytes.size()) bytes = bytes.first(static_cast<size_t>(*needed));
  const auto* blockwise = tensor.quantization ? tensor.quantization->blockwise() : nullptr;
  auto reader =
      make({tensor.type, tensor.shape, bytes}, tensor.quantization && !blockwise ? &*tensor.quantization : nullptr);
  if (reader.ok() && blockwise != nullptr && reader->m_count > 0) {
    const auto scaled = reader->setBlockScales(model, graph, *blockwise);
    if (!scaled.ok()) reader = scaled.error();
  }
  if (!reader.ok()) {
    Error error = reader.error();
    error.where = where;
    return error;
  }
  return reader;
}

bool TensorReader::fitsFloat() const {
  switch (m_type) {
    case ElementType::Float64:
    case ElementType::Int32:
    case ElementType::UInt32:
    case ElementType::Int64:
    case ElementType::UInt64:
    case ElementType::Complex64:
    case ElementType::Complex128:
      return false;
    default:
      return true;
  }
}

template <typename Stored, typename Real>
void TensorReader::readNumbers(int64_t begin, std::span<Real> values) const {
  const std::byte* source = m_bytes.data() + static_cast<size_t>(begin) * sizeof(Stored);
  for (size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, source + i * sizeof(Stored), sizeof(Stored));
    values[i] = static_cast<Real>(stored);
  }
  applyScales(begin, values);
}

template <typename Real>
void TensorReader::readBits(int64_t begin, std::span<Real> values) const {
  const auto bits = static_cast<unsigned>(bitsPerElement(m_type));
  const unsigned mask = (1u << bits) - 1, sign = m_type == ElementType::UInt4 ? 0 : 1u << (bits - 1);
  size_t done = 0;
  if constexpr (std::is_same_v<Real, float>) {
    const auto perByte = static_cast<int64_t>(8 / bits);
    if (begin % perByte == 0) {
      const std::byte* bytes = m_bytes.data() + begin / perByte;
      const size_t whole = values.size() / (8 / bits);
      if (m_type == ElementType::Int4) unpack<4, true>(bytes, whole, values.data());
      if (m_type == ElementType::UInt4) unpack<4, false>(bytes, whole, values.data());
      if (m_type == ElementType::Int2) unpack<2, true>(bytes, whole, values.data());
      done = whole * (8 / bits);
    }
  }
  for (size_t i = done; i < values.size(); ++i) {
    const auto position = (static_cast<uint64_t>(begin) + i) * bits;
    const unsigned code = static_cast<unsigned>(m_bytes[position / 8]) >> (position % 8) & mask;
    values[i] = static_cast<Real>(static_cast<int>(code ^ sign) - static_cast<int>(sign));
  }
  applyScales(begin, values);
}

template <typename Real, typename Convert>
void TensorReader::readHalves(int64_t begin, std::span<Real> values, Convert convert) const {
  std::array<uint16_t, 256> bits;
  std::array<float, 256> part;
  for (size_t i = 0; i < values.size(); i += bits.size()) {
    const size_t size = std::min(bits.size(), values.size() - i);
    std::memcpy(bits.data(), m_bytes.data() + (static_cast<size_t>(begin) + i) * sizeof(uint16_t),
                size * sizeof(uint16_t));
    convert(std::span(bits).first(size), std::span(part).first(size));
    std::copy_n(part.begin(), size, values.begin() + static_cast<ptrdiff_t>(i));
  }
}

template <typename Real>
void TensorReader::applyScales(int64_t begin, std::span<Real> values) const {
  if (m_scales.empty()) return;
  // In runs of one scale, so that the inner loop is a plain multiply.
  for (size_t i = 0; i < values.size();) {
    const int64_t index = begin + static_cast<int64_t>(i);
    const auto run =
        static_cast<size_t>(std::min<int64_t>(static_cast<int64_t>(values.size() - i), m_inner - index % m_inner));
    const auto channel = static_cast<size_t>(index / m_inner) % m_scales.size();
    const auto scale = static_cast<Real>(m_scales[channel]);
    const auto zeroPoint = static_cast<Real>(m_zeroPoints[channel]);
    for (size_t end = i + run; i < end; ++i) values[i] = scale * (values[i] - zeroPoint);
  }
}

template <typename Real>
void TensorReader::readAny(int64_t begin, std::span<Real> values) const {
  switch (m_type) {
    case ElementType::Float32:
      return readNumbers<float>(begin, values);
    case ElementType::Float64:
      return readNumbers<double>(begin, values);
    case ElementType::Int8:
      return readNumbers<int8_t>(begin, values);
    case ElementType::UInt8:
      return readNumbers<uint8_t>(begin, values);
    case ElementType::Int16:
      return readNumbers<int16_t>(begin, values);
    case ElementType::UInt16:
      return readNumbers<uint16_t>(begin, values);
    case ElementType::Int32:
      return readNumbers<int32_t>(begin, values);
    case ElementType::UInt32:
      return readNumbers<uint32_t>(begin, values);
    case ElementType::Int64:
      return readNumbers<int64_t>(begin, values);
    case ElementType::UInt64:
      return readNumbers<uint64_t>(begin, values);
    case ElementType::Int4:
    case ElementType::UInt4:
    case ElementType::Int2:
      return readBits(begin, values);
    case ElementType::Float16:
      return readHalves(begin, values, [](std::span<const uint16_t> bits, std::span<float> part) {
        numerics::fromFloat16(bits, part);
      });
    case ElementType::BFloat16:
      return readHalves(begin, values, [](std::span<const uint16_t> bits, std::span<float> part) {
        // fromBFloat16() in place, so that it is vectorized: the upper half of a float32.
        std::transform(bits.begin(), bits.end(), part.begin(),
                       [](uint16_t upper) { return std::bit_cast<float>(uint32_t{upper} << 16); });
      });
    case ElementType::Float8E4M3FN:
    case ElementType::Float8E5M2: {
      const auto& table = float8Table(m_type);
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<Real>(table[static_cast<unsigned char>(m_bytes[static_cast<size_t>(begin) + i])]);
      }
      return;
    }
    case ElementType::Bool:
      for (size_t i = 0; i < values.size(); ++i) {
        values[i] = m_bytes[static_cast<size_t>(begin) + i] == std::byte{0} ? Real{0} : Real{1};
      }
      return;
    case ElementType::Complex64:
      for (size_t i = 0; i < values.size(); ++i) {
        const int64_t at = 2 * (begin + static_cast<int64_t>(i));
        values[i] =
            static_cast<Real>(std::hypot(static_cast<double>(load<float>(m_bytes, at)), load<float>(m_bytes, at + 1)));
      }
      return;
    case ElementType::Complex128:
      for (size_t i = 0; i < values.size(); ++i) {
        const int64_t at = 2 * (begin + static_cast<int64_t>(i));
        values[i] = static_cast<Real>(std::hypot(load<double>(m_bytes, at), load<double>(m_bytes, at + 1)));
      }
      return;
    default:
      std::fill(values.begin(), values.end(), Real{0});  // make() refused these
  }
}

void TensorReader::read(int64_t begin, std::span<float> values) const {
  if (fitsFloat()) return readAny(begin, values);
  // Rounded once, from the exact value.
  std::array<double, 256> exact;
  for (size_t i = 0; i < values.size(); i += exact.size()) {
    const auto part = std::span(exact).first(std::min(exact.size(), values.size() - i));
    readAny(begin + static_cast<int64_t>(i), part);
    std::transform(part.begin(), part.end(), values.begin() + static_cast<ptrdiff_t>(i),
                   [](double value) { return static_cast<float>(value); });
  }
}

void TensorReader::read(int64_t begin, std::span<double> values) const {
  if (!fitsFloat()) return readAny(begin, values);
  std::array<float, 256> rounded;
  for (size_t i = 0; i < values.size(); i += rounded.size()) {
    const auto part = std::span(rounded).first(std::min(rounded.size(), values.size() - i));
    readAny(begin + static_cast<int64_t>(i), part);
    std::copy(part.begin(), part.end(), values.begin() + static_cast<ptrdiff_t>(i));
  }
}

double TensorReader::at(int64_t index) const {
  double value = 0;
  read(index, std::span<double>(&value, 1));
  return value;
}

}  // namespace quantscope
