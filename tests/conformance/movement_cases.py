"""Random operators that move values: transposing, slicing, joining, padding, gathering."""

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from model_writer import draw_any
from random_cases import BOOL, F32, I8, I16, I32, I64, U8, case, finish, options, pick, quantized, shape_of


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
def embedding_lookup_sparse(g, rng):
    rows, width, rank = int(rng.integers(1, 9)), shape_of(rng, 1, 2, 4), int(rng.integers(2, 4))
    places = [int(n) for n in rng.integers(1, 4, rank)]
    n = int(rng.integers(1, 12))
    flat = np.sort(rng.integers(0, int(np.prod(places[:-1])), n))
    at = np.stack([*np.unravel_index(flat, places[:-1]), rng.integers(0, places[-1], n)], -1).astype(I32)
    if rng.random() < 0.3:
        rng.shuffle(at)
    inputs = [g.input([n], I32, lambda r: r.integers(0, rows, n).astype(I32)), g.constant(at), g.constant(np.array(places, I32)),
              g.input([n], F32, lambda r: r.uniform(0.1, 2, n).astype(F32)), g.constant(draw_any(rng, [rows, *width], F32))]
    y = g.tensor([*places[:-1], *width])
    g.op("EMBEDDING_LOOKUP_SPARSE", inputs, [y], options("EmbeddingLookupSparseOptions", combiner=int(rng.integers(3))))
    finish(g, y)


@case
def hashtable_lookup(g, rng):
    rows, width, n = int(rng.integers(1, 9)), shape_of(rng, 0, 2, 4), int(rng.integers(1, 8))
    dtype = pick(rng, F32, I32, I8, I64)
    keys = np.sort(rng.choice(20, rows, replace=False)).astype(I32)
    inputs = [g.input([n], I32, lambda r: r.integers(0, 20, n).astype(I32)), g.constant(keys),
              g.constant(draw_any(rng, [rows, *width], dtype))]
    y, hits = g.tensor([n, *width], dtype), g.tensor([n], U8)
    g.op("HASHTABLE_LOOKUP", inputs, [y, hits])
    finish(g, y, hits)


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
