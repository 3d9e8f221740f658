#include <algorithm>
#include <array>
#include <memory>

#include "core/base/checked.h"
#include "core/numerics/activation_range.h"
#include "core/ops/kernel.h"
#include "core/ops/operand_checks.h"
#include "core/ops/window.h"

/// CONV_3D and CONV_3D_TRANSPOSE, float only: volumes [batch, depth, height, width, channels].
namespace quantscope::ops {

namespace {

using Triple = std::array<int64_t, 3>;

struct Volume {
  int64_t batches = 0, inChannels = 0, outChannels = 0;
  Triple in{}, out{}, filter{}, stride{}, dilation{}, pad{};
  numerics::ActivationRange<float> range;
  std::optional<size_t> bias;

  int64_t inSize() const { return in[0] * in[1] * in[2] * inChannels; }
  int64_t outSize() const { return out[0] * out[1] * out[2] * outChannels; }
};

/// Strides, dilations and padding; `filled`: the size that the windows move over, `results`: the number of windows.
Result<Volume> windows(const PrepareContext& context, const tflite::Conv3DOptionsT& options, Volume v,
                       bool transposed) {
  v.stride = {options.stride_d, options.stride_h, options.stride_w};
  v.dilation = {options.dilation_d_factor, options.dilation_h_factor, options.dilation_w_factor};
  QS_TRY(requireClampActivation(context, options.fused_activation_function));
  v.range = numerics::activationRange<float>(fused(options.fused_activation_function));
  const Triple& filled = transposed ? v.out : v.in;
  Triple results{};
  for (size_t d = 0; d < 3; ++d) {
    const auto window =
        windowOf(static_cast<int32_t>(filled[d]), static_cast<int32_t>(v.filter[d]), static_cast<int32_t>(v.stride[d]),
                 static_cast<int32_t>(v.dilation[d]), options.padding);
    if (!window) return context.malformed("its window does not fit the volume");
    v.pad[d] = window->padBefore;
    results[d] = window->out;
  }
  if (!transposed) {
    v.out = results;
  } else if (results != v.in) {
    return context.malformed("its output shape does not belong to its input");
  }
  return v;
}

/// Calls body(input position, output position, filter tap) for every tap inside the volume that is `filled`, where
/// windows are numbered by `steps`.
template <typename Body>
void eachTap(const Volume& v, const Triple& steps, const Triple& filled, Body body) {
  const auto along = [&](size_t d, int64_t step, int64_t tap) {
    return step * v.stride[d] - v.pad[d] + tap * v.dilation[d];
  };
  Triple s{}, t{};
  for (s[0] = 0; s[0] < steps[0]; ++s[0])
    for (s[1] = 0; s[1] < steps[1]; ++s[1])
      for (s[2] = 0; s[2] < steps[2]; ++s[2])
        for (t[0] = 0; t[0] < v.filter[0]; ++t[0]) {
          const int64_t z = along(0, s[0], t[0]);
          if (z < 0 || z >= filled[0]) continue;
          for (t[1] = 0; t[1] < v.filter[1]; ++t[1]) {
            const int64_t y = along(1, s[1], t[1]);
            if (y < 0 || y >= filled[1]) continue;
            for (t[2] = 0; t[2] < v.filter[2]; ++t[2]) {
              const int64_t x = along(2, s[2], t[2]);
              if (x < 0 || x >= filled[2]) continue;
              body((s[0] * steps[1] + s[1]) * steps[2] + s[2], (z * filled[1] + y) * filled[2] + x,
                   (t[0] * v.filter[1] + t[1]) * v.filter[2] + t[2]);
            }
          }
        }
}

void finish(const Volume& v, const KernelContext& run, float* y, int64_t count) {
  const float* bias = v.bias ? run.input<float>(*v.bias) : nullptr;
  for (int64_t i = 0; i < count; ++i) y[i] = v.range.clamp(bias ? y[i] + bias[i % v.outChannels] : y[i]);
}

std::vector<int32_t> outputShape(const Volume& v) {
  return {static_cast<int32_t>(v.batches), static_cast<int32_t>(v.out[0]), static_cast<int32_t>(v.out[1]),
          static_cast<int32_t>(v.out[2]), static_cast<int32_t>(v.outChannels)};
}

Triple inner(const Operand& operand, size_t first) {
  return {operand.shape[first], operand.shape[first + 1], operand.shape[first + 2]};
}

Result<void> requireFloatVolumes(const PrepareContext& context, const Operand& x, const Operand& w) {
  for (const Operand* operand : {&x, &w, &context.output(0)})
    QS_TRY(requireType(context, *operand, {ElementType::Float32}));
  QS_TRY(requireRank(context, x, 5, 5));
  QS_TRY(requireRank(context, w, 5, 5));
  if (w.elementCount() < 1) return context.malformed(describe(context, w) + " is empty");
  return {};
}

Error channelMismatch(const PrepareContext& context, const Operand& x, const Operand& w) {
  return context.malformed(describe(context, w) + " does not match the channels of " + describe(context, x));
}

Result<void> takeBias(const PrepareContext& context, size_t position, Volume& v) {
  if (!context.hasInput(position)) return {};
  QS_TRY(requireBias(context, context.input(position), ElementType::Float32, v.outChannels));
  v.bias = position;
  return {};
}

}  // namespace

Result<std::unique_ptr<Kernel>> prepareConv3d(PrepareContext& context) {
  QS_TRY(context.requireInputs(2, 3));
  QS_TRY(context.requireOutputs(1, 1));
  const auto* options = context.op.options.AsConv3DOptions();
  if (!options) return context.malformed("it has no Conv3DOptions");
  const Operand &x = context.input(0), &w = context.input(1);
  QS_TRY(requireFloatVolumes(context, x, w));
  Volume v;
  v.batches = x.shape[0];
  v.inChannels = x.shape[4];
  v.outChannels = w.shape[4];
  v.in = inner(x, 1);
  v.filter = inner(w, 0);
  if (w.shape[3] != x.shape[4]) return channelMismatch(context, x, w);
  QS_ASSIGN(v, windows(context, *options, v, false));
  QS_TRY(takeBias(context, 2, v));
  QS_TRY(context.setOutputShape(0, outputShape(v)));
  context.macs =
      checkedMultiply<int64_t>(v.batches * v.out[0] * v.out[1] * v.out[2], w.elementCount()).value_or(INT64_MAX);
  return makeKernel([v](const KernelContext& run) {
    const float *x = run.input<float>(0), *w = run.input<float>(1);
    float* y = run.output<float>(0);
    std::fill_n(y, v.batches * v.outSize(), 0.0f);
    for (int64_t b = 0; b < v.batches; ++b) {
      eachTap(v, v.out, v.in, [&](int64_t result, int64_t place, int64_t tap) {
        const float *from = x + b * v.inSize() + place * v.inChannels,
                    *weights = w + tap * v.inChannels * v.outChannels;
        float* to = y + b * v.outSize() + result * v.outChannels;
        for (int64_t i = 0; i < v.inChannels; ++i)
          for (int64_t o = 0; o < v.outChannels; ++o) to[o] += from[i] * weights[i * v.outChannels + o];
      });
    }
    finish(v, run, y, v.batches * v.outSize());
  });
}

Result<std::unique_ptr<Kernel>> prepareConv3dTranspose(PrepareContext& context) {
  QS_TRY(context.requireInputs(3, 4));
  QS_TRY(context.requireOutputs(1, 1));
  if (!context.valuesKnown({0})) return nullptr;
  const auto* options = context.op.options.AsConv3DOptions();
  if (!options) return context.malformed("it has no Conv3DOptions");
  const Operand &shape = context.input(0), &w = context.input(1), &x = context.input(2);
  QS_TRY(requireFloatVolumes(context, x, w));
  QS_TRY(requireType(context, shape, {ElementType::Int32}));
  if (shape.rank() != 1 || shape.shape[0] != 5) return context.malformed(describe(context, shape) + " must be 5 sizes");
  const auto sizes = shape.constantAs<int32_t>();
  Volume v;
  v.batches = x.shape[0];
  v.inChannels = x.shape[4];
  v.outChannels = w.shape[3];
  v.in = inner(x, 1);
  v.out = {sizes[1], sizes[2], sizes[3]};
  v.filter = inner(w, 0);
  if (w.shape[4] != x.shape[4]) return channelMismatch(context, x, w);
  if (sizes[0] != x.shape[0] || sizes[4] != w.shape[3]) {
    return context.malformed("its output shape " + shapeText(sizes.first(5)) + " does not match " +
                             describe(context, x) + " and " + describe(context, w));
  }
  QS_ASSIGN(v, windows(context, *options, v, true));
  QS_TRY(takeBias(context, 3, v));
  QS_TRY(context.setOutputShape(0, outputShape(v)));
  context.macs =
      checkedMultiply<int64_t>(v.batches * v.in[0] * v.in[1] * v.in[2], w.elementCount()).value_or(INT64_MAX);
  return makeKernel([v](const KernelContext& run) {
    const float *w = run.input<float>(1), *x = run.input<float>(2);
    float* y = run.output<float>(0);
    std::fill_n(y, v.batches * v.outSize(), 0.0f);
    for (int64_t b = 0; b < v.batches; ++b) {
      eachTap(v, v.in, v.out, [&](int64_t source, int64_t place, int64_t tap) {
        const float *from = x + b * v.inSize() + source * v.inChannels,
                    *weights = w + tap * v.inChannels * v.outChannels;
        float* to = y + b * v.outSize() + place * v.outChannels;
        for (int64_t o = 0; o < v.outChannels; ++o)
          for (int64_t i = 0; i < v.inChannels; ++i) to[o] += from[i] * weights[o * v.inChannels + i];
      });
    }
    finish(v, run, y, v.batches * v.outSize());
  });
}

}  // namespace quantscope::ops
