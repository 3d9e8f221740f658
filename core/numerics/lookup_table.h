#pragma once

#include <array>
#include <cstdint>
#include <functional>

/// Tables by which the integer kernels evaluate functions (spec/tflite-kernels.md section 4).
namespace quantscope::numerics {

/// Scale and zero point of one quantized value.
struct ScaleZero {
  double scale = 1.0;  ///< the file's float32 value
  int32_t zeroPoint = 0;
};

/// One 8-bit result per 8-bit code, both as raw bytes: int8 and uint8 tables look the same.
struct Table8 {
  std::array<uint8_t, 256> entries{};
  uint8_t operator()(uint8_t code) const { return entries[code]; }
  int8_t operator()(int8_t code) const { return static_cast<int8_t>(entries[static_cast<uint8_t>(code)]); }
};

/// LUT8 of section 4 for int8 (lowest code -128) or uint8 (lowest code 0); f is evaluated in float.
Table8 makeTable8(const std::function<float(float)>& f, ScaleZero input, ScaleZero output, int lowest = -128);

/// 512 linear pieces over the int16 range.
struct Table16 {
  std::array<int16_t, 513> entries{};
  int16_t operator()(int16_t code) const {
    const int position = 256 + (code >> 7);
    const int offset = code & 127;
    const int base = entries[static_cast<size_t>(position)];
    const auto slope = static_cast<int16_t>(entries[static_cast<size_t>(position) + 1] - base);
    return static_cast<int16_t>(base + ((slope * offset + 64) >> 7));
  }
};

/// LUT16 of section 4 in float.
Table16 makeTable16(const std::function<float(float)>& f, ScaleZero input, ScaleZero output);
/// The same in double, as the tables of the int16 SOFTMAX are made.
Table16 makeTable16InDouble(const std::function<double(double)>& f, ScaleZero input, ScaleZero output);

/// sigmoid(i / 24) in 0.16, i = 0..255: the table of the int16 LOGISTIC and TANH.
const std::array<uint16_t, 256>& sigmoidTable();

}  // namespace quantscope::numerics
