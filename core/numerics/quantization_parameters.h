#pragma once

#include <cstdint>
#include <optional>

/// Scales and zero points from value ranges, and values from those (spec/tflite-quantization.md section 4).
namespace quantscope::numerics {

struct QuantizationParameters {
  float scale = 1.0f;
  int32_t zeroPoint = 0;
};

/// Activations, int8 (4.1). The range is widened to hold 0; a narrower one than 1e-6 becomes +-1e-6.
QuantizationParameters asymmetricInt8(float min, float max);
/// The same for uint8: zero point + 128.
QuantizationParameters asymmetricUInt8(float min, float max);
/// Activations, int16 (4.3): zero point 0, scale = max|bound| / 32767. A range of zero takes 1e-6, since a scale of 0
/// has no meaning.
QuantizationParameters symmetricInt16(float min, float max);
/// Double variant (4.2) for any storage limits.
QuantizationParameters asymmetricInDouble(double min, double max, int32_t qmin, int32_t qmax);

/// Scale of symmetric weights whose largest magnitude is maxAbs, for codes -qmax..qmax (4.4, M and D): never
/// below 1e-6 / (2 qmax).
float symmetricScale(float maxAbs, int32_t qmax = 127);
/// Scale of symmetric constants of the 16x8 tool (4.4 L): maxAbs / qmax in float; 1 for an all-zero constant.
float symmetricScaleSingle(float maxAbs, int32_t qmax);

/// clamp(round(f32(value * f32(1 / scale)))), halves away from zero: weights of 4.4 M.
int32_t quantizeByReciprocal(float value, float scale, int32_t qmin, int32_t qmax);
/// clamp(round(f64(value) / scale + zeroPoint)): the general rule of 4.4 D.
int32_t quantizeInDouble(float value, double scale, int32_t zeroPoint, int32_t qmin, int32_t qmax);
/// clamp(round(f32(value / scale)) + zeroPoint): QUANTIZE of the kernels.
int32_t quantizeByDivision(float value, float scale, int32_t zeroPoint, int32_t qmin, int32_t qmax);

/// Scale of a bias: product of input and weight scale in double, rounded once (4.6).
float biasScale(float inputScale, float weightScale);
/// Code of a bias value (4.6): within +-(2^31 - 1); 0 where the scale is 0.
int32_t quantizeBias32(float value, float scale);
/// The same for int64 biases of 16x8.
int64_t quantizeBias64(float value, float scale);

/// Scales that keep a bias within 2^30 (4.7).
struct RaisedScales {
  float weightScale;
  float biasScale;
};
/// Nothing where |bias| / (inputScale * weightScale) fits already.
std::optional<RaisedScales> raiseScalesForBias(float biasMagnitude, float inputScale, float weightScale);

}  // namespace quantscope::numerics
