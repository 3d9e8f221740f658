"""Random operators that compute: convolutions, matrix products, element by element, reductions, resizing, conversions."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from model_writer import draw_any
from random_cases import BOOL, CASES, F32, I8, I16, I32, I64, U8, case, finish, options, pick, quantized, shape_of

F64, F16 = np.float64, np.float16
CLAMPS = [0, 0, 1, 2, 3]  # NONE, RELU, RELU_N1_TO_1, RELU6


def scaled(rng, low, high):
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def zero_point(rng, dtype):
    if dtype == I16:
        return 0
    limits = np.iinfo(dtype)
    return int(pick(rng, limits.min, limits.max, rng.integers(limits.min, limits.max + 1)))


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


def window(rng, size, dilated=True):
    """Filter, stride, dilation, padding, output size of one dimension; fits."""
    f = int(rng.integers(1, 5))
    return f


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
def batch_matmul(g, rng):
    form = pick(rng, "float", "int8", "int16", "int8_32", "hybrid")
    lead = shape_of(rng, 0, 3, 3)
    m, k, n = (int(v) for v in rng.integers(1, 12, 3))
    adj_x, adj_y = bool(rng.integers(2)), bool(rng.integers(2))
    cut = lambda dims: [d if rng.random() < 0.7 else 1 for d in dims][int(rng.integers(len(dims) + 1)) if rng.random() < 0.3 else 0:]
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


def broadcast_pair(rng, most=4):
    shape = shape_of(rng, 1, most, 5)
    if rng.random() < 0.5:
        return shape, shape, shape
    cut = lambda: [n if rng.random() < 0.6 else 1 for n in shape][int(rng.integers(len(shape) + 1)) if rng.random() < 0.3 else 0:]
    a, b = cut(), cut()
    return a, b, list(np.broadcast_shapes(tuple(a), tuple(b)))


def binary(name, types, table=None, most=4, draw=None, tie=False, version=None, same=False, **fixed):
    def add(g, rng):
        dtype = pick(rng, *types)
        a_shape, b_shape, y_shape = broadcast_pair(rng, most)
        if same:
            a_shape = b_shape = y_shape
        qa = quantized(rng, dtype)
        qb, qy = (qa, qa) if tie else (quantized(rng, dtype), quantized(rng, dtype))
        if qy and not tie:
            qy["scale"] = scaled(rng, 0.3, 3) * {"MUL": qa["scale"] * qb["scale"] * (60 if dtype != I16 else 15000),
                                                 "DIV": qa["scale"] / qb["scale"] / 40,
                                                 "SQUARED_DIFFERENCE": max(qa["scale"], qb["scale"]) ** 2 * 200}.get(
                                                     name, 1.5 * max(qa["scale"], qb["scale"]))
        choose = (lambda shape: lambda r: draw(r, shape, dtype)) if draw else lambda shape: None
        values = dict(fixed)
        if table in ("AddOptions", "SubOptions", "MulOptions", "DivOptions"):
            values["fusedActivationFunction"] = pick(rng, *CLAMPS)
        if table in ("AddOptions", "SubOptions"):
            values["potScaleInt16"] = False
        if dtype in (I32, I64) and "fusedActivationFunction" in values and dtype == I64:
            values["fusedActivationFunction"] = 0
        inputs = [g.input(a_shape, dtype, **qa), g.input(b_shape, dtype, choose(b_shape), **qb)]
        y = g.tensor(y_shape, dtype, **qy)
        g.op(name, inputs, [y], options(table, **values) if table else None, version=version or (2 if dtype == I8 else 4 if dtype == I16 else 1))
        finish(g, y)
    add.__name__ = name.lower()
    CASES[add.__name__] = add


def not_zero(rng, shape, dtype):
    values = draw_any(rng, shape, dtype)
    return np.where(values == 0, 1, values).astype(dtype)


def positive(rng, shape, dtype):
    return np.abs(draw_any(rng, shape, dtype)).astype(dtype)


binary("ADD", (F32, I8, U8, I16, I32, I64), "AddOptions", 5, version=4)
binary("SUB", (F32, I8, U8, I16, I32, I64), "SubOptions", 5, version=5)
binary("MUL", (F32, I8, U8, I16, I32, I64), "MulOptions", 5, version=5)
binary("DIV", (F32, I32), "DivOptions", 5, draw=not_zero, version=1)
binary("MAXIMUM", (F32, I8, U8, I16, I32, I64), "MaximumMinimumOptions", tie=True)
binary("MINIMUM", (F32, I8, U8, I16, I32, I64), "MaximumMinimumOptions", tie=True)
binary("SQUARED_DIFFERENCE", (F32, I8, I32), "SquaredDifferenceOptions")
binary("POW", (F32, I32), "PowOptions", draw=lambda r, s, d: r.integers(0, 4, s).astype(d), version=1)
binary("FLOOR_DIV", (F32, I32, I8, I16), "FloorDivOptions", draw=not_zero, tie=True, version=3)
binary("FLOOR_MOD", (F32, I32, I64, I8, I16), "FloorModOptions", draw=not_zero, tie=True, version=2)
binary("ATAN2", (F32, F64), None, version=1, same=True)
binary("BITWISE_XOR", (I8, U8, I16, I32, np.uint16, np.uint32), "BitwiseXorOptions", version=1)
binary("RIGHT_SHIFT", (I8, U8, I16, I32, np.uint16, np.uint32), None,
       draw=lambda r, s, d: r.integers(0, np.dtype(d).itemsize * 8, s).astype(d), version=1)
binary("LOGICAL_AND", (BOOL,), "LogicalAndOptions", version=1)
binary("LOGICAL_OR", (BOOL,), "LogicalOrOptions", version=1)


@case
def add_sub_powers_of_two(g, rng):
    name = pick(rng, "ADD", "SUB")
    a, b, y_shape = broadcast_pair(rng)
    e = -int(rng.integers(8, 14))
    exponents = [e, e - int(rng.integers(0, 4))]
    rng.shuffle(exponents)
    inputs = [g.input(shape, I16, scale=2.0 ** x) for shape, x in zip((a, b), exponents)]
    y = g.tensor(y_shape, I16, scale=2.0 ** e)
    g.op(name, inputs, [y], options(name.capitalize() + "Options", potScaleInt16=True, fusedActivationFunction=pick(rng, *CLAMPS)), version=4)
    finish(g, y)


@case
def mul_complex_and_others(g, rng):
    dtype = pick(rng, np.complex64, np.uint32, I16)
    a, b, y_shape = broadcast_pair(rng)
    y = g.tensor(y_shape, dtype)
    g.op("MUL", [g.input(a, dtype), g.input(b, dtype)], [y], options("MulOptions"), version=6)
    finish(g, y)


def comparison(name):
    def add(g, rng):
        dtype = pick(rng, F32, I8, U8, I16, I32, I64, *([BOOL] if name in ("EQUAL", "NOT_EQUAL") else []))
        a, b, y_shape = broadcast_pair(rng)
        qa, qb = quantized(rng, dtype), quantized(rng, dtype)
        if dtype == I16 and name not in ("EQUAL", "NOT_EQUAL"):
            qb = qa  # codes are compared
        y = g.tensor(y_shape, BOOL)
        g.op(name, [g.input(a, dtype, **qa), g.input(b, dtype, **qb)], [y], version=2)
        finish(g, y)
    add.__name__ = name.lower()
    CASES[add.__name__] = add


for name in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
    comparison(name)


def unary(name, types, table=None, y_q=None, draw=None, x_q=None, **fixed):
    def add(g, rng):
        dtype = pick(rng, *types)
        shape = shape_of(rng, 1, 4)
        qx = x_q(rng, dtype) if x_q and dtype in (I8, U8, I16) else quantized(rng, dtype)
        qy = y_q(rng, dtype, qx) if y_q and qx else quantized(rng, dtype)
        y = g.tensor(shape, dtype, **qy)
        values = {key: value(rng) if callable(value) else value for key, value in fixed.items()}
        version = {I8: 2, U8: 1, I16: 3}.get(dtype, 1)
        if name in ("LOG", "EXP", "SQRT", "GELU", "LEAKY_RELU"):
            version = min(version, 2)
        if name in ("RELU_N1_TO_1", "RELU_0_TO_1", "HARD_SWISH", "SIN", "COS", "SQUARE"):
            version = 1
        g.op(name, [g.input(shape, dtype, (lambda r: draw(r, shape, dtype, qx)) if draw else None, **qx)], [y],
             options(table, **values) if table else None, version=version)
        finish(g, y)
    add.__name__ = name.lower()
    CASES[add.__name__] = add


def fixed_output(s8, z8, s16):
    def choose(rng, dtype, qx):
        return {"scale": s16, "zero": 0} if dtype == I16 else {"scale": s8, "zero": z8 + (128 if dtype == U8 else 0)}
    return choose


def not_negative(rng, shape, dtype, qx):
    if dtype in (F32,):
        return np.abs(draw_any(rng, shape, dtype)) + np.float32(0.01)
    return rng.integers(qx["zero"], np.iinfo(dtype).max + 1, shape).astype(dtype)


QUANT = (F32, I8, U8, I16)
unary("LOGISTIC", QUANT, y_q=fixed_output(1 / 256, -128, 1 / 32768))
unary("TANH", QUANT, y_q=fixed_output(1 / 128, 0, 1 / 32768))
unary("RELU", QUANT)
unary("RELU6", QUANT)
unary("RELU_N1_TO_1", (F32, I8, U8))
unary("RELU_0_TO_1", (F32, I8, U8))
unary("LEAKY_RELU", QUANT, "LeakyReluOptions", alpha=lambda rng: float(rng.uniform(-0.5, 1.5)))
unary("HARD_SWISH", (F32, I8, U8), "HardSwishOptions", x_q=lambda rng, t: {"scale": scaled(rng, 0.01, 0.1), "zero": zero_point(rng, t)},
      y_q=lambda rng, t, q: {"scale": q["scale"] * float(rng.uniform(0.5, 2)), "zero": zero_point(rng, t)})
unary("GELU", (F32, I8, I16), "GeluOptions", approximate=lambda rng: bool(rng.integers(2)))
unary("ELU", (F32, I8))
unary("EXP", (F32, I8, I16), "ExpOptions", x_q=lambda rng, t: {"scale": scaled(rng, 0.005, 0.03) if t == I8 else 1e-4, "zero": zero_point(rng, t)})
unary("LOG", (F32, I8, I16), draw=not_negative)
unary("SQRT", (F32, I8, I16), draw=not_negative)
unary("RSQRT", (F32, I8, I16), draw=not_negative)
unary("ABS", (F32, I8, I16, I32), "AbsOptions")
unary("SQUARE", (F32,), "SquareOptions")
unary("SIN", (F32,))
unary("COS", (F32,), "CosOptions")
unary("CEIL", (F32,))
unary("FLOOR", (F32,))
unary("ROUND", (F32,))
unary("NEG", (F32, I32, I64), "NegOptions")
unary("SIGN", (F32, I32, F64), "SignOptions")
unary("ZEROS_LIKE", (F32, I32, I64), "ZerosLikeOptions")
unary("LOGICAL_NOT", (BOOL,), "LogicalNotOptions")


@case
def prelu(g, rng):
    dtype = pick(rng, F32, I8, U8)
    shape = shape_of(rng, 3, 4)
    alpha = [n if rng.random() < 0.5 else 1 for n in shape[1:-1]] + [shape[-1]]
    y = g.tensor(shape, dtype, **quantized(rng, dtype))
    g.op("PRELU", [g.input(shape, dtype, **quantized(rng, dtype)), g.constant(draw_any(rng, alpha, dtype), **quantized(rng, dtype))], [y])
    finish(g, y)


@case
def softmax(g, rng):
    kind = pick(rng, "float", "int8", "uint8", "int8_16", "int16")
    dtype = {"float": F32, "int8": I8, "uint8": U8, "int8_16": I8, "int16": I16}[kind]
    shape = shape_of(rng, 1, 4, 20)
    x = g.input(shape, dtype, **({} if kind == "float" else {"scale": scaled(rng, 0.02, 0.5) if dtype != I16 else 1e-3, "zero": zero_point(rng, dtype)}))
    q = {"float": {}, "int8": {"scale": 1 / 256, "zero": -128}, "uint8": {"scale": 1 / 256, "zero": 0},
         "int8_16": {"scale": 1 / 65536, "zero": -32768}, "int16": {"scale": 1 / 32768, "zero": 0}}[kind]
    y = g.tensor(shape, I16 if kind == "int8_16" else dtype, **q)
    g.op("SOFTMAX", [x], [y], options("SoftmaxOptions", beta=pick(rng, 1.0, float(rng.uniform(0.3, 2)))), version=3)
    finish(g, y)


@case
def log_softmax(g, rng):
    dtype = pick(rng, F32, I8, U8)
    shape = shape_of(rng, 1, 4, 20)
    x = g.input(shape, dtype, **({} if dtype == F32 else {"scale": scaled(rng, 0.02, 0.3), "zero": zero_point(rng, dtype)}))
    y = g.tensor(shape, dtype, **({} if dtype == F32 else {"scale": 16 / 256, "zero": 127 if dtype == I8 else 255}))
    g.op("LOG_SOFTMAX", [x], [y], options("LogSoftmaxOptions"), version=2)
    finish(g, y)


@case
def l2_normalization(g, rng):
    dtype = pick(rng, F32, I8, U8)
    shape = shape_of(rng, 1, 4, 12)
    y = g.tensor(shape, dtype, **({} if dtype == F32 else {"scale": 1 / 128, "zero": 0 if dtype == I8 else 128}))
    g.op("L2_NORMALIZATION", [g.input(shape, dtype, **quantized(rng, dtype))], [y], options("L2NormOptions"), version=2)
    finish(g, y)


@case
def pool(g, rng):
    name = pick(rng, "AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D")
    dtype = F32 if name == "L2_POOL_2D" else pick(rng, *QUANT)
    h, w, fh, fw, sh, sw, _, _, padding, oh, ow = spatial(rng, False)
    shape = [int(rng.integers(1, 3)), h, w, int(rng.integers(1, 20))]
    q = quantized(rng, dtype)
    y = g.tensor([shape[0], oh, ow, shape[3]], dtype, **q)
    g.op(name, [g.input(shape, dtype, **q)], [y],
         options("Pool2DOptions", padding=padding, strideH=sh, strideW=sw, filterHeight=fh, filterWidth=fw,
                 fusedActivationFunction=pick(rng, *CLAMPS)), version={I8: 2, I16: 3}.get(dtype, 1) if dtype != F32 else 1)
    finish(g, y)


@case
def reduce(g, rng):
    name = pick(rng, "MEAN", "MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL")
    types = {"MEAN": (F32, I8, U8, I16, I32, I64), "SUM": (F32, U8, I32, I64), "REDUCE_PROD": (F32, I8, I16, I32, I64),
             "REDUCE_MAX": (F32, I8, U8, I16, I32, I64, BOOL), "REDUCE_MIN": (F32, I8, U8, I16, I32, I64, BOOL)}.get(name, (BOOL,))
    dtype = pick(rng, *types)
    shape = shape_of(rng, 1, 5, 5)
    axes = rng.choice(len(shape), rng.integers(1, len(shape) + 1), replace=False).astype(I32)
    axes = np.where(rng.random(len(axes)) < 0.3, axes - len(shape), axes).astype(I32)
    keep = bool(rng.integers(2))
    kept = [1 if i in axes % len(shape) else n for i, n in enumerate(shape)]
    y_shape = kept if keep else [n for i, n in enumerate(shape) if i not in axes % len(shape)]
    qx = quantized(rng, dtype)
    qy = quantized(rng, dtype) if name in ("MEAN", "SUM", "REDUCE_PROD") else qx
    draw = (lambda r: r.integers(-3, 4, shape).astype(dtype)) if name == "REDUCE_PROD" and dtype in (I32, I64) else None
    if len(axes) == 1 and rng.random() < 0.3:
        axes = axes[0]
    y = g.tensor(y_shape, dtype, **qy)
    g.op(name, [g.input(shape, dtype, draw, **qx), g.constant(axes)], [y], options("ReducerOptions", keepDims=keep),
         version={I8: 2, I16: 3 if name in ("MEAN", "REDUCE_MAX", "REDUCE_MIN") else 2}.get(dtype, 1))
    finish(g, y)


@case
def resize(g, rng):
    bilinear = bool(rng.integers(2))
    dtype = pick(rng, *QUANT)
    shape = [int(rng.integers(1, 3)), *(int(n) for n in rng.integers(1, 9, 2)), int(rng.integers(1, 5))]
    size = [int(n) for n in rng.integers(1, 14, 2)]
    corners = rng.random() < 0.4
    centers = not corners and rng.random() < 0.5
    q = quantized(rng, dtype)
    y = g.tensor([shape[0], *size, shape[3]], dtype, **q)
    name = "ResizeBilinearOptions" if bilinear else "ResizeNearestNeighborOptions"
    g.op("RESIZE_BILINEAR" if bilinear else "RESIZE_NEAREST_NEIGHBOR",
         [g.input(shape, dtype, **q), g.constant(np.array(size, I32))], [y],
         options(name, alignCorners=corners, halfPixelCenters=centers), version=3)
    finish(g, y)


@case
def quantize(g, rng):
    source, target = pick(rng, (F32, I8), (F32, U8), (F32, I16), (I8, I8), (I8, U8), (U8, I8), (U8, U8), (I16, I16), (I16, I8), (I8, I16),
                          (I16, I32), (F32, I8), (U8, I16))
    shape = shape_of(rng, 1, 4)
    qx, qy = quantized(rng, source), quantized(rng, target) or {"scale": 1e-3}
    if source == F32 and target == I8 and rng.random() < 0.3:
        axis = int(rng.integers(len(shape)))
        qy = {"scale": rng.uniform(0.01, 0.1, shape[axis]), "zero": rng.integers(-20, 20, shape[axis]), "axis": axis}
    if source in (I8, U8) and target in (I8, U8) and source != target and rng.random() < 0.5:
        qy = {"scale": qx["scale"], "zero": qx["zero"] + (128 if target == U8 else -128)}
    y = g.tensor(shape, target, **qy)
    g.op("QUANTIZE", [g.input(shape, source, **qx)], [y], options("QuantizeOptions"), version=3)
    finish(g, y)


@case
def dequantize(g, rng):
    source = pick(rng, I8, U8, I16, F16, "int4", "channels")
    shape = shape_of(rng, 1, 4)
    if source == "int4":
        x = g.int4(rng.integers(-8, 8, shape), scale=0.05)
    elif source == "channels":
        axis = int(rng.integers(len(shape)))
        x = g.input(shape, I8, scale=rng.uniform(0.01, 0.1, shape[axis]), zero=rng.integers(-20, 20, shape[axis]), axis=axis)
    elif source == F16:
        x = g.constant(draw_any(rng, shape, F16))
    else:
        x = g.input(shape, source, **quantized(rng, source))
    y, z = g.tensor(shape), g.tensor(shape)
    g.op("DEQUANTIZE", [x], [y], options("DequantizeOptions"), version=5 if source == "channels" else 6 if source == "int4" else 3)
    g.op("FLOOR", [y], [z])
    finish(g, y, z)
    if not g.flat.inputs:
        extra = g.input([1])
        g.op("FLOOR", [extra], [g.tensor([1])])


@case
def cast(g, rng):
    kinds = (F32, I8, U8, I16, np.uint16, I32, np.uint32, I64, F64, BOOL, F16)
    source, target = pick(rng, *kinds), pick(rng, *kinds)
    shape = shape_of(rng, 1, 3)
    draw = (lambda r: (r.normal(0, 60, shape)).astype(source)) if np.dtype(source).kind == "f" else None
    y = g.tensor(shape, target)
    number = lambda t: getattr(schema.TensorType, np.dtype(t).name.upper())
    g.op("CAST", [g.input(shape, source, draw)], [y], options("CastOptions", inDataType=number(source), outDataType=number(target)), version=6)
    finish(g, y)


@case
def fake_quant(g, rng):
    shape = shape_of(rng)
    low = float(-rng.uniform(0, 4))
    y = g.tensor(shape)
    g.op("FAKE_QUANT", [g.input(shape)], [y], options("FakeQuantOptions", min=low, max=low + float(rng.uniform(0.5, 8)),
                                                      numBits=int(rng.integers(2, 17))), version=2)
    finish(g, y)


@case
def defect_local_response_normalization(g, rng):
    shape = shape_of(rng, 4, 4, 8)
    y = g.tensor(shape)
    g.op("LOCAL_RESPONSE_NORMALIZATION", [g.input(shape)], [y],
         options("LocalResponseNormalizationOptions", radius=int(rng.integers(0, 4)), bias=float(rng.uniform(0.5, 2)),
                 alpha=float(rng.uniform(0, 1)), beta=float(rng.uniform(0.2, 1))))
    finish(g, y)


def volume(rng):
    n = [int(v) for v in rng.integers(2, 6, 3)]
    f = [int(v) for v in rng.integers(1, 4, 3)]
    s = [int(v) for v in rng.integers(1, 3, 3)]
    same = bool(rng.integers(2)) or any(a > b for a, b in zip(f, n))
    return n, f, s, 0 if same else 1


@case
def conv_3d(g, rng):
    n, f, s, padding = volume(rng)
    cin, cout = int(rng.integers(1, 5)), int(rng.integers(1, 5))
    d = [int(v) for v in rng.integers(1, 3, 3)] if padding == 0 else [1, 1, 1]
    inputs = [g.input([int(rng.integers(1, 3)), *n, cin]), g.constant(rng.normal(0, 0.5, [*f, cin, cout]).astype(F32))]
    if rng.random() < 0.6:
        inputs.append(g.constant(rng.normal(0, 1, cout).astype(F32)))
    y = g.tensor([1])
    g.op("CONV_3D", inputs, [y], options("Conv3DOptions", padding=padding, strideD=s[0], strideH=s[1], strideW=s[2], dilationDFactor=d[0],
                                         dilationHFactor=d[1], dilationWFactor=d[2], fusedActivationFunction=pick(rng, *CLAMPS)))
    finish(g, y)


@case
def conv_3d_transpose(g, rng):
    n, f, s, padding = volume(rng)
    cin, cout, batch = int(rng.integers(1, 5)), int(rng.integers(1, 5)), int(rng.integers(1, 3))
    size = [a * b if padding == 0 else (a - 1) * b + c for a, b, c in zip(n, s, f)]
    inputs = [g.constant(np.array([batch, *size, cout], I32)), g.constant(rng.normal(0, 0.5, [*f, cout, cin]).astype(F32)),
              g.input([batch, *n, cin])]
    if rng.random() < 0.6:
        inputs.append(g.constant(rng.normal(0, 1, cout).astype(F32)))
    y = g.tensor([batch, *size, cout])
    g.op("CONV_3D_TRANSPOSE", inputs, [y], options("Conv3DOptions", padding=padding, strideD=s[0], strideH=s[1], strideW=s[2], dilationDFactor=1,
                                                   dilationHFactor=1, dilationWFactor=1, fusedActivationFunction=pick(rng, *CLAMPS)))
    finish(g, y)


@case
def spectrum(g, rng):
    lead = shape_of(rng, 0, 2, 3)
    h, w = 2 ** int(rng.integers(0, 4)), 2 ** int(rng.integers(1, 5))
    own = [int(rng.integers(1, h + 3)), int(rng.integers(1, w + 3))]
    z = g.tensor([*lead, h, w // 2 + 1], np.complex64)
    g.op("RFFT2D", [g.input([*lead, *own]), g.constant(np.array([h, w], I32))], [z], options("Rfft2dOptions"))
    parts = []
    for name in ("REAL", "IMAG", "COMPLEX_ABS"):
        parts.append(g.tensor([*lead, h, w // 2 + 1]))
        g.op(name, [z], [parts[-1]])
    finish(g, z, *parts)


@case
def expand_squeeze_reshape(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = shape_of(rng, 1, 3)
    q = quantized(rng, dtype)
    axis = int(rng.integers(-len(shape) - 1, len(shape) + 1))
    wide = list(shape)
    wide.insert(axis if axis >= 0 else len(shape) + 1 + axis, 1)
    a, b, c = g.tensor(wide, dtype, **q), g.tensor(shape, dtype, **q), g.tensor([1], dtype, **q)
    g.op("EXPAND_DIMS", [g.input(shape, dtype, **q), g.constant(pick(rng, I32, I64)(axis))], [a], options("ExpandDimsOptions"))
    g.op("SQUEEZE", [a], [b], options("SqueezeOptions", squeezeDims=[axis]))
    if rng.random() < 0.5:
        g.op("RESHAPE", [b, g.constant(np.array([-1, 1], I32))], [c])
    else:
        g.op("RESHAPE", [b], [c], options("ReshapeOptions", newShape=[1, -1]))
    finish(g, a, b, c)


@case
def split(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32)
    shape = shape_of(rng)
    axis, count = int(rng.integers(len(shape))), int(rng.integers(1, 4))
    shape[axis] = count * int(rng.integers(1, 4))
    q = quantized(rng, dtype)
    parts = [g.tensor([1], dtype, **q) for _ in range(count)]
    g.op("SPLIT", [g.constant(I32(axis - len(shape) * int(rng.integers(2)))), g.input(shape, dtype, **q)], parts,
         options("SplitOptions", numSplits=count), version=3)
    finish(g, *parts)


@case
def defect_sum(g, rng):
    """SUM of int8, which the reference kernels take for uint8."""
    dtype = I8  # of int16 only half of each result is written
    shape = shape_of(rng, 2, 3)
    y = g.tensor(shape[:-1], dtype, **quantized(rng, dtype))
    g.op("SUM", [g.input(shape, dtype, **quantized(rng, dtype)), g.constant(np.array([len(shape) - 1], I32))], [y],
         options("ReducerOptions"), version=2)
    finish(g, y)


@case
def defect_fully_connected_lowest(g, rng):
    """Dynamic-range weights of -128."""
    depth, units, rows = int(rng.integers(16, 80)), int(rng.integers(1, 9)), int(rng.integers(1, 4))
    y = g.tensor([rows, units])
    g.op("FULLY_CONNECTED", [g.input([rows, depth]), g.constant(rng.integers(-128, -120, (units, depth)).astype(I8), scale=0.01), -1], [y],
         options("FullyConnectedOptions", asymmetricQuantizeInputs=bool(rng.integers(2))), version=9)
    finish(g, y)


@case
def defect_conv_2d_lowest(g, rng):
    """Dynamic-range weights of -128 with one scale."""
    cin, cout = int(rng.integers(4, 24)), int(rng.integers(1, 9))
    y = g.tensor([1, 4, 4, cout])
    g.op("CONV_2D", [g.input([1, 4, 4, cin]), g.constant(rng.integers(-128, -120, (cout, 2, 2, cin)).astype(I8), scale=0.01),
                     g.constant(np.zeros(cout, F32))], [y], options("Conv2DOptions", strideH=1, strideW=1, dilationHFactor=1, dilationWFactor=1), version=5)
    finish(g, y)


@case
def defect_fully_connected_blockwise(g, rng):
    """int4 weights with scales per block, which the reference kernels ignore."""
    block = 32
    blocks, units, rows = int(rng.integers(1, 4)), int(rng.integers(4, 12)), int(rng.integers(1, 4))
    depth = block * blocks
    scales = g.constant(rng.uniform(0.01, 0.1, (units, blocks)).astype(F16))
    w = g.int4(rng.integers(-7, 8, (units, depth)))
    quantization = schema.QuantizationParametersT()
    quantization.detailsType = schema.QuantizationDetails.BlockwiseQuantization
    quantization.details = schema.BlockwiseQuantizationT()
    quantization.details.scales, quantization.details.zeroPoints, quantization.details.blockSize = scales, -1, block
    g.flat.tensors[w].quantization = quantization
    y = g.tensor([rows, units])
    bias = g.constant(rng.normal(0, 1, units).astype(F32))
    g.op("FULLY_CONNECTED", [g.input([rows, depth]), w, bias], [y], options("FullyConnectedOptions"), version=13)
    finish(g, y)


@case
def defect_less(g, rng):
    """int16 of different scales, of which the codes are compared."""
    shape = shape_of(rng)
    y = g.tensor(shape, BOOL)
    g.op(pick(rng, "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"),
         [g.input(shape, I16, **quantized(rng, I16)), g.input(shape, I16, **quantized(rng, I16))], [y], version=2)
    finish(g, y)


@case
def defect_div(g, rng):
    """Tiny quotients of uint8."""
    shape = shape_of(rng, 1, 3, 8)
    y = g.tensor(shape, U8, scale=float(rng.uniform(0.005, 0.5)), zero=int(rng.integers(0, 256)))
    divisor_zero = int(rng.integers(0, 100))
    g.op("DIV", [g.input(shape, U8, scale=float(rng.uniform(0.01, 0.1)), zero=int(rng.integers(0, 256))),
                 g.input(shape, U8, lambda r: r.integers(divisor_zero + 1, 256, shape).astype(U8), scale=float(rng.uniform(0.01, 0.1)), zero=divisor_zero)],
         [y], options("DivOptions", fusedActivationFunction=pick(rng, *CLAMPS)), version=2)
    finish(g, y)


@case
def defect_batch_matmul_columns(g, rng):
    """A second matrix with one scale per column."""
    m, k, n = (int(v) for v in rng.integers(1, 12, 3))
    x = g.input([m, k], I16, scale=1e-3)
    w = g.constant(rng.integers(-127, 128, (n, k)).astype(I8), scale=rng.uniform(0.01, 0.05, n), axis=0)
    y = g.tensor([m, n], I16, scale=2e-2)
    g.op("BATCH_MATMUL", [x, w], [y], options("BatchMatMulOptions", adjY=True), version=4)
    finish(g, y)


def custom_options(**values):
    from flatbuffers import flexbuffers
    builder = flexbuffers.Builder()
    with builder.Map():
        for name, value in values.items():
            builder.Bool(name, value) if isinstance(value, bool) else builder.Int(name, value)
    return bytes(builder.Finish())


@case
def audio_features(g, rng):
    window, stride = int(rng.integers(8, 70)), int(rng.integers(3, 40))
    samples, channels = int(rng.integers(window, 300)), int(rng.integers(1, 3))
    bins = 2 ** int(np.ceil(np.log2(window))) // 2 + 1
    spectrum, features = g.tensor([channels, 1 + (samples - window) // stride, bins]), g.tensor([1])
    g.op("AudioSpectrogram", [g.input([samples, channels])], [spectrum],
         custom=custom_options(window_size=window, stride=stride, magnitude_squared=bool(rng.integers(2))))
    bands = int(rng.integers(2, 20))
    g.op("Mfcc", [spectrum, g.constant(np.array([16000], I32))], [features],
         custom=custom_options(upper_frequency_limit=int(rng.integers(2000, 7999)), lower_frequency_limit=int(rng.integers(0, 200)),
                               filterbank_channel_count=bands, dct_coefficient_count=int(rng.integers(1, bands + 1))))
    finish(g, spectrum, features)
