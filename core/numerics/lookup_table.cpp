#include "core/numerics/lookup_table.h"

#include <algorithm>
#include <cmath>

namespace quantscope::numerics {

Table8 makeTable8(const std::function<float(float)>& f, ScaleZero input, ScaleZero output, int lowest) {
  Table8 table;
  const float inputScale = static_cast<float>(input.scale);
  const float inverse = 1.0f / static_cast<float>(output.scale);
  const auto low = static_cast<float>(lowest), high = static_cast<float>(lowest + 255);
  for (int code = lowest; code < lowest + 256; ++code) {
    const float real = inputScale * static_cast<float>(code - input.zeroPoint);
    const float rounded = std::round(f(real) * inverse) + static_cast<float>(output.zeroPoint);
    // NaN falls to the lower limit, as the conversion of the kernels does.
    const float clamped = rounded > high ? high : rounded >= low ? rounded : low;
    table.entries[static_cast<uint8_t>(code)] = static_cast<uint8_t>(static_cast<int>(clamped));
  }
  return table;
}

namespace {

template <typename Real>
Table16 makeTable16Of(const std::function<Real(Real)>& f, ScaleZero input, ScaleZero output) {
  const Real inputScale = static_cast<Real>(input.scale), outputScale = static_cast<Real>(output.scale);
  const Real inputMin = inputScale * static_cast<Real>(-32768 - input.zeroPoint);
  const Real inputMax = inputScale * static_cast<Real>(32767 - input.zeroPoint);
  const Real outputMin = outputScale * static_cast<Real>(-32768 - output.zeroPoint);
  const Real outputMax = outputScale * static_cast<Real>(32767 - output.zeroPoint);
  const Real step = (inputMax - inputMin) / Real(512), halfStep = step / Real(2);
  const Real inverse = Real(65536) / (outputMax - outputMin);
  const auto entry = [](Real v) {
    if (std::isnan(v)) return int16_t{0};
    return static_cast<int16_t>(std::min(std::max(v, Real(-32768)), Real(32767)));
  };
  Table16 table;
  for (int i = 0; i < 512; ++i) {
    const Real at = inputMin + static_cast<Real>(i) * step;
    const Real sample = std::round(f(at) * inverse);
    const Real middleOfLine = std::round((f(inputMin + static_cast<Real>(i + 1) * step) * inverse + sample) / Real(2));
    const Real error = middleOfLine - std::round(f(at + halfStep) * inverse);
    table.entries[static_cast<size_t>(i)] = entry(sample - std::round(error / Real(2)));
  }
  table.entries[512] = entry(std::round(f(inputMax) * inverse));
  return table;
}

}  // namespace

Table16 makeTable16(const std::function<float(float)>& f, ScaleZero input, ScaleZero output) {
  return makeTable16Of<float>(f, input, output);
}

Table16 makeTable16InDouble(const std::function<double(double)>& f, ScaleZero input, ScaleZero output) {
  return makeTable16Of<double>(f, input, output);
}

const std::array<uint16_t, 256>& sigmoidTable() {
  static const std::array<uint16_t, 256> table = [] {
    std::array<uint16_t, 256> values{};
    for (size_t i = 0; i < 256; ++i) {
      values[i] = static_cast<uint16_t>(std::floor(65536.0 / (1.0 + std::exp(-static_cast<double>(i) / 24.0)) + 0.5));
    }
    // The original table is one higher here.
    for (const size_t i :
         {4,  8,  12, 14, 15, 16, 17, 19, 20, 21, 22, 25, 27, 28, 29, 30, 31,  33,  34,  35,  37,  39,
          40, 41, 43, 44, 45, 46, 49, 50, 54, 62, 63, 64, 66, 82, 86, 93, 100, 103, 112, 116, 135, 255}) {
      ++values[i];
    }
    return values;
  }();
  return table;
}

}  // namespace quantscope::numerics
