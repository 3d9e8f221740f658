"""Random operators on each element or along an axis: arithmetic, functions, softmax, pools, reductions, conversions."""

import numpy as np
from affine_cases import spatial
from ai_edge_litert import schema_py_generated as schema
from code_cases import CLAMPS, F16, F64, scaled, zero_point
from model_writer import draw_any
from random_cases import BOOL, CASES, F32, I8, I16, I32, I64, U8, case, finish, options, pick, quantized, shape_of


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
binary("BITWISE_XOR", (BOOL, I8, U8, I16, I32, np.uint16, np.uint32), "BitwiseXorOptions", version=1)
binary("RIGHT_SHIFT", (I8, U8, I16, I32, np.uint16, np.uint32), None,
       draw=lambda r, s, d: r.integers(0 if np.dtype(d).kind == "u" else -3, 40, s).astype(d), version=1)
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
    dtype = pick(rng, F32, I8)
    shape = shape_of(rng, 1, 4, 20)
    x = g.input(shape, dtype, **({} if dtype == F32 else {"scale": scaled(rng, 0.02, 0.3), "zero": zero_point(rng, dtype)}))
    y = g.tensor(shape, dtype, **({} if dtype == F32 else {"scale": 16 / 256, "zero": 127}))
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
