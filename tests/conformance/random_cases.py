"""What random_operators.py draws: one function per operator that adds it, with random shapes, types and options."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from model_writer import Writer, draw_any

CASES = {}
F32, I8, U8, I16, I32, I64, BOOL = np.float32, np.int8, np.uint8, np.int16, np.int32, np.int64, np.bool_


def case(function):
    CASES[function.__name__.rstrip("_")] = function
    return function


def build(function, rng):
    writer = Writer()
    function(writer.main, rng)
    return writer


def options(table, **values):
    result = getattr(schema, table + "T")()
    for key, value in values.items():
        assert hasattr(result, key), (table, key)
        setattr(result, key, value)
    return result


def shape_of(rng, least=1, most=4, largest=6):
    return [int(n) for n in rng.integers(1, largest + 1, rng.integers(least, most + 1))]


def pick(rng, *choices):
    return choices[rng.integers(len(choices))]


def quantized(rng, dtype):
    """Scale and zero point for a type, or none for plain numbers."""
    if dtype in (I8, U8):
        limits = np.iinfo(dtype)
        return {"scale": float(rng.uniform(0.003, 0.3)), "zero": int(rng.integers(limits.min, limits.max + 1))}
    if dtype == I16:
        return {"scale": float(rng.uniform(1e-4, 1e-2)), "zero": 0}
    return {}


def finish(graph, *outputs):
    graph.flat.outputs = list(outputs)


# --- shapes and movement -------------------------------------------------------------------

@case
def transpose(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = shape_of(rng, 1, 6, 4)
    q = quantized(rng, dtype)
    order = rng.permutation(len(shape)).astype(I32)
    x, y = g.input(shape, dtype, **q), g.tensor([shape[i] for i in order], dtype, **q)
    g.op("TRANSPOSE", [x, g.constant(order)], [y])
    finish(g, y)


@case
def strided_slice(g, rng):
    dtype = pick(rng, F32, I8, I32, I16)
    shape = shape_of(rng, 1, 4, 7)
    entries = int(rng.integers(1, len(shape) + 1))
    strides = rng.choice([1, 1, 2, 3, -1, -2], entries).astype(I32)
    shrink = int(rng.integers(0, 2 ** entries)) if rng.random() < 0.5 else 0
    for i in range(entries):
        if shrink >> i & 1:
            strides[i] = 1
    begin = np.array([rng.integers(-n, n) for n in shape[:entries]], I32)
    end = np.array([rng.integers(-n - 1, n + 2) for n in shape[:entries]], I32)
    ellipsis = 1 << int(rng.integers(entries)) if rng.random() < 0.2 else 0
    new_axis = int(rng.integers(0, 2 ** entries)) & ~ellipsis if rng.random() < 0.15 else 0
    y = g.tensor([1], dtype)
    g.op("STRIDED_SLICE", [g.input(shape, dtype), g.constant(begin), g.constant(end), g.constant(strides)], [y],
         options("StridedSliceOptions", beginMask=int(rng.integers(0, 2 ** entries)) & ~shrink,
                 endMask=int(rng.integers(0, 2 ** entries)), shrinkAxisMask=shrink & ~ellipsis & ~new_axis,
                 ellipsisMask=ellipsis, newAxisMask=new_axis), version=6)
    finish(g, y)


@case
def slice_(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64, BOOL)
    shape = shape_of(rng, 1, 5)
    begin = np.array([rng.integers(0, n) for n in shape], pick(rng, I32, I64))
    size = np.array([pick(rng, -1, int(rng.integers(0, n - b + 1))) for n, b in zip(shape, begin)], begin.dtype)
    y = g.tensor([int(n - b if s < 0 else s) for n, b, s in zip(shape, begin, size)], dtype)
    g.op("SLICE", [g.input(shape, dtype), g.constant(begin), g.constant(size)], [y])
    finish(g, y)


@case
def slice_moving(g, rng):
    shape = shape_of(rng, 1, 4)
    size = np.array([rng.integers(1, n + 1) for n in shape], I32)
    begin = g.input([len(shape)], I32, lambda r: np.array([r.integers(0, n - s + 1) for n, s in zip(shape, size)], I32))
    y = g.tensor(size)
    g.op("SLICE", [g.input(shape), begin, g.constant(size)], [y])
    finish(g, y)


@case
def concatenation(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64, BOOL)
    shape = shape_of(rng)
    axis = int(rng.integers(len(shape)))
    q = quantized(rng, dtype)
    inputs, total = [], 0
    for _ in range(rng.integers(1, 5)):
        own = list(shape)
        own[axis] = int(rng.integers(1, 5))
        total += own[axis]
        inputs.append(g.input(own, dtype, **(quantized(rng, dtype) if dtype == U8 else q)))
    shape[axis] = total
    y = g.tensor(shape, dtype, **q)
    g.op("CONCATENATION", inputs, [y], options("ConcatenationOptions", axis=axis - len(shape) * int(rng.integers(2))))
    finish(g, y)


@case
def pack_unpack(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = shape_of(rng, 1, 3)
    axis, count = int(rng.integers(-len(shape) - 1, len(shape) + 1)), int(rng.integers(1, 4))
    q = quantized(rng, dtype)
    packed = g.tensor([1], dtype, **q)
    g.op("PACK", [g.input(shape, dtype, **q) for _ in range(count)], [packed],
         options("PackOptions", valuesCount=count, axis=axis))
    parts = [g.tensor(shape, dtype, **q) for _ in range(count)]
    g.op("UNPACK", [packed], parts, options("UnpackOptions", num=count, axis=axis))
    finish(g, packed, *parts)


@case
def split_v(g, rng):
    dtype = pick(rng, F32, I8, I16, I32)
    shape = shape_of(rng)
    axis = int(rng.integers(len(shape)))
    lengths = rng.integers(0, 4, rng.integers(1, 4)).astype(I32)
    shape[axis] = max(1, int(lengths.sum()))
    if lengths.sum() == 0:
        lengths[0] = 1
    if rng.random() < 0.4:
        lengths[rng.integers(len(lengths))] = -1
    parts = [g.tensor([1], dtype) for _ in lengths]
    g.op("SPLIT_V", [g.input(shape, dtype), g.constant(lengths), g.constant(I32(axis - len(shape)))], parts,
         options("SplitVOptions", numSplits=len(lengths)))
    finish(g, *parts)


@case
def pad(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32)
    shape = shape_of(rng, 1, 5, 4)
    paddings = rng.integers(0, 3, (len(shape), 2)).astype(pick(rng, I32, I64))
    q = quantized(rng, dtype)
    y = g.tensor([1], dtype, **q)
    inputs = [g.input(shape, dtype, **q), g.constant(paddings)]
    if rng.random() < 0.5:
        g.op("PADV2", [*inputs, g.constant(draw_any(rng, [1], dtype), **q)], [y])
    else:
        g.op("PAD", inputs, [y])
    finish(g, y)


@case
def mirror_pad(g, rng):
    dtype = pick(rng, F32, I8, U8, I32, I64)
    shape = [n + 1 for n in shape_of(rng, 1, 4, 4)]
    mode = int(rng.integers(2))
    paddings = np.array([[rng.integers(0, n + mode) for _ in range(2)] for n in shape], pick(rng, I32, I64))
    y = g.tensor([1], dtype)
    g.op("MIRROR_PAD", [g.input(shape, dtype), g.constant(paddings)], [y], options("MirrorPadOptions", mode=mode))
    finish(g, y)


@case
def gather(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64, BOOL)
    shape = shape_of(rng, 1, 4)
    axis = int(rng.integers(len(shape)))
    batch = int(rng.integers(0, axis + 1)) if rng.random() < 0.5 else 0
    indices = shape[:batch] + shape_of(rng, 0 if batch == 0 else 1, 2, 4)
    itype = pick(rng, I32, I64)
    index = g.input(indices, itype, lambda r: r.integers(0, shape[axis], indices).astype(itype))
    y = g.tensor([1], dtype)
    g.op("GATHER", [g.input(shape, dtype), index], [y], options("GatherOptions", axis=axis, batchDims=batch), version=5)
    finish(g, y)


@case
def gather_nd(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = shape_of(rng, 1, 4)
    depth = int(rng.integers(1, len(shape) + 1))
    lead = shape_of(rng, 1, 2, 4)
    itype = pick(rng, I32, I64)
    index = g.input([*lead, depth], itype,
                    lambda r: np.stack([r.integers(0, n, lead) for n in shape[:depth]], -1).astype(itype))
    y = g.tensor([1], dtype)
    g.op("GATHER_ND", [g.input(shape, dtype), index], [y])
    finish(g, y)


@case
def scatter_nd(g, rng):
    dtype = pick(rng, F32, I8, U8, I32, I64, BOOL)
    shape = shape_of(rng, 1, 3)
    depth = int(rng.integers(1, len(shape) + 1))
    rows = int(rng.integers(1, 6))
    index = g.input([rows, depth], I32, lambda r: np.stack([r.integers(0, n, rows) for n in shape[:depth]], -1).astype(I32))
    y = g.tensor(shape, dtype)
    g.op("SCATTER_ND", [index, g.input([rows, *shape[depth:]], dtype), g.constant(np.array(shape, I32))], [y])
    finish(g, y)


@case
def embedding_lookup(g, rng):
    rows, width = int(rng.integers(1, 9)), shape_of(rng, 1, 2)
    ids = g.input([5], I32, lambda r: r.integers(0, rows, 5).astype(I32))
    kind = pick(rng, "float", "int8", "channels", "same")
    if kind == "float":
        table = g.constant(draw_any(rng, [rows, *width], F32))
    elif kind == "channels":
        table = g.constant(draw_any(rng, [rows, *width], I8), scale=rng.uniform(0.01, 0.1, rows))
    else:
        table = g.constant(draw_any(rng, [rows, *width], I8), scale=0.05)
    y = g.tensor([5, *width], I8 if kind == "same" else F32, **({"scale": 0.05} if kind == "same" else {}))
    g.op("EMBEDDING_LOOKUP", [ids, table], [y], version=3)
    finish(g, y)


@case
def tile(g, rng):
    dtype = pick(rng, F32, U8, I32, I64, BOOL)
    shape = shape_of(rng, 1, 4, 3)
    y = g.tensor([1], dtype)
    g.op("TILE", [g.input(shape, dtype), g.constant(rng.integers(0, 4, len(shape)).astype(pick(rng, I32, I64)))], [y])
    finish(g, y)


@case
def broadcast_to(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64, BOOL)
    target = shape_of(rng, 1, 5, 4)
    own = [n if rng.random() < 0.5 else 1 for n in target][int(rng.integers(len(target))):]
    y = g.tensor(target, dtype)
    g.op("BROADCAST_TO", [g.input(own, dtype), g.constant(np.array(target, pick(rng, I32, I64)))], [y], version=3)
    finish(g, y)


@case
def broadcast_args(g, rng):
    itype = pick(rng, I32, I64)
    target = np.array(shape_of(rng, 1, 4, 4), itype)
    a = np.where(rng.random(len(target)) < 0.5, target, 1).astype(itype)[int(rng.integers(len(target))):]
    y = g.tensor([1], itype)
    g.op("BROADCAST_ARGS", [g.constant(a), g.constant(target)], [y])
    finish(g, y)


@case
def fill(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64, BOOL)
    y = g.tensor([1], dtype)
    g.op("FILL", [g.constant(np.array(shape_of(rng), pick(rng, I32, I64))), g.input([], dtype)], [y], version=3)
    finish(g, y)


@case
def shape_and_rank(g, rng):
    x = g.input(shape_of(rng, 0, 4), pick(rng, F32, I8, I32))
    wide = rng.random() < 0.5
    y, r = g.tensor([1], I64 if wide else I32), g.tensor([], I32)
    g.op("SHAPE", [x], [y], options("ShapeOptions", outType=schema.TensorType.INT64 if wide else schema.TensorType.INT32))
    g.op("RANK", [x], [r], options("RankOptions"))
    finish(g, y, r)


@case
def range_(g, rng):
    dtype = pick(rng, F32, I32, I64)
    start = rng.uniform(-5, 5)
    delta = rng.uniform(0.3, 3) * pick(rng, 1, -1)
    values = [start, start + delta * rng.uniform(0, 6), delta]
    if dtype != F32:
        values[2] = int(np.sign(delta)) * max(1, int(abs(delta)))
        values[:2] = [int(start), int(start) + values[2] * int(rng.integers(0, 5))]
    y = g.tensor([1], dtype)
    g.op("RANGE", [g.constant(dtype(v)) for v in values], [y])
    finish(g, y)


@case
def one_hot(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64, BOOL)
    shape = shape_of(rng, 0, 3, 4)
    itype = pick(rng, I32, I64)
    y = g.tensor([1], dtype)
    g.op("ONE_HOT", [g.input(shape, itype, lambda r: r.integers(-1, 5, shape).astype(itype)), g.constant(I32(4)),
                     g.input([], dtype), g.input([], dtype)], [y],
         options("OneHotOptions", axis=int(rng.integers(-1, len(shape) + 1))))
    finish(g, y)


@case
def reverse_v2(g, rng):
    dtype = pick(rng, F32, U8, I16, I32, I64, BOOL)
    shape = shape_of(rng, 1, 5, 4)
    first = int(rng.integers(len(shape)))
    axes = np.arange(first, int(rng.integers(first, len(shape))) + 1).astype(I32)
    y = g.tensor(shape, dtype)
    g.op("REVERSE_V2", [g.input(shape, dtype), g.constant(axes)], [y])
    finish(g, y)


@case
def reverse_sequence(g, rng):
    dtype = pick(rng, F32, U8, I16, I32, I64)
    shape = shape_of(rng, 2, 4)
    s, b = (int(n) for n in rng.permutation(len(shape))[:2])
    itype = pick(rng, I32, I64)
    lengths = g.input([shape[b]], itype, lambda r: r.integers(1, shape[s] + 1, shape[b]).astype(itype))
    y = g.tensor(shape, dtype)
    g.op("REVERSE_SEQUENCE", [g.input(shape, dtype), lengths], [y],
         options("ReverseSequenceOptions", seqDim=s, batchDim=b))
    finish(g, y)


@case
def space_to_depth(g, rng):
    dtype = pick(rng, F32, I8, U8, I32, I64)
    block = int(rng.integers(1, 4))
    n, h, w, c = (int(v) for v in rng.integers(1, 4, 4))
    if rng.random() < 0.5:
        x = g.input([n, h * block, w * block, c], dtype)
        y = g.tensor([1], dtype)
        g.op("SPACE_TO_DEPTH", [x], [y], options("SpaceToDepthOptions", blockSize=block))
    else:
        x = g.input([n, h, w, c * block * block], dtype)
        y = g.tensor([1], dtype)
        g.op("DEPTH_TO_SPACE", [x], [y], options("DepthToSpaceOptions", blockSize=block))
    finish(g, y)


@case
def space_to_batch(g, rng):
    dtype = pick(rng, F32, I8, U8, I32, I64)
    q = quantized(rng, dtype)
    spatial = int(rng.integers(1, 3))
    block = rng.integers(1, 4, spatial).astype(I32)
    sizes = rng.integers(1, 4, spatial)
    edges = np.array([[rng.integers(0, b + 1), 0] for b in block], I32)
    for d in np.arange(spatial):
        edges[d, 1] = -(sizes[d] + edges[d, 0]) % block[d]
    x = g.input([2, *(int(v) for v in sizes), 3], dtype, **q)
    y, z = g.tensor([1], dtype, **q), g.tensor([1], dtype, **q)
    g.op("SPACE_TO_BATCH_ND", [x, g.constant(block), g.constant(edges)], [y])
    g.op("BATCH_TO_SPACE_ND", [y, g.constant(block), g.constant(edges)], [z])
    finish(g, y, z)


# --- element by element ----------------------------------------------------------------------

def broadcast_pair(rng, most=4):
    shape = shape_of(rng, 1, most)
    drop = lambda: [n if rng.random() < 0.7 else 1 for n in shape][int(rng.integers(len(shape))) if rng.random() < 0.3 else 0:]
    return (shape, drop()) if rng.random() < 0.5 else (drop(), shape)


def binary(name, dtypes, out=None, draw_b=None, scaled=False, most=4, broadcast=True, **more):
    def add(g, rng):
        dtype = pick(rng, *dtypes)
        a, b = broadcast_pair(rng, most)
        if not broadcast:
            b = a
        qa = quantized(rng, dtype)
        qb = quantized(rng, dtype) if scaled else qa
        draw = (lambda r: draw_b(r, b, dtype)) if draw_b else None
        y = g.tensor([1], out or dtype, **({} if out else qa))
        g.op(name, [g.input(a, dtype, **qa), g.input(b, dtype, draw, **qb)], [y], **more)
        finish(g, y)
    CASES[name.lower()] = add


NUMBERS = (F32, I8, U8, I16, I32, I64)
for _name in ["MAXIMUM", "MINIMUM"]:
    binary(_name, NUMBERS)
for _name in ["EQUAL", "NOT_EQUAL"]:
    binary(_name, (F32, I8, U8, I32, I64, BOOL), BOOL, scaled=True)
for _name in ["LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"]:
    binary(_name, (F32, I8, U8, I32, I64), BOOL, scaled=True)
for _name in ["LOGICAL_AND", "LOGICAL_OR"]:
    binary(_name, (BOOL,))


def nonzero(rng, shape, dtype):
    values = draw_any(rng, shape, dtype)
    return np.where(values == 0, np.array(3, dtype), values)


def small(rng, shape, dtype):
    return rng.integers(0, 6, shape).astype(dtype) if dtype == I32 else rng.uniform(-2, 2, shape).astype(dtype)


binary("FLOOR_DIV", (F32, I8, I16, I32), draw_b=nonzero, version=3)
binary("FLOOR_MOD", (F32, I8, I16, I32, I64), draw_b=nonzero, version=2)
binary("POW", (F32, I32), draw_b=small)
binary("ATAN2", (F32,), broadcast=False)  # the runtime reads out of bounds otherwise
binary("BITWISE_XOR", (BOOL, I8, U8, I16, I32))
binary("RIGHT_SHIFT", (I8, U8, I16, I32), draw_b=lambda r, s, d: r.integers(0 if np.dtype(d).kind == "u" else -3, 40, s).astype(d))


def unary(name, dtypes, **more):
    def add(g, rng):
        dtype = pick(rng, *dtypes)
        shape = shape_of(rng)
        y = g.tensor(shape, dtype)
        g.op(name, [g.input(shape, dtype)], [y], **more)
        finish(g, y)
    CASES[name.lower()] = add


for _name in ["FLOOR", "CEIL", "ROUND", "SIN", "COS", "SQUARE"]:
    unary(_name, (F32,))
unary("NEG", (F32, I32, I64))
unary("SIGN", (F32, np.float64, I32))
unary("LOGICAL_NOT", (BOOL,))
unary("ZEROS_LIKE", (F32, I32, I64))


@case
def abs_(g, rng):
    dtype = pick(rng, F32, I8, I16, I32)
    shape = shape_of(rng)
    q = quantized(rng, dtype)
    y = g.tensor(shape, dtype, **(q if rng.random() < 0.5 else quantized(rng, dtype)))
    g.op("ABS", [g.input(shape, dtype, **q)], [y], version=4 if dtype != I32 else 4)
    finish(g, y)


@case
def add_n(g, rng):
    dtype = pick(rng, F32, I32)
    shape = shape_of(rng)
    y = g.tensor(shape, dtype)
    g.op("ADD_N", [g.input(shape, dtype) for _ in np.arange(rng.integers(1, 5))], [y])
    finish(g, y)


@case
def select(g, rng):
    dtype = pick(rng, F32, BOOL, U8, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4)
    condition = pick(rng, shape, [], [shape[0]])
    y = g.tensor(shape, dtype)
    g.op("SELECT", [g.input(condition, BOOL), g.input(shape, dtype), g.input(shape, dtype)], [y])
    finish(g, y)


@case
def select_v2(g, rng):
    dtype = pick(rng, F32, BOOL, U8, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4)
    part = lambda: [n if rng.random() < 0.7 else 1 for n in shape][int(rng.integers(len(shape))) if rng.random() < 0.3 else 0:]
    y = g.tensor([1], dtype)
    g.op("SELECT_V2", [g.input(part(), BOOL), g.input(part(), dtype), g.input(part(), dtype)], [y])
    finish(g, y)


@case
def where(g, rng):
    dtype = pick(rng, BOOL, F32, I32, I64, I8, U8)
    shape = shape_of(rng)
    y = g.tensor([1], I64)
    g.op("WHERE", [g.input(shape, dtype, lambda r: r.integers(0, 2, shape).astype(dtype))], [y])
    finish(g, y)


# --- searching and summing -------------------------------------------------------------------

@case
def arg_max_min(g, rng):
    dtype = pick(rng, F32, U8, I8, I32, BOOL)
    shape = shape_of(rng)
    name = pick(rng, "ARG_MAX", "ARG_MIN")
    wide = rng.random() < 0.5
    y = g.tensor([1], I64 if wide else I32)
    kind = schema.TensorType.INT64 if wide else schema.TensorType.INT32
    g.op(name, [g.input(shape, dtype), g.constant(I32(rng.integers(-len(shape), len(shape))))], [y],
         options("ArgMaxOptions" if name == "ARG_MAX" else "ArgMinOptions", outputType=kind))
    finish(g, y)


@case
def topk_v2(g, rng):
    dtype = pick(rng, F32, U8, I8, I32, I64)
    shape = shape_of(rng, 1, 3, 9)
    values, indices = g.tensor([1], dtype), g.tensor([1], I32)
    g.op("TOPK_V2", [g.input(shape, dtype), g.constant(I32(rng.integers(0, shape[-1] + 1)))], [values, indices])
    finish(g, values, indices)


@case
def cumsum(g, rng):
    dtype = pick(rng, F32, I32, I64)
    shape = shape_of(rng)
    y = g.tensor(shape, dtype)
    g.op("CUMSUM", [g.input(shape, dtype), g.constant(I32(rng.integers(-len(shape), len(shape))))], [y],
         options("CumsumOptions", exclusive=bool(rng.integers(2)), reverse=bool(rng.integers(2))))
    finish(g, y)


@case
def dynamic_update_slice(g, rng):
    dtype = pick(rng, F32, BOOL, I8, I32, I64)
    shape = shape_of(rng)
    update = [int(rng.integers(1, n + 1)) for n in shape]
    itype = I32
    starts = g.input([len(shape)], itype, lambda r: r.integers(-3, 8, len(shape)).astype(itype))
    y = g.tensor(shape, dtype)
    g.op("DYNAMIC_UPDATE_SLICE", [g.input(shape, dtype), g.input(update, dtype), starts], [y])
    finish(g, y)


@case
def segment_sum(g, rng):
    dtype = pick(rng, F32, I32)
    shape = shape_of(rng, 1, 3)
    ids = np.cumsum(rng.integers(0, 2, shape[0]) * (np.arange(shape[0]) > 0)).astype(I32)
    y = g.tensor([1], dtype)
    g.op("SEGMENT_SUM", [g.input(shape, dtype), g.constant(ids)], [y])
    finish(g, y)


@case
def unsorted_segment(g, rng):
    dtype = pick(rng, F32, I32)
    shape = shape_of(rng, 1, 3)
    name = "UNSORTED_SEGMENT_" + pick(rng, "SUM", "PROD", "MAX", "MIN")
    lead = int(rng.integers(1, len(shape) + 1))
    ids = g.input(shape[:lead], I32, lambda r: r.integers(-1, 4, shape[:lead]).astype(I32))
    y = g.tensor([1], dtype)
    g.op(name, [g.input(shape, dtype), ids, g.constant(np.array([4], I32))], [y])
    finish(g, y)


@case
def matrix_diag(g, rng):
    dtype = pick(rng, F32, U8, I8, I16, I32, I64)
    if rng.random() < 0.5:
        shape = shape_of(rng, 1, 3)
        y = g.tensor([*shape, shape[-1]], dtype)
        g.op("MATRIX_DIAG", [g.input(shape, dtype)], [y])
    else:
        shape = shape_of(rng, 2, 4)
        y = g.tensor(shape, dtype)
        g.op("MATRIX_SET_DIAG", [g.input(shape, dtype), g.input([*shape[:-2], min(shape[-2:])], dtype)], [y])
    finish(g, y)


@case
def sparse_to_dense(g, rng):
    dtype = pick(rng, F32, I32, I64, I8, U8)
    rank = int(rng.integers(1, 4))
    shape = [int(n) for n in rng.integers(2, 6, rank)]
    cells = np.sort(rng.choice(int(np.prod(shape)), min(3, int(np.prod(shape))), replace=False))
    places = np.stack(np.unravel_index(cells, shape), -1).astype(pick(rng, I32, I64))
    if rank == 1 and rng.random() < 0.5:
        places = places[:, 0]
    single = rng.random() < 0.3
    y = g.tensor(shape, dtype)
    g.op("SPARSE_TO_DENSE", [g.constant(places), g.constant(np.array(shape, places.dtype)),
                             g.input([] if single else [len(cells)], dtype), g.input([], dtype)], [y],
         options("SparseToDenseOptions"), version=3)
    finish(g, y)


@case
def unique(g, rng):
    dtype = pick(rng, F32, U8, I8, I16, I32, I64)
    n = int(rng.integers(1, 20))
    wide = rng.random() < 0.5
    y, index = g.tensor([1], dtype), g.tensor([n], I64 if wide else I32)
    g.op("UNIQUE", [g.input([n], dtype, lambda r: r.integers(0, 6, n).astype(dtype))], [y, index],
         options("UniqueOptions", idxOutType=schema.TensorType.INT64 if wide else schema.TensorType.INT32))
    finish(g, y, index)


@case
def bucketize(g, rng):
    dtype = pick(rng, F32, np.float64, I32, I64)
    shape = shape_of(rng)
    y = g.tensor(shape, I32)
    g.op("BUCKETIZE", [g.input(shape, dtype)], [y],
         options("BucketizeOptions", boundaries=[float(v) for v in np.sort(np.round(rng.normal(0, 3, rng.integers(1, 6)), 1))]))
    finish(g, y)


@case
def bitcast(g, rng):
    source, target = pick(rng, (F32, I32), (F32, I16), (I64, I32), (I8, I32), (I16, F32), (U8, I8))
    ratio = np.dtype(target).itemsize // np.dtype(source).itemsize
    shape = shape_of(rng, 1, 3) + ([ratio] if ratio > 1 else [])
    y = g.tensor([1], target)
    g.op("BITCAST", [g.input(shape, source)], [y])
    finish(g, y)


def boxes(rng, n):
    corner = rng.uniform(0, 1, (n, 2))
    size = rng.uniform(0.05, 0.5, (n, 2))
    flat = np.concatenate([corner, corner + size], -1)
    swap = rng.random(n) < 0.2
    flat[swap] = flat[swap][:, [2, 3, 0, 1]]
    return flat.astype(F32)


@case
def non_max_suppression(g, rng):
    n, most = int(rng.integers(1, 25)), int(rng.integers(1, 12))
    soft = rng.random() < 0.5
    inputs = [g.input([n, 4], F32, lambda r: boxes(r, n)), g.input([n], F32, lambda r: r.uniform(0, 1, n).astype(F32)),
              g.constant(I32(most)), g.constant(F32(rng.uniform(0.1, 0.9))), g.constant(F32(rng.uniform(0, 0.5)))]
    index, count = g.tensor([most], I32), g.tensor([], I32)
    if soft:
        scores = g.tensor([most])
        sigma = pick(rng, 0.0, float(rng.uniform(0.1, 1)))
        g.op("NON_MAX_SUPPRESSION_V5", [*inputs, g.constant(F32(sigma))], [index, scores, count])
        finish(g, index, scores, count)
    else:
        g.op("NON_MAX_SUPPRESSION_V4", inputs, [index, count])
        finish(g, index, count)


@case
def detection_post_process(g, rng):
    from flatbuffers import flexbuffers
    n, classes, most = int(rng.integers(2, 20)), int(rng.integers(1, 5)), int(rng.integers(1, 8))
    regular = bool(rng.integers(2))
    if not regular:
        most = 1  # what follows the last detection is not written
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.Int("max_detections", most)
        builder.Int("max_classes_per_detection", 1)
        builder.Int("detections_per_class", int(rng.integers(1, 10)))
        builder.Bool("use_regular_nms", regular)
        builder.Float("nms_score_threshold", float(rng.uniform(0, 0.4)) if regular else 0.0)
        builder.Float("nms_iou_threshold", float(rng.uniform(0.2, 0.8)))
        builder.Int("num_classes", classes)
        for name, value in [("y_scale", 10.0), ("x_scale", 10.0), ("h_scale", 5.0), ("w_scale", 5.0)]:
            builder.Float(name, value)
    background = int(rng.integers(2))
    anchors = np.concatenate([rng.uniform(0, 1, (n, 2)), rng.uniform(0.1, 0.5, (n, 2))], -1).astype(F32)
    if rng.random() < 0.5:
        x = g.input([1, n, 4], F32, lambda r: r.normal(0, 2, (1, n, 4)).astype(F32))
        s = g.input([1, n, classes + background], F32, lambda r: r.uniform(0, 1, (1, n, classes + background)).astype(F32))
        a = g.constant(anchors)
    else:
        x = g.input([1, n, 4], U8, scale=0.05, zero=128)
        s = g.input([1, n, classes + background], U8, scale=1 / 256, zero=0)
        a = g.constant(np.round(anchors * 200).astype(U8), scale=1 / 200, zero=0)
    outputs = [g.tensor([1, most, 4]), g.tensor([1, most]), g.tensor([1, most]), g.tensor([1])]
    g.op("TFLite_Detection_PostProcess", [x, s, a], outputs, custom=bytes(builder.Finish()))
    finish(g, *outputs)


# --- control flow and state ------------------------------------------------------------------

def subgraph(g, rng, shape, dtype, name, constant):
    """y = name(x, constant) as a subgraph; returns its number."""
    inner = g.writer.graph()
    x, y = inner.input(shape, dtype), inner.tensor(shape, dtype)
    inner.op(name, [x, inner.constant(np.array(constant, dtype))], [y])
    inner.flat.outputs = [y]
    return len(g.writer.graphs) - 1


@case
def if_(g, rng):
    shape = shape_of(rng)
    y = g.tensor(shape)
    branches = [subgraph(g, rng, shape, F32, name, float(rng.normal())) for name in ("MAXIMUM", "MINIMUM")]
    g.op("IF", [g.input([1], BOOL), g.input(shape)], [y],
         options("IfOptions", thenSubgraphIndex=branches[0], elseSubgraphIndex=branches[1]))
    finish(g, y)


@case
def if_shapes_differ(g, rng):
    shape = shape_of(rng, 1, 3)
    y, z = g.tensor(shape), g.tensor([1])
    branches = []
    for axis in (0, 1):
        inner = g.writer.graph()
        x, w = inner.input(shape), inner.tensor([1])
        inner.op("EXPAND_DIMS", [x, inner.constant(I32(axis))], [w])
        inner.flat.outputs = [w]
        branches.append(len(g.writer.graphs) - 1)
    g.op("IF", [g.input([], BOOL), g.input(shape)], [y],
         options("IfOptions", thenSubgraphIndex=branches[0], elseSubgraphIndex=branches[1]))
    g.op("FLOOR", [y], [z])
    finish(g, y, z)


def loop(g, rng, body):
    """while (i < n) (i, x) = (i + 1, body(x)); the counter counts by FLOOR_DIV free arithmetic: MAXIMUM of shifts."""
    limit = int(rng.integers(0, 5))
    condition = g.writer.graph()
    c = condition.input([], I32)
    x_shape, y_shape = body["in"], body["out"]
    condition.input(x_shape)
    result = condition.tensor([], BOOL)
    condition.op("LESS", [c, condition.constant(I32(limit))], [result])
    condition.flat.outputs = [result]
    inner = g.writer.graph()
    i, x = inner.input([], I32), inner.input(x_shape)
    counter, y = inner.tensor([], I32), inner.tensor(y_shape)
    inner.op("ADD", [i, inner.constant(I32(1))], [counter], options("AddOptions"))
    body["add"](inner, x, y)
    inner.flat.outputs = [counter, y]
    out = [g.tensor([], I32), g.tensor(x_shape)]
    g.op("WHILE", [g.constant(I32(0)), g.input(x_shape)], out,
         options("WhileOptions", condSubgraphIndex=len(g.writer.graphs) - 2, bodySubgraphIndex=len(g.writer.graphs) - 1))
    return out


@case
def while_(g, rng):
    shape = shape_of(rng)

    def add(inner, x, y):
        inner.op("CUMSUM", [x, inner.constant(I32(0))], [y], options("CumsumOptions"))
    finish(g, *loop(g, rng, {"in": shape, "out": shape, "add": add}))


@case
def while_growing(g, rng):
    shape = shape_of(rng, 1, 2)

    def add(inner, x, y):
        inner.op("CONCATENATION", [x, x], [y], options("ConcatenationOptions", axis=0))
    out = loop(g, rng, {"in": shape, "out": shape, "add": add})
    z = g.tensor([1])
    g.op("FLOOR", [out[1]], [z])
    finish(g, *out, z)


@case
def variables(g, rng):
    shape = shape_of(rng, 1, 3)

    def handle(graph):
        variable = graph.tensor([], "resource")
        graph.op("VAR_HANDLE", [], [variable], options("VarHandleOptions", container="c", sharedName="v"))
        return variable
    start = g.writer.graph()
    start.op("ASSIGN_VARIABLE", [handle(start), start.constant(draw_any(rng, shape, F32))], [])
    g.op("CALL_ONCE", [], [], options("CallOnceOptions", initSubgraphIndex=1))
    variable, before, sum_, after = handle(g), g.tensor(shape), g.tensor(shape), g.tensor(shape)
    g.op("READ_VARIABLE", [variable], [before])
    g.op("MAXIMUM", [before, g.input(shape)], [sum_])
    g.op("ASSIGN_VARIABLE", [variable, sum_], [])
    g.op("READ_VARIABLE", [variable], [after])
    finish(g, before, after)


@case
def composite(g, rng):
    shape = shape_of(rng)
    y = g.tensor(shape)
    inner = subgraph(g, rng, shape, F32, "MAXIMUM", 0.0)
    g.op("STABLEHLO_COMPOSITE", [g.input(shape)], [y],
         options2=options("StableHLOCompositeOptions", name="test.relu", compositeAttributes=[], decompositionSubgraphIndex=inner))
    finish(g, y)


@case
def case_(g, rng):
    shape = shape_of(rng)
    y = g.tensor(shape)
    branches = [subgraph(g, rng, shape, F32, name, float(rng.normal())) for name in ("MAXIMUM", "MINIMUM", "MAXIMUM")]
    g.op("STABLEHLO_CASE", [g.input([], I32, lambda r: np.array(r.integers(0, 3), I32)), g.input(shape)], [y],
         options2=options("StablehloCaseOptions", branchSubgraphIndices=branches))
    finish(g, y)


# --- operators of StableHLO ---------------------------------------------------------------------

@case
def stablehlo_elementwise(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = shape_of(rng)
    y = g.tensor(shape, dtype)
    g.op("STABLEHLO_" + pick(rng, "ADD", "MULTIPLY", "MAXIMUM", "MINIMUM"), [g.input(shape, dtype), g.input(shape, dtype)], [y])
    finish(g, y)


@case
def stablehlo_pad(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4, 5)
    y = g.tensor([1], dtype)
    numbers = lambda low, high: [int(n) for n in rng.integers(low, high, len(shape))]
    g.op("STABLEHLO_PAD", [g.input(shape, dtype), g.constant(draw_any(rng, [], dtype))], [y],
         options2=options("StablehloPadOptions", edgePaddingLow=numbers(-1, 3), edgePaddingHigh=numbers(-1, 3), interiorPadding=numbers(0, 3)))
    finish(g, y)


@case
def dilate(g, rng):
    dtype = pick(rng, F32, I8, I16, I32, I64)
    shape = shape_of(rng, 1, 4, 4)
    y = g.tensor([1], dtype)
    g.op("DILATE", [g.input(shape, dtype), g.constant(rng.integers(1, 4, len(shape)).astype(I32)), g.constant(draw_any(rng, [], dtype))], [y],
         options2=options("DilateOptions"))
    finish(g, y)


@case
def reduce_window(g, rng):
    dtype = pick(rng, F32, I8, U8, I16, I32, I64)
    shape = [n + 2 for n in shape_of(rng, 1, 3, 4)]
    numbers = lambda high: g.constant(rng.integers(1, high, len(shape)).astype(I64))
    y = g.tensor([1], dtype)
    g.op("REDUCE_WINDOW", [g.input(shape, dtype), g.constant(draw_any(rng, [], dtype)), numbers(4), numbers(3), numbers(2)], [y],
         options2=options("ReduceWindowOptions", reduceFunction=int(rng.integers(1, 5))))
    finish(g, y)


@case
def stablehlo_gather(g, rng):
    dtype, itype = pick(rng, F32, I8, I16, I32, I64), pick(rng, I32, I64)
    shape = shape_of(rng, 1, 4, 6)
    rank = len(shape)
    slices = [int(rng.integers(1, n + 1)) for n in shape]
    collapsed = [d for d in range(rank) if slices[d] == 1 and rng.random() < 0.6]
    starts = [int(d) for d in rng.permutation(rank)[:rng.integers(1, rank + 1)]]
    lead = shape_of(rng, 0, 2, 4)
    result_rank = len(lead) + rank - len(collapsed)
    offsets = sorted(int(d) for d in rng.permutation(result_rank)[:rank - len(collapsed)])
    vector = int(rng.integers(len(lead) + 1))
    index_shape = lead[:vector] + [len(starts)] + lead[vector:]
    y = g.tensor([1] * result_rank, dtype)
    g.op("STABLEHLO_GATHER", [g.input(shape, dtype), g.input(index_shape, itype, lambda r: r.integers(-2, 7, index_shape).astype(itype))], [y],
         options2=options("StablehloGatherOptions", offsetDims=offsets, collapsedSliceDims=collapsed, startIndexMap=starts,
                          indexVectorDim=vector, sliceSizes=slices))
    finish(g, y)


@case
def stablehlo_scatter(g, rng):
    dtype, itype = pick(rng, F32, I8, I16, I32, I64), pick(rng, I32, I64)
    shape = shape_of(rng, 1, 3, 6)
    rank = len(shape)
    inserted = [d for d in range(rank) if rng.random() < 0.4]
    window = [int(rng.integers(1, shape[d] + 1)) for d in range(rank) if d not in inserted]
    starts = [int(d) for d in rng.permutation(rank)[:rng.integers(1, rank + 1)]]
    lead = shape_of(rng, 1, 2, 4)
    updates_rank = len(lead) + len(window)
    window_dims = sorted(int(d) for d in rng.permutation(updates_rank)[:len(window)])
    rest, inside = iter(lead), iter(window)
    updates = [next(inside) if d in window_dims else next(rest) for d in range(updates_rank)]
    inner = g.writer.graph()
    a, b = inner.input([], dtype), inner.input([], dtype)
    name = pick(rng, None, "STABLEHLO_ADD", "STABLEHLO_MULTIPLY", "STABLEHLO_MAXIMUM", "STABLEHLO_MINIMUM")
    result = b if name is None else inner.tensor([], dtype)
    if name:
        inner.op(name, [a, b], [result])
    inner.flat.outputs = [result]
    index_shape = [*lead, len(starts)]
    y = g.tensor(shape, dtype)
    g.op("STABLEHLO_SCATTER", [g.input(shape, dtype), g.input(index_shape, itype, lambda r: r.integers(-1, 7, index_shape).astype(itype)), g.input(updates, dtype)], [y],
         options2=options("StablehloScatterOptions", updateWindowDims=window_dims, insertedWindowDims=inserted, scatterDimsToOperandDims=starts,
                          indexVectorDim=len(lead), updateComputationSubgraphIndex=len(g.writer.graphs) - 1))
    finish(g, y)
