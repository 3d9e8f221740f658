"""Random convolutions and matrix products, in every form that kernels know."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from code_cases import CLAMPS, scaled, zero_point
from model_writer import draw_any
from random_cases import F32, I8, I16, I32, I64, U8, case, finish, options, pick, quantized, shape_of


class Affine:
    """Input, weights, bias and output of a matrix product, in one of the forms that kernels know."""

    FORMS = ["float", "int8", "int8", "uint8", "int16", "int16", "hybrid", "hybrid", "int4", "hybrid4"]

    def __init__(self, g, rng, form, x_shape, w_shape, axis, y_shape, taps, channels):
        self.form, self.rng, self.g = form, rng, g
        self.x_type = {"int8": I8, "int4": I8, "uint8": U8, "int16": I16}.get(form, F32)
        per_channel = form != "uint8" and rng.random() < 0.6
        sw = np.exp(rng.uniform(np.log(0.002), np.log(0.05), channels if per_channel else 1))
        sx = scaled(rng, 0.01, 0.2) if self.x_type != I16 else scaled(rng, 1e-4, 1e-3)
        q = {} if self.x_type == F32 else {"scale": sx, "zero": zero_point(rng, self.x_type)}
        self.x = g.input(x_shape, self.x_type, **q)
        w_values = rng.integers(-7 if "4" in form else -127, 8 if "4" in form else 128, w_shape)
        if form == "float":
            self.w = g.constant(rng.normal(0, 0.5, w_shape).astype(F32))
        elif form == "uint8":
            sw = sw[:1]
            self.w = g.constant(draw_any(rng, w_shape, U8), scale=sw, zero=zero_point(rng, U8))
        elif "4" in form and form in ("int4", "hybrid4"):
            self.w = g.int4(w_values, scale=sw * 16, axis=axis)
            sw = sw * 16
        else:
            self.w = g.constant(w_values.astype(I8), scale=sw, axis=axis)
        x_spread = {I8: 74, U8: 74, I16: 19000}.get(self.x_type, 2)
        w_spread = 4 if form in ("int4", "hybrid4") else 73
        sy = float(sx * np.median(sw) * np.sqrt(taps) * x_spread * w_spread / (40 if self.x_type != I16 else 12000) * rng.uniform(0.3, 3))
        self.wide = form == "int16" and rng.random() < 0.6
        bias_type = F32 if self.x_type == F32 else I64 if self.wide else I32
        if self.x_type == F32:
            self.bias = g.constant(rng.normal(0, 1, channels).astype(F32))
        else:
            spread = sy / (sx * np.median(sw)) * 20
            spread = min(spread, 2e9)
            self.bias = g.constant(rng.integers(-int(spread) - 1, int(spread) + 1, channels).astype(bias_type),
                                   scale=np.float32(sx) * sw.astype(F32), axis=0)
        self.y = g.tensor(y_shape, self.x_type, **({} if self.x_type == F32 else {"scale": sy, "zero": zero_point(rng, self.x_type)}))

    @property
    def bias_option(self):
        if self.form != "int16":
            return 0
        return schema.TensorType.INT64 if self.wide else schema.TensorType.INT32


def spatial(rng, dilation_allowed=True):
    h, w = (int(n) for n in rng.integers(3, 11, 2))
    fh, fw = (int(n) for n in rng.integers(1, 5, 2))
    sh, sw = (int(n) for n in rng.integers(1, 4, 2))
    dh, dw = (int(n) for n in rng.integers(1, 4, 2)) if dilation_allowed and rng.random() < 0.3 else (1, 1)
    same = bool(rng.integers(2)) or (fh - 1) * dh + 1 > h or (fw - 1) * dw + 1 > w
    size = lambda n, f, s, d: -(-n // s) if same else (n - (f - 1) * d - 1) // s + 1
    return h, w, fh, fw, sh, sw, dh, dw, 0 if same else 1, size(h, fh, sh, dh), size(w, fw, sw, dw)


@case
def conv_2d(g, rng):
    form = pick(rng, *Affine.FORMS)
    h, w, fh, fw, sh, sw, dh, dw, padding, oh, ow = spatial(rng)
    batch, groups = int(rng.integers(1, 3)), int(pick(rng, 1, 1, 1, 2, 3))
    cin, cout = groups * int(rng.integers(1, 9)), groups * int(rng.integers(1, 12))
    a = Affine(g, rng, form, [batch, h, w, cin], [cout, fh, fw, cin // groups], 0, [batch, oh, ow, cout],
               fh * fw * cin // groups, cout)
    g.op("CONV_2D", [a.x, a.w, a.bias], [a.y],
         options("Conv2DOptions", padding=padding, strideH=sh, strideW=sw, dilationHFactor=dh, dilationWFactor=dw,
                 fusedActivationFunction=pick(rng, *CLAMPS), quantizedBiasType=a.bias_option), version=8)
    finish(g, a.y)


@case
def depthwise_conv_2d(g, rng):
    form = pick(rng, *[f for f in Affine.FORMS if f != "hybrid4"])
    h, w, fh, fw, sh, sw, dh, dw, padding, oh, ow = spatial(rng)
    sh = sw = int(pick(rng, sh, sw))
    oh, ow = (-(-h // sh), -(-w // sw)) if padding == 0 else ((h - (fh - 1) * dh - 1) // sh + 1, (w - (fw - 1) * dw - 1) // sw + 1)
    batch, cin, multiplier = int(rng.integers(1, 3)), int(rng.integers(1, 18)), int(pick(rng, 1, 1, 2, 3))
    a = Affine(g, rng, form, [batch, h, w, cin], [1, fh, fw, cin * multiplier], 3, [batch, oh, ow, cin * multiplier],
               fh * fw, cin * multiplier)
    g.op("DEPTHWISE_CONV_2D", [a.x, a.w, a.bias], [a.y],
         options("DepthwiseConv2DOptions", padding=padding, strideH=sh, strideW=sw, dilationHFactor=dh, dilationWFactor=dw,
                 depthMultiplier=multiplier, fusedActivationFunction=pick(rng, *CLAMPS)), version=6)
    finish(g, a.y)


@case
def transpose_conv(g, rng):
    form = pick(rng, "float", "int8", "int8", "uint8", "int16", "int16", "hybrid")
    h, w = (int(n) for n in rng.integers(1, 7, 2))
    fh, fw = (int(n) for n in rng.integers(1, 5, 2))
    sh, sw = (int(n) for n in rng.integers(1, 4, 2))
    padding = int(rng.integers(2))
    oh = h * sh if padding == 0 else (h - 1) * sh + fh
    ow = w * sw if padding == 0 else (w - 1) * sw + fw
    batch, cin, cout = int(rng.integers(1, 3)), int(rng.integers(1, 9)), int(rng.integers(1, 9))
    a = Affine(g, rng, form, [batch, h, w, cin], [cout, fh, fw, cin], 0, [batch, oh, ow, cout], fh * fw * cin, cout)
    inputs = [g.constant(np.array([batch, oh, ow, cout], I32)), a.w, a.x]
    if rng.random() < 0.6:
        inputs.append(a.bias)
    g.op("TRANSPOSE_CONV", inputs, [a.y],
         options("TransposeConvOptions", padding=padding, strideH=sh, strideW=sw, quantizedBiasType=a.bias_option,
                 fusedActivationFunction=pick(rng, *CLAMPS)), version=5)
    finish(g, a.y)


@case
def fully_connected(g, rng):
    form = pick(rng, *Affine.FORMS)
    depth, units = int(rng.integers(1, 80)), int(rng.integers(1, 20))
    lead = shape_of(rng, 1, 2, 4)
    keep = rng.random() < 0.4
    y_shape = [*lead, units] if keep else [int(np.prod(lead)), units]
    a = Affine(g, rng, form, [*lead, depth], [units, depth], 0, y_shape, depth, units)
    activation = pick(rng, *CLAMPS) if form in ("int8", "uint8", "int16", "int4") else pick(rng, 0, 1, 2, 3, 4)
    g.op("FULLY_CONNECTED", [a.x, a.w, a.bias if rng.random() < 0.7 else -1], [a.y],
         options("FullyConnectedOptions", fusedActivationFunction=activation, keepNumDims=keep, quantizedBiasType=a.bias_option,
                 asymmetricQuantizeInputs=bool(rng.integers(2))), version=12)
    finish(g, a.y)


@case
def fully_connected_computed_weights(g, rng):
    rows, depth, units = (int(v) for v in rng.integers(1, 12, 3))
    x, w = (g.input(shape, I8, **quantized(rng, I8)) for shape in ([rows, depth], [units, depth]))
    y = g.tensor([rows, units], I8, **quantized(rng, I8))
    g.op("FULLY_CONNECTED", [x, w, -1], [y], options("FullyConnectedOptions", fusedActivationFunction=pick(rng, *CLAMPS)), version=4)
    finish(g, y)


@case
def batch_matmul(g, rng):
    form = pick(rng, "float", "int8", "int16", "int8_32", "hybrid")
    lead = shape_of(rng, 0, 3, 3)
    m, k, n = (int(v) for v in rng.integers(1, 12, 3))
    adj_x, adj_y = bool(rng.integers(2)), bool(rng.integers(2))
    cut = lambda dims: [d if rng.random() < 0.7 else 1 for d in dims][int(rng.integers(len(dims) + 1)) if rng.random() < 0.3 else 0:]
    if form == "hybrid":
        # Two leading dimensions are left to defect_batch_matmul_leading.
        lead = [n if i == 0 else 1 for i, n in enumerate(lead)]
    a_lead, b_lead = cut(lead), cut(lead)
    out = list(np.broadcast_shapes(tuple(a_lead), tuple(b_lead)))
    a_shape = [*a_lead, *([k, m] if adj_x else [m, k])]
    b_shape = [*b_lead, *([n, k] if adj_y else [k, n])]
    x_type = {"int8": I8, "int8_32": I8, "int16": I16}.get(form, F32)
    q = lambda: {} if x_type == F32 else {"scale": scaled(rng, 0.01, 0.1) if x_type == I8 else scaled(rng, 1e-4, 1e-3), "zero": zero_point(rng, x_type)}
    qa, qb = q(), q()
    a = g.input(a_shape, x_type, **qa)
    if form == "hybrid":
        b = g.constant(rng.integers(-127, 128, b_shape).astype(I8), scale=0.02)
    else:
        b = g.input(b_shape, x_type, **qb)
    if form == "int8_32":
        y = g.tensor([*out, m, n], I32, scale=qa["scale"] * qb["scale"])
    elif x_type == F32:
        y = g.tensor([*out, m, n])
    else:
        spread = 74 * 74 / 40 if x_type == I8 else 19000 * 19000 / 12000
        y = g.tensor([*out, m, n], x_type, scale=float(qa["scale"] * qb["scale"] * np.sqrt(k) * spread), zero=zero_point(rng, x_type))
    g.op("BATCH_MATMUL", [a, b], [y], options("BatchMatMulOptions", adjX=adj_x, adjY=adj_y,
                                              asymmetricQuantizeInputs=form == "hybrid" and bool(rng.integers(2))), version=4)
    finish(g, y)
